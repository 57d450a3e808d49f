"""Scores of a board that never changes: what version 1 published, it must publish for ever.

The board is made of hashes (`made_up_board`). Where numbers here have to change, the scoring
needs a new version.
"""

from pathlib import Path

import made_up_board
import pyarrow.compute as pc
import pytest
from made_up_board import write_entry

from benchsuite.leaderboard.board import read_board
from benchsuite.leaderboard.entry import Entry, read_entries
from benchsuite.leaderboard.run import Run
from benchsuite.leaderboard.scoring import VERSIONS, stand
from benchsuite.leaderboard.scoring.published import changes, published, text_of

GOLDEN = Path(__file__).parent / "golden"


def unsure(entry):
    """The entry with intervals: rows leave two percent of each value open."""
    table = entry.run.measurements
    width = pc.multiply(pc.abs(table["value"]), 0.02)
    for name, end in (("lower", pc.subtract), ("upper", pc.add)):
        at = table.column_names.index(name)
        table = table.set_column(at, table.field(at), end(table["value"], width))
    return Entry(entry.folder, entry.document, Run(entry.run.record, table))


@pytest.mark.parametrize("version", VERSIONS)
def test_published_scores_stay(made_board, version):
    write_entry(made_board, "blind", "replace")
    write_entry(made_board, "like-blind", "replace-fresh")
    board = read_board(made_board)
    entries = [unsure(entry) for entry in read_entries(board)[0]]
    standing = stand(board, entries, version)
    path = GOLDEN / f"version-{version}.json"
    assert list(changes(published(path), standing)) == []
    assert text_of(standing) == path.read_text()


def test_the_golden_board_has_what_matters():
    known = published(GOLDEN / "version-1.json")
    assert known.left_out
    assert len(known.axes) == 3
    assert {place.rank for place in known.places} >= {1, 2}
    assert {place.pareto for place in known.places} == {True, False}
    assert known.board == f"{made_up_board.BOARD['board']}/v1"
