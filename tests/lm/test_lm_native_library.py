"""The kernels in C: compiled when a wheel is built, and loaded where they may compute."""

import os
import platform
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from types import SimpleNamespace

import pytest

from benchsuite.cli.options import resolved_device
from benchsuite.errors import UserError
from benchsuite.lm import native
from benchsuite.lm.native import library
from benchsuite.lm.native.library import SWITCH, kernels, training
from benchsuite.lm.native.sources import LIBRARY, digest
from benchsuite.lm.processor import abilities

SOURCES = Path(native.__file__).parent
WHERE = "benchsuite/lm/native"
PROJECT = f"""\
[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"

[project]
name = "made-up"
version = "1"
requires-python = ">=3"

[tool.hatch.build.targets.wheel]
packages = ["benchsuite"]

[tool.hatch.build.targets.wheel.hooks.custom]
path = "{WHERE}/build.py"
"""
ABLE = {"avx512f", "avx512bw", "avx512cd", "avx512dq", "avx512vl", "avx512_bf16"}
HERE = (platform.system(), platform.machine()) == ("Linux", "x86_64")

compiled = pytest.mark.skipif(
    not HERE or not shutil.which("cc"),
    reason="the kernels are compiled on Linux on x86-64, by a C compiler",
)
run = pytest.mark.skipif(
    not abilities() >= ABLE, reason="the processor does not multiply bf16 by AVX-512"
)


@pytest.fixture
def able(monkeypatch):
    """Pretend a processor; returns what to pretend another with."""

    def pretend(*more, without=()):
        monkeypatch.setattr(library, "abilities", lambda: ABLE.difference(without).union(more))

    pretend()
    return pretend


@pytest.fixture
def project(tmp_path):
    """A project of the kernels alone, without a library."""
    names = shutil.ignore_patterns("*.so", "__pycache__")
    shutil.copytree(SOURCES, tmp_path / WHERE, ignore=names)
    (tmp_path / "pyproject.toml").write_text(PROJECT)
    (tmp_path / ".gitignore").write_text("*.so\n")
    return tmp_path


def build(project, **env):
    """Build a wheel; return it and what was said."""
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", "dist"]
    env = {**{k: v for k, v in os.environ.items() if k != "CC"}, **env}
    done = subprocess.run(command, cwd=project, env=env, capture_output=True, text=True, check=True)
    (wheel,) = (project / "dist").glob("*.whl")
    return wheel, done.stdout + done.stderr


@compiled
def test_a_wheel_holds_the_library_and_its_sources(project):
    wheel, said = build(project)
    assert "No kernels" not in said
    assert wheel.name.startswith("made_up-1-py3-none-")
    assert wheel.name.endswith("_x86_64.whl")
    with zipfile.ZipFile(wheel) as file:
        assert {f"{WHERE}/{LIBRARY}", f"{WHERE}/train.c", f"{WHERE}/matrix.h"} <= set(
            file.namelist()
        )
        assert "Root-Is-Purelib: false" in file.read("made_up-1.dist-info/WHEEL").decode()
    assert not [path for path in (project / WHERE).iterdir() if path.suffix[1:].isdigit()]


@pytest.mark.skipif(not HERE, reason="elsewhere nothing is compiled")
@pytest.mark.parametrize(
    ("env", "why"),
    [({"PATH": ""}, "there is no C compiler"), ({"CC": "false"}, "false: it failed")],
)
def test_without_a_compiler_a_wheel_is_of_python_alone(project, env, why):
    wheel, said = build(project, **env)
    assert wheel.name == "made_up-1-py3-none-any.whl"
    assert f"No kernels in C, torch computes everything: {why}" in said
    with zipfile.ZipFile(wheel) as file:
        assert not [name for name in file.namelist() if name.endswith(".so")]


