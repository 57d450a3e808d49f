"""What a generator is prompted with: beginnings of human rows, or topics."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from math import log
from typing import NamedTuple

import numpy as np
import pyarrow as pa

from benchsuite.engine.work import Work

_WORD = re.compile(r"[^\W\d_]{4,}")


class Prompt(NamedTuple):
    """A text to go on from, and the `id` of the human row behind it; None where there is none."""

    text: str
    parent: str | None


def prompts(work: Work) -> list[Prompt]:
    """Return the regime's prompts in random order: none is used twice until all have been."""
    wanted = work.arguments["prompts"]
    found = _prefixes(work, wanted["real"]) if "real" in wanted else _topics(work, **wanted)
    order = np.random.default_rng(work.context.seed).permutation(len(found))
    return [found[place] for place in order]


def _prefixes(work: Work, length: int) -> list[Prompt]:
    model, rows = work.model(), work.rows("prompts")
    longer = rows.filter(pa.array(model.tokens(rows).lengths > length))
    if not longer.num_rows:
        raise RuntimeError(
            f"no human training row has more than the {length} tokens that it is to be prompted "
            "with; lower prompts.real"
        )
    return list(map(Prompt, model.prefixes(longer, length), longer["id"].to_pylist()))


def _topics(work: Work, topics: str | Sequence[str], template: str) -> list[Prompt]:
    if not isinstance(topics, str):
        return [Prompt(template.replace("{topic}", topic), None) for topic in topics]
    rows = work.rows("prompts")
    found = zip(characteristic_words(rows["text"].to_pylist()), rows["id"].to_pylist(), strict=True)
    made = [Prompt(template.replace("{topic}", word), parent) for word, parent in found if word]
    if not made:
        raise RuntimeError(
            "no human training row has a word of four letters to be a topic; list prompts.topics"
        )
    return made


def characteristic_words(texts: Sequence[str]) -> list[str | None]:
    """Return of each text the word, of four letters or more, that most sets it apart.

    The one with the largest tf · log(N / df), the first of equals: Spärck Jones, Journal of
    Documentation 28 (1972) 11. None where a text has none that others lack.
    """
    counts = [Counter(word.lower() for word in _WORD.findall(text)) for text in texts]
    holders = Counter(word for count in counts for word in count)
    found: list[str | None] = []
    for count in counts:
        weights = {word: n * log(len(texts) / holders[word]) for word, n in count.items()}
        best = max(weights, key=weights.__getitem__, default=None)
        found.append(best if best and weights[best] > 0 else None)
    return found
