"""Whether words that people seldom use are still there."""

from __future__ import annotations

from collections import Counter

from benchsuite_words.words import words

from benchsuite_data_report.checks.base import Check
from benchsuite_data_report.judging import Bounds, percent
from benchsuite_data_report.results import Finding, Outcome, Series

_BOUNDS = Bounds(0.9, 0.7, below=True)
_LEAST = 5_000
_PARTS = 10


class Tail(Check):
    """Which of the rare words of human text occur in as much text of either side."""

    name = "tail"
    title = "Tail coverage"
    why = (
        "In model collapse the tails go first: what is rare in human text is drawn ever more "
        "seldom, and then never, while scores of diversity hardly move. A set that has lost them "
        "cannot give them back."
    )
    how = (
        "The sample of human rows is halved at random. The words of one half, ranked by count, are "
        "cut in two: the rarer half of the vocabulary is the tail. Its coverage is the share of it "
        "that occurs in the other half of human text, and in as many words of the data set. The "
        "ratio of both is judged. Both texts must be of the same kind; another topic has other "
        "rare words. The thresholds are this report's own."
    )
    sources = ("Shumailov et al., Nature 631 (2024) 755",)

    def outcome(self) -> Outcome:
        """Compare with the other half of human text."""
        given = self.given
        if given.human is None:
            return self.found("Give --human to have it measured.", [])
        human = [words(row) for row in given.human.shuffled(given.seed)]
        known = Counter(word for row in human[::2] for word in row)
        other = [word for row in human[1::2] for word in row]
        mine = [word for row in given.synthetic.shuffled(given.seed) for word in words(row)]
        size = min(len(mine), len(other))
        ranked = sorted(known, key=lambda word: (-known[word], word))
        tail = set(ranked[len(ranked) // 2 :])
        if not tail or not size:
            return self.found("There are too few words to measure it.", [])
        held, held_human = set(mine[:size]), set(other[:size])
        here, there = (len(tail & side) / len(tail) for side in (held, held_human))
        ratio = here / there if there and size >= _LEAST else None
        findings = [
            Finding(
                name="rare human words that occur",
                value=here,
                unit="share",
                n=len(tail),
                human=there,
            ),
            Finding(
                name="coverage over human text's",
                value=ratio,
                unit="ratio",
                n=size,
                threshold=_BOUNDS.told(),
                verdict=_BOUNDS.judge(ratio),
            ),
        ]
        says = (
            f"{percent(here)} of {len(tail):,} rare words occur in {size:,} words of the data set, "
            f"and {percent(there)} in as much other human text."
        )
        if ratio is None:
            says += f" Fewer than {_LEAST:,} words are too few to judge."
        parts = [
            set(ranked[len(ranked) * i // _PARTS : len(ranked) * (i + 1) // _PARTS])
            for i in range(_PARTS)
        ]
        series = Series(
            title="Words of human text that occur, by how often people use them",
            axis="tenth of the vocabulary, most frequent first",
            labels=[str(part + 1) for part in range(_PARTS)],
            synthetic=[len(part & held) / max(1, len(part)) for part in parts],
            human=[len(part & held_human) / max(1, len(part)) for part in parts],
        )
        return self.found(says, findings, series=series)
