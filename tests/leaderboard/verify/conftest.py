"""A board from real runs: its baselines, and an entry that ran beside them."""

import shutil
from pathlib import Path

import pytest
import real_board
from command_line import CommandLine

from benchsuite.leaderboard.board import read_board


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
