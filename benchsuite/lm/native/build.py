"""Compiles the kernels when a wheel is built, or an editable installation made.

Where there is no C compiler, or the platform is another, the wheel is one of Python alone, and
torch computes everything. This is a hook of hatchling; nothing of benchsuite imports it.
"""

from __future__ import annotations

import os
import platform
import runpy
import shlex
import shutil
import subprocess
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface
from packaging.tags import platform_tags

_HERE = Path("benchsuite", "lm", "native")


class Kernels(BuildHookInterface[Any]):
    """Makes the library beside its sources, and a wheel that holds it one of this platform."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compile; without success say so, in one line, and leave the wheel as it is."""
        if (platform.system(), platform.machine()) != ("Linux", "x86_64"):
            return
        try:
            library = _compile(Path(self.root, _HERE))
        except OSError as failure:
            self.app.display_warning(f"No kernels in C, torch computes everything: {failure}")
            return
        if version != "editable":
            build_data["pure_python"] = False
            build_data["tag"] = f"py3-none-{next(platform_tags())}"
            build_data["artifacts"].append(f"/{library.relative_to(self.root).as_posix()}")


def _compile(folder: Path) -> Path:
    """Compile all C sources of a folder into its library. Raises `OSError` with one line."""
    sources = runpy.run_path(str(folder / "sources.py"))
    library: Path = folder / sources["LIBRARY"]
    made = library.with_suffix(f".{os.getpid()}")  # processes that use the one before keep it
    told = f'-DKERNELS="{sources["digest"](folder)}"'
    files = [str(path) for path in sorted(folder.glob("*.c"))]
    command = [*_compiler(), *sources["FLAGS"], told, "-o", str(made), *files, "-lm"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
        if done.returncode:
            lines = [line for line in done.stderr.splitlines() if "error: " in line] or [
                "it failed"
            ]
            raise OSError(f"{command[0]}: {lines[0]}")
        made.replace(library)
    finally:
        made.unlink(missing_ok=True)
    return library


def _compiler() -> list[str]:
    asked = shlex.split(os.environ.get("CC", ""))
    for command in [asked] if asked else (["cc"], ["gcc"], ["clang"]):
        if shutil.which(command[0]):
            return command
    raise OSError("there is no C compiler")
