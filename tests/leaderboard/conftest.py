"""A made-up board, and a real run that takes a second: loops of a normal distribution."""

from pathlib import Path

import made_up_board
import pytest
from command_line import CommandLine

TRACK = """\
suite: bell
version: 1
summary: Mean and variance of a normal distribution, for tests of boards.
corpus: {name: theory/normal, rows: 40, replicates: 100}
learner: {name: theory/normal-fit, variance: likelihood}
budget: {rows: 40}
generations: 2
seeds: 3
control: real
regimes: [replace, hybrid-50]
samples: {budget: {rows: 1}, generator: generators/self}
metrics: [theory/error, theory/spread, metrics/flops, metrics/tokens, metrics/seconds]
"""


@pytest.fixture
def made_board(tmp_path):
    """The folder of a made-up board with three entries."""
    return made_up_board.write_board(tmp_path / "leaderboards")


@pytest.fixture(scope="session")
def track(tmp_path_factory) -> Path:
    """The suite that the real run ran."""
    path = tmp_path_factory.mktemp("track") / "suite.yaml"
    path.write_text(TRACK)
    return path


@pytest.fixture(scope="session")
def real_run(track) -> Path:
    """The folder that a real run of control, blind self-training and `hybrid-50` left."""
    out = track.parent / "run"
    CommandLine(track.parent)("run", str(track), "--workers", "1", "--out", str(out))
    return out
