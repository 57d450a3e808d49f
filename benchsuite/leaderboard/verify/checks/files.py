"""The entry's files."""

from __future__ import annotations

from collections.abc import Iterator

from benchsuite.leaderboard.entry import FILES
from benchsuite.leaderboard.files import LARGEST, contents, sha256_of
from benchsuite.leaderboard.verify.case import Case
from benchsuite.leaderboard.verify.finding import Finding, check, error


@check("files", "The folder holds the files that entry.yaml names, with their SHA-256.")
def files(case: Case) -> Iterator[Finding]:
    """Compare names, kinds, sizes and digests."""
    named = case.entry.document.files
    there = contents(case.entry.folder)
    for name, path in there.items():
        if path.is_symlink() or not path.is_file():
            yield error(f"{name} is a link, or no plain file.")
        elif path.stat().st_size > LARGEST:
            yield error(f"{name} has more than {LARGEST >> 20} MiB.")
        elif name in named and sha256_of(path) != named[name]:
            yield error(f"{name} is not the file whose SHA-256 entry.yaml gives.")
        elif name not in named and name != "entry.yaml" and not name.startswith("plugin/"):
            yield error(f"{name} is not named in entry.yaml.")
    for name in FILES:
        if name not in named:
            yield error(f"the SHA-256 of {name} is missing in entry.yaml.")
    for name in named:
        if name not in there:
            yield error(f"{name} is named in entry.yaml and is not there.")
