"""A process without network, with nothing of this one's environment."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path

from benchsuite.data.published import DATA_ROOT
from benchsuite.leaderboard.files import plain
from benchsuite.lm.native.library import SWITCH

_UNSHARE = ("unshare", "--map-root-user", "--net")
_OWN_PROCESSES = ("--pid", "--fork", "--kill-child")
_WAYS = (
    (*_UNSHARE, *_OWN_PROCESSES, "--mount-proc"),
    (*_UNSHARE, *_OWN_PROCESSES),
    _UNSHARE,
)
"""By namespaces of Linux (user_namespaces(7)): no network but a dead loopback, no processes of
others to be seen, and none left when the first ends. The first way that works is taken."""

_PASSED_ON = ("PATH", "PYTHONPATH", "LD_LIBRARY_PATH", "CUDA_VISIBLE_DEVICES", DATA_ROOT, SWITCH)
"""Variables that say where things are and whose kernels compute; any other may be a secret."""

_LINE = 4096


@cache
def isolation() -> tuple[str, ...] | None:
    """Return what a command begins with to run without network; None where nothing does."""
    return next((way for way in _WAYS if _works(way)), None)


def _works(way: Sequence[str]) -> bool:
    try:
        done = subprocess.run([*way, "true"], capture_output=True, timeout=30, check=False)  # noqa: S603
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


def environment(home: Path) -> dict[str, str]:
    """Return the environment of such a process: a home of its own, and what was fetched before."""
    passed = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    home.mkdir()
    _link_cache(home)
    return {
        **passed,
        "HOME": str(home),
        "TMPDIR": str(home),
        "LANG": "C.UTF-8",
        "PYTHONNOUSERSITE": "1",
        "HF_HUB_CACHE": _hub_cache(),
        "HF_HUB_OFFLINE": "1",
        "HF_DATASETS_OFFLINE": "1",
        "TRANSFORMERS_OFFLINE": "1",
    }


def _link_cache(home: Path) -> None:
    """Let published files that were fetched before be found; they are verified when read."""
    import platformdirs

    fetched = platformdirs.user_cache_path("benchsuite") / "fetched"
    if fetched.is_dir():
        (home / ".cache" / "benchsuite").mkdir(parents=True)
        (home / ".cache" / "benchsuite" / "fetched").symlink_to(fetched.resolve())


def _hub_cache() -> str:
    """Return where models of the hub are kept; tokens are kept elsewhere, and stay there."""
    from huggingface_hub.constants import HF_HUB_CACHE

    return str(HF_HUB_CACHE)


def run(
    command: Sequence[str], folder: Path, env: dict[str, str], tell: Callable[[str], None]
) -> int:
    """Run a command in a folder, tell each line of its progress, made harmless; its exit code."""
    with subprocess.Popen(  # noqa: S603 (the command is put together here)
        command,
        cwd=folder,
        env=env,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stderr is not None
        try:
            for line in iter(lambda: process.stderr.readline(_LINE), b""):  # type: ignore[union-attr]
                tell(plain(line.decode(errors="replace").rstrip(), 200))
        except BaseException:
            process.kill()
            raise
    return process.returncode
