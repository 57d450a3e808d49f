"""How many facts of Wikidata a model finds likelier than others of their kind."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pyarrow as pa
from pydantic import Field

from benchsuite.api import Context, HumanRows, Measurement, Metric, Parameters, Subject, dataset
from benchsuite_metrics.intervals import Estimate, wilson

if TYPE_CHECKING:
    from collections.abc import Iterator

DATA = "facts/world_knowledge"
_FILE = "bigbench_qa_wikidata.jsonl"
_CHOICES = 4


class WikidataClozeParameters(Parameters):
    """How much of the set is asked."""

    questions: int = Field(1_000, ge=1, description="Questions that are asked at most.")
    reference_seed: int = Field(0, ge=0, description="Fixes which, and the other answers.")


class WikidataCloze(Metric[WikidataClozeParameters]):
    """Share of Wikidata's facts that the model finds likelier than three others of their kind.

    A fact is a sentence without its end, such as `The native language of Jean-Paul Marat is`, and
    the end, `French`. It counts where log p(sentence with its end) > log p(with any of three
    others), natural log, over all tokens and the row's end; a tie does not count. The others are
    drawn from the different ends of the same relation, which is the first three words of the
    sentence, or the last two where it does not begin with `The`; ends that are true of the same
    beginning are left out, and so are sentences with fewer than three others. Unit: share. n:
    questions. Interval: Wilson's (1927) over questions. Source: the task `qa_wikidata` of
    BIG-bench (Srivastava et al., arXiv:2206.04615) as MosaicML publishes it; cloze by rank after
    Petroni et al., EMNLP 2019, arXiv:1909.01066.

    Chance is 1/4. It speaks of larger models that have read of the world, and is chance for those
    that learned from a small corpus: `planted-recall` is for these. Common ends are likelier
    whatever they follow, so a little above chance is no knowledge yet.
    """

    parameters_type = WikidataClozeParameters
    axis = "factuality"
    unit = "share"
    best = "higher"
    needs = frozenset({"model"})
    data = (DATA,)
    chance = 1 / _CHOICES

    def evaluated(self, human: HumanRows) -> Mapping[str, list[str]]:
        """Return the true sentences that are asked."""
        asked = _asked(dataset(DATA).digest, self.parameters)
        return {DATA: asked["text"].to_pylist()[::_CHOICES]}

    def measure(self, subject: Subject, context: Context) -> list[Measurement]:
        """Score all sentences with all their ends, in one table."""
        rows = _asked(dataset(DATA).digest, self.parameters)
        if not rows.num_rows:
            return [Measurement(None, 0)]
        scores = subject.score(rows, context).totals.reshape(-1, _CHOICES)
        return [_first(scores).named("all")]


def _first(scores: np.ndarray) -> Estimate:
    """Return the share of rows whose first score is above all others."""
    if not np.isfinite(scores).all():
        return Estimate(None, 0)
    found = scores[:, 0] > scores[:, 1:].max(axis=1)
    return wilson(float(np.mean(found)), len(found))


class _Question(NamedTuple):
    start: str
    end: str


@lru_cache(maxsize=1)
def _asked(_digest: str, wanted: WikidataClozeParameters) -> pa.Table:
    """Return each question's sentence with its end, and then with three others."""
    questions = [_Question(*pair) for pair in _pairs()]
    ends, true = defaultdict(set), defaultdict(set)
    for question in questions:
        ends[_relation(question.start)].add(question.end)
        true[question.start].add(question.end)
    random = np.random.default_rng(wanted.reference_seed)
    sentences: list[str] = []
    for place in random.permutation(len(questions)):
        start, end = questions[place]
        others = sorted(ends[_relation(start)] - true[start])
        if len(others) >= _CHOICES - 1:
            drawn = random.choice(len(others), _CHOICES - 1, replace=False)
            sentences += [f"{start} {each}" for each in (end, *(others[i] for i in drawn))]
        if len(sentences) == _CHOICES * wanted.questions:
            break
    return pa.table({"text": pa.array(sentences, pa.string())})


def _pairs() -> Iterator[tuple[str, str]]:
    for line in dataset(DATA).read(_FILE).splitlines():
        record = json.loads(line)
        yield record["context"], record["continuation"]


def _relation(start: str) -> str:
    words = start.split()
    return " ".join(words[:3] if words[0] == "The" else words[-2:])
