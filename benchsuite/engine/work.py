"""What an operation is handed, and what it hands back."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from benchsuite.engine.store import Manifest
from benchsuite.lm.device import Device
from benchsuite.plugins.kinds import Context, HumanRows, Learner, Model

ROWS = "rows.parquet"


class Told:
    """Floating-point operations that a component tells it spent; None until it tells any."""

    flops: int | None = None

    def add(self, flops: int) -> None:
        """Count operations in."""
        self.flops = (self.flops or 0) + flops


@dataclass(frozen=True)
class Work:
    """One step to do: its component made, its inputs as folders, and the folder to fill.

    `open_scratch` makes the folder `scratch`, for steps that ask for it. `human_needed` is how
    much human text the whole plan draws for a seed: no result depends on it. `told` counts what
    the component tells through `context.spend`.
    """

    component: Any
    component_name: str
    arguments: Mapping[str, Any]
    inputs: Mapping[str, tuple[Path, ...]]
    identity: str
    directory: Path
    context: Context
    learner: Learner[Any]
    open_scratch: Callable[[], Path]
    human_needed: int = 0
    told: Told = field(default_factory=Told)

    @cached_property
    def scratch(self) -> Path:
        """A folder that survives a kill, and is given again when the step is tried again."""
        return self.open_scratch()

    def one(self, role: str) -> Path:
        """Folder of the only step in a role."""
        (path,) = self.inputs[role]
        return path

    def rows(self, role: str) -> pa.Table:
        """Rows of the only step in a role."""
        return read_rows(self.one(role))

    def human(self) -> HumanRows:
        """The human side of the suite."""
        return human_rows(self.one("human"))

    def model(self) -> Model:
        """The model of the only step in the role `model`."""
        return open_model(self.one("model"), self.learner, self.context.device)

    def flops(self, counted: int) -> int:
        """Return what the component tells it spent; where it tells nothing, what was counted."""
        return counted if self.told.flops is None else self.told.flops

    def write_rows(self, rows: pa.Table) -> None:
        """Write the rows that this step makes."""
        pq.write_table(rows, self.directory / ROWS, compression="zstd")


@dataclass(frozen=True)
class Spent:
    """Tokens (or rows) and floating-point operations a step went through."""

    tokens: int = 0
    flops: int = 0


def read_rows(folder: Path) -> pa.Table:
    """Read the rows of a step."""
    return pq.read_table(folder / ROWS)


def manifest(folder: Path) -> Manifest:
    """Read the manifest of a step."""
    return Manifest.model_validate_json((folder / "manifest.json").read_bytes())


@lru_cache(maxsize=2)
def human_rows(folder: Path) -> HumanRows:
    """Read the human rows once a process: metrics keep what they derive from them."""
    return HumanRows(read_rows(folder))


_opened: dict[Path, Model] = {}


def open_model(folder: Path, learner: Learner[Any], device: Device) -> Model:
    """Open a model; it stays open for the steps that follow, until `close_models_but`."""
    if folder not in _opened:
        _opened[folder] = learner.open(folder, device)
    return _opened[folder]


def close_models_but(needed: Iterable[Path]) -> None:
    """Close all models but those of the steps that come next."""
    for folder in _opened.keys() - set(needed):
        del _opened[folder]
