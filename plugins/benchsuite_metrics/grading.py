"""Rows whose truth is known, as a regime's graders score them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import NamedTuple

import numpy as np
import pyarrow as pa
from benchsuite_worlds.parameters import GrammarName, World, judge
from pydantic import Field

from benchsuite.api import AppliedGrader, HumanRows, Metric, Subject
from benchsuite_metrics.planted import world
from benchsuite_metrics.reference import Reference, drawn, per_human
from benchsuite_metrics.words import texts


class Grading(Reference, World):
    """How many rows a grader is tried on, and how truth is checked."""

    rows: int = Field(256, ge=2, description="Rows of each kind, at most.")
    grammar: GrammarName | None = Field(
        None,
        description="Checks the model's own rows (`programme`), for a corpus of such a grammar.",
    )


class GraderMetric(Metric[Grading]):
    """What metrics of graders share: they try a regime's graders on rows of known truth."""

    parameters_type = Grading
    axis = "grading"
    needs = frozenset({"model", "samples", "peers", "graders"})


class Tried(NamedTuple):
    """Scores of a grader, signed so that higher is better.

    `truths` holds, by kind of truth, the scores of rows that are good and of rows that are not;
    `own` those of rows that the model wrote, `others` those of rows that models of other seeds
    wrote, `sizes` what its own hold in tokens (or 1).
    """

    grader: AppliedGrader
    truths: Mapping[str, tuple[np.ndarray, np.ndarray]]
    own: np.ndarray
    others: np.ndarray
    sizes: np.ndarray

    def accepted(self, scores: np.ndarray) -> np.ndarray:
        """Return how often the regime's rule would take rows, cut as among the model's own."""
        sign = _sign(self.grader)
        return self.grader.accepted(sign * scores, sign * self.own, self.sizes)


def tried(subject: Subject, wanted: Grading) -> Iterator[tuple[str, Tried]]:
    """Yield a regime's graders by name, tried on rows whose truth is known.

    The truths are `human` (rows of the test split against rows that the model wrote), where
    the corpus plants facts `facts` (statements of the planted world against the same with
    another object), and where a grammar is given `programme` (the model's own rows that are true
    against those that are not). A grader that stands twice is numbered. A regime without graders
    has none.
    """
    if not subject.graders:
        return
    own = _few(subject.samples, wanted)
    others = [_few(rows, wanted) for rows in subject.peers.get("seeds", ())]
    parts = {
        "human": texts(_few(subject.human.test, wanted)),
        **dict(zip(("true", "false"), statements(subject.human, wanted), strict=True)),
        "others": [text for rows in others for text in texts(rows)][: wanted.rows],
    }
    rows = _probe([text for part in parts.values() for text in part], own)
    correct = _correct(texts(own), wanted)
    seen: Counter[str] = Counter()
    for grader in subject.graders:
        scores = _sign(grader) * grader.grade(rows, subject.model)
        cuts = np.cumsum([len(part) for part in parts.values()])
        by_part = dict(zip((*parts, "own"), np.split(scores, cuts), strict=True))
        truths = {"human": (by_part["human"], by_part["own"])}
        if parts["true"]:
            truths["facts"] = (by_part["true"], by_part["false"])
        if correct is not None:
            truths["programme"] = (by_part["own"][correct], by_part["own"][~correct])
        sizes = own["tokens"].to_numpy() if "tokens" in own.column_names else np.ones(own.num_rows)
        seen[grader.name] += 1
        number = f" {seen[grader.name]}" if seen[grader.name] > 1 else ""
        name = grader.name.partition("/")[2] + number
        yield name, Tried(grader, truths, by_part["own"], by_part["others"], sizes)


@per_human
def statements(human: HumanRows, wanted: Grading) -> tuple[list[str], list[str]]:
    """Return statements of the planted world, and the same with another object each."""
    planted = world(human)
    random = np.random.default_rng(wanted.reference_seed)
    true, false = [], []
    for place in random.permutation(len(planted.facts))[: wanted.rows]:
        fact = planted.facts[place]
        wordings = planted.wordings[fact.relation]
        wording = wordings[random.integers(len(wordings))]
        wrong = [object_ for object_ in planted.objects[fact.relation] if object_ != fact.object]
        if wrong:
            true.append(wording.filled(fact.subject, fact.object))
            false.append(wording.filled(fact.subject, wrong[random.integers(len(wrong))]))
    return true, false


def _correct(own: list[str], wanted: Grading) -> np.ndarray | None:
    """Return which rows state something and all of it true; None without a grammar."""
    if wanted.grammar is None:
        return None
    grammar = judge(wanted.grammar, wanted)
    return np.array([grammar.check(text) is True for text in own], bool)


def _few(rows: pa.Table, wanted: Grading) -> pa.Table:
    return drawn(rows, wanted.reference_seed).slice(0, wanted.rows)


def _probe(given: list[str], own: pa.Table) -> pa.Table:
    """Put rows that nobody may learn from before the model's own."""
    strange = pa.table({"text": pa.array(given, pa.string())})
    columns = [name for name in ("text", "generator") if name in own.column_names]
    return pa.concat_tables([strange, own.select(columns)], promote_options="default")


def _sign(grader: AppliedGrader) -> int:
    return 1 if grader.best == "higher" else -1
