"""What the entry ran on."""

from __future__ import annotations

from collections.abc import Iterator

from benchsuite.leaderboard.verify.case import Case
from benchsuite.leaderboard.verify.finding import Finding, check, error, flag, note
from benchsuite.records.record import Environment


@check("environment", "It is known which source ran, on what, and that all of it ran through.")
def environment(case: Case) -> Iterator[Finding]:
    """Refuse sources that cannot be told; say where they, or the device, are not the board's."""
    own, frozen = case.record.environment, case.frozen.environment
    if own.source is None and (own.git_revision is None or own.git_dirty):
        yield error("nobody can tell which source ran: changed, and without a SHA-256.")
    elif own.git_dirty and own.source != frozen.source:
        yield flag("it ran from a source checkout with changes that no revision holds.")
    if own.benchsuite != frozen.benchsuite:
        yield note(f"it ran with benchsuite {own.benchsuite}, the board with {frozen.benchsuite}.")
    elif own.source != frozen.source:
        yield note("it ran from another source of benchsuite than the board.")
    if _computed(own) != _computed(frozen):
        yield note(
            f"it ran on {_computed(own)}, the board on {_computed(frozen)}; the last digits differ."
        )
    for failure in case.record.failures:
        yield error(f"a step failed: {failure.step}.")


def _computed(on: Environment) -> str:
    return f"{on.device} in {on.precision} by {on.kernels or 'torch'}"
