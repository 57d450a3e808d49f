"""From a descriptor to a component that can work."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from benchsuite.errors import UserError
from benchsuite.plugins.descriptors import Kind
from benchsuite.plugins.kinds import (
    ComponentBase,
    Corpus,
    Generator,
    Grader,
    Learner,
    Metric,
)
from benchsuite.plugins.registry import Registered
from benchsuite.plugins.source import source_digest

_BASES: dict[Kind, type[ComponentBase[Any]]] = {
    "corpus": Corpus,
    "learner": Learner,
    "generator": Generator,
    "grader": Grader,
    "metric": Metric,
}

_METRIC_SAYS = ("axis", "unit", "best", "needs")
"""What a metric's class must say of its numbers."""


@cache
def load(registered: Registered) -> type[ComponentBase[Any]]:
    """Import the class that a descriptor names. Raises `UserError` if it is not what it says."""
    component, provider = registered.component, registered.provider
    module, _, attribute = component.target.partition(":")
    whose = f"{component.name} (of {provider.distribution} {provider.version})"
    try:
        loaded = getattr(import_module(module), attribute)
    except Exception as failure:
        raise UserError(f"the {component.kind} {whose} cannot be loaded: {failure}.") from failure
    base = _BASES[component.kind]
    if not (isinstance(loaded, type) and issubclass(loaded, base)):
        raise UserError(
            f"the {component.kind} {whose} must derive from benchsuite.api.{base.__name__}."
        )
    missing = sorted(loaded.__abstractmethods__)
    if component.kind == "metric":
        missing += [name for name in _METRIC_SAYS if not hasattr(loaded, name)]
    if missing:
        raise UserError(f"the {component.kind} {whose} does not define {', '.join(missing)}.")
    return loaded


def digest(registered: Registered) -> str:
    """Return the source digest of a component."""
    return source_digest(registered.component.target.partition(":")[0])


def package_versions(registered: Registered) -> dict[str, str | None]:
    """Return the installed versions of the packages a component's numbers depend on."""
    return {name: _version(name) for name in registered.component.packages}


@cache
def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None
