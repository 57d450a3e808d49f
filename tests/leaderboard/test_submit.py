"""From a real run to an entry, and a whole board made again."""

import json
import shutil
from pathlib import Path

import pyarrow.parquet as pq
import pytest
import yaml
from command_line import CommandLine

from benchsuite.errors import UserError
from benchsuite.identity import digest
from benchsuite.leaderboard.board import read_board
from benchsuite.leaderboard.submit import Claim, hand_in
from benchsuite.leaderboard.verify.verify import verify

BOARD = {
    "board": "bell",
    "version": 1,
    "title": "Bell",
    "summary": "For tests.",
    "control": "real",
    "blind": "replace",
    "scoring": {
        "version": 1,
        "measurements": [{"metric": "theory/error"}, {"metric": "theory/spread"}],
        "cost": {"metric": "metrics/flops"},
    },
}
CLAIM = Claim("half", "Half & half", ("A. N. Author",), "Half is enough.", "2026-11-21")


@pytest.fixture(scope="session")
def runs(track, real_run) -> Path:
    """Runs with the store of the real run: `baselines` alone, and with `hybrid-50` (`mine`)."""
    folder, run = track.parent, CommandLine(track.parent)
    for name, regimes in (("baselines", ["replace"]), ("mine", ["replace", "hybrid-50"])):
        asked = [f"--regime={regime}" for regime in regimes]
        run("run", str(track), *asked, "--workers=1", "--out", name, "--store", "store")
    return folder


@pytest.fixture
def board(tmp_path, track, runs):
    folder = tmp_path / "leaderboards" / "bell" / "v1"
    shutil.copytree(runs / "baselines", folder / "baselines")
    (folder / "board.yaml").write_text(yaml.safe_dump(BOARD))
    shutil.copyfile(track, folder / "suite.yaml")
    return read_board(folder)


@pytest.fixture
def mine(tmp_path, runs) -> Path:
    return Path(shutil.copytree(runs / "mine", tmp_path / "mine"))


def entry(board) -> Path:
    return board.entries / "half"


def document(board):
    return yaml.safe_load((entry(board) / "entry.yaml").read_text())


def doctored(run, change):
    """Change a run's record, whose suite then still agrees with its digest."""
    record = json.loads((run / "record.json").read_text())
    change(record)
    suite = record["suite"]
    suite["digest"] = digest([suite["document"], [r["digest"] for r in record["regimes"]]])
    (run / "record.json").write_text(json.dumps(record))


def refused(run, board, claim=CLAIM):
    with pytest.raises(UserError) as caught:
        hand_in(run, board, claim)
    assert "\n" not in str(caught.value)
    assert not entry(board).exists()
    assert not list(board.entries.glob(".*"))
    return str(caught.value)


def test_the_command_writes_an_entry_that_verify_passes(board, mine, tmp_path):
    said = ["--author=A. N. Author", "--title=Half & half", "--claims=Half is enough."]
    done = CommandLine(tmp_path)("submit", "mine", "--board=bell", "--name=half", *said)
    assert "passed" in done.stdout
    report, _ = verify(entry(board), board, [])
    assert report.verdict == "passed"
    found = document(board)
    assert (found["regime"], found["division"], found["title"]) == (
        "hybrid-50",
        "closed",
        "Half & half",
    )
    assert set(found["files"]) >= {"record.json", "measurements.parquet", "samples.parquet"}
    for name in ("record.json", "measurements.parquet"):
        assert (entry(board) / name).read_bytes() == (mine / name).read_bytes()
    samples = pq.read_table(entry(board) / "samples.parquet")
    assert set(samples["regime"].to_pylist()) == {"hybrid-50"}
    assert set(samples["seed"].to_pylist()) == {0}
    assert (entry(board) / "cards" / "hybrid-50-seed-0-generation-2.md").is_file()
    assert not list(board.entries.glob(".*"))


