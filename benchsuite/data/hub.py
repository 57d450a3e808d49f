"""Datasets of the Hugging Face hub, by id and a revision that fixes them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from benchsuite.errors import UserError


class HubDataset(NamedTuple):
    """Which split of which dataset; `without` says, in a clause, how to go without the hub."""

    name: str
    revision: str
    config: str | None
    split: str
    without: str

    def open(self, *, streaming: bool = False) -> Any:
        """Return the `datasets.Dataset`, or `IterableDataset` that reads as it is gone through.

        No code of the dataset is ever run. Raises `UserError`.
        """
        # load_dataset prefers a path, if there is one, to the hub; Path.exists may raise OSError.
        if os.path.exists(self.name):  # noqa: PTH110
            raise UserError(
                f"{self.name} is a local path, which no revision fixes; {self.without}."
            )
        try:
            from datasets import load_dataset
        except ImportError as error:
            raise UserError(
                f"dataset {self.name} needs `pip install benchsuite[hub]`; {self.without}."
            ) from error
        wanted = {"split": self.split, "revision": self.revision}
        with self.read():
            if streaming:
                return load_dataset(self.name, self.config, **wanted, streaming=True)
            return load_dataset(self.name, self.config, **wanted)

    @contextmanager
    def read(self) -> Iterator[None]:
        """Turn whatever fails while the dataset is read into a `UserError`."""
        try:
            yield
        except UserError:
            raise
        except Exception as error:
            reason = str(error).partition("\n")[0].rstrip(".") or type(error).__name__
            raise UserError(
                f"dataset {self.name} at {self.revision} cannot be loaded: {reason}; "
                f"{self.without}."
            ) from error


def pinned(revision: str) -> str:
    """Return a revision that fixes the content. Raises `ValueError` for a branch."""
    if revision in {"main", "master"}:
        raise ValueError(f"{revision!r} is a branch and moves; name a commit or a tag")
    return revision
