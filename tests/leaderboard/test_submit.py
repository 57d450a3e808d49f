"""From a real run to an entry, and a whole board made again."""

import json
import shutil
from pathlib import Path

import pyarrow.parquet as pq
import pytest
import yaml
from command_line import CommandLine
from made_up_board import note_files

from benchsuite.errors import UserError
from benchsuite.identity import digest
from benchsuite.leaderboard.board import read_board
from benchsuite.leaderboard.entry import read_entries
from benchsuite.leaderboard.remake import changes
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


@pytest.mark.parametrize(
    ("option", "message"),
    [
        ("--name=../../../../escaped/x", "--name: string should match pattern"),
        ("--name=Half", "--name: string should match pattern"),
        ("--author=", "--author: string should have at least 1 character"),
        (f"--title={'t' * 201}", "--title: string should have at most 200 characters"),
        (f"--claims={'c' * 4001}", "--claims: string should have at most 4000 characters"),
    ],
)
def test_what_an_entry_cannot_say_is_refused_before_anything_is_made(
    board, mine, tmp_path, option, message
):
    before = sorted(tmp_path.rglob("*"))
    said = {"--name": "half", "--author": "A.", **dict([option.split("=", 1)])}
    words = [f"{name}={value}" for name, value in said.items()]
    done = CommandLine(tmp_path)("submit", "mine", "--board=bell", *words, exit_code=2)
    assert message in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert [path for path in sorted(tmp_path.rglob("*")) if path not in before] == []


@pytest.mark.parametrize("damage", ["truncated", "without columns"])
def test_damaged_samples_are_refused(board, mine, damage):
    path = mine / "samples.parquet"
    if damage == "truncated":
        path.write_bytes(path.read_bytes()[:200])
    else:
        pq.write_table(pq.read_table(path).select(["text"]), path)
    assert "is no readable table of samples" in refused(mine, board)


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


def test_what_does_not_verify_is_not_made_again(board, mine, tmp_path):
    """Nor does it write anything outside, whatever it calls its control."""
    hand_in(mine, board, CLAIM)

    def another_control(record):
        (own,) = [one for one in record["regimes"] if one["name"] == "hybrid-50"]
        own["document"]["control"] = "../PWNED"
        own["digest"] = digest(own["document"])

    doctored(entry(board), another_control)
    note_files(entry(board))
    with pytest.raises(UserError, match="a control that was not run beside it"):
        changes(board, read_entries(board)[0], tmp_path / "documents")
    done = CommandLine(tmp_path)("leaderboard", "remake", "bell", "--workers=1")
    assert "Warning: left out: " in done.stderr
    assert "what the record says of hybrid-50 is not what its document says" in done.stderr
    assert "half" not in done.stdout
    assert not list(tmp_path.rglob("*PWNED*"))


def test_a_name_of_a_regime_is_a_plain_name(board, mine):
    def elsewhere(record):
        record["regimes"][-1]["name"] = "../PWNED"

    doctored(mine, elsewhere)
    assert "regimes.2.name: string should match pattern" in refused(mine, board)


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
