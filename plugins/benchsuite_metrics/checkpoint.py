"""The checkpoint that a metric reads texts with: a local folder, or an id on the hub."""

from __future__ import annotations

import hashlib
from pathlib import Path

from benchsuite.api import UserError

_FILES = ("*.json", "*.safetensors", "*.txt", "*.model")
"""Configuration, tokenizer and weights. Pickles are not among them."""


def located(checkpoint: str, *, refresh: bool = False) -> Path:
    """Return the folder of a checkpoint, fetched from the hub where it is no folder here.

    What the hub's cache holds is taken as it is, unless `refresh` asks what is there now. Raises
    `UserError`.
    """
    folder = Path(checkpoint)
    if (folder / "config.json").is_file():
        return folder
    from huggingface_hub import snapshot_download

    def fetched(*, cached: bool) -> Path:
        found = snapshot_download(checkpoint, allow_patterns=list(_FILES), local_files_only=cached)
        return Path(found)

    try:
        try:
            return fetched(cached=not refresh)
        except OSError:
            return fetched(cached=refresh)  # no network, or not in the cache
    except (OSError, ValueError) as error:
        raise not_opened(checkpoint, error) from error


def fingerprint(checkpoint: str) -> str:
    """Return the SHA-256 over names and contents of its files, or its commit on the hub.

    Raises `UserError` where there is no such checkpoint.
    """
    folder = located(checkpoint, refresh=True)
    if folder != Path(checkpoint):
        return folder.name  # a snapshot is called after its commit
    digest = hashlib.sha256()
    for path in sorted({path for pattern in _FILES for path in folder.glob(pattern)}):
        with path.open("rb") as file:
            content = hashlib.file_digest(file, "sha256").hexdigest()
        digest.update(f"{path.name}\0{content}\n".encode())
    return digest.hexdigest()


def not_opened(checkpoint: str, error: Exception) -> UserError:
    """Return the sentence for a checkpoint that cannot be read."""
    reason = next(iter(str(error).splitlines()), type(error).__name__).rstrip(".:")
    return UserError(
        f"the metric's model {checkpoint} cannot be opened ({reason}); "
        f"give a local folder in the Hugging Face layout with weights in safetensors, or the "
        f"id of one that the hub's cache holds or the network reaches."
    )
