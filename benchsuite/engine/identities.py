"""What of components and code goes into a step's identity."""

from __future__ import annotations

from functools import cache
from typing import Any

from benchsuite.data.catalogue import dataset
from benchsuite.errors import UserError
from benchsuite.plugins.kinds import ComponentBase
from benchsuite.plugins.loading import digest, package_versions
from benchsuite.plugins.source import source_digest
from benchsuite.suites.resolve import Chosen


def fingerprint(chosen: Chosen) -> str:
    """Return the fingerprint of a component; a plugin that fails at it is named."""
    component: ComponentBase[Any] = chosen.make()
    try:
        return component.fingerprint()
    except UserError:
        raise
    except Exception as failure:
        kind = chosen.registered.component.kind
        raise UserError(f"the {kind} {chosen.name} failed: {failure}.") from failure


def component_identity(chosen: Chosen) -> dict[str, Any]:
    """What of a component goes into a step's identity.

    Raises `UserError` where a package that it names is missing: before the run, not within.
    """
    packages = package_versions(chosen.registered)
    for package, version in packages.items():
        if version is None:
            raise UserError(
                f"{chosen.name} needs the package {package}, which is not installed; "
                f"pip install {package}."
            )
    component: ComponentBase[Any] = chosen.make()
    data = {name: dataset(name).digest for name in component.datasets()}
    return {
        "name": chosen.name,
        "version": chosen.registered.component.version,
        "source": digest(chosen.registered),
        "packages": packages,
        "parameters": chosen.parameters.model_dump(mode="json"),
        **({"data": data} if data else {}),
    }


@cache
def operation_digest(kind: str) -> str:
    """Digest of the code that performs a kind of step."""
    return source_digest(f"benchsuite.engine.operations.{kind}")
