"""What is measured: shapes of models, and the recipe that they are trained by."""

from __future__ import annotations

from collections.abc import Sequence

from benchsuite.errors import UserError, nearest
from benchsuite.lm.config import ModelConfig, TrainingConfig
from benchsuite.lm.device import Precision

SHAPES = {
    "0.24M": ModelConfig(vocabulary=2048, width=64, layers=2, heads=4, feedforward=172, length=128),
    "1.1M": ModelConfig(vocabulary=2048, width=128, layers=4, heads=4, feedforward=344, length=128),
    "5.6M": ModelConfig(vocabulary=2048, width=256, layers=6, heads=8, feedforward=688, length=128),
}
"""Models by their number of weights, the tied embedding counted once."""

MIDDLE = "1.1M"
"""The shape of every part but training, which takes all, unless others are asked for."""

TRAINING = TrainingConfig(
    batch=32, learning_rate=5e-3, warmup=0.05, final_rate=0.0, weight_decay=0.1
)
"""The recipe of both sides: AdamW, linear warm-up, linear decay to nothing (the Trainer's own)."""


PRECISIONS: tuple[Precision, ...] = ("bf16", "fp32")
"""What either side may train in; each takes what it is faster in."""


def chosen(names: Sequence[str]) -> dict[str, ModelConfig]:
    """Return shapes by name. Raises `UserError` for one that there is not."""
    for name in names:
        if name not in SHAPES:
            raise UserError(f"--shapes: there is no shape {name}{nearest(name, SHAPES)}")
    return {name: SHAPES[name] for name in names}
