"""What Every Eval Ever 0.3.0 asks of a document (its eval.schema.json), of what we write.

Its package cannot stand beside ours: it needs huggingface-hub below 2.
"""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

Details = dict[str, str]
Bound = float | Literal["Infinity", "-Infinity"]


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False)


class Source(Strict):
    source_name: str
    source_type: Literal["documentation", "evaluation_run"]
    source_organization_name: str
    evaluator_relationship: Literal["first_party", "third_party", "collaborative", "other"]


class Library(Strict):
    name: str
    version: str
    additional_details: Details = {}


class Model(Strict):
    name: str
    id: str = Field(pattern=r"^[^/]+/[^/]+$")
    inference_engine: Library
    additional_details: Details

    @model_validator(mode="after")
    def _deployment(self):
        details = self.additional_details
        assert details["deployment_type"] in {"self_deployed", "externally_managed", "unknown"}
        assert details["model_availability"] in {"open_weights", "closed_weights", "unknown"}
        return self


class Data(Strict):
    dataset_name: str
    source_type: Literal["other"]
    additional_details: Details = {}


class MetricConfig(Strict):
    evaluation_description: str
    metric_id: str
    metric_name: str
    metric_unit: str
    metric_parameters: dict[str, str | float | bool | None]
    lower_is_better: bool
    score_type: Literal["continuous"]
    min_score: Bound
    max_score: Bound


class Interval(Strict):
    lower: float
    upper: float
    confidence_level: Annotated[float, Field(ge=0, le=1)]
    method: str


class Uncertainty(Strict):
    confidence_interval: Interval | None = None
    num_samples: int


class Score(Strict):
    score: float
    details: Details
    uncertainty: Uncertainty


class Arguments(Strict):
    temperature: float | None
    top_p: float | None
    top_k: float | None
    execution_command: str


class Generation(Strict):
    generation_args: Arguments
    additional_details: Details


class Result(Strict):
    evaluation_result_id: str
    evaluation_name: str
    source_data: Data
    metric_config: MetricConfig
    score_details: Score
    generation_config: Generation | None = None

    @model_validator(mode="after")
    def _within(self):
        least, most = float(self.metric_config.min_score), float(self.metric_config.max_score)
        assert least <= self.score_details.score <= most
        return self


class Document(Strict):
    schema_version: Literal["0.3.0"]
    evaluation_id: str
    evaluation_timestamp: str
    retrieved_timestamp: str = Field(pattern=r"^\d+$")
    source_metadata: Source
    eval_library: Library
    model_info: Model
    evaluation_results: list[Result]
