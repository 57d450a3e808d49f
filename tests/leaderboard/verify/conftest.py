"""A board from real runs: its baselines, and an entry that ran beside them."""

import json
import shutil
import time
from pathlib import Path

import pytest
import real_board
from command_line import CommandLine

from benchsuite.leaderboard.board import read_board
from benchsuite.leaderboard.verify.verify import verify


@pytest.fixture(scope="session")
def baselines_run(track, real_run) -> Path:
    """The folder that a run of control and blind self-training left, from the same store."""
    out = track.parent / "baselines"
    arguments = ("--regime", "replace", "--workers", "1", "--out", str(out))
    CommandLine(track.parent)("run", str(track), *arguments)
    return out


@pytest.fixture(scope="session")
def made_real_board(tmp_path_factory, track, baselines_run, real_run) -> Path:
    root = tmp_path_factory.mktemp("real") / "leaderboards"
    return real_board.write_board(root, track, baselines_run, real_run)


@pytest.fixture
def board_folder(tmp_path, made_real_board) -> Path:
    """A board with the entry hybrid-50, to be damaged."""
    return shutil.copytree(made_real_board.parents[1], tmp_path / "leaderboards") / "bell" / "v1"


@pytest.fixture
def board(board_folder):
    return read_board(board_folder)


@pytest.fixture
def entry(board_folder) -> Path:
    return board_folder / "entries" / "hybrid-50"


@pytest.fixture
def damaged(board_folder, entry):
    """Return a function that damages a fresh copy of the entry, and verifies that."""
    board = read_board(board_folder)
    whole = entry.with_name("whole")
    entry.rename(whole)

    def check(damage):
        shutil.rmtree(entry, ignore_errors=True)
        shutil.copytree(whole, entry)
        damage(entry)
        started = time.process_time()
        report, _ = verify(entry, board, ())
        assert time.process_time() - started < 20
        found = [finding.message for made in report.checks for finding in made.findings]
        for message in found:
            assert message.isprintable(), message
            assert len(message) <= 400
            assert "cannot be made" not in message, message
        json.loads(report.model_dump_json())
        return report

    return check
