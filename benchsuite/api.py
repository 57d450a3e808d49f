"""What plugin authors import. Names load on first use, so that listing plugins stays quick."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from benchsuite.hookspecs import hookimpl
from benchsuite.plugins.descriptors import Command, Component

if TYPE_CHECKING:
    from benchsuite.cli.options import data_root_option
    from benchsuite.data.catalogue import DataSet, catalogue, dataset
    from benchsuite.data.hub import HubDataset, pinned
    from benchsuite.data.published import DATA_ROOT, Published, stays_below
    from benchsuite.data.records import (
        check_fields,
        decoded,
        read_records,
        record_format,
        string_field,
    )
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
        AppliedGrader,
        Context,
        Corpus,
        Cost,
        Expected,
        GenerationRequest,
        Generator,
        Grader,
        HumanRows,
        Learner,
        Measurement,
        Metric,
        Model,
        Parameters,
        Place,
        Redrawn,
        SampleRequest,
        Scores,
        Subject,
        TokenModel,
        Tokens,
        TokenScores,
        Trained,
        TrainingFailed,
        TrainingJob,
    )
    from benchsuite.plugins.parts import make_part, part_document, part_identity
    from benchsuite.records.report.charts import static_svg
    from benchsuite.records.report.page import page_environment
    from benchsuite.stats.drift import Drift, DyingOut, Resampled

__all__ = [
    "DATA_ROOT",
    "NOTHING",
    "AppliedGrader",
    "Command",
    "Component",
    "Context",
    "Corpus",
    "Cost",
    "DataSet",
    "Decoding",
    "Device",
    "Drift",
    "DyingOut",
    "Expected",
    "GenerationFinished",
    "GenerationRequest",
    "Generator",
    "Grader",
    "HubDataset",
    "HumanRows",
    "Learner",
    "Measurement",
    "Metric",
    "Model",
    "Parameters",
    "Place",
    "Published",
    "RecordWritten",
    "Redrawn",
    "Resampled",
    "RunStarted",
    "SampleRequest",
    "Scores",
    "StepFinished",
    "Subject",
    "TokenModel",
    "TokenScores",
    "Tokens",
    "Trained",
    "TrainingFailed",
    "TrainingJob",
    "UserError",
    "catalogue",
    "check_fields",
    "data_root_option",
    "dataset",
    "decoded",
    "hookimpl",
    "make_part",
    "page_environment",
    "part_document",
    "part_identity",
    "pinned",
    "read_records",
    "record_format",
    "static_svg",
    "stays_below",
    "string_field",
]

_HOMES = {
    "data_root_option": "benchsuite.cli.options",
    "page_environment": "benchsuite.records.report.page",
    "static_svg": "benchsuite.records.report.charts",
    "Device": "benchsuite.lm.device",
    "UserError": "benchsuite.errors",
    **dict.fromkeys(("Drift", "DyingOut", "Resampled"), "benchsuite.stats.drift"),
    **dict.fromkeys(("make_part", "part_document", "part_identity"), "benchsuite.plugins.parts"),
    **dict.fromkeys(("DataSet", "catalogue", "dataset"), "benchsuite.data.catalogue"),
    **dict.fromkeys(("HubDataset", "pinned"), "benchsuite.data.hub"),
    **dict.fromkeys(("DATA_ROOT", "Published", "stays_below"), "benchsuite.data.published"),
    **dict.fromkeys(
        ("check_fields", "decoded", "read_records", "record_format", "string_field"),
        "benchsuite.data.records",
    ),
    **dict.fromkeys(
        ("GenerationFinished", "RecordWritten", "RunStarted", "StepFinished"),
        "benchsuite.plugins.events",
    ),
}


def __getattr__(name: str) -> object:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES.get(name, "benchsuite.plugins.kinds")), name)
