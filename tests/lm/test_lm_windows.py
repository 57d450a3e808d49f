"""Which tokens training reads: each once an epoch, in an order that takes no memory."""

import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import kstest

from benchsuite.lm.windows import Windows, read_tokens, shuffle, write_tokens


def visited(tokens, length, epochs, batch=4, seed=0):
    """All windows in the order of training."""
    windows = Windows(np.arange(tokens), length, epochs, batch, seed)
    return np.concatenate([windows.batch(step) for step in range(windows.steps)])


@given(st.integers(1, 3000), st.integers(0, 2**63 - 1))
@settings(max_examples=60, deadline=None)
def test_shuffling_visits_every_index_once(count, seed):
    assert sorted(shuffle(np.arange(count), count, seed)) == list(range(count))


def test_shuffling_a_part_is_part_of_shuffling():
    whole = shuffle(np.arange(1000), 1000, 3)
    assert np.array_equal(shuffle(np.arange(200, 250), 1000, 3), whole[200:250])


def test_shuffles_look_random():
    """Places, steps between neighbours and agreement of two orders, against uniform numbers."""
    count = 10_000
    one, other = (shuffle(np.arange(count), count, seed) for seed in (1, 2))
    assert kstest(one[:1000] / count, "uniform").pvalue > 1e-4
    assert kstest(((one[1:] - one[:-1]) % count)[::7] / count, "uniform").pvalue > 1e-4
    assert (one == other).sum() < 10  # one is expected
    assert abs(np.corrcoef(one, other)[0, 1]) < 0.05


@given(
    st.integers(2, 9).flatmap(lambda n: st.tuples(st.just(n), st.integers(n + 1, 90))),
    st.integers(1, 3),
    st.integers(0, 1000),
)
@settings(max_examples=60, deadline=None)
def test_every_epoch_has_each_target_once(sizes, epochs, seed):
    length, tokens = sizes
    windows = visited(tokens, length, epochs, seed=seed)
    assert (np.diff(windows, axis=1) == 1).all()
    each = (tokens - 1) // length
    for epoch in np.split(windows, epochs):
        targets = np.sort(epoch[:, 1:].ravel())
        assert len(targets) == each * length
        assert (np.diff(targets) == 1).all()  # each once, with no hole between
        assert targets[0] >= 1


def test_the_remainder_is_left_out_at_every_place_in_turn():
    windows = visited(20, 8, 200)  # 19 targets, of which 16 are read
    assert {epoch.min() for epoch in np.split(windows, 200)} == {0, 1, 2, 3}
    assert len({tuple(epoch[:, 0] % 8) for epoch in np.split(windows, 200)}) == 4


def test_the_seed_fixes_the_order():
    assert np.array_equal(visited(2000, 8, 2, seed=1), visited(2000, 8, 2, seed=1))
    assert not np.array_equal(visited(2000, 8, 2, seed=1), visited(2000, 8, 2, seed=2))


@pytest.mark.parametrize(("vocabulary", "size"), [(2048, 2), (65_536, 2), (65_537, 4)])
def test_token_files_give_back_what_was_written(tmp_path, vocabulary, size):
    pieces = [np.array([0, vocabulary - 1]), np.array([], np.int64), np.arange(5)]
    path = tmp_path / "tokens.bin"
    assert write_tokens(pieces, path, vocabulary) == 7
    assert path.stat().st_size == 7 * size
    assert read_tokens(path, vocabulary).tolist() == np.concatenate(pieces).tolist()


TRAIN = """
import sys
from pathlib import Path
from benchsuite.lm.config import ModelConfig, TrainingConfig
from benchsuite.lm.device import Device
from benchsuite.lm import train
from benchsuite.lm.windows import read_tokens

class Enough(Exception): pass

steps = []
def look(done, total):
    steps.append(done)
    if len(steps) == 6:
        raise Enough

stream = read_tokens(Path(sys.argv[1]), 512)
shape = ModelConfig(vocabulary=512, width=32, layers=1, heads=2, feedforward=48, length=64)
try:
    train.train(stream, shape, TrainingConfig(batch=16), 0, Device("cpu", "fp32"), look)
except Enough:
    pass
print(Path("/proc/self/status").read_text().partition("VmHWM:")[2].split()[0])
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="memory is read from /proc")
def test_training_on_a_billion_tokens_takes_the_memory_of_ten_million(tmp_path):
    """Peak resident memory of two processes; the large file is all holes, and takes no disk."""
    peaks = []
    for tokens in (10**7, 10**9):
        path = tmp_path / f"{tokens}.bin"
        with path.open("wb") as file:
            file.truncate(2 * tokens)
        command = [sys.executable, "-c", TRAIN, str(path)]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        peaks.append(int(done.stdout) / 1024)
    assert peaks[1] < peaks[0] + 16, peaks  # MiB; the file is 1907
