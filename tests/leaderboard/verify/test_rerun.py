"""One seed trained again: the same numbers come out, others are refused, plugins see nothing."""

import os
import socket
import sys
from pathlib import Path

import pytest
import sneaky_plugin
import yaml
from click.testing import CliRunner
from forged import elsewhere
from real_board import change_rows

from benchsuite.cli.verify import verify
from benchsuite.errors import UserError
from benchsuite.leaderboard.board import read_board
from benchsuite.leaderboard.entry import read_entries
from benchsuite.leaderboard.run import read_run
from benchsuite.leaderboard.verify.case import Case
from benchsuite.leaderboard.verify.rerun.again import train_again
from benchsuite.leaderboard.verify.rerun.alike import alike
from benchsuite.leaderboard.verify.rerun.compare import compare
from benchsuite.leaderboard.verify.rerun.documents import needs_all_seeds, write_suite
from benchsuite.leaderboard.verify.rerun.isolation import environment, isolation, run
from benchsuite.leaderboard.verify.rerun.outcome import checked

LOOK = """\
import sys
sys.path.insert(0, {plugin!r})
from sneaky import reached, seen
print(*reached(), *seen(), sep="\\n", file=sys.stderr) if [*reached(), *seen()] else print(
    "looked", file=sys.stderr
)
"""

isolated = pytest.mark.skipif(isolation() is None, reason="user namespaces are not allowed here")


def case_of(entry):
    board = read_board(entry.parents[1])
    (found,) = read_entries(board)[0]
    return Case(board, found)


def silent(line):
    """Hear nothing."""


@isolated
def test_a_seed_trained_again_verifies_the_entry_until_it_is_changed(entry, board_folder):
    done = CliRunner().invoke(verify, [str(entry), "--rerun", "1", "--write"])
    assert done.exit_code == 0, done.output
    assert "hybrid-50 on bell/v1: passed, verified" in done.output
    assert "80 of 80 values are the same bit for bit" in done.output
    noted = yaml.safe_load((board_folder / "verified" / "hybrid-50.yaml").read_text())
    assert set(noted["files"]) == {"entry.yaml", "record.json", "measurements.parquet"}
    assert set(noted["board_files"]) == {
        "board.yaml",
        "suite.yaml",
        "baselines/record.json",
        "baselines/measurements.parquet",
    }
    assert noted["rule"] == "bit for bit"
    assert case_of(entry).entry.verified
    with (entry / "entry.yaml").open("a") as file:
        file.write("# changed\n")
    assert not case_of(entry).entry.verified


def moved(by, **where):
    def change(row):
        hit = all(row[key] == value for key, value in where.items())
        return {**row, "value": row["value"] + by} if hit else row

    return change


def test_what_comes_out_otherwise_elsewhere_is_told_in_deviations(entry, real_run):
    """One of two generations is moved, so their mean by half as much."""
    here = elsewhere(read_run(real_run))
    deviation = case_of(entry).spreads["theory/error", "all"].deviation
    assert deviation > 0
    place = {"metric": "theory/error", "regime": "hybrid-50", "generation": 2, "seed": 1}
    honest = compare(case_of(entry), here, 1, (), isolated=True)
    assert (honest.equal, honest.farthest, honest.same) == (honest.compared, None, True)
    change_rows(entry, moved(3 * deviation, **place))
    near = compare(case_of(entry), here, 1, (), isolated=True)
    assert (near.rule, near.same, near.equal) == ("tolerance", True, near.compared - 1)
    assert near.farthest == pytest.approx(1.5)
    assert not [f for f in checked(near).findings if f.level == "error"]
    change_rows(entry, moved(97 * deviation, **place))
    far = compare(case_of(entry), here, 1, (), isolated=True)
    assert not far.same
    assert far.farthest == pytest.approx(50)
    one, together = [f.message for f in checked(far).findings if f.level == "error"]
    assert "theory/error of hybrid-50, mean over generations, is" in one
    assert "50 standard deviations apart" in one
    assert "all that counts of hybrid-50, taken together" in together


@pytest.mark.parametrize(
    "change",
    [
        {"source": "0" * 64},
        {"python": "4.0"},
        {"platform": "Another"},
        {"precision": "fp8"},
        {"kernels": "native-0123456789ab"},
        {"packages": {"numpy": "0"}},
    ],
)
def test_runs_are_alike_where_all_that_decides_on_bits_is(real_run, change):
    record = read_run(real_run).record
    environment = record.environment
    cores = environment.hardware.model_copy(update={"cores": 99, "memory": 1})

    def changed(**values):
        return record.model_copy(update={"environment": environment.model_copy(update=values)})

    assert alike(record, changed(hardware=cores))
    assert not alike(record, changed(**change))
    unknown = changed(source=None)
    assert not alike(unknown, unknown)
    older, ours = changed(kernels=None), changed(kernels="native-0123456789ab")
    assert alike(older, changed(kernels="torch"))
    assert not alike(older, ours)


