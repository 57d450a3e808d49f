"""Finished steps, addressed by what went into them."""

from __future__ import annotations

import hashlib
import logging
import os
import shutil
import time
import uuid
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path

import fsspec
import platformdirs
from fsspec.implementations.local import LocalFileSystem
from pydantic import BaseModel, ConfigDict, ValidationError

from benchsuite.engine.holding import LOCK, held
from benchsuite.errors import UserError
from benchsuite.identity import digest
from benchsuite.plugins.kinds import Cost

_log = logging.getLogger(__name__)
_MANIFEST = "manifest.json"
_CHUNK = 1 << 20
_A_DAY = 24 * 60 * 60
_A_WEEK = 7 * _A_DAY
_A_MOMENT = 1.0
"""Seconds that the workers of a run that was killed may take to end."""


class StoredFile(BaseModel):
    """Size and SHA-256 of a file of a step."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    bytes: int
    sha256: str


class Manifest(BaseModel):
    """What a finished step says of itself. `seal` is the hash of all the rest."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    identity: str
    kind: str
    label: str
    cost: Cost
    files: dict[str, StoredFile]
    seal: str = ""

    def sealed(self) -> Manifest:
        """Return the manifest with its seal."""
        # A cost that is not known is left out, as it was before there was such a cost.
        content = self.model_dump(mode="json", exclude={"seal"}, exclude_none=True)
        return self.model_copy(update={"seal": digest(content)})


class Damaged(Exception):
    """A step in the store is not as its manifest says."""


