"""What plugin authors import. Names load on first use, so that listing plugins stays quick."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from benchsuite.hookspecs import hookimpl
from benchsuite.plugins.descriptors import Command, Component

if TYPE_CHECKING:
    from benchsuite.errors import UserError
    from benchsuite.lm.decoding import Decoding
    from benchsuite.lm.device import Device
    from benchsuite.plugins.events import (
        GenerationFinished,
        RecordWritten,
        RunStarted,
        StepFinished,
    )
    from benchsuite.plugins.kinds import (
        NOTHING,
        Context,
        Corpus,
        Cost,
        GenerationRequest,
        Generator,
        Grader,
        HumanRows,
        Init,
        Learner,
        Measurement,
        Metric,
        Model,
        Parameters,
        SampleRequest,
        Scores,
        Subject,
        Tokens,
        Trained,
        TrainingFailed,
        TrainingJob,
    )
    from benchsuite.plugins.parts import make_part, part_document, part_identity

__all__ = [
    "NOTHING",
    "Command",
    "Component",
    "Context",
    "Corpus",
    "Cost",
    "Decoding",
    "Device",
    "GenerationFinished",
    "GenerationRequest",
    "Generator",
    "Grader",
    "HumanRows",
    "Init",
    "Learner",
    "Measurement",
    "Metric",
    "Model",
    "Parameters",
    "RecordWritten",
    "RunStarted",
    "SampleRequest",
    "Scores",
    "StepFinished",
    "Subject",
    "Tokens",
    "Trained",
    "TrainingFailed",
    "TrainingJob",
    "UserError",
    "hookimpl",
    "make_part",
    "part_document",
    "part_identity",
]

_HOMES = {
    "Device": "benchsuite.lm.device",
    "UserError": "benchsuite.errors",
    **dict.fromkeys(("make_part", "part_document", "part_identity"), "benchsuite.plugins.parts"),
    **dict.fromkeys(
        ("GenerationFinished", "RecordWritten", "RunStarted", "StepFinished"),
        "benchsuite.plugins.events",
    ),
}


def __getattr__(name: str) -> object:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES.get(name, "benchsuite.plugins.kinds")), name)
