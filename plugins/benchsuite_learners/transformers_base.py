"""The checkpoint that training starts from: a local folder, or an id on the hub."""

from __future__ import annotations

import hashlib
import os
import re
from dataclasses import dataclass
from pathlib import Path

from benchsuite.api import UserError

_FILES = ("*.json", "*.safetensors", "*.txt", "*.model", "*.jinja")
"""What a checkpoint consists of: configuration, tokenizer, weights. Pickles are not among them."""

_HUB_ID = re.compile(r"[\w-][\w.-]*(/[\w-][\w.-]*)?", re.ASCII)

_FOLDER = "a local folder with config.json, tokenizer and *.safetensors"


@dataclass(frozen=True)
class Base:
    """A checkpoint on this machine: what the user calls it, its folder, its commit on the hub."""

    name: str
    folder: Path
    commit: str | None = None

    def fingerprint(self) -> str:
        """Return the commit; of a local folder, the SHA-256 over names and contents of files."""
        if self.commit:
            return self.commit
        digest = hashlib.sha256()
        for path in sorted({path for pattern in _FILES for path in self.folder.glob(pattern)}):
            with path.open("rb") as file:
                content = hashlib.file_digest(file, "sha256").hexdigest()
            digest.update(f"{path.name}\0{content}\n".encode())
        return digest.hexdigest()


def find(base: str, revision: str | None, *, refresh: bool = False) -> Base:
    """Return the checkpoint called `base`, fetched from the hub where it is no folder.

    What the hub's cache holds is taken as it is unless `refresh` asks what `revision` means now.
    Raises `UserError` where there is none, or none with weights in safetensors.
    """
    if os.path.isdir(base):  # noqa: PTH112 (Path.is_dir raises on names that are too long)
        if revision is not None:
            raise UserError(
                f"learner.revision is for the hub, and learner.base {base} is a local folder; "
                f"leave the revision out."
            )
        found = Base(base, Path(base))
    elif _HUB_ID.fullmatch(base):
        found = _from_hub(base, revision, refresh=refresh)
    else:
        raise UserError(f"learner.base {base} is no folder; give {_FOLDER}, or an id on the hub.")
    if not (found.folder / "config.json").is_file():
        raise UserError(f"learner.base {base} has no config.json; give {_FOLDER}.")
    if not any(found.folder.glob("*.safetensors")):
        raise UserError(
            f"learner.base {base} has no weights in *.safetensors, and pickled ones, which may run "
            f"code when they are opened, are refused; write it anew with `save_pretrained` of "
            f"transformers, or name another checkpoint."
        )
    return found


def _from_hub(name: str, revision: str | None, *, refresh: bool) -> Base:
    """Return a snapshot of a repository on the hub. The name of its folder is the commit."""
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import LocalEntryNotFoundError

    def fetch(*, cached: bool) -> str:
        return snapshot_download(
            name, revision=revision, allow_patterns=list(_FILES), local_files_only=cached
        )

    try:
        try:
            folder = Path(fetch(cached=not refresh))
        except LocalEntryNotFoundError:
            folder = Path(fetch(cached=False))
    except Exception as error:
        raise UserError(
            f"learner.base {name} is no folder, and cannot be fetched from the hub at revision "
            f"{revision or 'main'}: {reason(error)}; to go without the hub, give {_FOLDER}."
        ) from error
    return Base(name, folder, commit=folder.name)


def reason(error: Exception) -> str:
    """Return the first line of an error's message, to stand in a sentence."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return lines[0].rstrip(".:") if lines else type(error).__name__
