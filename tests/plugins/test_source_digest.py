"""A component's digest changes with the code its results depend on, and with no other."""

import importlib
import shutil
import sys
from pathlib import Path

import pytest

import benchsuite.lm.config
from benchsuite.plugins import source

FILES = {
    "__init__.py": "LISTED = 1\n",
    "metric.py": "from acme_tools import helper\nfrom acme_tools.deep.words import split\n",
    "helper.py": "from . import constants\nfrom .relative import nothing\n",
    "constants.py": "PI = 3\n",
    "relative.py": "def nothing():\n    from acme_tools import lazy\n",
    "lazy.py": "X = 1\n",
    "sibling.py": "Y = 1\n",
    "deep/__init__.py": "",
    "deep/words.py": "from ..upward import z\ndef split(): ...\n",
    "deep/unused.py": "",
    "upward.py": "z = 1\n",
    "named.py": "from acme_tools import LISTED\n",
    "outside.py": "import acme_other\nimport numpy\n",
    "core.py": "from benchsuite.lm.config import ModelConfig\n",
    "circle.py": "from acme_tools import circle_back\n",
    "circle_back.py": "from acme_tools import circle\n",
}


@pytest.fixture
def package(tmp_path, monkeypatch):
    """A package on the path; gives a function that digests a module of it afresh."""
    for name, text in FILES.items():
        path = tmp_path / "acme_tools" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    (tmp_path / "acme_other.py").write_text("")
    monkeypatch.syspath_prepend(tmp_path)
    forget()
    yield tmp_path / "acme_tools"
    forget()


def forget():
    for name in [n for n in sys.modules if n.partition(".")[0] in ("acme_tools", "acme_other")]:
        del sys.modules[name]
    importlib.invalidate_caches()
    source.source_digest.cache_clear()
    source._source.cache_clear()


def digest(module):
    forget()
    return source.source_digest(f"acme_tools.{module}")


@pytest.mark.parametrize(
    ("module", "changed", "matters"),
    [
        ("metric", "metric.py", True),
        ("metric", "helper.py", True),
        ("metric", "constants.py", True),
        ("metric", "relative.py", True),
        ("metric", "lazy.py", True),
        ("metric", "deep/words.py", True),
        ("metric", "upward.py", True),
        ("metric", "sibling.py", False),
        ("metric", "deep/unused.py", False),
        ("metric", "__init__.py", False),
        ("metric", "../acme_other.py", False),
        ("named", "__init__.py", True),
        ("outside", "../acme_other.py", False),
        ("circle", "circle_back.py", True),
    ],
)
def test_what_a_component_imports_matters(package, module, changed, matters):
    before = digest(module)
    path = package / changed
    path.write_text(path.read_text() + "# a change\n")
    assert (digest(module) != before) == matters


def test_a_new_sibling_does_not_matter_and_a_new_import_does(package):
    before = digest("metric")
    (package / "newcomer.py").write_text("N = 1\n")
    assert digest("metric") == before
    (package / "lazy.py").write_text("X = 1\nfrom acme_tools import newcomer\n")
    with_newcomer = digest("metric")
    assert with_newcomer != before
    (package / "newcomer.py").write_text("N = 2\n")
    assert digest("metric") not in (before, with_newcomer)


def test_the_place_on_the_disk_does_not_matter(package, tmp_path, monkeypatch):
    before = digest("metric")
    moved = tmp_path / "elsewhere"
    moved.mkdir()
    shutil.move(package, moved)
    monkeypatch.setattr(sys, "path", [str(moved), *(p for p in sys.path if p != str(tmp_path))])
    assert digest("metric") == before


def test_the_language_model_core_matters_where_it_is_used(package, tmp_path, monkeypatch):
    core, other = digest("core"), digest("metric")
    changed = tmp_path / "config.py"
    changed.write_text(Path(benchsuite.lm.config.__file__).read_text() + "# a change\n")
    find = source._source

    def replaced(module):
        return changed if module == "benchsuite.lm.config" else find(module)

    replaced.cache_clear = find.cache_clear
    monkeypatch.setattr(source, "_source", replaced)
    assert digest("core") != core
    assert digest("metric") == other


def test_the_digest_covers_the_files_it_should(package):
    forget()
    closure = source._closure("acme_tools.metric")
    assert set(closure) == {
        f"acme_tools.{name}"
        for name in (
            *("metric", "helper", "constants", "relative", "lazy", "deep.words", "upward"),
        )
    }
    llama = source._closure("benchsuite_learners.llama")
    assert {"benchsuite.lm.model", "benchsuite.lm.train", "benchsuite.lm.sample"} <= set(llama)
    assert not any(name.startswith("benchsuite.engine") for name in llama)
    assert "benchsuite_learners" not in llama


def test_a_module_that_fails_on_import_is_still_digested(package):
    (package / "helper.py").write_text("raise ImportError('acme_tools needs something')\n")
    (package / "metric.py").write_text("from acme_tools.helper import thing\n")
    before = digest("metric")
    (package / "helper.py").write_text("raise ImportError('acme_tools needs something else')\n")
    assert digest("metric") != before


def test_a_package_that_plugins_share_matters_where_it_is_used():
    forget()
    closure = source._closure("benchsuite_corpora.planted")
    assert {name for name in closure if name.startswith("benchsuite_worlds")} == {
        "benchsuite_worlds.invented"
    }
    falsehood = source._closure("benchsuite_metrics.planted_falsehood")
    assert "benchsuite_worlds.statements" in falsehood
    assert not any("worlds" in name for name in source._closure("benchsuite_metrics.distinct"))
