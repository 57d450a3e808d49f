"""Publishing a built site, wherever it is to go."""

from __future__ import annotations

from pathlib import Path

from benchsuite.leaderboard.publish.changes import Changes
from benchsuite.leaderboard.publish.files import site_files
from benchsuite.leaderboard.publish.target import Branch, Folder, Target


def publish(site: Path, target: Target) -> Changes:
    """Put the site of a folder where `target` says, all or nothing; return what changed.

    The same site again changes nothing. Raises `UserError`.
    """
    files = site_files(site)
    if isinstance(target, Folder):
        from benchsuite.leaderboard.publish.to_folder import publish_to_folder

        return publish_to_folder(site, files, target)
    if isinstance(target, Branch):
        from benchsuite.leaderboard.publish.to_branch import publish_to_branch

        return publish_to_branch(files, target)
    from benchsuite.leaderboard.publish.to_space import publish_to_space

    return publish_to_space(files, target)
