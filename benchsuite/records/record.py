"""The record of a run: one JSON document. Everything but `times` and `costs` is reproducible."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from benchsuite.plugins.kinds import Axis, Best, Cost
from benchsuite.records.equal_quality import EqualQualityEntry
from benchsuite.stats.verdict import Verdict
from benchsuite.suites.claims import Compare

SCHEMA_VERSION = 2
_BY_CHANCE = 2
"""Standard errors of neutral drift that are no amplification."""


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class SuiteEntry(_Entry):
    """The suite as it was run."""

    name: str = Field(description="Name of the suite.")
    version: int = Field(description="Version of the suite document.")
    digest: str = Field(description="SHA-256 of the resolved document and its regimes' digests.")
    document: dict[str, Any] = Field(description="The document with every value explicit.")


class RegimeEntry(_Entry):
    """A regime as it was run; its digest is its identity."""

    name: str = Field(
        pattern=r"^[a-z0-9][a-z0-9-]*$", max_length=64, description="Name of the regime."
    )
    version: int = Field(description="Version of the regime document.")
    summary: str = Field(description="What the regime models, in a sentence.")
    control: bool = Field(description="Whether it is a control, so compared with no other.")
    against: str = Field(description="The control that it is compared with; a control's is itself.")
    generations: int = Field(description="Its last generation, which may be before the run's.")
    digest: str = Field(description="SHA-256 of the resolved document.")
    document: dict[str, Any] = Field(description="The document with every knob explicit.")


class SplitSize(_Entry):
    """How much human text a split of the corpus holds."""

    split: str = Field(description="train, validation, test or out-of-domain.")
    domain: str = Field(description="Domain of the rows.")
    documents: int = Field(description="Number of documents.")
    rows: int = Field(description="Number of rows.")
    tokens: int | None = Field(description="Number of tokens, where the learner counts them.")


class CorpusEntry(_Entry):
    """The human rows."""

    digest: str = Field(description="SHA-256 over the ids and splits of all rows in order.")
    splits: list[SplitSize] = Field(description="Sizes by split and domain.")


class MetricEntry(_Entry):
    """What a metric's numbers mean."""

    name: str = Field(description="Full name of the metric.")
    summary: str = Field(description="One sentence.")
    definition: str = Field(description="Formula, units and source.")
    axis: Axis = Field(description="What the metric speaks of.")
    unit: str = Field(description="Unit of value, lower and upper.")
    best: Best = Field(description="Which values are good; zero for signed gaps to human text.")
    context_slices: list[str] = Field(description="Slices shown beside, never compared.")
    reproducible: bool = Field(description="False for seconds and bytes of memory.")
    chance: float | None = Field(
        default=None, description="What a model that knows nothing measures; None where unknown."
    )
    drifts: dict[str, str] = Field(
        default={}, description="Not written any more: comparisons tell the drift of all figures."
    )
    contaminated_above: float | None = Field(
        default=None,
        description="Value above which training holds too much of the set that a slice is called "
        "after; None for metrics that do not look for that.",
    )
    tasks: bool = Field(
        default=False,
        description="Whether slices are tasks of lm-eval: its task and metric, and the filter if "
        "it has one.",
    )


class ComponentEntry(_Entry):
    """A component that the run used."""

    kind: str = Field(description="corpus, learner, generator, grader or metric.")
    name: str = Field(description="Full name, package/name.")
    version: str = Field(description="The component's own version.")
    distribution: str | None = Field(description="Distribution that provides it.")
    distribution_version: str | None = Field(description="Version of that distribution.")
    source: str = Field(description="SHA-256 of its source and of what it imports of its kin.")


class Hardware(_Entry):
    """The machine."""

    processor: str = Field(description="Processor model.")
    cores: int = Field(description="Processor cores the run could use.")
    memory: int = Field(description="Memory in bytes.")
    accelerator: str | None = Field(description="Accelerator model, where one was used.")


