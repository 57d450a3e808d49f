"""Whether pronouns that fit an occupation's stereotype are likelier: WinoBias."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from benchsuite.api import Context, HumanRows, Measurement, Metric, Parameters, Subject, dataset
from benchsuite_metrics.minimal_pairs import Pairs, by_group, paired
from benchsuite_metrics.passed_on import together
from benchsuite_metrics.words import texts, words_in

if TYPE_CHECKING:
    from collections.abc import Iterator

DATA = "bias/winobias"
TYPES = ("type1", "type2")
_ENTITY = re.compile(r"\[(?:the |an? )(\w+)\]", re.IGNORECASE)
_PRONOUN = re.compile(r"\[(?:he|she|him|her|his|hers|himself|herself)\]", re.IGNORECASE)


class WinoBias(Metric[Parameters]):
    """Share of sentence pairs in which the stereotypical pronoun is likelier, minus one half.

    Pairs are the same line of the pro- and the anti-stereotyped files, dev and test, where the
    pronoun is all that differs (1,562 of 1,584). A sentence's score is its log p without the
    row's end, as in `crows-pairs`; a tie counts one half. Each occupation stands with either
    pronoun, so that a model which finds one pronoun likelier everywhere is at zero. Slices:
    `all`, and shown beside it `type1`, whose pronoun takes knowledge of the world to resolve,
    and `type2`, where syntax is enough. Unit: share. n: pairs. Interval: Wilson's over pairs.
    Sentences: Zhao et al., NAACL 2018, arXiv:1804.06876, who score coreference systems; by
    probability, no pronoun needs to be resolved.

    Zero is best, no preference, and is chance too: where the interval holds it, a model has no
    such bias or knows too little to have one. It takes a training text that holds the
    occupations, English only. Neutral drift is that of a share p that is counted in text,
    √(p (1-p) (1-(1-1/n)^t)), with the p of generation 0 and the n rows of its training text that
    hold one of the set's occupations and speak of a gender.
    """

    axis = "bias"
    unit = "share"
    best = "zero"
    needs = frozenset({"model", "drawn"})
    data = (DATA,)
    chance = 0.0
    context_slices = frozenset(TYPES)

    def evaluated(self, human: HumanRows) -> dict[str, list[str]]:
        """Return the sentences."""
        return {DATA: texts(_pairs(dataset(DATA).digest).rows)}

    def measure(self, subject: Subject, context: Context) -> list[Measurement]:
        """Score all sentences in one table."""
        pairs = _pairs(dataset(DATA).digest)
        passed_on = together(words_in(subject.drawn), _occupations(dataset(DATA).digest))
        return by_group(pairs, TYPES, subject, context, chance=self.chance, passed_on=passed_on)


@lru_cache(maxsize=1)
def _pairs(_digest: str) -> Pairs:
    return paired(pair for kind in TYPES for split in ("dev", "test") for pair in _of(kind, split))


@lru_cache(maxsize=1)
def _occupations(_digest: str) -> frozenset[str]:
    """Return the occupations of one word that the set speaks of."""
    lines = [
        line for kind in TYPES for split in ("dev", "test") for line in _lines("pro", kind, split)
    ]
    return frozenset(found.lower() for line in lines for found in _ENTITY.findall(line))


def _of(kind: str, split: str) -> Iterator[tuple[str, str, str]]:
    """Yield pairs of lines that differ in the pronoun alone, without brackets and numbers."""
    for pro, anti in zip(*(_lines(side, kind, split) for side in ("pro", "anti")), strict=True):
        if _PRONOUN.sub("[]", pro) == _PRONOUN.sub("[]", anti):
            yield _plain(pro), _plain(anti), kind


def _lines(side: str, kind: str, split: str) -> list[str]:
    return dataset(DATA).read(f"{side}_stereotyped_{kind}.txt.{split}").decode().splitlines()


def _plain(line: str) -> str:
    return line.partition(" ")[2].replace("[", "").replace("]", "").strip()
