"""`benchsuite leaderboard rescore`: publishes, says what changes, checks."""

import json
import shutil

import made_up_board
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

from benchsuite.cli.leaderboard.rescore import rescore
from benchsuite.errors import UserError
from benchsuite.leaderboard.board import read_board
from benchsuite.leaderboard.entry import read_entries
from benchsuite.leaderboard.scoring import stand


@pytest.fixture
def run(made_board):
    def run(*arguments, board="made"):
        root = str(made_board.parents[1])
        given = [board, "--boards", root, *map(str, arguments)]
        return CliRunner(env={"COLUMNS": "200"}).invoke(rescore, given, catch_exceptions=True)

    return run


def said(run, *arguments, **more):
    result = run(*arguments, **more)
    assert result.exception is None, result.exception
    return result.output


def test_it_publishes_the_same_bytes_twice(run, made_board):
    assert "made/v1 had no published scores." in said(run)
    published = (made_board / "standing.json").read_bytes()
    assert "nothing changes" in said(run)
    (made_board / "standing.json").unlink()
    said(run, board=str(made_board))
    assert (made_board / "standing.json").read_bytes() == published
    assert json.loads(published)["places"][0]["rank"] == 1


def test_it_says_what_changes(run, made_board):
    said(run)
    shutil.rmtree(made_board / "entries" / "hybrid-50")
    made_up_board.write_entry(made_board, "again", "accumulate-subsample")
    shutil.rmtree(made_board / "entries" / "accumulate-subsample")
    made_up_board.write_entry(made_board, "accumulate-subsample", "self-graded")
    found = said(run)
    assert "hybrid-50: gone." in found
    assert "again: new, score 81.6571, rank 1." in found
    assert "accumulate-subsample: score 81.6571 → -66.734, rank 2 → 2-3." in found
    assert "self-graded: rank 3 → 2-3." in found
    assert "nothing changes" in said(run)


def test_a_check_writes_nothing(run, made_board):
    assert run("--check").exit_code == 1
    assert not (made_board / "standing.json").exists()
    said(run)
    assert run("--check").exit_code == 0
    published = (made_board / "standing.json").read_bytes()
    shutil.rmtree(made_board / "entries" / "hybrid-50")
    assert run("--check").exit_code == 1
    assert (made_board / "standing.json").read_bytes() == published


def test_a_figure_that_was_edited_is_found(run, made_board):
    said(run)
    path = made_board / "standing.json"
    document = json.loads(path.read_text())
    document["places"][0]["cost"]["value"] += 1
    path.write_text(json.dumps(document))
    result = run("--check")
    assert result.exit_code == 1
    assert "scores and ranks are the same, other figures are not" in result.output


def test_left_out_and_back(run, made_board):
    said(run)
    path = made_board / "standing.json"
    document = json.loads(path.read_text())
    document["left_out"] = [{"metric": "metrics/gone", "slice": "all", "reason": "-"}]
    document["scoring"] = 2
    path.write_text(json.dumps(document))
    found = run("--check").output
    assert "Scoring version 2 → 1." in found
    assert "metrics/occupation-log-odds, stereotype: left out." in found
    assert "metrics/gone, all: left out no more." in found


def test_json_and_another_file(run, made_board, tmp_path):
    printed = json.loads(said(run, "--json", "--out", tmp_path / "x.json"))
    assert printed == json.loads((tmp_path / "x.json").read_text())
    assert not (made_board / "standing.json").exists()


def test_a_refused_entry_leaves_the_rest(run, made_board):
    (made_board / "entries" / "hybrid-50" / "record.json").write_text("{")
    result = run()
    assert result.exit_code == 0
    assert "left out: " in result.stderr
    assert "accumulate-subsample" in result.stdout


def test_what_verify_refuses_is_not_ranked(run, made_board):
    path = made_board / "entries" / "hybrid-50" / "record.json"
    path.write_text(path.read_text() + "\n")
    result = run("--json")
    reason = "record.json is not the file whose SHA-256 entry.yaml gives."
    assert f"entries/hybrid-50: {reason}" in result.stderr
    places = [place["entry"] for place in json.loads(result.stdout)["places"]]
    assert places == ["accumulate-subsample", "self-graded"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--version", "9"], "there is no scoring version 9; there is 1"),
        (["made/v1", "--out", "x.json"], "--out takes the standing of one board"),
        (["nano"], r"there is no board nano"),
    ],
)
def test_what_cannot_be_done_is_said(run, arguments, message):
    failure = run(*arguments).exception
    assert isinstance(failure, UserError)
    assert message in str(failure)
    assert "\n" not in str(failure)


def test_a_damaged_standing_is_said(run, made_board):
    (made_board / "standing.json").write_text('{"board": 1}')
    failure = run().exception
    assert isinstance(failure, UserError)
    assert "standing.json" in str(failure)
    assert "delete it" in str(failure)


def test_a_real_run_is_scored(real_run, tmp_path):
    """Whatever its metrics: the control, handed in, has 100, and half human rows less."""
    metrics = json.loads((real_run / "record.json").read_text())["metrics"]
    axes = {each["name"]: each["axis"] for each in metrics}
    keys = {
        (row["metric"], row["slice"])
        for row in pq.read_table(real_run / "measurements.parquet").to_pylist()
        if axes[row["metric"]] != "cost" and row["generation"] == 1
    }
    scored = [{"metric": metric, "slice": slice_} for metric, slice_ in sorted(keys)]
    scoring = {**made_up_board.BOARD["scoring"], "measurements": scored}
    board = made_up_board.write_board(tmp_path, (), {**made_up_board.BOARD, "scoring": scoring})
    for regime in ("real", "replace", "hybrid-50"):
        made_up_board.write_entry(board, f"as-{regime}", regime)
    for folder in (board / "baselines", *(board / "entries").iterdir()):
        shutil.copy(real_run / "record.json", folder)
        shutil.copy(real_run / "measurements.parquet", folder)
    read = read_board(board)
    standing = stand(read, read_entries(read)[0])  # anchors are no entries to `rescore`
    scores = {place.entry: place.score.value for place in standing.places}
    assert (scores["as-real"], scores["as-replace"]) == (100, 0)
    assert 0 < scores["as-hybrid-50"] < 100
