"""Where training stands: weights, optimizer and losses, so that it can go on after a kill."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor

_EVERY = 60.0
"""Seconds between checkpoints: what a kill may cost, against about a second of writing."""

_FILE = "training.safetensors"


@dataclass(frozen=True)
class Checkpoint:
    """One member after `len(losses)` optimizer steps; tensors are `[1, numbers]`."""

    weights: Tensor
    first: Tensor
    second: Tensor
    losses: list[float]

    @classmethod
    def load(cls, folder: Path) -> Checkpoint | None:
        """Return the checkpoint in a folder, or None where there is none that can be read."""
        try:
            with safe_open(folder / _FILE, "pt") as file:
                weights, first, second = (
                    file.get_tensor(k) for k in ("weights", "first", "second")
                )
                losses = file.get_tensor("losses").tolist()
        except (OSError, SafetensorError):
            return None
        return cls(weights, first, second, losses)

    def save_if_due(self, folder: Path) -> None:
        """Write the checkpoint, beside and then in place, if the last is older than a minute.

        A folder without one counts from when it was made.
        """
        path = folder / _FILE
        last = (path if path.exists() else folder).stat().st_mtime
        if time.time() - last < _EVERY:
            return
        losses = torch.from_numpy(np.array(self.losses, np.float64))
        tensors = {"weights": self.weights, "first": self.first, "second": self.second}
        beside = path.with_suffix(".new")
        save_file(
            {k: t.contiguous().cpu() for k, t in tensors.items()} | {"losses": losses}, beside
        )
        os.replace(beside, path)  # noqa: PTH105 (replaces on Windows too)
