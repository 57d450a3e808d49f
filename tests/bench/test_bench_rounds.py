"""Rounds: in what order, and what medians and ratios they come to."""

import pytest

from benchsuite.bench.rounds import (
    OURS,
    Comparison,
    Contender,
    Measured,
    alternate,
    spread,
    try_all,
)


def silent(_):
    pass


def comparison(ours, theirs):
    """Rounds of one unit of work each, at so many seconds."""
    rounds = [
        {OURS: Measured(1, a), "x": Measured(1, b)} for a, b in zip(ours, theirs, strict=True)
    ]
    return Comparison("train", "tiny", "a case", "tokens/s", rounds, {OURS: "a", "x": "b"})


def test_rounds_alternate_and_every_second_one_goes_in_reverse():
    ran = []

    def contender(name):
        def run(seed):
            ran.append((name, seed))
            return Measured(1, 1.0)

        return Contender(name, "", run)

    rounds = alternate([contender("a"), contender("b"), contender("c")], 3, silent, "test")
    assert [name for name, _ in ran] == [*"abc", *"cba", *"abc"]
    assert [seed for _, seed in ran] == [0, 0, 0, 1, 1, 1, 2, 2, 2]
    assert [list(each) for each in rounds] == [[*"abc"], [*"cba"], [*"abc"]]


def test_each_run_is_announced():
    said = []
    alternate([Contender("a", "fp32", lambda seed: Measured(1, 1.0))], 2, said.append, "train 1M")
    assert said == [f"train 1M, round {i} of 2: a (fp32)" for i in (1, 2)]


def test_a_rate_is_work_over_time():
    assert Measured(30, 4.0).rate == 7.5


def test_a_spread_is_median_least_and_greatest():
    assert spread([3.0, 1.0, 10.0]) == (3.0, 1.0, 10.0)
    assert spread([1.0, 2.0]) == (1.5, 1.0, 2.0)
    with pytest.raises(ValueError, match="median"):
        spread([])


def test_ratios_are_taken_round_by_round():
    """A machine that halves its speed for a round changes the rates and leaves the ratio."""
    steady = comparison(ours=[1, 2, 1], theirs=[3, 6, 3])
    assert steady.rate("x") == (1 / 3, 1 / 6, 1 / 3)
    assert steady.ratio("x") == (3, 3, 3)
    uneven = comparison(ours=[1, 2, 4], theirs=[2, 10, 4])
    assert uneven.ratio("x") == (2, 1, 5)  # the median rates would give 4 / 2 = 2 as well ...
    uneven = comparison(ours=[1, 2, 4], theirs=[6, 10, 4])
    assert uneven.ratio("x") == (5, 1, 6)  # ... and here 6 / 2 = 3
    assert uneven.others == ["x"]


def test_a_note_counts_where_every_round_has_it():
    rounds = [{OURS: Measured(1, 1, {"loss": loss, "once": 0.0})} for loss in (3.0, 5.0)]
    rounds[1][OURS].notes.pop("once")
    found = Comparison("train", "tiny", "", "tokens/s", rounds, {OURS: ""})
    assert found.note(OURS, "loss") == (4.0, 3.0, 5.0)
    assert found.note(OURS, "once") is None
    assert found.note(OURS, "never") is None


def test_the_fastest_setting_is_found_and_a_broken_one_passed_over():
    def broken(_):
        raise RuntimeError("no compiler\nat all")

    slow = Contender("x", "slow", lambda seed: Measured(1, 2.0))
    fast = Contender("x", "fast", lambda seed: Measured(1, 0.5))
    best, tried = try_all([slow, Contender("x", "broken", broken), fast], silent, "test")
    assert best is fast
    assert tried == {
        "slow": Measured(1, 2.0),
        "broken": "RuntimeError: no compiler",
        "fast": Measured(1, 0.5),
    }
    assert try_all([Contender("x", "broken", broken)], silent, "test")[0] is None
