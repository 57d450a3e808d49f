"""The source of the entry's own code, which is not run."""

from __future__ import annotations

import re
from collections.abc import Iterator

from benchsuite.leaderboard.files import contents
from benchsuite.leaderboard.tree import source_files, tree_digest
from benchsuite.leaderboard.verify.case import Case
from benchsuite.leaderboard.verify.finding import Finding, check, error

_PART = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._+-]*")


@check("plugin", "Plugin source is all there to be read, with its SHA-256; nothing else is there.")
def plugin(case: Case) -> Iterator[Finding]:
    """Compare the tree of files with its digest, and refuse what the digest does not see."""
    folder, said = case.entry.folder / "plugin", case.entry.document.plugin
    if said is None or said.source is None:
        if folder.exists() or folder.is_symlink():
            yield error("there is a folder plugin, and entry.yaml names no source.")
        return
    if folder.is_symlink() or not folder.is_dir():
        yield error("entry.yaml names plugin source, and there is no folder plugin.")
        return
    seen = {path.relative_to(folder).as_posix() for path in source_files(folder)}
    for name in contents(folder):
        if name not in seen:
            yield error(f"plugin/{name} is hidden or built, no source; take it out.")
        elif not all(map(_PART.fullmatch, name.split("/"))):
            yield error(f"plugin/{name} is no plain name of a source file.")
    if tree_digest(folder) != said.sha256:
        yield error("plugin is not the source whose SHA-256 entry.yaml gives.")
