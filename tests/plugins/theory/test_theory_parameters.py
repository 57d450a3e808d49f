"""Exact values follow the parameters: at values that no document names nothing differs."""

import numpy as np
import pytest
from theory_runs import differing, run_case

CASES = (
    "mean",
    "pool",
    "weighted",
    "normal",
    "unbiased",
    "linear",
    "types",
    "sharpening",
    "verifier",
)


def settings(case, random):
    """Values of a suite's parameters, drawn at random, and how many generations."""
    n, generations = int(random.integers(11, 75)), int(random.integers(2, 5))
    drawn = {
        "budget.rows": n,
        "corpus.rows": n,
        "corpus.replicates": int(random.integers(100, 400)),
    }
    sigma = round(float(random.lognormal()), 3)
    if case in ("mean", "pool", "weighted", "linear"):
        drawn |= {"corpus.sigma": sigma, "learner.sigma": sigma}
    if case in ("normal", "unbiased"):
        drawn |= {"corpus.sigma": sigma}
    if case == "linear":
        drawn |= {"corpus.features": int(random.integers(1, n - 2))}
    if case in ("mean", "weighted", "sharpening"):
        drawn |= {"corpus.more": generations}
    if case == "pool":
        drawn |= {"seeds": int(random.integers(4, 7))}
    if case == "verifier":
        drawn |= {"budget.rows": 10 * n, "corpus.rows": 10 * n, "corpus.replicates": 1}
    return [f"{key}={value}" for key, value in drawn.items()], generations


@pytest.mark.parametrize("case", CASES)
def test_nothing_differs_at_other_values(case, tmp_path):
    chosen, generations = settings(case, np.random.default_rng([CASES.index(case), 0]))
    result, record = run_case(tmp_path, case, *chosen, generations=generations)
    assert result.exit_code == 0, (chosen, result.output)
    assert not differing(record)
    assert len(record.agreements) > 2 * generations


def test_too_few_replicates_are_refused(tmp_path):
    with pytest.raises(AssertionError, match="greater than or equal to 30"):
        run_case(tmp_path, "mean", "corpus.replicates=5")
