"""Publishing as a static Space of the Hugging Face Hub."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from benchsuite.errors import UserError
from benchsuite.leaderboard.publish.changes import Changes, compare
from benchsuite.leaderboard.publish.files import MARK, marked, own, sha256
from benchsuite.leaderboard.publish.target import Space, without_login

if TYPE_CHECKING:
    from huggingface_hub import HfApi, RepoFile

_TRIES = 5
_MOVED = 412
"""HTTP status of a commit whose parent is no longer the last one."""
_DENIED = (401, 403)
_TEMPLATE = frozenset({".gitattributes", "README.md", "index.html", "style.css"})
"""What the hub puts into a new static Space."""
_README = "README.md"
_FRONT = """\
---
title: "{title}"
emoji: \N{BAR CHART}
colorFrom: blue
colorTo: gray
sdk: static
pinned: false
---
"""
"""What the hub must read to show a Space: huggingface.co/docs/hub/spaces-config-reference."""


def publish_to_space(files: Mapping[str, Path], target: Space, api: HfApi | None = None) -> Changes:
    """Put the files into the target's Space by one commit; make the Space where there is none.

    What the hub has already is not sent. Where somebody else committed meanwhile, it is done
    again on top of theirs. Files that no site brought stay. Raises `UserError`.
    """
    with tempfile.TemporaryDirectory() as folder, _said(target):
        beside = Path(folder)
        (beside / _README).write_text(_readme(files.get(_README), target), encoding="utf-8")
        new = marked({**files, _README: beside / _README}, beside)
        api = api or _api(target)
        api.create_repo(target.name, repo_type="space", space_sdk="static", exist_ok=True)
        return _publish(api, new, target, beside)


def _api(target: Space) -> HfApi:
    from huggingface_hub import HfApi, get_token

    if not get_token():
        raise UserError(
            f"{target}: needs a token that may write; run `hf auth login`, or set HF_TOKEN."
        )
    return HfApi()


def _readme(own_text: Path | None, target: Space) -> str:
    front = _FRONT.format(title=target.name.partition("/")[2])
    return front + (own_text.read_text(encoding="utf-8") if own_text else "")


def _publish(api: HfApi, new: Mapping[str, Path], target: Space, beside: Path) -> Changes:
    from huggingface_hub.errors import HfHubHTTPError

    tries = 0
    while True:
        tries += 1
        parent = api.repo_info(target.name, repo_type="space").sha
        there = _there(api, target, parent)
        owned = _own(api, target, parent, there, beside)
        theirs = {name: _same(file, new.get(name)) for name, file in there.items()}
        changes = compare(
            dict.fromkeys(new.keys() - {MARK}, "same"),
            {name: "same" if same else "other" for name, same in theirs.items() if name != MARK},
            owned,
        )
        if not changes:
            return changes
        try:
            _commit(api, new, changes, target, parent)
        except HfHubHTTPError as failure:
            if tries == _TRIES or _status(failure) != _MOVED:
                raise
        else:
            return changes


def _there(api: HfApi, target: Space, revision: str | None) -> dict[str, RepoFile]:
    from huggingface_hub import RepoFile

    tree = api.list_repo_tree(target.name, recursive=True, repo_type="space", revision=revision)
    return {file.path: file for file in tree if isinstance(file, RepoFile)}


def _own(
    api: HfApi, target: Space, revision: str | None, there: Mapping[str, RepoFile], beside: Path
) -> set[str]:
    """Return which files of the Space a site brought; those of a new Space may go as well."""
    if MARK not in there and there.keys() <= _TEMPLATE:
        commits = api.list_repo_commits(target.name, repo_type="space", revision=revision)
        if len(commits) == 1:  # the hub's own
            return set(there) - {".gitattributes"}
    mark = None
    if MARK in there:
        path = api.hf_hub_download(
            target.name, MARK, repo_type="space", revision=revision, local_dir=beside / "there"
        )
        mark = Path(path).read_bytes()
    return own(mark, there, str(target))


def _same(file: RepoFile, path: Path | None) -> bool:
    """Whether the hub's file has the bytes of ours: by SHA-256 in LFS, else by Git's hash."""
    from huggingface_hub.utils.sha import git_hash

    if path is None or file.size != path.stat().st_size:
        return False
    if file.lfs is not None:
        return bool(file.lfs.sha256 == sha256(path))
    return bool(file.blob_id == git_hash(path.read_bytes()))


def _commit(
    api: HfApi, new: Mapping[str, Path], changes: Changes, target: Space, parent: str | None
) -> None:
    from huggingface_hub import CommitOperationAdd, CommitOperationDelete

    written = [MARK, *changes.added, *changes.changed]
    adds = [CommitOperationAdd(name, str(new[name])) for name in written]
    deletes = [CommitOperationDelete(name, is_folder=False) for name in changes.removed]
    api.create_commit(
        target.name,
        [*adds, *deletes],
        commit_message=f"Publish the site: {changes.counts}",
        commit_description=changes.names,
        repo_type="space",
        parent_commit=parent,
    )


@contextmanager
def _said(target: Space) -> Iterator[None]:
    """Turn what the hub and the network answer into a `UserError`."""
    from huggingface_hub.errors import HfHubHTTPError, OfflineModeIsEnabled

    try:
        yield
    except UserError:
        raise
    except OfflineModeIsEnabled as failure:
        raise UserError(
            f"{target}: cannot be reached, since HF_HUB_OFFLINE is set; unset it, "
            "or publish into a folder."
        ) from failure
    except HfHubHTTPError as failure:
        if _status(failure) in _DENIED:
            raise UserError(
                f"{target}: the token may not write there; run `hf auth login` with one that may."
            ) from failure
        raise UserError(f"{target}: cannot be published to: {_reason(failure)}.") from failure
    except Exception as failure:  # of the network, by whichever client the hub's library has
        raise UserError(
            f"{target}: cannot be reached: {_reason(failure)}; see that there is a network, "
            "or publish into a folder."
        ) from failure


def _status(failure: Exception) -> int | None:
    return getattr(getattr(failure, "response", None), "status_code", None)


def _reason(failure: Exception) -> str:
    line = str(failure).strip().partition(os.linesep)[0]
    return without_login(line).rstrip(".") or type(failure).__name__
