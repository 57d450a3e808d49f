"""Which commit a record names."""

import json
import shutil
import subprocess
from types import SimpleNamespace

import pytest

from benchsuite.records import provenance


@pytest.fixture
def installed(tmp_path, monkeypatch):
    """A package installed from a checkout with one commit: the checkout and the installed copy."""
    source, package = tmp_path / "checkout" / "acme", tmp_path / "site" / "acme"
    (source / "inner").mkdir(parents=True)
    for name in ("__init__.py", "inner/words.py", "inner/words.c"):
        (source / name).write_text("x = 1\n")
    who = ["-c", "user.name=A", "-c", "user.email=a@example.org"]
    for command in (["init", "-q"], ["add", "."], [*who, "commit", "-qm", "All"]):
        subprocess.run(["git", "-C", str(source.parent), *command], check=True)
    shutil.copytree(source, package)
    noted = json.dumps({"url": source.parent.as_uri(), "dir_info": {}})
    monkeypatch.setattr(
        provenance, "distribution", lambda name: SimpleNamespace(read_text=lambda file: noted)
    )
    return source, package


def test_an_installed_package_names_the_commit_it_came_from(installed):
    source, package = installed
    assert provenance.checkout(package) == source
    revision, dirty = provenance.git_revision(provenance.checkout(package))
    head = ["git", "-C", str(source), "rev-parse", "HEAD"]
    assert revision == subprocess.check_output(head, text=True).strip()
    assert dirty is False
    (source.parent / "entry.yaml").write_text("")
    assert provenance.git_revision(source) == (revision, False)
    (source / "new.py").write_text("")
    assert provenance.git_revision(source) == (revision, True)


@pytest.mark.parametrize("name", ["inner/words.py", "inner/words.c", "__init__.py"])
def test_a_checkout_that_changed_since_says_nothing(installed, name):
    source, package = installed
    (source / name).write_text("x = 2\n")
    assert provenance.checkout(package) == package
    assert provenance.git_revision(package) == (None, None)


def test_a_package_from_an_index_has_no_checkout(installed, monkeypatch):
    monkeypatch.setattr(
        provenance, "distribution", lambda name: SimpleNamespace(read_text=lambda file: None)
    )
    assert provenance.checkout(installed[1]) == installed[1]


def test_source_is_named_by_a_digest_whatever_its_revision(tmp_path):
    (tmp_path / "a.py").write_text("A = 1\n")
    before = provenance._own_source(tmp_path)
    for compiled in ("a.pyc", "a.so"):
        (tmp_path / compiled).write_text("compiled")
    assert provenance._own_source(tmp_path) == before
    (tmp_path / "a.py").write_text("A = 2\n")
    changed = provenance._own_source(tmp_path)
    assert changed != before
    (tmp_path / "a.h").write_text("int a;\n")
    assert provenance._own_source(tmp_path) != changed