def test_a_value_on_one_side_alone_is_beyond(entry, real_run):
    place = {"metric": "theory/error", "regime": "real", "generation": 0, "seed": 1}

    def emptied(row):
        hit = all(row[key] == value for key, value in place.items())
        return {**row, "value": None} if hit else row

    change_rows(entry, emptied)
    found = compare(case_of(entry), elsewhere(read_run(real_run)), 1, (), isolated=True)
    (far,) = found.beyond
    assert (far.generation, far.entry, far.deviations) == (0, None, None)
    (error,) = [f for f in checked(found).findings if f.level == "error"]
    assert error.message.startswith("theory/error of real, generation 0 is missing, and here 0")


def test_what_the_board_has_no_spread_of_must_be_equal(entry, real_run):
    case = case_of(entry)
    del case.spreads["theory/error", "all"]
    here = elsewhere(read_run(real_run))
    assert compare(case, here, 1, (), isolated=True).same
    change_rows(entry, moved(1e-9, metric="theory/error", regime="hybrid-50", seed=1))
    case = case_of(entry)
    assert compare(case, here, 1, (), isolated=True).same
    del case.spreads["theory/error", "all"]
    assert len(compare(case, here, 1, (), isolated=True).beyond) == 3


def test_numbers_that_overflow_are_beyond(entry, real_run):
    def huge(row):
        hit = (row["metric"], row["regime"], row["slice"]) == ("theory/error", "hybrid-50", "all")
        return {**row, "value": 1.7e308} if hit else row

    change_rows(entry, huge)
    found = compare(case_of(entry), elsewhere(read_run(real_run)), 1, (), isolated=True)
    assert not found.same
    assert found.beyond
    assert [f for f in checked(found).findings if f.level == "error"]


def test_only_what_counts_must_come_out(entry, real_run):
    change_rows(entry, moved(9.0, metric="theory/spread", slice="all", seed=1))
    found = compare(case_of(entry), read_run(real_run), 1, ["metrics/tokens"], isolated=False)
    assert found.same
    assert found.equal == found.compared - 9
    levels = [finding.level for finding in checked(found).findings]
    assert levels == ["note", "note", "note", "flag"]


def test_a_seed_that_is_not_there_cannot_be_trained_again(entry):
    with pytest.raises(UserError, match="no such seed; there are 0, 1, 2"):
        train_again(case_of(entry), 7, silent)


def test_the_suite_of_a_rerun_is_one_seed_unless_seeds_depend_on_each_other(entry, tmp_path):
    case = case_of(entry)
    suite = yaml.safe_load(write_suite(case, 2, tmp_path).read_text())
    assert suite["seeds"] == [2]
    assert suite["regimes"] == ["replace.yaml", "hybrid-50.yaml"]
    assert yaml.safe_load((tmp_path / "hybrid-50.yaml").read_text()) == case.regime.document
    case.regime.document["mixture"][0]["source"] = "synthetic-shared"
    assert needs_all_seeds(case)
    assert yaml.safe_load(write_suite(case, 2, tmp_path).read_text())["seeds"] == [0, 1, 2]


@pytest.fixture
def sneaky(entry, monkeypatch):
    """An entry whose plugin looks for a server that listens here, and for a secret."""
    monkeypatch.setenv("A_TOKEN", "s3cret-t0ken")
    with socket.create_server(("127.0.0.1", 0)) as server:
        addresses = [server.getsockname(), ("192.0.2.1", 80)]
        told = {"addresses": addresses, "secret": "s3cret-t0ken", "home": Path.home()}
        sneaky_plugin.hand_in(entry, **told)
        yield entry


@isolated
def test_a_plugin_has_no_network_and_sees_no_secret(sneaky):
    rerun = train_again(case_of(sneaky), 1, silent)
    assert rerun.equal == rerun.compared == 80


@isolated
def test_what_the_plugin_looks_for_is_found_where_it_is_not_isolated(sneaky, tmp_path):
    """So the test above can fail: the server is reached, and the secret is in this process."""
    (tmp_path / "look.py").write_text(LOOK.format(plugin=str(sneaky / "plugin")))
    command = [sys.executable, "-P", str(tmp_path / "look.py")]
    heard = []
    run(command, tmp_path, dict(os.environ), heard.append)
    assert {line.partition(" ")[0] for line in heard} == {"network", "secret"}
    heard.clear()
    run([*isolation(), *command], tmp_path, environment(tmp_path / "home"), heard.append)
    assert heard == ["looked"]


@pytest.mark.parametrize("answer", ["n\n", ""])
def test_code_runs_after_a_clear_question_alone(sneaky, answer):
    done = CliRunner().invoke(verify, [str(sneaky), "--rerun", "1"], input=answer)
    assert isinstance(done.exception, UserError)
    assert "it brings code" in str(done.exception)
    assert "installs and runs code of the entry's own: the source in" in done.output


def test_code_is_not_run_where_it_cannot_be_isolated(sneaky, monkeypatch):
    monkeypatch.setattr("benchsuite.leaderboard.verify.rerun.again.isolation", lambda: None)
    with pytest.raises(UserError, match="--without-isolation"):
        train_again(case_of(sneaky), 1, silent)
