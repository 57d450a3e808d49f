"""The boards of this repository: their entries pass, and their scores are those published."""

from pathlib import Path

import pytest

from benchsuite.leaderboard.board import read_board
from benchsuite.leaderboard.entry import read_entries
from benchsuite.leaderboard.scoring import stand
from benchsuite.leaderboard.scoring.published import STANDING, text_of
from benchsuite.leaderboard.verify.verify import verify

ROOT = Path(__file__).parents[2] / "leaderboards"
BOARDS = sorted(path.parent for path in ROOT.glob("*/v*/board.yaml"))


@pytest.mark.parametrize("folder", BOARDS, ids=lambda path: f"{path.parent.name}-{path.name}")
def test_a_published_board_is_sound(folder):
    board = read_board(folder)
    entries, refusals = read_entries(board)
    assert not refusals
    for entry in entries:
        report, _ = verify(entry.folder, board, entries)
        errors = [f for c in report.checks for f in c.findings if f.level == "error"]
        assert not errors, entry.name
    assert text_of(stand(board, entries)) == (folder / STANDING).read_text("utf-8")


def test_the_nano_board_holds_ten_entries_of_three_seeds_and_generations():
    board = read_board(ROOT / "nano" / "v1")
    entries, _ = read_entries(board)
    assert len(entries) >= 10
    for entry in entries:
        assert len(entry.run.record.seeds) >= 3
        assert entry.run.record.generations >= 3
        assert entry.run.record.environment.git_dirty is False
