"""The suite of claims: what it contrasts is measured."""

from collections import Counter

import pytest

from benchsuite.plugins.loading import load
from benchsuite.plugins.registry import installed
from benchsuite.suites.resolve import resolve


@pytest.fixture(scope="module")
def suite():
    return resolve("claims", installed())


def test_six_claims_over_three_seeds(suite):
    assert len(suite.suite.claims) == 6
    assert len(suite.suite.seeds) >= 3
    assert suite.suite.generations == 6


def test_every_slice_is_one_that_its_metric_has(suite):
    definitions = {m.name: " ".join(load(m.registered).__doc__.split()) for m in suite.metrics}
    for claim in suite.suite.claims:
        for contrast in claim.contrasts:
            for part in filter(None, (contrast, contrast.other())):
                known = part.slice == "all" or f"`{part.slice}`" in definitions[part.metric]
                assert known, (claim.claim, part.slice)


def test_every_regime_serves_a_claim(suite):
    used = Counter(name for claim in suite.suite.claims for name in claim.regimes())
    assert set(used) == {regime.name for regime in suite.regimes}