def test_a_name_that_is_taken_is_kept_unless_it_is_to_be_replaced(board, mine):
    hand_in(mine, board, CLAIM)
    with pytest.raises(UserError, match="is there already"):
        hand_in(mine, board, CLAIM)
    another = Claim("half", "Another", ("B.",), "", "2026-11-22")
    hand_in(mine, board, another, replace=True)
    assert document(board)["title"] == "Another"
    assert [path.name for path in board.entries.iterdir()] == ["half"]


def test_a_run_of_several_regimes_or_of_none_is_refused(board, mine, runs):
    assert "no regime beside the board's baselines" in refused(runs / "baselines", board)

    def one_more(record):
        record["regimes"].append(record["regimes"][-1] | {"name": "hybrid-10"})

    doctored(mine, one_more)
    assert "and an entry is one" in refused(mine, board)


def test_missing_seeds_are_refused(board, mine):
    def fewer(record):
        record["seeds"] = record["suite"]["document"]["seeds"] = [0, 1]

    doctored(mine, fewer)
    assert "seeds of the suite is not the board's" in refused(mine, board)


def test_another_version_of_the_suite_is_refused(board, mine):
    def newer(record):
        record["suite"]["version"] = record["suite"]["document"]["version"] = 2

    doctored(mine, newer)
    assert "version of the suite is not the board's" in refused(mine, board)


def test_changed_source_without_a_digest_is_refused(board, mine):
    def unknown(record):
        record["environment"] |= {"source": None, "git_dirty": True}

    doctored(mine, unknown)
    assert "which source ran" in refused(mine, board)


def test_a_contaminated_measurement_is_refused(board, mine):
    path = mine / "measurements.parquet"
    rows = pq.read_table(path).to_pylist()
    for row in rows:
        row["contaminated"] = row["regime"] == "hybrid-50" and row["metric"] == "theory/error"
    schema = pq.read_schema(path)
    pq.write_table(schema.empty_table().from_pylist(rows, schema=schema), path)
    assert "training held too much of its text" in refused(mine, board)


def test_another_budget_is_for_the_open_division_which_says_so(board, mine):
    def smaller(record):
        record["suite"]["document"]["budget"]["rows"] = 30

    doctored(mine, smaller)
    assert "for the open division" in refused(mine, board)
    hand_in(mine, board, Claim("half", None, ("A.",), "", "2026-11-21", opened=True))
    assert (document(board)["division"], document(board)["differs"]) == ("open", ["budget.rows"])


def test_a_plugin_goes_along_as_source_or_as_a_pinned_requirement(board, mine, tmp_path):
    source = tmp_path / "plugin"
    (source / "__pycache__").mkdir(parents=True)
    (source / "acme.py").write_text("A = 1\n")
    (source / "__pycache__" / "acme.pyc").write_text("compiled")
    hand_in(mine, board, Claim("half", None, ("A.",), "", "2026-11-21", str(source)))
    assert [path.name for path in (entry(board) / "plugin").iterdir()] == ["acme.py"]
    pinned = Claim("half", None, ("A.",), "", "2026-11-21", "acme==1.2")
    hand_in(mine, board, pinned, replace=True)
    assert document(board)["plugin"]["requirement"] == "acme==1.2"
    loose = Claim("other", None, ("A.",), "", "2026-11-21", "acme>=1")
    with pytest.raises(UserError, match="no pinned requirement"):
        hand_in(mine, board, loose)


def test_a_board_is_made_again_to_the_same_measurements(board, mine, tmp_path):
    hand_in(mine, board, CLAIM)
    before = pq.read_table(entry(board) / "measurements.parquet")
    done = CommandLine(tmp_path)("leaderboard", "remake", "bell", "--workers=1")
    assert "half: passed" in done.stdout  # in a store of its own
    after = pq.read_table(entry(board) / "measurements.parquet")
    own = ["regime", "generation", "seed", "metric", "slice", "value"]
    rows = [
        [row for row in table.select(own).to_pylist() if row["metric"] != "metrics/seconds"]
        for table in (before, after)
    ]
    assert rows[0] == rows[1]
    assert document(board)["title"] == CLAIM.title
    assert document(board)["claims"] == CLAIM.claims
    record = json.loads((entry(board) / "record.json").read_text())
    assert record["command"].endswith("suite.yaml --regime replace --regime hybrid-50")
