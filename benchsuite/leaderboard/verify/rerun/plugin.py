"""The entry's own code, installed apart from everything else."""

from __future__ import annotations

import os
import site
import subprocess
import sys
import venv
from collections.abc import Sequence
from pathlib import Path

from benchsuite.errors import UserError
from benchsuite.leaderboard.entry import Entry, Plugin
from benchsuite.leaderboard.files import plain
from benchsuite.leaderboard.tree import copy_tree

_PIP = ("install", "--no-deps", "--ignore-installed", "--no-input", "--disable-pip-version-check")


def in_words(entry: Entry) -> str | None:
    """Say what code of its own an entry would run; None where it brings none."""
    plugin = entry.document.plugin
    if plugin is None:
        return None
    return plugin.requirement or f"the source in {entry.folder / 'plugin'}"


def install(entry: Entry, plugin: Plugin, folder: Path, prefix: Sequence[str]) -> str:
    """Install an entry's plugin into an environment of its own; return its Python.

    Source is built without network, by whatever build tools are installed here. A requirement is
    fetched as a wheel, of which nothing is run. Its dependencies must be installed here. Raises
    `UserError`.
    """
    python = _environment(folder / "venv")
    pip = [sys.executable, "-m", "pip", "--python", python, *_PIP]
    if plugin.requirement is not None:
        _pip([*pip, "--only-binary=:all:", plugin.requirement], None, plugin.requirement)
        return python
    copy_tree(entry.folder / "plugin", folder / "plugin")
    env = {"PATH": os.environ.get("PATH", ""), "HOME": str(folder), "PYTHONNOUSERSITE": "1"}
    command = [*prefix, *pip, "--no-index", "--no-build-isolation", str(folder / "plugin")]
    _pip(command, env, f"the source in {entry.folder / 'plugin'}")
    return python


def _environment(folder: Path) -> str:
    """Make a virtual environment that also finds what is installed here."""
    venv.create(folder, with_pip=False, symlinks=True)
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    here = [path for path in (*site.getsitepackages(), *sys.path) if path.endswith("-packages")]
    lines = [f"import site; site.addsitedir({path!r})\n" for path in dict.fromkeys(here)]
    (folder / "lib" / version / "site-packages" / "here.pth").write_text("".join(lines))
    return str(folder / "bin" / "python")


def _pip(command: list[str], env: dict[str, str] | None, what: str) -> None:
    done = subprocess.run(  # noqa: S603 (what is installed was agreed to)
        command, env=env, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    if done.returncode:
        lines = [line for line in done.stderr.splitlines() if line.strip()] or ["pip failed"]
        said = next((line for line in lines if line.startswith("ERROR")), lines[-1])
        raise UserError(f"{what} cannot be installed: {plain(said, 200)}")
