"""Published sets had at hand before a run begins."""

from __future__ import annotations

from collections.abc import Iterable

from benchsuite.data.catalogue import dataset
from benchsuite.engine.steps import Step


def have_at_hand(steps: Iterable[Step]) -> None:
    """Find, or fetch, and verify what components of steps read of published sets.

    So that what is missing ends a run before it trains anything. Raises `UserError`.
    """
    components = {id(step.component): step.component for step in steps if step.component}
    named = {name for chosen in components.values() for name in chosen.make().datasets()}
    for name in sorted(named):
        for file in dataset(name).published.values():
            file.locate()
