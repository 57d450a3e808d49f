"""Whether everything was measured."""

from __future__ import annotations

from collections.abc import Iterator

from benchsuite.leaderboard.verify.case import Case
from benchsuite.leaderboard.verify.finding import Finding, check, error, flag, note
from benchsuite.leaderboard.verify.rows import Place


@check("complete", "Everything that the board measures is there for every seed and generation.")
def complete(case: Case) -> Iterator[Finding]:
    """Look for what is missing, and for what should not be there.

    A measurement without a value is honest where models write nothing that it could speak of. It
    leaves the entry without a score, which nobody gains by.
    """
    for place in _wanted(case):
        found = case.rows.get(place, {})
        missing = [seed for seed in case.frozen.seeds if seed not in found]
        if missing:
            yield error(f"{place} is missing for the seed {missing[0]}.")
            continue
        empty = [seed for seed in case.frozen.seeds if found[seed]["value"] is None]
        if empty and (place.metric, place.slice) in case.scored:
            yield flag(
                f"{place} has no value for the seed {empty[0]}; it counts, so no score will."
            )
        elif empty:
            yield note(f"{place} has no value for the seed {empty[0]}.")
    yield from _grader(case)
    yield from _strangers(case)


def _grader(case: Case) -> Iterator[Finding]:
    """See that on a board of graders one is measured, by all seeds in the same generations."""
    wanted = case.board.document.scoring.graders
    if wanted is not None and len(case.graders) != 1:
        yield error(f"{len(case.graders)} graders were measured; the board ranks one an entry.")
    for place, by_seed in case.rows.items():
        graded = place.regime == case.regime.name and wanted is not None
        if graded and (place.metric, place.slice) in case.scored:
            for seed in sorted(set(case.frozen.seeds) - by_seed.keys()):
                yield error(f"{place} is missing for the seed {seed}.")


def _wanted(case: Case) -> Iterator[Place]:
    """Yield what must be measured: of each anchor what the board has, and of the regime the same.

    Of the regime entered what both anchors have, so not what belongs to writing alone. Where the
    board itself has no value, none is asked for.
    """
    control, blind = case.anchors
    of_anchors: dict[str, set[Place]] = {control: set(), blind: set()}
    for place in case.frozen_rows:
        shown = place.slice in case.metrics[place.metric].context_slices
        valued = case.of_seeds(case.frozen_rows, place) is not None
        if place.regime in of_anchors and valued and not shown:
            of_anchors[place.regime].add(place)
    for places in of_anchors.values():
        yield from sorted(places)
    for place in sorted(of_anchors[control]):
        if place._replace(regime=blind) in of_anchors[blind]:
            yield place._replace(regime=case.regime.name)


def _strangers(case: Case) -> Iterator[Finding]:
    """Find measurements of models and metrics that the record does not know."""
    metrics = {metric.name for metric in case.record.metrics}
    for place, by_seed in case.rows.items():
        regime = case.regimes.get(place.regime)
        if regime is None or place.metric not in metrics:
            yield error(f"{place} was measured, and the record does not know it.")
        elif not 0 <= place.generation <= regime.generations:
            yield error(f"{place} was measured, and there is no such generation.")
        for seed in by_seed.keys() - set(case.record.seeds):
            yield error(f"{place} was measured for the seed {seed}, which the record lacks.")
