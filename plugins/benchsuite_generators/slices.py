"""Slices of text: what is rare, or of one kind."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Sequence

import numpy as np
from benchsuite_words.words import words

Slice = Callable[[str], bool]
"""Whether a text falls in the slice."""


def of_words(wanted: Collection[str], at_least: int) -> Slice:
    """Return the texts in which words of a list stand, `at_least` so many in all."""
    listed = frozenset(wanted)
    return lambda text: sum(word in listed for word in words(text)) >= at_least


def rarest(texts: Sequence[str], share: float) -> frozenset[str]:
    """Return the rarer share of the different words of texts, one at least where there are any.

    Words are ranked by how often they occur, equal ones by the alphabet; the number is rounded.
    """
    counts = Counter(word for text in texts for word in words(text))
    ranked = sorted(counts, key=lambda word: (counts[word], word))
    return frozenset(ranked[: max(1, round(share * len(ranked)))])


def of_domain(texts: Sequence[str], domains: Sequence[str], domain: str) -> Slice:
    """Return the texts that are likelier in one domain than in each of the others.

    By naive Bayes on words, with one added to each count and equal priors: McCallum & Nigam,
    AAAI-98 workshop on learning for text categorization. Words that no text has say nothing.
    """
    counts = {name: Counter[str]() for name in dict.fromkeys((domain, *domains))}
    for text, name in zip(texts, domains, strict=True):
        counts[name].update(words(text))
    places = {word: place for place, word in enumerate(sorted(set().union(*counts.values())))}
    smoothed = np.array([[count[word] + 1 for word in places] for count in counts.values()])
    said = np.log(smoothed) - np.log(smoothed.sum(1, keepdims=True))
    odds = said[0] - said[1:]

    def holds(text: str) -> bool:
        known = [places[word] for word in words(text) if word in places]
        return bool(known) and bool((odds[:, known].sum(1) > 0).all())

    return holds
