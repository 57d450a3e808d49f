"""The components that made and measured the models."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import chain
from typing import Any

from benchsuite.leaderboard.verify.case import Case
from benchsuite.leaderboard.verify.finding import Finding, check, error, note
from benchsuite.records.record import ComponentEntry

_DIGEST = re.compile(r"[0-9a-f]{64}")


@check("components", "Everything that was used is named with version and source, or handed in.")
def components(case: Case) -> Iterator[Finding]:
    """Compare those that the board fixes; see that no other is missing or from nowhere."""
    own = {(each.kind, each.name): each for each in case.record.components}
    frozen = {(each.kind, each.name): each for each in case.frozen.components}
    for key in sorted(_used(case) - own.keys()):
        yield error(f"the {' '.join(key)} was used, and the record's components lack it.")
    if len(own) < len(case.record.components):
        yield error("a component stands in the record twice.")
    known = {each.distribution for each in case.frozen.components}
    for key, component in own.items():
        if not _DIGEST.fullmatch(component.source):
            yield error(f"the {' '.join(key)} has no SHA-256 of its source.")
        if key in frozen:
            yield from _same(component, frozen[key])
        elif component.distribution not in known and case.entry.document.plugin is None:
            yield error(
                f"the {' '.join(key)} comes from {component.distribution or 'nowhere'}, which "
                "the entry neither hands in nor names; give it as plugin."
            )


def _same(own: ComponentEntry, frozen: ComponentEntry) -> Iterator[Finding]:
    """Compare a component with the board's; a new source may, but need not, give new numbers."""
    where = f"the {own.kind} {own.name}"
    if (own.version, own.distribution) != (frozen.version, frozen.distribution):
        yield error(
            f"{where} is version {own.version} of {own.distribution}, on the board "
            f"{frozen.version} of {frozen.distribution}."
        )
    elif own.source != frozen.source:
        yield note(f"{where} has another source than on the board, in the same version.")


def _used(case: Case) -> set[tuple[str, str]]:
    """Return kind and name of all components that suite and regimes name."""
    document = case.record.suite.document
    found = {("corpus", _name(document.get("corpus"))), ("learner", _name(document.get("learner")))}
    found.add(("generator", _name(_get(document.get("samples"), "generator"))))
    found |= {("metric", _name(metric)) for metric in _list(document.get("metrics"))}
    for regime in case.record.regimes:
        found.add(("generator", _name(regime.document.get("generator"))))
        chosen = [_list(_get(part, "chosen")) for part in _list(regime.document.get("mixture"))]
        for grading in chain(_list(regime.document.get("graders")), *chosen):
            found.add(("grader", _name(_get(grading, "grader"))))
    return {(kind, name) for kind, name in found if name}


def _name(choice: Any) -> str:
    name = _get(choice, "name")
    return name if isinstance(name, str) else ""


def _get(data: Any, key: str) -> Any:
    return data.get(key) if isinstance(data, dict) else None


def _list(data: Any) -> list[Any]:
    return data if isinstance(data, list) else []
