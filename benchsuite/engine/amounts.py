"""How much a regime's steps write, read and draw, for plans and their estimates."""

from __future__ import annotations

from math import ceil, floor

from benchsuite.suites.mixture import Share
from benchsuite.suites.resolve import ResolvedRegime


def mixed(regime: ResolvedRegime, budget: int, generation: int) -> int:
    """Return what a generation's mix is drawn to: after generation 0, maybe a part of the budget.

    Halves go up, and there is one token (or row) at least.
    """
    share = regime.regime.budget_share if generation else 1.0
    return max(1, floor(round(budget * share, 6) + 0.5))


def to_write(regime: ResolvedRegime, budget: int, seeds: int = 1) -> int:
    """Return how much to generate so that what the graders keep still fills the mix.

    What is repeated is written once, and of a pool that all seeds share each writes its part.
    """
    share = max(
        (part.unique or _share(part)) / (seeds if part.source == "synthetic-shared" else 1)
        for part in regime.regime.synthetic
    )
    for _, keep in regime.graders:
        share /= keep.share
    return ceil(mixed(regime, budget, generation=1) * share)


def human_needed(regime: ResolvedRegime, budget: int, generations: int) -> int:
    """Return how much human text a regime draws for a seed, in all generations."""
    fresh = [_share(part) for part in regime.regime.mixture if part.source == "human-fresh"]
    return budget + generations * round(sum(fresh) * budget)


def trained_on(regime: ResolvedRegime, budget: int, generation: int) -> int:
    """Return about how much a generation's passes go over: more than the budget where it grows."""
    if regime.regime.budget != "growing" or not generation:
        return mixed(regime, budget, generation)
    parts = [part.source for part in regime.regime.mixture]
    return budget * (len(parts) + (generation - 1) * parts.count("synthetic-all"))


def _share(part: Share) -> float:
    return 1.0 if isinstance(part.share, str) else part.share
