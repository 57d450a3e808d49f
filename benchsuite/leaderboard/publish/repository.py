"""Git by its plumbing, in a temporary repository: nobody's working tree, index or settings."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from benchsuite.errors import UserError
from benchsuite.leaderboard.publish.target import without_login

_ELSEWHERE = (
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_OBJECT_DIRECTORY",
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_COMMON_DIR",
    "GIT_NAMESPACE",
    "GIT_PREFIX",
)
"""Variables by which Git, as within a hook, would work in a repository other than ours."""

_SIGNS = ("!", "fatal:", "error:", "remote:")
"""How lines begin that say why."""


class GitError(Exception):
    """Git failed; says why, in its own words without logins: what a push was refused for first."""

    def __init__(self, printed: str) -> None:
        lines = [" ".join(line.split()) for line in without_login(printed).splitlines()]
        said = [line for sign in _SIGNS for line in lines if line.startswith(sign)]
        super().__init__(next(iter(said or filter(None, lines)), "no reason given").rstrip("."))


class Repository:
    """An empty bare repository in an empty folder. Raises `UserError` where there is no Git."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        kept = {name: value for name, value in os.environ.items() if name not in _ELSEWHERE}
        self._environment = {
            **kept,
            "GIT_DIR": str(folder),
            "GIT_INDEX_FILE": str(folder / "index"),
            "GIT_ALLOW_PROTOCOL": "file:https:ssh:git",
            "GIT_TERMINAL_PROMPT": "0",
            "LC_ALL": "C",
        }
        try:
            self("init", "--bare", "--quiet", "--template=", str(folder))
        except FileNotFoundError as failure:
            raise UserError(
                "there is no git on this machine; install it, or publish into a folder."
            ) from failure
        self._environment |= self._identity()

    def _identity(self) -> dict[str, str]:
        """Return who commits, where the user's settings do not say so."""
        try:
            self("var", "GIT_COMMITTER_IDENT")
        except GitError:
            who = {"NAME": "benchsuite", "EMAIL": "benchsuite@localhost"}
            return {f"GIT_{w}_{k}": v for w in ("AUTHOR", "COMMITTER") for k, v in who.items()}
        return {}

    def __call__(self, *arguments: str, given: str = "") -> str:
        """Run a command of Git and return what it prints. Raises `GitError`."""
        done = subprocess.run(  # noqa: S603 (arguments are checked by `target`, `--` ends options)
            ["git", "-c", "core.hooksPath=/dev/null", *arguments],  # noqa: S607
            env=self._environment,
            input=given.encode("utf-8", "surrogateescape"),
            capture_output=True,
            check=False,
        )
        printed = done.stdout.decode("utf-8", "surrogateescape")
        if done.returncode:
            raise GitError(printed + done.stderr.decode("utf-8", "replace"))
        return printed