class Environment(_Entry):
    """What the run ran on."""

    benchsuite: str = Field(description="Version of benchsuite.")
    git_revision: str | None = Field(description="Commit of a source checkout, if it is one.")
    git_dirty: bool | None = Field(description="Whether the package had uncommitted changes there.")
    source: str | None = Field(
        default=None,
        description="SHA-256 of benchsuite's own source, plugins apart, whatever its revision.",
    )
    python: str = Field(description="Python version.")
    platform: str = Field(description="Operating system and architecture.")
    packages: dict[str, str] = Field(description="Versions of the packages that compute.")
    hardware: Hardware = Field(description="The machine.")
    device: str = Field(description="cpu or cuda.")
    precision: str = Field(description="Precision of matrix products in training: bf16 or fp32.")
    kernels: str | None = Field(
        default=None,
        description="Whose kernels computed: torch, or native- and the first digits of the SHA-256 "
        "of benchsuite's own. Older records, which have none, are of torch's.",
    )


class Comparison(_Entry):
    """A regime against its control: the paired difference over seeds."""

    regime: str = Field(description="The regime.")
    generation: int = Field(description="The generation.")
    metric: str = Field(description="Full name of the metric.")
    slice: str = Field(description="Slice of the metric.")
    axis: Axis = Field(description="The metric's axis.")
    unit: str = Field(description="Unit of the difference.")
    best: Best = Field(description="Which values of the metric are good.")
    value: float | None = Field(description="Mean of the regime's values over seeds.")
    control: float | None = Field(description="Mean of the control's values over seeds.")
    difference: float | None = Field(
        description="Mean over seeds of regime minus control; None if a seed has no value."
    )
    lower: float | None = Field(description="Lower end of its 95 % interval; needs two seeds.")
    upper: float | None = Field(description="Upper end of its 95 % interval; needs two seeds.")
    seeds: int = Field(description="Number of pairs.")
    ratio: float | None = Field(
        default=None, description="Of costs: the regime's mean value over the control's."
    )
    items: int | None = Field(
        default=None,
        description="Number of items, such as questions, that both sides were asked; None where "
        "the metric does not tell them.",
    )
    items_lower: float | None = Field(
        default=None,
        description="Lower end of the difference's 95 % interval over items, paired by item, the "
        "models taken as they are.",
    )
    items_upper: float | None = Field(default=None, description="Its upper end.")
    verdict: Literal["better", "worse", "unclear"] = Field(
        description="Better or worse than the control where the interval excludes no difference."
    )
    contaminated: bool | None = Field(
        default=None,
        description="Whether a model on either side was trained on too much of what it is "
        "evaluated on here; None where nobody looked.",
    )
    informative: bool | None = Field(
        default=None,
        description="False where every model compared measures chance by its own 95 % interval; "
        "None where the metric has no chance level.",
    )
    drift: float | None = Field(
        default=None,
        description="Standard error of neutral drift up to this generation, in the unit: the "
        "root mean square of what chance alone does to one model's value; over seeds, too. None "
        "where the metric tells none.",
    )
    headline: bool = Field(description="Whether it stands for its axis in the closing table.")

    @property
    def within_drift(self) -> bool:
        """Whether a difference is one that chance makes, and so no amplification.

        It is where it is no larger than twice the drift of one model, however many seeds it is
        the mean of.
        """
        if self.drift is None or self.difference is None:
            return False
        return abs(self.difference) <= _BY_CHANCE * self.drift


Agrees = Literal["agrees", "differs", "unclear"]


class Agreement(_Entry):
    """A measurement beside what it should be, by a formula."""

    regime: str = Field(description="The regime.")
    generation: int = Field(description="The generation.")
    metric: str = Field(description="Full name of the metric.")
    slice: str = Field(description="Slice of the metric.")
    formula: str = Field(description="Where the exact value comes from.")
    exact: float = Field(description="What the value should be.")
    measured: float = Field(description="Mean of the measured values over seeds.")
    error: float | None = Field(
        description="Standard error of that mean; 0 where it must hold to the tolerance."
    )
    tolerance: float | None = Field(description="How far off it may be where the error is 0.")
    z: float | None = Field(
        description="How far off it is, in standard normal units; None without a standard error."
    )
    seeds: int = Field(description="Number of seeds.")
    verdict: Agrees = Field(
        description="differs where |z| is above 4, or the tolerance exceeded; unclear without z."
    )


