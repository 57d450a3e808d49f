"""One published file: found in the data root or the cache, or fetched; verified before use."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Literal

from benchsuite.errors import UserError

DATA_ROOT = "BENCHSUITE_DATA"
"""The environment variable that names the data root."""

Place = Literal["data root", "cache", "nowhere"]


@dataclass(frozen=True)
class Published:
    """A file that is fixed by its SHA-256.

    `file` is its path below the data root; `url` is None where its bytes are published nowhere,
    and `otherwise` then says what to make it from; `size` is its bytes, where they are known.
    """

    file: str
    sha256: str
    url: str | None
    size: int | None = None
    otherwise: str = ""

    def __post_init__(self) -> None:
        stays_below(self.file)

    def place(self) -> Place:
        """Say where it would be taken from, by name and size alone."""
        if self._below_root() is not None:
            return "data root"
        return "cache" if self._cached().is_file() else "nowhere"

    def locate(self) -> Path:
        """Return its path, fetched if it is nowhere, verified. Raises `UserError`."""
        path = self._below_root()
        if path is None:
            return self._fetched()
        _check(self, path, _digest(path))
        return path

    def read(self) -> bytes:
        """Return its content, of which the very bytes are verified. Raises `UserError`."""
        path = self._below_root() or self._fetched()
        try:
            content = path.read_bytes()
        except OSError as failure:
            raise UserError(f"{path} cannot be read: {failure.strerror}.") from failure
        _check(self, path, hashlib.sha256(content).hexdigest())
        return content

    def _below_root(self) -> Path | None:
        """Return the path of the file in the data root, None where there is no such file.

        A data root may come from anyone: links that lead out of it are refused, and so is what
        is no plain file.
        """
        root = data_root()
        if root is None or not os.path.lexists(root / self.file):
            return None
        path = root / self.file
        try:
            inside, found = path.resolve().is_relative_to(root.resolve()), path.stat().st_size
        except (OSError, RuntimeError) as failure:  # a broken link, or one that leads to itself
            raise UserError(f"{path} cannot be read; put the published file there.") from failure
        if not inside:
            raise UserError(f"{path} leads out of the data root {root}; put the file itself there.")
        if not path.is_file():
            raise UserError(f"{path} is no file; put the published file there.")
        if self.size is not None and found != self.size:
            raise UserError(
                f"{path} has {found:,} bytes and the published file {self.size:,}; put that there, "
                "or remove this one to have it fetched."
            )
        return path

    def _cached(self) -> Path:
        """Return where the cache holds it, or would."""
        import platformdirs

        folder = platformdirs.user_cache_path("benchsuite") / "fetched" / self.sha256
        return folder / PurePosixPath(self.file).name

    def _fetched(self) -> Path:
        """Return the file in the user's cache, fetched if it is not there."""
        import pooch

        place, path = f"{self.file} below the folder that {DATA_ROOT} names", self._cached()
        if self.url is None:
            raise UserError(
                f"{self.file} is not there and its bytes are published nowhere; put it at {place}, "
                f"made {self.otherwise}."
            )
        pooch.get_logger().setLevel("ERROR")  # what it has to say is said here
        try:
            pooch.retrieve(
                self.url, known_hash=f"sha256:{self.sha256}", fname=path.name, path=path.parent
            )
        except ValueError as failure:
            raise UserError(
                f"what {self.url} gives has not the SHA-256 {self.sha256} that fixes {self.file}; "
                f"put the published file at {place}."
            ) from failure
        except OSError as failure:
            raise UserError(
                f"{self.url} cannot be fetched ({_reason(failure)}); to go without a network, "
                f"put the file at {place}."
            ) from failure
        return path


def data_root() -> Path | None:
    """Return the data root, None where none is named. Raises `UserError` if it is no folder."""
    named = os.environ.get(DATA_ROOT)
    if not named:
        return None
    if not Path(named).is_dir():
        raise UserError(f"the data root {named} ({DATA_ROOT}) is no folder; name one that is.")
    return Path(named)


def stays_below(file: str) -> str:
    """Return a path below the data root. Raises `ValueError` for one that could leave it."""
    named = all(part not in {"", ".", ".."} for part in file.split("/"))
    if not (named and file.isprintable()) or "\\" in file or ":" in file:
        raise ValueError("a path below the data root has names and single slashes alone")
    return file


def _digest(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as failure:
        raise UserError(f"{path} cannot be read: {failure.strerror}.") from failure


def _check(wanted: Published, path: Path, found: str) -> None:
    if found != wanted.sha256:
        raise UserError(
            f"{path} has the SHA-256 {found}, and the published file {wanted.sha256}; "
            "put that there, or remove this one to have it fetched."
        )


def _reason(failure: OSError) -> str:
    """Say why, in a few words: requests writes whole paragraphs."""
    response = getattr(failure, "response", None)
    if response is not None:
        response.close()  # pooch leaves the connection open
        return f"{response.status_code} {response.reason}"
    return failure.strerror or type(failure).__name__