@compiled
def test_an_error_in_the_sources_is_one_line(project):
    (project / WHERE / "wrong.c").write_text("int wrong(void) { return nothing; }\n")
    wheel, said = build(project)
    assert wheel.name == "made_up-1-py3-none-any.whl"
    (line,) = [line for line in said.splitlines() if "No kernels" in line]
    assert "wrong.c:1" in line


@compiled
@run
def test_where_the_kernels_can_be_compiled_they_are_there(monkeypatch):
    monkeypatch.delenv(SWITCH, raising=False)
    assert kernels("cpu") == f"native-{digest(SOURCES)[:12]}"


@compiled
@run
def test_a_library_of_other_sources_is_refused(project, caplog):
    build(project)
    folder = project / WHERE
    assert library._load.__wrapped__(folder) is not None
    assert not caplog.messages
    with (folder / "model.h").open("a") as file:
        file.write("\n")
    assert library._load.__wrapped__(folder) is None
    (said,) = caplog.messages
    assert "is not made of the sources beside it; `pip install -e .` makes it anew" in said
    assert str(folder / LIBRARY) in said


def test_a_worker_leaves_the_warning_to_the_process_that_has_it(tmp_path, caplog, monkeypatch):
    (tmp_path / LIBRARY).write_bytes(b"no library")
    monkeypatch.setattr(library, "parent_process", lambda: "a process")
    assert library._load.__wrapped__(tmp_path) is None
    assert not caplog.messages
    monkeypatch.setattr(library, "parent_process", lambda: None)
    assert library._load.__wrapped__(tmp_path) is None
    (said,) = caplog.messages
    assert f"{tmp_path / LIBRARY} cannot be loaded" in said


def test_without_a_library_torch_computes(tmp_path, caplog, able, monkeypatch):
    monkeypatch.setattr(library, "_FOLDER", tmp_path)
    assert training() is None
    assert kernels("cpu") == kernels("cuda") == "torch"
    assert not caplog.messages


@pytest.fixture
def loaded(monkeypatch):
    """Pretend that the library is there."""
    found = SimpleNamespace()
    monkeypatch.setattr(library, "_load", lambda folder: found)
    monkeypatch.setattr(library, "_sources", lambda found: "0123456789abcdef" * 4)
    return found


def test_the_processor_decides_what_the_kernels_compute(loaded, able):
    assert library.library() is training() is loaded
    assert kernels("cpu") == "native-0123456789ab"
    assert kernels("cuda") == "torch"
    able(without={"avx512_bf16"})
    assert library.library() is loaded
    assert training() is None
    able("amx_bf16")
    assert library.library() is loaded
    assert training() is None
    able(without={"avx512vl"})
    assert library.library() is training() is None


def test_the_switch(loaded, able, monkeypatch):
    monkeypatch.setenv(SWITCH, "torch")
    assert training() is library.library() is None
    assert kernels("cpu") == "torch"
    for asked in ("native", ""):
        monkeypatch.setenv(SWITCH, asked)
        assert training() is loaded


def test_a_switch_that_says_something_else_is_an_error(monkeypatch, able):
    monkeypatch.setenv(SWITCH, "Torch")
    with pytest.raises(ValueError, match="BENCHSUITE_KERNELS is 'Torch', and may be"):
        kernels("cpu")
    with pytest.raises(UserError, match=r"^the environment variable BENCHSUITE_KERNELS is 'Torch'"):
        resolved_device("cpu")


def test_the_digest_is_of_names_contents_and_nothing_else(tmp_path):
    (tmp_path / "one.c").write_text("int one;\n")
    (tmp_path / "two.h").write_text("int two;\n")
    before = digest(tmp_path)
    (tmp_path / "note.txt").write_text("")
    assert digest(tmp_path) == before
    (tmp_path / "two.h").write_text("int zwei;\n")
    assert digest(tmp_path) != before
    (tmp_path / "two.h").write_text("int two;\n")
    assert digest(tmp_path) == before
    (tmp_path / "two.h").rename(tmp_path / "three.h")
    assert digest(tmp_path) != before
