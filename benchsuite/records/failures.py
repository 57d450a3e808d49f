"""Why steps have no result, each reason once."""

from __future__ import annotations

from collections.abc import Iterable

from benchsuite.records.record import Failure

_SINCE = "left out, since "


def causes(failures: Iterable[Failure]) -> dict[str, list[str]]:
    """Return the steps without a result by the reason, in which one step that failed is named.

    Steps that failed for the same reason, such as the training of each generation, share it.
    """
    failures = list(failures)
    failed = {each.reason: each.step for each in failures if _SINCE not in each.reason}
    alike: dict[str, list[str]] = {}
    for reason, step in failed.items():
        alike.setdefault(reason.removeprefix(step), []).append(step)
    found: dict[str, list[str]] = {}
    for each in failures:
        root = each.reason.rpartition(_SINCE)[2]
        why = root.removeprefix(failed.get(root, ""))
        first, *others = alike.get(why, [root.removesuffix(why)])
        more = f" and {len(others)} more like it" if others else ""
        found.setdefault(first + more + why, []).append(each.step)
    return found
