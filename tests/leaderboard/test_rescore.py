"""`benchsuite leaderboard rescore`: publishes, says what changes, checks."""

import json
import shutil

import made_up_board
import pytest
from click.testing import CliRunner

from benchsuite.cli.leaderboard.rescore import rescore
from benchsuite.errors import UserError


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
    made_up_board.write_entry(made_board, "again", "self-graded")
    shutil.rmtree(made_board / "entries" / "self-graded")
    made_up_board.write_entry(made_board, "self-graded", "replace")
    found = said(run)
    assert "hybrid-50: gone." in found
    assert "again: new, score -66.7" in found
    assert "accumulate-subsample: rank 2 → 1." in found
    assert "self-graded: score -66.734 → 0, rank 3 → 2." in found
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
