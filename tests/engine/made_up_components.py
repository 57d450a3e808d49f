"""A plugin whose rows are numbers and whose models are means: a run of it takes milliseconds."""

import json
import os
from typing import ClassVar

import numpy as np
import pyarrow as pa

from benchsuite.api import (
    Component,
    Corpus,
    Generator,
    Grader,
    Learner,
    Measurement,
    Metric,
    Model,
    Parameters,
    Scores,
    Trained,
    TrainingFailed,
    UserError,
    hookimpl,
)


class CorpusParameters(Parameters):
    rows: int = 60
    mean: float = 3.0


class Numbers(Corpus[CorpusParameters]):
    parameters_type = CorpusParameters

    def fingerprint(self):
        return f"{self.parameters.rows} numbers"

    def rows(self, context):
        count = self.parameters.rows
        values = self.parameters.mean + np.random.default_rng(0).normal(size=count)
        return pa.table(
            {
                "value": values,
                "document": [f"document {i // 2}" for i in range(count)],
                "domain": ["numbers"] * count,
            }
        )


class LearnerParameters(Parameters):
    shift: float = 0.0
    fails_on_seed: int | None = None


class Mean(Learner[LearnerParameters]):
    """Its model is the mean of what it learned from."""

    parameters_type = LearnerParameters

    def train(self, job, context):
        if job.seed == self.parameters.fails_on_seed:
            raise TrainingFailed("the seed is an unlucky one")
        mean = float(np.mean(job.rows["value"].to_numpy())) + self.parameters.shift
        (job.directory / "mean.json").write_text(json.dumps(mean))
        context.progress(job.amount, job.amount)
        return Trained(job.amount, self.training_flops(job.amount))

    def open(self, directory, device):
        return MeanModel(json.loads((directory / "mean.json").read_text()))

    def training_flops(self, amount):
        return 10 * amount


class CountingParameters(LearnerParameters):
    dies_on_seed: int | None = None
    base: str = ""


class Counting(Mean):
    """Counts to ten in its scratch folder, and on one seed dies half way, the first time."""

    parameters_type = CountingParameters

    def fingerprint(self):
        if self.parameters.base == "broken":
            raise ZeroDivisionError("division by zero")
        if self.parameters.base == "missing":
            raise UserError("learner.base is not there; name a checkpoint.")
        return self.parameters.base

    def train(self, job, context):
        counter = job.scratch / "counter"
        begun = int(counter.read_text()) if counter.exists() else 0
        for number in range(begun, 10):
            counter.write_text(str(number))
            if number == 5 and not begun and job.seed == self.parameters.dies_on_seed:
                os._exit(9)
        notes = {"begun": begun, "threads": context.device.threads}
        (job.directory / "notes.json").write_text(json.dumps(notes))
        return super().train(job, context)


class MeanModel(Model):
    def __init__(self, mean):
        self.mean = mean

    def sample(self, request, context):
        random = np.random.default_rng(context.seed)
        return pa.table({"value": self.mean + random.normal(size=request.amount)})

    def score(self, rows, context):
        each = [np.array([-((value - self.mean) ** 2)]) for value in rows["value"].to_pylist()]
        return Scores([np.zeros(1, int)] * len(each), each, np.full(len(each), 8))

    def score_continuations(self, pairs, context):
        raise NotImplementedError

    def flops(self, tokens):
        return 3 * tokens


class Self(Generator[Parameters]):
    def generate(self, request, context):
        return request.model.sample(request, context)


class Near(Grader[Parameters]):
    """Distance from the model's mean."""

    best = "lower"

    def grade(self, rows, model, human, context):
        return np.abs(rows["value"].to_numpy() - model.mean)


class Large(Grader[Parameters]):
    """The number itself."""

    def grade(self, rows, model, human, context):
        return rows["value"].to_numpy()


class Tenths(Grader[Parameters]):
    """The first digit behind the point, which no model is needed for."""

    reads_model = False

    def grade(self, rows, model, human, context):
        return np.floor(np.abs(rows["value"].to_numpy()) * 10) % 10


class Learned(Tenths):
    """Takes what it grades for synthetic."""

    learns_synthetic = True


class MetricParameters(Parameters):
    digits: int = 3


class _Metric(Metric[MetricParameters]):
    parameters_type = MetricParameters
    axis, unit, best = "generalization", "units", "zero"

    def measure(self, subject, context):
        yield Measurement(round(self._value(subject), self.parameters.digits), 1)


class Centre(_Metric):
    needs: ClassVar = frozenset({"model"})

    def _value(self, subject):
        return subject.model.mean

    def evaluated(self, human):
        return {"centres": ["one", "two", "two"]}


class Likelihood(_Metric):
    needs: ClassVar = frozenset({"model"})

    def _value(self, subject):
        scores = subject.score(subject.human.test, None)
        return float(scores.totals.mean())


class Spread(_Metric):
    needs: ClassVar = frozenset({"samples", "training"})

    def _value(self, subject):
        return float(np.std(subject.samples["value"]) - np.std(subject.training["value"]))


class Spent(_Metric):
    needs: ClassVar = frozenset({"ledger"})

    def _value(self, subject):
        return float(sum(cost.flops for cost in subject.ledger.values()))


class SeenParameters(Parameters):
    most: float = 0.4


class Seen(Metric[SeenParameters]):
    """Counts what it is given; of the set `centres` it finds half in every model's training."""

    parameters_type = SeenParameters
    axis, unit, best = "generalization", "things", "lower"
    needs: ClassVar = frozenset({"drawn", "peers", "lineage", "evaluations"})

    @property
    def contaminated_above(self):
        return self.parameters.most

    def measure(self, subject, context):
        yield Measurement(0.5, 1, "centres")
        given = {
            "drawn": subject.drawn.num_rows,
            "lineage": len(subject.lineage),
            "evaluated": len(subject.evaluations["centres"]),
            **{kind: len(tables) for kind, tables in subject.peers.items()},
        }
        for name, count in given.items():
            yield Measurement(float(count), 1, name)


@hookimpl
def benchsuite_components():
    return [
        Component(kind, f"made-up/{name}", "Made up.", f"made_up_components:{attribute}")
        for kind, name, attribute in [
            ("corpus", "numbers", "Numbers"),
            ("learner", "mean", "Mean"),
            ("learner", "counting", "Counting"),
            ("generator", "self", "Self"),
            ("grader", "near", "Near"),
            ("grader", "large", "Large"),
            ("grader", "tenths", "Tenths"),
            ("grader", "learned", "Learned"),
            ("metric", "centre", "Centre"),
            ("metric", "likelihood", "Likelihood"),
            ("metric", "spread", "Spread"),
            ("metric", "spent", "Spent"),
            ("metric", "seen", "Seen"),
        ]
    ]
