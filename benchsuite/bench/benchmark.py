"""The whole benchmark: its parts one after the other, and what they came to."""

from __future__ import annotations

import logging
import os
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from benchsuite.bench import grid, sample, score, train
from benchsuite.bench.peers import require
from benchsuite.bench.rounds import Comparison
from benchsuite.bench.scaling import Law, laws
from benchsuite.bench.setup import Setup
from benchsuite.bench.shapes import MIDDLE, SHAPES
from benchsuite.lm.config import ModelConfig
from benchsuite.lm.device import keep_freed_memory

Part = Callable[[str, ModelConfig, Setup], list[Comparison]]

PARTS: dict[str, Part] = {
    "train": train.compare,
    "sample": sample.compare,
    "score": score.compare,
    "grid": grid.compare,
}


@dataclass
class Results:
    """All comparisons, and laws of cost where they were asked for."""

    comparisons: list[Comparison] = field(default_factory=list)
    laws: list[Law] = field(default_factory=list)


def run(
    parts: Sequence[str],
    shapes: dict[str, ModelConfig],
    setup: Setup,
    *,
    scaling: bool = False,
) -> Results:
    """Run parts, on shapes or, where none are given, on those that a part is meant for.

    Scaling is measured around the last shape. Raises `UserError` if a peer is not installed.
    """
    if setup.peers:
        require(parts)
    results = Results()
    with _undisturbed():
        keep_freed_memory()  # for this process, and so for both sides
        for part in parts:
            default = SHAPES if part == "train" else {MIDDLE: SHAPES[MIDDLE]}
            for name, config in (shapes or default).items():
                results.comparisons += PARTS[part](name, config, setup)
        if scaling:
            results.laws = laws([SHAPES[MIDDLE], *shapes.values()][-1], setup)
    return results


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Keep other software from the terminal and the network, and compile into a new folder.

    Times to compile then do not depend on what was compiled before.
    """
    from transformers.utils import logging as transformers_logging

    said, bars = (
        transformers_logging.get_verbosity(),
        transformers_logging.is_progress_bar_enabled(),
    )
    before = dict(os.environ)
    os.environ.update(HF_HUB_OFFLINE="1", TRANSFORMERS_OFFLINE="1")
    transformers_logging.set_verbosity_error()
    transformers_logging.disable_progress_bar()
    logging.getLogger("lm_eval").setLevel(logging.ERROR)
    try:
        with tempfile.TemporaryDirectory() as folder:
            os.environ["TORCHINDUCTOR_CACHE_DIR"] = folder
            yield
    finally:
        os.environ.clear()
        os.environ.update(before)
        transformers_logging.set_verbosity(said)
        if bars:
            transformers_logging.enable_progress_bar()
