"""Publishing on a branch of a Git repository, as static hosting shows it."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from benchsuite.errors import UserError
from benchsuite.leaderboard.publish.changes import Changes, compare
from benchsuite.leaderboard.publish.files import MARK, marked, own
from benchsuite.leaderboard.publish.repository import GitError, Repository
from benchsuite.leaderboard.publish.target import Branch

_TRIES = 5
_PLAIN = "100644"
_RAW = ".nojekyll"
"""Tells hosts that run Jekyll to show the files as they are."""
_OVERTAKEN = ("[rejected]", "cannot lock ref", "failed to update ref")
"""What a push says where the branch has moved since it was fetched."""


@dataclass(frozen=True)
class _Tip:
    """The branch as it is: its last commit, and mode and blob of each file."""

    commit: str | None
    files: dict[str, tuple[str, str]]


def publish_to_branch(files: Mapping[str, Path], target: Branch) -> Changes:
    """Put the files on the target's branch by one commit on top of what is there.

    Nothing is forced: where somebody else pushed meanwhile, it is done again on top of theirs.
    Files that no site brought stay. Raises `UserError`.
    """
    with tempfile.TemporaryDirectory() as folder:
        beside = Path(folder)
        (beside / _RAW).touch()
        repository = Repository(beside / "repository")
        try:
            repository("check-ref-format", f"refs/heads/{target.branch}")
        except GitError as failure:
            raise UserError(
                f"--to: {target.branch!r} cannot be a branch's name; take one such as gh-pages."
            ) from failure
        try:
            new = _blobs(repository, marked({**files, _RAW: beside / _RAW}, beside))
            return _publish(repository, new, target)
        except GitError as failure:
            raise UserError(f"{target}: cannot be published to: {failure}.") from failure


def _publish(repository: Repository, new: Mapping[str, str], target: Branch) -> Changes:
    tries = 0
    while True:
        tries += 1
        tip = _tip(repository, target)
        mark = tip.files.get(MARK)
        content = repository("cat-file", "blob", mark[1]).encode() if mark else None
        owned = own(content, tip.files, str(target))
        there = {name: blob for name, (_, blob) in tip.files.items()}
        changes = compare(
            {n: b for n, b in new.items() if n != MARK},
            {n: b for n, b in there.items() if n != MARK},
            owned,
        )
        if not changes:
            return changes
        kept = {name: at for name, at in tip.files.items() if name not in owned}
        commit = _commit(repository, tip, kept, new, changes)
        try:
            _push(repository, commit, target)
        except GitError as failure:
            if tries == _TRIES or not any(said in str(failure) for said in _OVERTAKEN):
                raise
        else:
            return changes


def _blobs(repository: Repository, files: Mapping[str, Path]) -> dict[str, str]:
    """Store the files as they are, and return the blobs by name."""
    paths = "".join(f"{path.absolute()}\n" for path in files.values())
    printed = repository("hash-object", "-w", "--no-filters", "--stdin-paths", given=paths)
    return dict(zip(files, printed.split(), strict=True))


def _tip(repository: Repository, target: Branch) -> _Tip:
    """Fetch the last commit of the branch, if there is one."""
    branch = f"refs/heads/{target.branch}"
    listed = repository("ls-remote", "--", target.remote, branch).splitlines()
    if not any(line.partition("\t")[2] == branch for line in listed):
        return _Tip(None, {})
    to = f"+{branch}:refs/published"
    repository("fetch", "--quiet", "--no-tags", "--depth=1", "--", target.remote, to)
    files = {}
    for entry in repository("ls-tree", "-r", "-z", "refs/published").split("\0")[:-1]:
        about, _, name = entry.partition("\t")
        mode, _, blob = about.split(" ")
        files[name] = (mode, blob)
    return _Tip(repository("rev-parse", "refs/published").strip(), files)


def _commit(
    repository: Repository,
    tip: _Tip,
    kept: Mapping[str, tuple[str, str]],
    new: Mapping[str, str],
    changes: Changes,
) -> str:
    entries = {**kept, **{name: (_PLAIN, blob) for name, blob in new.items()}}
    lines = "".join(f"{mode} {blob}\t{name}\0" for name, (mode, blob) in entries.items())
    repository("read-tree", "--empty")
    repository("update-index", "-z", "--index-info", given=lines)
    tree = repository("write-tree").strip()
    message = f"Publish the site: {changes.counts}\n\n{changes.names}"
    parent = ["-p", tip.commit] if tip.commit else []
    return repository("commit-tree", tree, *parent, "-F", "-", given=message).strip()


def _push(repository: Repository, commit: str, target: Branch) -> None:
    """Push without force. Raises `GitError`."""
    to = f"{commit}:refs/heads/{target.branch}"
    repository("push", "--quiet", "--porcelain", "--no-verify", "--", target.remote, to)