class Store:
    """A folder of steps at any fsspec URL, one folder each.

    A step is written beside and then renamed (locally), or uploaded with its manifest last
    (elsewhere), so that it is there whole or not at all. Steps of a remote store are read
    through a local mirror.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        try:
            self._remote, root = fsspec.core.url_to_fs(url)
        except (ValueError, ImportError) as failure:
            raise UserError(f"the store {url} cannot be opened: {failure}.") from failure
        self._remote_root = root.rstrip("/")
        local = isinstance(self._remote, LocalFileSystem)
        mirror = platformdirs.user_cache_path("benchsuite") / "stores" / digest(url)[:16]
        self._root = Path(root) if local else mirror
        self._is_remote = not local
        try:
            (self._root / "unfinished").mkdir(parents=True, exist_ok=True)
            (self._root / "damaged").mkdir(exist_ok=True)
            (self._root / "scratch").mkdir(exist_ok=True)
        except OSError as failure:
            raise UserError(
                f"the store {url} cannot be written: {failure.strerror}; name another with --store."
            ) from failure

    def path(self, identity: str) -> Path:
        """Folder of a step's files."""
        return self._root / "steps" / identity[:2] / identity

    def manifest(self, identity: str) -> Manifest:
        """Return the manifest of a step that is there."""
        return Manifest.model_validate_json((self.path(identity) / _MANIFEST).read_bytes())

    def tidy(self) -> None:
        """Remove what killed runs left: unfinished steps a day after, scratch a week after."""
        for folder in (self._root / "unfinished").iterdir():
            if time.time() - folder.stat().st_mtime > _A_DAY:
                shutil.rmtree(folder, ignore_errors=True)
        for lock in (self._root / "scratch").glob(f"*{LOCK}"):
            folder = lock.with_suffix("")
            with held(folder, 0) as ours:
                if (
                    ours
                    and folder.exists()
                    and (
                        self._is_here(folder.name) or time.time() - folder.stat().st_mtime > _A_WEEK
                    )
                ):
                    shutil.rmtree(folder, ignore_errors=True)

    def verified(self, identities: Iterable[str]) -> set[str]:
        """Return those steps that are there and whole; damaged ones are set aside."""
        with ThreadPoolExecutor() as pool:
            wanted = list(identities)
            return {
                i for i, whole in zip(wanted, pool.map(self._whole, wanted), strict=True) if whole
            }

    def present(self, identities: Iterable[str]) -> set[str]:
        """Return those steps that are there, unread."""
        return {i for i in identities if self._fetch(i)}

    @contextmanager
    def writing(self) -> Iterator[Path]:
        """Give a new folder to write a step into; it goes when the block ends."""
        folder = self._root / "unfinished" / uuid.uuid4().hex
        folder.mkdir(parents=True)
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    @contextmanager
    def scratch(self, identity: str) -> Iterator[Path]:
        """Give a step's local folder that survives a kill; it goes when the step is finished.

        It is given again, as it was left, when the step is tried again. While another process
        has it, since two runs may do one step, a folder is given that goes when the block ends.
        """
        folder = self._root / "scratch" / identity
        with held(folder, _A_MOMENT) as ours:
            if not ours:
                with self.writing() as own:
                    yield own
                return
            folder.mkdir(exist_ok=True)
            os.utime(folder)  # tidy() counts from here
            try:
                yield folder
            finally:
                if self._is_here(identity):
                    shutil.rmtree(folder, ignore_errors=True)
                with suppress(OSError):
                    folder.rmdir()  # where nothing is in it

    def commit(self, folder: Path, identity: str, kind: str, label: str, cost: Cost) -> None:
        """Make a written folder the finished step `identity`."""
        files = {
            path.relative_to(folder).as_posix(): _describe(path)
            for path in sorted(folder.rglob("*"))
            if path.is_file()
        }
        manifest = Manifest(identity=identity, kind=kind, label=label, cost=cost, files=files)
        (folder / _MANIFEST).write_text(manifest.sealed().model_dump_json(indent=2) + "\n")
        _move(folder, self.path(identity))
        self._publish(identity)

    def _is_here(self, identity: str) -> bool:
        return (self.path(identity) / _MANIFEST).is_file()

    def _publish(self, identity: str) -> None:
        """Have a step that is whole here in the remote store too, manifest last."""
        if not self._is_remote or self._is_published(identity):
            return
        for name in [*self.manifest(identity).files, _MANIFEST]:
            remote = f"{self._remote_path(identity)}/{name}"
            self._remote.makedirs(remote.rpartition("/")[0], exist_ok=True)
            self._remote.put_file(str(self.path(identity) / name), remote)

    def _is_published(self, identity: str) -> bool:
        return bool(self._remote.exists(f"{self._remote_path(identity)}/{_MANIFEST}"))

    def _remote_path(self, identity: str) -> str:
        return f"{self._remote_root}/steps/{identity[:2]}/{identity}"

    def _fetch(self, identity: str) -> bool:
        """Have a step in the local folder; False where there is none."""
        path = self.path(identity)
        if self._is_here(identity):
            return True
        if not self._is_remote or not self._is_published(identity):
            return False
        with self.writing() as folder:
            try:
                self._remote.get(f"{self._remote_path(identity)}/", f"{folder}/", recursive=True)
            except OSError as failure:
                raise UserError(
                    f"the store {self.url} cannot be read: {failure}; run the same command again."
                ) from failure
            _move(folder, path)
        return True

    def _whole(self, identity: str) -> bool:
        was_here = self.path(identity).exists()
        if not self._fetch(identity) and not was_here:
            return False
        try:
            self._verify(identity)
        except (Damaged, OSError, ValidationError) as failure:
            self._set_aside(identity, failure)
            if not was_here:  # so it is the remote copy that is damaged
                self._remote.rm(self._remote_path(identity), recursive=True)
            return False
        self._publish(identity)
        return True

    def _verify(self, identity: str) -> None:
        folder = self.path(identity)
        if not self._is_here(identity):
            raise Damaged("its manifest is missing")
        manifest = self.manifest(identity)
        if manifest.identity != identity:
            raise Damaged("its manifest is another step's")
        if manifest.sealed() != manifest:
            raise Damaged("its manifest is not as it was written")
        for name, expected in manifest.files.items():
            path = folder / name
            if not path.is_file() or _describe(path) != expected:
                raise Damaged(f"{name} is not as it was written")

    def _set_aside(self, identity: str, failure: Exception) -> None:
        aside = self._root / "damaged" / f"{identity}-{uuid.uuid4().hex[:8]}"
        self.path(identity).rename(aside)
        reason = "its manifest cannot be read" if isinstance(failure, ValidationError) else failure
        _log.warning(
            "A step in the store is damaged (%s); it is set aside in %s and made again.",
            reason,
            aside,
        )


def _move(folder: Path, target: Path) -> None:
    """Rename a folder; where another process did so first, its folder stays."""
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        folder.rename(target)
    except OSError:
        if not target.is_dir():
            raise


def _describe(path: Path) -> StoredFile:
    sha256 = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            sha256.update(chunk)
    return StoredFile(bytes=path.stat().st_size, sha256=sha256.hexdigest())
