"""The house rules that a reader relies on: imports point downwards, the core names no plugin."""

import ast
from importlib.metadata import entry_points
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).parents[1]
ROOT = CHECKOUT / "benchsuite"
PACKAGES = sorted(path.name for path in (CHECKOUT / "plugins").iterdir() if path.is_dir())
LAYERS = [
    "data",
    "lm",
    "stats",
    "plugins",
    "suites",
    "engine",
    "records",
    "leaderboard",
    "bench",
    "cli",
]
"""From the bottom up; `data`, `lm` and `stats` know nothing of each other."""
FIRST_PARTY = (*PACKAGES, *(name.removeprefix("benchsuite_") + "/" for name in PACKAGES))
SOURCES = sorted(path.relative_to(ROOT) for path in ROOT.rglob("*.py"))


def imported(path: Path) -> set[str]:
    """Return the modules that a file imports, also inside functions."""
    found = set()
    for node in ast.walk(ast.parse((ROOT / path).read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add(node.module)
    return found


@pytest.mark.parametrize("path", SOURCES, ids=str)
def test_imports_point_downwards(path):
    layer = path.parts[0]
    if layer not in LAYERS:
        return
    above = LAYERS[LAYERS.index(layer) + 1 :] + (["stats"] if layer == "lm" else [])
    above += ["lm"] if layer == "stats" else []
    above += ["data"] if layer in {"lm", "stats"} else []
    for module in imported(path):
        parts = module.split(".")
        assert not (parts[0] == "benchsuite" and len(parts) > 1 and parts[1] in above), module


@pytest.mark.parametrize("path", SOURCES, ids=str)
def test_the_core_names_no_first_party_plugin(path):
    for node in ast.walk(ast.parse((ROOT / path).read_text())):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and " " not in node.value:
            assert not node.value.startswith(FIRST_PARTY), node.value


def test_plugins_import_the_core_by_its_api_and_the_language_models_alone():
    allowed = ("benchsuite.api", "benchsuite.lm")
    assert "benchsuite_metrics" in PACKAGES
    for path in (CHECKOUT / "plugins").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            module = getattr(node, "module", None) or ""
            if isinstance(node, ast.ImportFrom) and module.partition(".")[0] == "benchsuite":
                assert module.startswith(allowed), f"{path.name}: {module}"


def test_plugin_packages_share_code_through_the_shared_package_alone():
    shared = {entry.module for entry in entry_points(group="benchsuite.shared")}
    assert "benchsuite_worlds" in shared & set(PACKAGES)
    for path in (CHECKOUT / "plugins").rglob("*.py"):
        own = path.relative_to(CHECKOUT / "plugins").parts[0]
        for module in imported(path):
            package = (module or "").partition(".")[0]
            allowed = {own} if own in shared else {own, *shared}
            assert package not in set(PACKAGES) - allowed, f"{path.name}: {module}"
