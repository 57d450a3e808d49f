"""The clock: which part of a training is counted."""

import time

import pytest

from benchsuite.bench.clock import Clock


@pytest.fixture
def now(monkeypatch):
    """Time as tests set it."""
    at = [100.0]
    monkeypatch.setattr(time, "perf_counter", lambda: at[0])
    return at


def run(clock, now, reports):
    for moment, done in reports:
        now[0] = moment
        clock(done)
    return clock.window()


def test_counting_begins_after_the_warm_up(now):
    clock = Clock("cpu", warm_up=20)
    assert run(clock, now, [(150, 10), (160, 20), (163, 30), (166, 40)]) == (20, 6)
    assert clock.until_first == 50


def test_reports_need_not_come_at_the_end_of_the_warm_up(now):
    assert run(Clock("cpu", warm_up=15), now, [(150, 10), (160, 30), (170, 80)]) == (50, 10)


@pytest.mark.parametrize("reports", [[(104, 40)], [(102, 10), (104, 40)]])
def test_a_run_too_short_to_leave_anything_out_is_counted_whole(now, reports):
    assert run(Clock("cpu", warm_up=40), now, reports) == (40, 4)
