"""`verified/NAME.yaml`: written for what came again as it was, void once anything of it changed."""

import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner
from forged import elsewhere
from made_up_board import damage_record
from real_board import change_rows

import benchsuite.cli.verify
from benchsuite.cli.verify import verify
from benchsuite.errors import UserError
from benchsuite.leaderboard.board import read_board
from benchsuite.leaderboard.entry import read_entry
from benchsuite.leaderboard.run import read_run
from benchsuite.leaderboard.verify.rerun.compare import compare


@pytest.fixture
def reruns(monkeypatch, real_run):
    """Put the run as it was in the place of training again; return what was asked for."""
    asked = []

    def train_again(case, seed, tell, *, without_isolation=False):
        asked.append(seed)
        return compare(case, elsewhere(read_run(real_run)), seed, (), isolated=True)

    monkeypatch.setattr("benchsuite.leaderboard.verify.rerun.again.train_again", train_again)
    return asked


@pytest.fixture
def noted(reruns, entry, board_folder):
    """The document of an entry that was verified."""
    assert rerun(entry).exit_code == 0
    path = board_folder / "verified" / "hybrid-50.yaml"
    assert path.is_file()
    assert is_verified(entry)
    return path


def rerun(entry, seed="0", *more):
    return CliRunner().invoke(verify, [str(entry), "--rerun", seed, "--write", *more])


def is_verified(entry):
    return read_entry(entry, read_board(entry.parents[1])).verified


@pytest.mark.parametrize(
    "name",
    ["board.yaml", "suite.yaml", "baselines/record.json", "baselines/measurements.parquet"],
)
def test_it_is_void_where_the_board_changed(noted, entry, board_folder, name):
    path = board_folder / name
    content = path.read_bytes()
    if name.endswith("parquet"):
        pq.write_table(pq.read_table(path), path, compression="zstd")
    else:
        path.write_bytes(content + b"\n")
    assert path.read_bytes() != content
    assert not is_verified(entry)
    path.write_bytes(content)
    assert is_verified(entry)


def test_it_stays_where_the_standing_changes(noted, entry, board_folder):
    (board_folder / "standing.json").write_text("{}")
    assert is_verified(entry)


def test_it_is_removed_where_a_seed_does_not_come_again(noted, entry):
    forge(entry)
    done = CliRunner().invoke(verify, [str(entry), "--rerun", "1"])
    assert done.exit_code == 1
    assert noted.is_file(), "nothing is written without --write"
    done = rerun(entry, "1")
    assert done.exit_code == 1
    assert f"Removed {noted}: hybrid-50 is verified no more." in done.output.replace("\n ", " ")
    assert "refused, self-reported" in done.output
    assert not noted.exists()


def forge(entry):
    def better(row):
        hit = row["regime"] == "hybrid-50" and row["metric"] == "theory/error" and row["seed"] == 1
        return {**row, "value": row["value"] - 5, "lower": None, "upper": None} if hit else row

    change_rows(entry, better)


def test_it_is_removed_where_the_entry_is_refused(noted, reruns, entry):
    damage_record(entry, lambda record: record.update(generations=9))
    done = rerun(entry)
    assert done.exit_code == 1
    assert reruns == [0], "nothing was trained but for the first time"
    assert not noted.exists()


@pytest.mark.parametrize("what", ["entry.yaml", "more.txt", "../../board.yaml"])
def test_it_is_not_written_where_what_ran_changed_what_is_noted(
    reruns, entry, board_folder, monkeypatch, what
):
    """An entry's own code runs as whoever verifies it."""
    train_again = benchsuite.leaderboard.verify.rerun.again.train_again

    def meddle(case, *arguments, **options):
        found = train_again(case, *arguments, **options)
        with (entry / what).open("a") as file:
            file.write("# better\n")
        return found

    monkeypatch.setattr("benchsuite.leaderboard.verify.rerun.again.train_again", meddle)
    done = rerun(entry)
    assert isinstance(done.exception, UserError)
    assert "changed while it was trained again" in str(done.exception)
    assert not (board_folder / "verified").exists()


def test_a_seed_is_drawn_where_it_cannot_be_foreseen(reruns, entry, monkeypatch):
    offered = []

    def choice(seeds):
        offered.append(list(seeds))
        return seeds[-1]

    monkeypatch.setattr(benchsuite.cli.verify, "choice", choice)
    assert rerun(entry, "random").exit_code == 0
    assert (offered, reruns) == ([[0, 1, 2]], [2])


def test_what_is_no_seed_is_told(entry):
    done = rerun(entry, "any")
    assert done.exit_code == 2
    assert "'any' is no seed; give a number, or random." in done.output
