"""Components that another component is made of, such as the corpus that one adds rows to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from benchsuite.errors import UserError, nearest
from benchsuite.identity import digest
from benchsuite.plugins import loading
from benchsuite.plugins.descriptors import Kind
from benchsuite.plugins.kinds import ComponentBase
from benchsuite.plugins.registry import Registered, installed


def part_document(kind: Kind, choice: str | Mapping[str, Any]) -> dict[str, Any]:
    """Return a component's full name and all its parameters, checked, with every default.

    `choice` is its name, or a mapping of name and parameters, as in a suite. Raises
    `ValueError`, for a pydantic model to say where.
    """
    given = {"name": choice} if isinstance(choice, str) else dict(choice)
    name = given.pop("name", None)
    if not isinstance(name, str):
        raise ValueError(f"a {kind} is a name, or a mapping with a name")  # noqa: TRY004
    try:
        registered = installed().find(kind, name)
        model = loading.load(registered).parameters_type
    except UserError as failure:
        raise ValueError(str(failure)) from failure
    for key in given:
        if key not in model.model_fields:
            raise ValueError(
                f"{registered.component.name} has no parameter {key!r}"
                f"{nearest(key, model.model_fields)}"
            )
    parameters = model.model_validate(given)
    return {"name": registered.component.name, **parameters.model_dump(mode="json")}


def make_part(kind: Kind, document: Mapping[str, Any]) -> ComponentBase[Any]:
    """Return the component of a `part_document`."""
    loaded = loading.load(_registered(kind, document))
    parameters = {key: value for key, value in document.items() if key != "name"}
    return loaded(loaded.parameters_type.model_validate(parameters))


def part_identity(kind: Kind, document: Mapping[str, Any]) -> str:
    """Return a digest of all that decides what a part computes, for a fingerprint to hold."""
    registered = _registered(kind, document)
    return digest(
        {
            "document": document,
            "version": registered.component.version,
            "source": loading.digest(registered),
            "packages": loading.package_versions(registered),
        }
    )


def _registered(kind: Kind, document: Mapping[str, Any]) -> Registered:
    return installed().find(kind, document["name"])
