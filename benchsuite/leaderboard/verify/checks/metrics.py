"""What the metrics' numbers mean."""

from __future__ import annotations

from collections.abc import Iterator

from benchsuite.leaderboard.verify.case import Case
from benchsuite.leaderboard.verify.finding import Finding, check, error, note

_TOLD = {"summary", "definition"}
_SIGNS = {"higher": True, "lower": False, "zero": None}


@check("metrics", "Metrics mean what they mean on the board: axis, unit, direction, flags.")
def metrics(case: Case) -> Iterator[Finding]:
    """Compare what the record, and each measurement, says of its metric."""
    own = {metric.name: metric for metric in case.record.metrics}
    for name, frozen in case.metrics.items():
        if name not in own:
            yield error(f"{name} was not measured.")
            continue
        differs = {
            key
            for key in type(frozen).model_fields
            if getattr(own[name], key) != getattr(frozen, key)
        }
        for key in sorted(differs - _TOLD):
            yield error(f"{key} of {name} is not what it is on the board.")
        if differs & _TOLD:
            yield note(f"{name} is told in other words than on the board.")
    table = case.entry.run.measurements
    columns = ("metric", "axis", "unit", "higher_is_better")
    for name, *said in sorted(
        set(zip(*(table[column].to_pylist() for column in columns), strict=True)), key=str
    ):
        if (meant := own.get(name)) and said != [meant.axis, meant.unit, _SIGNS[meant.best]]:
            yield error(f"measurements of {name} have another axis, unit or direction.")
