"""Where a site can be published, as it is written on the command line."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from benchsuite.errors import UserError

_HELPER = re.compile(r"^[A-Za-z0-9+.-]+::")
"""`ext::sh -c ...` and the like, by which a remote is a command."""
_SCHEME = re.compile(r"^([A-Za-z][A-Za-z0-9+.-]*)://")
_SCHEMES = frozenset({"file", "https", "ssh", "git"})
_LOGIN = re.compile(r"(?<=://)[^/@\s]*@")
_PART = r"[A-Za-z0-9](?:[A-Za-z0-9_]|[.-](?![.-]))*"
_SPACE = re.compile(rf"^{_PART}/{_PART}(?<![.-])$")
_LONGEST = 96


@dataclass(frozen=True)
class Folder:
    """A folder of this machine."""

    path: Path

    def __str__(self) -> str:
        return str(self.path)


@dataclass(frozen=True)
class Branch:
    """A branch of a Git repository: its URL, or its path on this machine."""

    remote: str
    branch: str

    def __str__(self) -> str:
        return f"{without_login(self.remote)}, branch {self.branch}"


@dataclass(frozen=True)
class Space:
    """A static Space of the Hugging Face Hub, `OWNER/NAME`."""

    name: str

    def __str__(self) -> str:
        return f"the Space {self.name}"


Target = Folder | Branch | Space


def without_login(text: str) -> str:
    """Return text without the names and passwords of the URLs in it."""
    return _LOGIN.sub("", text)


def parse(text: str) -> Target:
    """Read `DIR`, `git:REMOTE#BRANCH` or `hf:OWNER/NAME`. Raises `UserError`."""
    kind, colon, rest = text.partition(":")
    if not text.isprintable() or not text:
        raise UserError(f"--to {text!r}: is no folder, git:REMOTE#BRANCH or hf:OWNER/NAME.")
    if colon and kind == "git":
        return _branch(rest)
    if colon and kind == "hf":
        return _space(rest)
    if _SCHEME.match(text) or _HELPER.match(text):
        raise UserError(
            f"--to {without_login(text)}: is no folder; for a Git repository give git:URL#BRANCH."
        )
    return Folder(Path(text))


def _branch(text: str) -> Branch:
    remote, _, branch = text.rpartition("#")
    where = f"--to git:{without_login(text)}"
    if not remote or not branch:
        raise UserError(f"{where}: give remote and branch, such as git:URL#gh-pages.")
    if remote.startswith("-") or branch.startswith("-"):
        raise UserError(f"{where}: neither remote nor branch may begin with a dash.")
    scheme = _SCHEME.match(remote)
    if _HELPER.match(remote) or (scheme and scheme[1].lower() not in _SCHEMES):
        raise UserError(f"{where}: a remote is a path, or a URL of https, ssh, git or file.")
    return Branch(remote, branch)


def _space(text: str) -> Space:
    if not _SPACE.match(text) or len(text) > _LONGEST or text.endswith(".git"):
        raise UserError(f"--to hf:{text}: give owner and name of a Space, such as hf:me/boards.")
    return Space(text)