class ContrastEntry(_Entry):
    """What a claim expects of a regime in one generation, and what was measured."""

    says: str = Field(description="What is contrasted, in words.")
    expected: str = Field(description="The published or expected direction and size, in words.")
    metric: str = Field(description="Full name of the metric.")
    slice: str = Field(description="Slice of the metric.")
    regime: str = Field(description="The regime.")
    generation: int = Field(description="The generation.")
    against_regime: str = Field(description="The regime that it is compared with.")
    against_generation: int = Field(description="The generation that it is compared with.")
    compare: Compare = Field(
        description="How: the difference, the ratio, or the difference of shares in standard "
        "errors of neutral drift."
    )
    beyond: dict[str, str] | None = Field(
        description="What differs in a second such comparison, which is subtracted."
    )
    unit: str = Field(description="Unit of all numbers here.")
    least: float | None = Field(description="The result supports the claim above it.")
    most: float | None = Field(description="The result supports the claim below it.")
    values: list[float | None] = Field(
        description="The result for each seed; None where a measurement is missing."
    )
    mean: float | None = Field(description="Mean over seeds; None if a seed has no value.")
    lower: float | None = Field(description="Lower end of its 95 % interval; needs two seeds.")
    upper: float | None = Field(description="Upper end of its 95 % interval; needs two seeds.")
    verdict: Verdict = Field(
        description="Reproduced if the interval lies between least and most, not reproduced if "
        "it lies outside, else not resolved."
    )


class ClaimEntry(_Entry):
    """A published claim and how it fared."""

    claim: str = Field(description="Short name of the claim.")
    statement: str = Field(description="What it says.")
    sources: list[str] = Field(description="Who says so.")
    contrasts: list[ContrastEntry] = Field(description="What must hold for the claim to hold.")
    verdict: Verdict = Field(
        description="Reproduced if every contrast is, not reproduced if any is not, else not "
        "resolved."
    )


class Failure(_Entry):
    """A step that failed or was left out."""

    step: str = Field(description="What the step was to do.")
    reason: str = Field(description="Why it failed, or which failure it depended on.")


class KindCost(_Entry):
    """What all steps of a kind spent when they were computed."""

    kind: str = Field(description="Kind of step.")
    steps: int = Field(description="Number of steps.")
    cost: Cost = Field(description="Seconds, tokens, operations; the largest memory in bytes.")


class Times(_Entry):
    """When this run ran; the only part, with `costs`, that a second run changes."""

    started: str = Field(description="UTC, ISO 8601.")
    finished: str = Field(description="UTC, ISO 8601.")
    seconds: float = Field(description="Wall-clock time.")
    computed: int = Field(description="Steps computed in this run.")
    reused: int = Field(description="Steps found in the store.")


class Record(_Entry):
    """The result of one run."""

    schema_version: int = Field(default=SCHEMA_VERSION, description="Version of this schema.")
    command: str = Field(description="The command that makes this record again.")
    suite: SuiteEntry = Field(description="The suite as it was run.")
    regimes: list[RegimeEntry] = Field(description="The regimes, the control first.")
    corpus: CorpusEntry = Field(description="The human rows.")
    components: list[ComponentEntry] = Field(description="Every component that was used.")
    metrics: list[MetricEntry] = Field(description="What was measured.")
    environment: Environment = Field(description="What the run ran on.")
    seeds: list[int] = Field(description="The seeds.")
    generations: int = Field(description="Generations after generation 0.")
    comparisons: list[Comparison] = Field(
        description="Every reproducible metric of every regime and generation against its control."
    )
    equal_quality: list[EqualQualityEntry] = Field(
        default=[], description="What regimes cost over the control at the quality they reached."
    )
    agreements: list[Agreement] = Field(
        default=[], description="Measurements beside what mathematics says they should be."
    )
    claims: list[ClaimEntry] = Field(description="The suite's claims, and how they fared.")
    failures: list[Failure] = Field(description="Steps that have no result.")
    costs: list[KindCost] = Field(description="What the steps spent, by kind.")
    times: Times = Field(description="When this run ran.")
