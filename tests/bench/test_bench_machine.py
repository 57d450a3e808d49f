"""How torch is set up for each side."""

import pytest
import torch

from benchsuite.bench.machine import as_in_runs, as_peers_do, cores, peak, timed


@pytest.fixture(autouse=True)
def _as_it_was():
    threads, mode = torch.get_num_threads(), torch.are_deterministic_algorithms_enabled()
    torch.set_num_threads(2)
    torch.use_deterministic_algorithms(mode=True)
    yield
    torch.set_num_threads(threads)
    torch.use_deterministic_algorithms(mode=mode)


def state():
    return torch.get_num_threads(), torch.are_deterministic_algorithms_enabled()


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        (as_in_runs, (1, True)),
        (lambda: as_in_runs(deterministic=False), (1, False)),
        (lambda: as_peers_do(3), (3, False)),
    ],
)
def test_settings_hold_inside_and_are_put_back(settings, expected):
    with settings():
        assert state() == expected
    assert state() == (2, True)
    with pytest.raises(KeyError), settings():
        raise KeyError
    assert state() == (2, True)


def test_the_peak_is_a_rate():
    assert peak("cpu", "fp32", 1, 64) > peak("cpu", "fp32", 1, 2) > 0


def test_work_is_timed_and_its_result_kept():
    result, seconds = timed("cpu", lambda: 5)
    assert result == 5
    assert seconds > 0


def test_there_is_a_core():
    assert cores() >= 1
