"""What is possible but not likely is flagged, not refused; what is honest is not."""

import pyarrow.parquet as pq
import pytest
import real_board
from real_board import change_rows, checked

from benchsuite.leaderboard.board import read_board
from benchsuite.leaderboard.entry import read_entries
from benchsuite.leaderboard.verified import Verified, evidence, write_verified

ERROR = {"metric": "theory/error", "slice": "all"}


def flags(entry, name):
    return [m for check, level, m in checked(entry)[1] if (check, level) == (name, "flag")]


def values(entry, change, **where):
    """Put `change(seed, value)` in the place of values."""

    def change_row(row):
        hit = all(row[key] == value for key, value in where.items()) and row["generation"]
        return {**row, "value": change(row["seed"], row["value"])} if hit else row

    change_rows(entry, change_row)


def test_a_control_that_fares_worse_than_the_boards_is_flagged(entry):
    values(entry, lambda seed, value: value + 0.001, regime="real", **ERROR)
    assert not flags(entry, "anchors")
    values(entry, lambda seed, value: value + 1, regime="real", **ERROR)
    *seeds, mean, together = flags(entry, "anchors")
    assert len(seeds) == 3
    assert "theory/error, all, of real, seed 0, is" in seeds[0]
    assert "standard deviations from the board's own" in seeds[0]
    assert "theory/error, all, of real, mean over seeds, is" in mean
    assert together.startswith("all that counts of real, taken together, is")
    assert together.endswith("worse than the board's own.")


def test_better_than_human_text_is_flagged_unless_a_verified_entry_is_better_yet(
    entry, board_folder, real_run
):
    values(entry, lambda seed, value: -1 - 0.001 * seed, regime="hybrid-50", **ERROR)
    (found,) = flags(entry, "plausible")
    assert found.startswith("theory/error, all, is better than the control by 1.0")
    assert "human text is known to allow" in found
    other = real_board.write_entry(board_folder, "better", real_run, title="Better")
    values(other, lambda seed, value: -2 - 0.001 * seed, regime="hybrid-50", **ERROR)
    assert flags(entry, "plausible")
    verify_by_hand(other, board_folder)
    assert not flags(entry, "plausible")


def verify_by_hand(entry, board_folder):
    board = read_board(board_folder)
    told = {"date": "2026-11-21", "benchsuite": "0.1.0", "source": None, "machine": "one"}
    document = Verified(
        entry=entry.name,
        board=board.name,
        seed=0,
        compared=1,
        equal=1,
        farthest=None,
        rule="tolerance",
        **evidence(entry, board)._asdict(),
        **told,
    )
    write_verified(document, board)
    assert {e.name for e in read_entries(board)[0] if e.verified} == {entry.name}


def test_a_gain_within_what_the_boards_seeds_differ_by_is_not_flagged(entry):
    values(entry, lambda seed, value: value - 0.01, regime="hybrid-50", **ERROR)
    assert not flags(entry, "plausible")


def test_seeds_that_differ_much_excuse_no_gain(entry):
    values(entry, lambda seed, value: -9.0 * seed, regime="hybrid-50", **ERROR)
    assert flags(entry, "plausible")


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda seed, value: 0.06, "theory/error, all, is the same for all seeds"),
        (lambda seed, value: 0.06 + 1e-5 * seed, "times as much between seeds"),
        (lambda seed, value: 0.06 + 9 * seed, "times as much between seeds"),
    ],
)
def test_seeds_that_differ_far_less_or_more_are_flagged(entry, change, says):
    values(entry, change, regime="hybrid-50", **ERROR)
    (found,) = flags(entry, "spread")
    assert says in found


@pytest.mark.parametrize("step", [0.002, 0.005])
def test_seeds_may_differ_less_or_more_than_others(entry, step):
    values(entry, lambda seed, value: 0.06 + step * seed, regime="hybrid-50", **ERROR)
    assert not flags(entry, "spread")


def test_the_numbers_of_a_baseline_are_flagged(entry):

    rows = pq.read_table(entry / "measurements.parquet").to_pylist()
    place = ("generation", "seed", "metric", "slice")
    blind = {tuple(r[k] for k in place): r for r in rows if r["regime"] == "replace"}

    def copied(row):
        if row["regime"] != "hybrid-50":
            return row
        return {**blind[tuple(row[k] for k in place)], "regime": "hybrid-50"}

    change_rows(entry, copied)
    assert flags(entry, "copies") == ["its numbers are those of replace, all of them."]


def test_what_counts_and_has_no_value_is_flagged(entry):
    values(entry, lambda seed, value: None if seed == 1 else value, regime="hybrid-50", **ERROR)
    found = flags(entry, "complete")
    assert found[0].startswith(
        "theory/error of hybrid-50, generation 1 has no value for the seed 1"
    )
