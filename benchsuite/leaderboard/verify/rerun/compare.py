"""A seed that was trained again beside the entry's own."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from math import inf, isfinite
from typing import Any

from benchsuite.leaderboard.run import Run
from benchsuite.leaderboard.verify.case import Case
from benchsuite.leaderboard.verify.joint import bound, joint
from benchsuite.leaderboard.verify.rerun.alike import alike
from benchsuite.leaderboard.verify.rerun.outcome import Far, Rerun, Shift
from benchsuite.leaderboard.verify.rows import Place, by_place
from benchsuite.leaderboard.verify.spreads import apart
from benchsuite.plugins.kinds import Best

Pairs = Mapping[Place, tuple[float | None, float | None]]
"""The entry's value, and the one that came out here."""


def compare(case: Case, here: Run, seed: int, left_out: Iterable[str], *, isolated: bool) -> Rerun:
    """Compare all that seeds fix, of the regime entered and of the baselines.

    Runs are deterministic. So where source and machine are those of the entry's record, what
    counts must come out bit for bit. Elsewhere what scores take of it must lie within the board's
    tolerance, and all of it together within what seeds differ by. The rest is told.
    """
    left_out = set(left_out)
    pairs = dict(_pairs(case, here, seed, left_out))
    counting = {p: pair for p, pair in pairs.items() if (p.metric, p.slice) in case.scored}
    exact = alike(case.record, here.record)
    far = list(_unequal(case, counting) if exact else _far(case, counting))
    most = case.board.document.tolerance
    environment = here.record.environment
    return Rerun(
        seed=seed,
        rule="bit for bit" if exact else "tolerance",
        tolerance=most,
        compared=len(pairs),
        equal=sum(a == b for a, b in pairs.values()),
        farthest=max(
            (each.deviations for each in far if each.deviations is not None), default=None
        ),
        beyond=[each for each in far if exact or each.deviations is None or each.deviations > most],
        shifts=[] if exact else list(_shifts(case, here, seed)),
        left_out=sorted(left_out),
        isolated=isolated,
        benchsuite=environment.benchsuite,
        source=environment.source,
        machine=f"{environment.hardware.accelerator or environment.hardware.processor}, "
        f"{environment.platform}, {environment.precision}, "
        f"kernels of {environment.kernels or 'torch'}",
    )


def _pairs(
    case: Case, here: Run, seed: int, left_out: set[str]
) -> Iterator[tuple[Place, tuple[float | None, float | None]]]:
    again = by_place(here)
    for place, by_seed in case.rows.items():
        known = place.regime in {case.regime.name, *case.anchors} and place.metric in case.metrics
        if not known or place.metric in left_out or not case.metrics[place.metric].reproducible:
            continue
        own, found = (rows.get(seed, {}).get("value") for rows in (by_seed, again.get(place, {})))
        yield place, (own, found)


def _unequal(case: Case, pairs: Pairs) -> Iterator[Far]:
    """Yield every value that is another, however near."""
    for place, (own, here) in pairs.items():
        if own != here:
            spread = case.spreads.get((place.metric, place.slice))
            known = spread is not None and own is not None and here is not None
            far = apart(own, here, spread.deviation) if known else inf  # type: ignore[arg-type, union-attr]
            yield _told(place._asdict(), own, here, far)


def _far(case: Case, pairs: Pairs) -> Iterator[Far]:
    """Yield how far means over generations are apart, and what no spread can judge.

    That is a value on one side alone, and a measurement in which the board's baselines tell no
    spread, such as those of a grader: these must be equal.
    """
    series = defaultdict(list)
    for place, (own, here) in pairs.items():
        if own is None or here is None or (place.metric, place.slice) not in case.spreads:
            if own != here:
                yield _told(place._asdict(), own, here, inf)
        elif place.generation > 0:
            series[place._replace(generation=1)].append((own, here))
    for place, values in series.items():
        best = case.metrics[place.metric].best
        own, here = (_mean(side, best) for side in zip(*values, strict=True))
        far = apart(own, here, case.spreads[place.metric, place.slice].deviation)
        if far > 0:
            yield _told({**place._asdict(), "generation": None}, own, here, far)


def _mean(values: Sequence[float], best: Best) -> float:
    return sum(abs(value) if best == "zero" else value for value in values) / len(values)


def _told(place: dict[str, Any], own: float | None, here: float | None, far: float) -> Far:
    values = {"entry": own, "here": here, "deviations": far}
    return Far(**place, **{key: _finite(value) for key, value in values.items()})


def _finite(value: float | None) -> float | None:
    return None if value is None or not isfinite(value) else value


def _shifts(case: Case, here: Run, seed: int) -> Iterator[Shift]:
    """Yield how far all that counts is apart, taken together, of each regime."""
    together, again = joint(case), by_place(here)
    if together is None:
        return
    regimes = (case.regime.name, *case.anchors)
    most = bound(len(regimes), together.spread.freedom, seeds=1)
    for regime in regimes:
        shift = together.shift(case.rows, again, regime, [seed])
        if shift is not None:
            yield Shift(regime=regime, deviations=_finite(shift), most=most)
