"""A seed that was trained again beside the entry's own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from math import inf, isfinite

from benchsuite.leaderboard.run import Run
from benchsuite.leaderboard.verify.case import Case
from benchsuite.leaderboard.verify.rerun.outcome import Far, Rerun
from benchsuite.leaderboard.verify.rows import Place, by_place
from benchsuite.leaderboard.verify.spreads import deviations


def compare(case: Case, here: Run, seed: int, left_out: Iterable[str], *, isolated: bool) -> Rerun:
    """Compare all that seeds fix, of the regime entered and of the baselines.

    What counts must lie within the board's tolerance; the rest is told where it is bit for bit.
    """
    left_out = set(left_out)
    pairs = dict(_pairs(case, here, seed, left_out))
    far = {place: _far(case, place, *pair) for place, pair in pairs.items()}
    counts = {p: d for p, d in far.items() if (p.metric, p.slice) in case.scored and d > 0}
    most = case.board.document.tolerance
    environment = here.record.environment
    return Rerun(
        seed=seed,
        tolerance=most,
        compared=len(pairs),
        equal=sum(a == b for a, b in pairs.values()),
        farthest=max((d for d in counts.values() if isfinite(d)), default=None),
        beyond=[
            Far(
                **place._asdict(),
                entry=pairs[place][0],
                here=pairs[place][1],
                deviations=distance if isfinite(distance) else None,
            )
            for place, distance in counts.items()
            if distance > most
        ],
        left_out=sorted(left_out),
        isolated=isolated,
        benchsuite=environment.benchsuite,
        source=environment.source,
        machine=f"{environment.hardware.accelerator or environment.hardware.processor}, "
        f"{environment.platform}, {environment.precision}",
    )


def _pairs(
    case: Case, here: Run, seed: int, left_out: set[str]
) -> Iterator[tuple[Place, tuple[float | None, float | None]]]:
    """Yield the entry's value and the one that came out here."""
    again = by_place(here)
    for place, by_seed in case.rows.items():
        known = place.regime in {case.regime.name, *case.anchors} and place.metric in case.metrics
        if not known or place.metric in left_out or not case.metrics[place.metric].reproducible:
            continue
        own, found = (rows.get(seed, {}).get("value") for rows in (by_seed, again.get(place, {})))
        yield place, (own, found)


def _far(case: Case, place: Place, own: float | None, here: float | None) -> float:
    """Return how far two values are apart, in standard deviations between seeds."""
    if own is None or here is None:
        return 0.0 if own is here else inf
    deviation = case.spreads.get((place.metric, place.slice), 0.0)
    return deviations([own], [here], deviation) if own != here else 0.0
