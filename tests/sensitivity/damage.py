"""Text damaged in ways that a metric should see, or should not.

Each damage takes rows of text and a source of random numbers, and returns as many rows.
"""

import re
from bisect import bisect
from collections import Counter, defaultdict
from itertools import accumulate

from benchsuite_words.groups import PAIRS

WORD = re.compile(r"[^\W\d_]+(?:['\N{RIGHT SINGLE QUOTATION MARK}][^\W\d_]+)*")
# Within a sentence: a number, or a word with a capital after a small letter or a comma.
FACT = re.compile(r"\d+|(?<=[a-z,] )[A-Z][a-z]+")
OTHER = {a: b for pair in PAIRS for a, b in (pair, pair[::-1])}


def frequent_half(human):
    """The more frequent half of the words of human rows, with their counts."""
    ranked = Counter(word for row in human for word in WORD.findall(row.lower())).most_common()
    return dict(ranked[: len(ranked) // 2])


def without_tail(rows, random, frequent):
    """All words but the frequent ones written over by these."""
    drawn = _drawer(frequent)
    return [
        WORD.sub(lambda found: found[0] if found[0].lower() in frequent else drawn(random), row)
        for row in rows
    ]


def with_duplicates(rows, random, share=0.2):
    """A share of the rows written over by copies of others."""
    rows = list(rows)
    written_over = random.sample(range(len(rows)), int(share * len(rows)))
    kept = [row for at, row in enumerate(rows) if at not in set(written_over)]
    for at in written_over:
        rows[at] = random.choice(kept)
    return rows


def with_genders_swapped(rows, random):
    """Feminine words for masculine ones, and the other way round."""

    def swapped(found):
        word = OTHER.get(found[0].lower(), found[0])
        return word.capitalize() if found[0][0].isupper() else word

    return [WORD.sub(swapped, row) for row in rows]


def with_facts_corrupted(rows, random):
    """Names and numbers shuffled over all rows."""
    facts = [fact for row in rows for fact in FACT.findall(row)]
    random.shuffle(facts)
    left = iter(facts)
    return [FACT.sub(lambda _: next(left), row) for row in rows]


class Bigrams:
    """A model of which word follows which, to write text at a temperature."""

    def __init__(self, human):
        after = defaultdict(Counter)
        for row in human:
            words = row.split()
            for word, following in zip([None, *words], words, strict=False):
                after[word][following] += 1
        self.after = dict(after)
        self.drawers = {}

    def written(self, count, length, temperature, random):
        """Return rows of so many words."""
        return [" ".join(self._row(length, temperature, random)) for _ in range(count)]

    def _row(self, length, temperature, random):
        word = None
        for _ in range(length):
            word = self._drawer(word if word in self.after else None, temperature)(random)
            yield word

    def _drawer(self, word, temperature):
        key = (word, temperature)
        if key not in self.drawers:
            sharpened = {w: n ** (1 / temperature) for w, n in self.after[word].items()}
            self.drawers[key] = _drawer(sharpened)
        return self.drawers[key]


def _drawer(weights):
    words, sums = list(weights), list(accumulate(weights.values()))
    return lambda random: words[min(bisect(sums, random.random() * sums[-1]), len(words) - 1)]
