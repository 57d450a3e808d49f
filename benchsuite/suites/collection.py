"""Several suites under one name, with parameters that they share."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator

from benchsuite.errors import UserError, nearest
from benchsuite.plugins.registry import Registry
from benchsuite.suites.documents import validate
from benchsuite.suites.resolve import Changes, ResolvedSuite, resolve
from benchsuite.suites.shipped import find, home


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class SharedParameter(_Strict):
    """A parameter of a collection: for each suite, by its name here, the keys that it sets."""

    summary: str
    sets: dict[str, list[str]] = Field(min_length=1)


class Collection(_Strict):
    """A versioned collection document. `suites` are names or files, by a name within it.

    `workers` is how many processes work side by side unless a command line says; 1 is for steps
    so short that they are done before a process has started. By default one a core.
    """

    collection: str = Field(pattern=r"^[a-z0-9][a-z0-9-]*$", max_length=64)
    version: int = Field(ge=1)
    summary: str
    workers: int | None = Field(default=None, ge=1)
    suites: dict[str, str] = Field(min_length=1)
    parameters: dict[str, SharedParameter] = {}

    @field_validator("parameters")
    @classmethod
    def _of_its_suites(
        cls, given: dict[str, SharedParameter], info: ValidationInfo
    ) -> dict[str, SharedParameter]:
        suites = info.data.get("suites", {})
        for name, parameter in given.items():
            for suite in parameter.sets.keys() - suites.keys():
                raise ValueError(f"{name} sets keys of {suite}{nearest(suite, suites)}")
        return given


def resolve_all(
    name: str, registry: Registry, changes: Changes
) -> tuple[Collection | None, list[ResolvedSuite]]:
    """Read, change and check a suite, or a collection and all its suites.

    What `changes` sets in a collection are its parameters. Raises `UserError`.
    """
    document = find(("collection", "suite"), name)
    if "collection" not in document.data:
        return None, [resolve(name, registry, changes)]
    collection = validate(Collection, document)
    if changes.regimes:
        raise UserError(
            f"--regime {changes.regimes[0]}: {collection.collection} is a collection; run one of "
            "its suites with it."
        )
    folder, settings = home("collection", name), dict(changes.settings or {})
    counts = {"seeds": changes.seeds, "generations": changes.generations}
    for key, count in counts.items():
        if count is not None and key in collection.parameters:
            settings[key], counts[key] = str(count), None
    for key in settings.keys() - collection.parameters.keys():
        raise UserError(
            f"--set {key}={settings[key]}: {collection.collection} has no parameter {key}"
            f"{nearest(key, collection.parameters)}"
        )
    return collection, [
        resolve(
            _located(path, folder, document.where(("suites", suite))),
            registry,
            Changes((), counts["seeds"], counts["generations"], _keys(collection, suite, settings)),
        )
        for suite, path in collection.suites.items()
    ]


def _keys(collection: Collection, suite: str, settings: Mapping[str, str]) -> dict[str, str]:
    """Return what the values of parameters set in one suite."""
    return {
        key: text
        for name, text in settings.items()
        for key in collection.parameters[name].sets.get(suite, [])
    }


def _located(path: str, folder: Path, place: str) -> str:
    """Return a shipped suite's name, or a path that starts from the collection's folder."""
    try:
        find("suite", path, folder)
    except UserError as failure:
        raise UserError(f"{place}: {failure}") from failure
    return str(folder / path) if path.endswith((".yaml", ".yml")) else path
