"""The base classes of the five kinds of component, and what they are handed.

A component is made from its validated parameters and holds nothing else. Rows are Arrow
tables; for text they have a `text` column. Human rows carry `id`, `document`, `domain` and
`split`, synthetic rows `id`, `generator` and `prompt`; a learner with a tokenizer adds
`tokens`, the number of tokens of each row, and may add columns of its own.
"""

from __future__ import annotations

from benchsuite.lm.decoding import Decoding
from benchsuite.plugins.kinds.base import (
    ComponentBase,
    Context,
    Parameters,
    Unit,
)
from benchsuite.plugins.kinds.corpus import Corpus, HumanRows
from benchsuite.plugins.kinds.generator import GenerationRequest, Generator
from benchsuite.plugins.kinds.grader import AppliedGrader, Grader
from benchsuite.plugins.kinds.learner import Init, Learner, Trained, TrainingFailed, TrainingJob
from benchsuite.plugins.kinds.metric import (
    NOTHING,
    Axis,
    Best,
    Cost,
    Expected,
    Measurement,
    Metric,
    Need,
    Place,
    Subject,
)
from benchsuite.plugins.kinds.model import (
    Model,
    Redrawn,
    SampleRequest,
    Scores,
    TokenModel,
    Tokens,
    TokenScores,
)
from benchsuite.plugins.kinds.panel import Panel

__all__ = [
    "NOTHING",
    "AppliedGrader",
    "Axis",
    "Best",
    "ComponentBase",
    "Context",
    "Corpus",
    "Cost",
    "Decoding",
    "Expected",
    "GenerationRequest",
    "Generator",
    "Grader",
    "HumanRows",
    "Init",
    "Learner",
    "Measurement",
    "Metric",
    "Model",
    "Need",
    "Panel",
    "Parameters",
    "Place",
    "Redrawn",
    "SampleRequest",
    "Scores",
    "Subject",
    "TokenModel",
    "TokenScores",
    "Tokens",
    "Trained",
    "TrainingFailed",
    "TrainingJob",
    "Unit",
]
