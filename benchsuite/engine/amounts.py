"""How much a regime's steps write, read and draw, for plans and their estimates."""

from __future__ import annotations

from math import ceil, floor

from benchsuite.suites.mixture import Share, Source
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


def to_draw(regime: ResolvedRegime, source: Source, budget: int) -> int:
    """Return how much human text of a source to draw in one go.

    Where graders choose from it, so much that what they keep still fills its part.
    """
    (part,) = (part for part in regime.regime.mixture if part.source == source)
    budget = mixed(regime, budget, generation=1)
    if source not in regime.choosers:
        return round(_share(part) * budget)
    share = part.unique or _share(part)
    for _, keep in regime.choosers[source]:
        share /= keep.share
    return ceil(budget * share)


def before_fresh(regime: ResolvedRegime, budget: int) -> int:
    """Return how much of a seed's human text comes before what is new in a generation.

    It is what generation 0 learns from, and what fixed rows are chosen from.
    """
    if "human-fixed" not in regime.choosers:
        return budget
    return max(budget, to_draw(regime, "human-fixed", budget))


def human_needed(regime: ResolvedRegime, budget: int, generations: int) -> int:
    """Return how much human text a regime draws for a seed, in all generations."""
    fresh = to_draw(regime, "human-fresh", budget) if regime.regime.fresh else 0
    return before_fresh(regime, budget) + generations * fresh


def trained_on(regime: ResolvedRegime, budget: int, generation: int) -> int:
    """Return about how much a generation's passes go over: more than the budget where it grows."""
    if regime.regime.budget != "growing" or not generation:
        return mixed(regime, budget, generation)
    parts = [part.source for part in regime.regime.mixture]
    return budget * (len(parts) + (generation - 1) * parts.count("synthetic-all"))


def _share(part: Share) -> float:
    return 1.0 if isinstance(part.share, str) else part.share
