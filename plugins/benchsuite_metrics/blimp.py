"""Whether grammatical sentences are likelier than ungrammatical ones: BLiMP."""

from __future__ import annotations

import json
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING

from pydantic import Field

from benchsuite.api import Context, HumanRows, Measurement, Metric, Parameters, Subject, dataset
from benchsuite_metrics.minimal_pairs import Pairs, by_group, paired
from benchsuite_metrics.words import texts

if TYPE_CHECKING:
    from collections.abc import Iterator

DATA = "generalization/blimp"
PHENOMENA = (
    "anaphor_agreement",
    "argument_structure",
    "binding",
    "control_raising",
    "determiner_noun_agreement",
    "ellipsis",
    "filler_gap_dependency",
    "irregular_forms",
    "island_effects",
    "npi_licensing",
    "quantifiers",
    "subject_verb_agreement",
)
_ALIASES = {"s-selection": "argument_structure"}


class BlimpParameters(Parameters):
    """How much of the set is read."""

    pairs: int = Field(1000, ge=1, description="Pairs of each contrast, the first ones.")
    lead: str = Field("", description="What stands before a sentence; lm-eval has a space.")


class Blimp(Metric[BlimpParameters]):
    """Share of minimal pairs whose grammatical sentence is likelier.

    A sentence's score is its log p from the boundary on, not divided by length, the row's end
    left out; a tie counts one half, and pairs of equal sentences (7 of 67,000) are left out.
    Slices: `all`, over the pairs of all 67 contrasts, and shown beside it the 12 phenomena. Unit:
    share. n: pairs. Interval: Wilson's over pairs. Source: Warstadt et al., TACL 8 (2020) 377,
    arXiv:1912.00582; with `lead` a space and all pairs it is lm-eval's `blimp`.

    Chance is one half. It speaks from some millions of words of training text on, sooner than
    any other standard test: models of BabyLM's 10 million words reach 0.67. Its sentences are
    made from templates of few words; where the training text lacks these, it is at chance.
    """

    parameters_type = BlimpParameters
    axis = "generalization"
    unit = "share"
    best = "higher"
    needs = frozenset({"model"})
    data = (DATA,)
    chance = 0.5
    context_slices = frozenset(PHENOMENA)

    def evaluated(self, human: HumanRows) -> dict[str, list[str]]:
        """Return the sentences."""
        return {DATA: texts(_pairs(dataset(DATA).digest, self.parameters).rows)}

    def measure(self, subject: Subject, context: Context) -> list[Measurement]:
        """Score all sentences in one table."""
        pairs = _pairs(dataset(DATA).digest, self.parameters)
        return by_group(pairs, PHENOMENA, subject, context, chance=self.chance)


@lru_cache(maxsize=1)
def _pairs(_digest: str, wanted: BlimpParameters) -> Pairs:
    return paired(pair for file in dataset(DATA).published for pair in _of(file, wanted))


def _of(file: str, wanted: BlimpParameters) -> Iterator[tuple[str, str, str]]:
    for line in islice(dataset(DATA).read(file).splitlines(), wanted.pairs):
        pair = json.loads(line)
        good, bad = (wanted.lead + pair[name] for name in ("sentence_good", "sentence_bad"))
        term = pair["linguistics_term"]
        yield good, bad, _ALIASES.get(term, term)
