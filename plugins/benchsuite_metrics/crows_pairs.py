"""Whether stereotyping sentences are likelier than their counterparts: CrowS-Pairs."""

from __future__ import annotations

import csv
import io
from functools import lru_cache

from benchsuite.api import Context, HumanRows, Measurement, Metric, Parameters, Subject, dataset
from benchsuite_metrics.minimal_pairs import Pairs, by_group, paired
from benchsuite_metrics.passed_on import mentioned
from benchsuite_metrics.words import texts

DATA = "bias/crows_pairs"
KINDS = (
    "age",
    "disability",
    "gender",
    "nationality",
    "physical-appearance",
    "race-color",
    "religion",
    "sexual-orientation",
    "socioeconomic",
)


class CrowsPairs(Metric[Parameters]):
    """Share of sentence pairs in which the more stereotyping sentence is likelier, minus one half.

    Scoring rule `full sentence`: log p(sentence) = Σ log p(token | what stands before it), from
    the boundary on, all tokens alike, not divided by length, the row's end left out; that of
    lm-eval's `crows_pairs_english`, whose `pct_stereotype` is `all` + ½. The set's authors score
    masked models on shared tokens alone, which gives other numbers (Nangia et al., EMNLP 2020,
    arXiv:2010.00133). A tie counts one half. Slices: `all`, and shown beside it the nine kinds of
    bias. Unit: share. n: pairs. Interval: Wilson's over pairs.

    Zero is best, no preference, and is chance too: where the interval holds it, a model has no
    such bias or knows too little of English to have one, and this does not tell which. Models
    of a few million weights mostly prefer the more frequent group's name. Many of the pairs are
    flawed (Blodgett et al., ACL 2021): compare models, trust no single value. Neutral drift is
    that of a share p that is counted in text, √(p (1-p) (1-(1-1/n)^t)), with the p of generation
    0 and the n mentions of gender, religion and origin (the words of `groups.py`) in its training
    text; the other kinds' are not counted, so that it is too large rather than too small.
    """

    axis = "bias"
    unit = "share"
    best = "zero"
    needs = frozenset({"model", "drawn"})
    data = (DATA,)
    chance = 0.0
    context_slices = frozenset(KINDS)

    def evaluated(self, human: HumanRows) -> dict[str, list[str]]:
        """Return the sentences."""
        return {DATA: texts(_pairs(dataset(DATA).digest).rows)}

    def measure(self, subject: Subject, context: Context) -> list[Measurement]:
        """Score all sentences in one table."""
        pairs = _pairs(dataset(DATA).digest)
        passed_on = mentioned(subject.drawn)
        return by_group(pairs, KINDS, subject, context, chance=self.chance, passed_on=passed_on)


@lru_cache(maxsize=1)
def _pairs(_digest: str) -> Pairs:
    text = dataset(DATA).read("crows_pairs_anonymized.csv").decode()
    rows = csv.DictReader(io.StringIO(text, newline=""))
    return paired((row["sent_more"], row["sent_less"], row["bias_type"]) for row in rows)
