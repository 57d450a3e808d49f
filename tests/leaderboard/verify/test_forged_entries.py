"""Forgeries of the entry `hybrid-50` of the board `nano`, which is worse than the control.

Each was once taken: its seeds widened what reruns may differ by, or nobody looked at means.
"""

import itertools

import forged
import numpy as np
import pytest

from benchsuite.leaderboard.scoring import stand
from benchsuite.leaderboard.verify.checks.anchors import anchors
from benchsuite.leaderboard.verify.checks.plausible import plausible
from benchsuite.leaderboard.verify.checks.spread import spread
from benchsuite.leaderboard.verify.rerun.compare import compare
from benchsuite.leaderboard.verify.rerun.outcome import checked
from benchsuite.leaderboard.verify.rows import Place

OTHERS = range(1, 5)


@pytest.fixture
def entry(tmp_path):
    return forged.copy_nano(tmp_path)


@pytest.fixture
def honest(entry):
    """The run as it was, before it is forged."""
    return forged.case_of(entry).entry.run


def score(case):
    (place,) = stand(case.board, [case.entry]).places
    return place.score.value


def found(check, case):
    return [finding.message for finding in check.find(case)]


def test_the_honest_entry_has_no_finding(entry, honest):
    case = forged.case_of(entry)
    assert 40 < score(case) < 55
    assert not [*found(anchors, case), *found(plausible, case), *found(spread, case)]
    for run, rule in ((honest, "bit for bit"), (forged.elsewhere(honest), "tolerance")):
        rerun = compare(case, run, 1, (), isolated=True)
        assert (rerun.rule, rerun.same, rerun.equal) == (rule, True, rerun.compared)


@pytest.mark.parametrize("by", [3, 10])
def test_seeds_made_better_do_not_come_again(entry, honest, by):
    forged.move(entry, by, regime="hybrid-50", seeds=OTHERS)
    case = forged.case_of(entry)
    assert score(case) > 100
    for seed in OTHERS:
        here = compare(case, honest, seed, (), isolated=True)
        assert (here.rule, here.same, len(here.beyond) > 20) == ("bit for bit", False, True)
        away = compare(case, forged.elsewhere(honest), seed, (), isolated=True)
        assert (away.rule, away.same) == ("tolerance", False)
        (shift,) = [shift for shift in away.shifts if shift.beyond]
        assert shift.regime == "hybrid-50"
        assert shift.deviations > shift.most
        errors = [f.message for f in checked(away).findings if f.level == "error"]
        assert any("all that counts of hybrid-50, taken together" in each for each in errors)
    assert compare(case, honest, 0, (), isolated=True).same, "so the seed is drawn at random"


def test_seeds_far_better_are_flagged_without_a_rerun(entry):
    forged.move(entry, 10, regime="hybrid-50", seeds=OTHERS)
    case = forged.case_of(entry)
    assert len(found(plausible, case)) >= 5
    assert any("times as much between seeds" in each for each in found(spread, case))


def test_the_seeds_of_an_entry_have_no_say_in_what_they_may_differ_by(entry):
    before = forged.case_of(entry).spreads
    forged.move(entry, 100, regime="hybrid-50", seeds=OTHERS)
    assert forged.case_of(entry).spreads == before


def test_a_value_that_is_hardly_another_is_beyond_on_the_same_machine(entry, honest):
    forged.move(entry, 1e-12, regime="hybrid-50", seeds=[2])
    case = forged.case_of(entry)
    here = compare(case, honest, 2, (), isolated=True)
    assert not here.same
    notes = [f.message for f in checked(here).findings if f.level == "note"]
    assert notes[0].startswith("source and machine are those of its record")
    away = compare(case, forged.elsewhere(honest), 2, (), isolated=True)
    assert away.same
    notes = [f.message for f in checked(away).findings if f.level == "note"]
    assert notes[0].startswith("source or machine is not that of its record")


def test_a_poor_control_is_flagged(entry):
    forged.move(entry, -3, regime="real")
    case = forged.case_of(entry)
    assert score(case) > 100
    messages = found(anchors, case)
    means = [each for each in messages if "mean over seeds" in each]
    assert len(means) >= 8
    assert all("of real" in each for each in messages)
    assert "all that counts of real, taken together" in messages[-1]
    assert messages[-1].endswith("worse than the board's own.")


def test_a_little_less_of_everything_is_flagged(entry):
    forged.move(entry, -2, regime="real")
    messages = found(anchors, forged.case_of(entry))
    assert len(messages) == 1
    assert messages[0].startswith("all that counts of real, taken together")


def trained_elsewhere(case, random, by=0.0):
    """Return the case with anchors drawn anew: normal, as far apart as the board's own are.

    Half of the variance is a seed's, in all its generations.
    """
    rows = {}
    for name, key in itertools.product(case.anchors, case.scored):
        common = random.standard_normal(5)
        for place in [Place(name, generation, *key) for generation in (1, 2, 3)]:
            usual = case.of_seeds(case.frozen_rows, place)
            noise = (common + random.standard_normal(5)) / 2**0.5
            values = np.mean(usual) + noise * np.std(usual, ddof=1)
            values += by * case.spreads[key].deviation
            rows[place] = {seed: {"value": value} for seed, value in enumerate(values)}
    case.__dict__["rows"] = rows
    return case


def test_honest_anchors_of_another_machine_are_seldom_flagged_and_poor_ones_are(entry):
    """At most one in a hundred, so of 100 hardly ever more than 3 (Poisson: 2 %)."""
    random = np.random.default_rng(0)
    case = forged.case_of(entry)
    flagged = [bool(found(anchors, trained_elsewhere(case, random))) for _ in range(100)]
    assert sum(flagged) <= 3
    poor = [found(anchors, trained_elsewhere(case, random, by=3)) for _ in range(10)]
    assert all(poor)
