"""The digest of the source that a component's results depend on."""

from __future__ import annotations

import ast
import hashlib
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from importlib.metadata import entry_points
from importlib.util import find_spec
from pathlib import Path

_SHARED = ("benchsuite.lm", "benchsuite.stats")
"""Packages below the plugins whose code decides what components compute."""


@cache
def source_digest(module: str) -> str:
    """Return the SHA-256 of a module's source and of all it imports that is its own kin.

    Kin are modules of the same top-level package and of others that its distribution brings as
    plugins (in the core: of the same package), and the language-model core and the statistics.
    Packages' `__init__` count only where a name is imported from them, so that registering one
    component more leaves the others' digests alone.
    """
    digest = hashlib.sha256()
    for name, path in sorted(_closure(module).items()):
        digest.update(f"{name}\0{hashlib.sha256(path.read_bytes()).hexdigest()}\n".encode())
    return digest.hexdigest()


def _closure(module: str) -> dict[str, Path]:
    """Source files of `module` and its kin, by module name."""
    own = module.partition(".")[0]
    roots = (*_SHARED, *([module.rpartition(".")[0]] if own == "benchsuite" else _kin(own)))
    found: dict[str, Path] = {}
    waiting = [module]
    while waiting:
        name = waiting.pop()
        path = _source(name)
        if name in found or path is None:
            continue
        found[name] = path
        waiting += [
            imported
            for imported in _imports(name, path)
            if any(imported == root or imported.startswith(root + ".") for root in roots)
        ]
    return found


@cache
def _kin(own: str) -> tuple[str, ...]:
    """Return the plugin packages of the distribution that brings `own`, itself among them."""
    brought: dict[str, set[str]] = defaultdict(set)
    for point in entry_points(group="benchsuite"):
        if point.dist is not None:
            brought[point.dist.name].add(point.module.partition(".")[0])
    others = {name for packages in brought.values() if own in packages for name in packages}
    return tuple(sorted({own, *others} - {"benchsuite"}))


@cache
def _source(module: str) -> Path | None:
    """Return the Python file of a module, or None where there is none.

    Nothing but the top-level package is looked up by Python: to find a submodule it would
    import its parents.
    """
    top, *rest = module.split(".")
    spec = find_spec(top)
    if spec is None:
        return None
    if not rest:
        return Path(spec.origin) if spec.origin and spec.origin.endswith(".py") else None
    folders = [Path(folder, *rest) for folder in spec.submodule_search_locations or ()]
    files = [file for f in folders for file in (f.with_suffix(".py"), f / "__init__.py")]
    return next((file for file in files if file.is_file()), None)


def _imports(module: str, path: Path) -> Iterator[str]:
    """Yield every module that a file's import statements may mean."""
    package = module if path.name == "__init__.py" else module.rpartition(".")[0]
    for node in ast.walk(ast.parse(path.read_bytes())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                parents = package.split(".")[: len(package.split(".")) - node.level + 1]
                base = ".".join([*parents, base] if base else parents)
            submodules = [f"{base}.{alias.name}" for alias in node.names]
            yield from submodules
            if any(_source(name) is None for name in submodules):
                yield base
