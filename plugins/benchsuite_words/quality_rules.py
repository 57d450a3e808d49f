"""Rules of published filters of web text: what each measures of a text."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable
from functools import cached_property, partial
from typing import NamedTuple

STOP_WORDS = frozenset(["the", "be", "to", "of", "and", "that", "have", "with"])
ELLIPSES = ("...", "\N{HORIZONTAL ELLIPSIS}")
_SHORT = 30
"""Characters below which a line is short."""
BULLETS = ("\N{BULLET}", "-", "*")
LINE_ENDS = (".", "!", "?", '"', "'", "\N{RIGHT DOUBLE QUOTATION MARK}")
_PARAGRAPHS = re.compile(r"\n{2,}")
_SENTENCE_ENDS = re.compile(r"[.!?]+(?=[\"'\u201d\u2019)\]]*(?:\s|$))")


class Page:
    """A text, cut into lines, paragraphs and words once. Words are what stands between spaces."""

    def __init__(self, text: str) -> None:
        self.text = text

    @cached_property
    def words(self) -> list[str]:
        """What stands between spaces."""
        return self.text.split()

    @cached_property
    def lines(self) -> list[str]:
        """Lines that are not blank."""
        return [line.strip() for line in self.text.splitlines() if line.strip()]

    @cached_property
    def paragraphs(self) -> list[str]:
        """What stands between blank lines."""
        return [part.strip() for part in _PARAGRAPHS.split(self.text) if part.strip()]

    def words_such(self, is_such: Callable[[str], bool]) -> float:
        """Return the share of words of a kind."""
        return _share(map(is_such, self.words))

    def lines_such(self, is_such: Callable[[str], bool]) -> float:
        """Return the share of lines of a kind."""
        return _share(map(is_such, self.lines))


class Rule(NamedTuple):
    """A number of a page, and the least or most of it that passes; `source` published it."""

    measure: Callable[[Page], float]
    least: float | None
    most: float | None
    source: str

    def passes(self, page: Page) -> bool:
        """Whether a page keeps the rule. Both bounds pass."""
        found = self.measure(page)
        return (self.least is None or found >= self.least) and (
            self.most is None or found <= self.most
        )


def _share(such: Iterable[bool]) -> float:
    found = list(such)
    return sum(found) / len(found) if found else 0.0


def _mean_length(page: Page) -> float:
    return sum(map(len, page.words)) / max(1, len(page.words))


def _per_word(symbols: Iterable[str], page: Page) -> float:
    return sum(page.text.count(symbol) for symbol in symbols) / max(1, len(page.words))


def _stop_words(page: Page) -> float:
    return sum(word.strip(".,;:!?\"'()").lower() in STOP_WORDS for word in page.words)


def _again(parts: list[str]) -> list[str]:
    """Return the parts that stood there before."""
    seen: set[str] = set()
    return [part for part in parts if part in seen or seen.add(part)]  # type: ignore[func-returns-value]


def _repeated(parts: list[str]) -> float:
    return len(_again(parts)) / max(1, len(parts))


def _repeated_characters(parts: list[str]) -> float:
    return sum(map(len, _again(parts))) / max(1, sum(map(len, parts)))


def _top_run(n: int, page: Page) -> float:
    """Return the share of characters in the most frequent run of `n` words, if it is repeated."""
    runs = Counter(zip(*(page.words[start:] for start in range(n)), strict=False))
    characters = sum(map(len, page.words))
    most = max(((times, sum(map(len, run))) for run, times in runs.items()), default=(0, 0))
    return most[0] * most[1] / characters if most[0] > 1 else 0.0


def _repeated_runs(n: int, page: Page) -> float:
    """Return the share of characters in runs of `n` words that occur twice or more."""
    runs = list(zip(*(page.words[start:] for start in range(n)), strict=False))
    times = Counter(runs)
    repeated = {at + offset for at, run in enumerate(runs) if times[run] > 1 for offset in range(n)}
    return sum(len(page.words[at]) for at in repeated) / max(1, sum(map(len, page.words)))


def _sentences(page: Page) -> float:
    return len(_SENTENCE_ENDS.findall(page.text))


def _occurs(phrase: str, page: Page) -> float:
    return phrase in page.text.lower()


_TOP = {2: 0.20, 3: 0.18, 4: 0.16}
_REPEATED = {5: 0.15, 6: 0.14, 7: 0.13, 8: 0.12, 9: 0.11, 10: 0.10}

RULES: dict[str, Rule] = {
    # Rae et al. 2021, arXiv:2112.11446, A1.1: quality, then repetition (table A1).
    "words": Rule(lambda page: len(page.words), 50, 100_000, "gopher"),
    "mean-word-length": Rule(_mean_length, 3, 10, "gopher"),
    "hashes": Rule(partial(_per_word, "#"), None, 0.1, "gopher"),
    "ellipses": Rule(partial(_per_word, ELLIPSES), None, 0.1, "gopher"),
    "bullet-lines": Rule(
        lambda page: page.lines_such(lambda line: line.startswith(BULLETS)), None, 0.9, "gopher"
    ),
    "ellipsis-lines": Rule(
        lambda page: page.lines_such(lambda line: line.endswith(ELLIPSES)), None, 0.3, "gopher"
    ),
    "alphabetic-words": Rule(
        lambda page: page.words_such(lambda word: any(map(str.isalpha, word))), 0.8, None, "gopher"
    ),
    "stop-words": Rule(_stop_words, 2, None, "gopher"),
    "repeated-lines": Rule(lambda page: _repeated(page.lines), None, 0.30, "gopher"),
    "repeated-paragraphs": Rule(lambda page: _repeated(page.paragraphs), None, 0.30, "gopher"),
    "repeated-line-characters": Rule(
        lambda page: _repeated_characters(page.lines), None, 0.20, "gopher"
    ),
    "repeated-paragraph-characters": Rule(
        lambda page: _repeated_characters(page.paragraphs), None, 0.20, "gopher"
    ),
    **{
        f"top-{n}-gram": Rule(partial(_top_run, n), None, most, "gopher")
        for n, most in _TOP.items()
    },
    **{
        f"repeated-{n}-grams": Rule(partial(_repeated_runs, n), None, most, "gopher")
        for n, most in _REPEATED.items()
    },
    # Raffel et al. 2020, arXiv:1910.10683, section 2.2: the rules for whole pages.
    "sentences": Rule(_sentences, 3, None, "c4"),
    "curly-brackets": Rule(partial(_occurs, "{"), None, 0, "c4"),
    "lorem-ipsum": Rule(partial(_occurs, "lorem ipsum"), None, 0, "c4"),
    "javascript": Rule(partial(_occurs, "javascript"), None, 0, "c4"),
    # Penedo et al. 2024, arXiv:2406.17557, the filters of FineWeb's own.
    "lines-with-an-end": Rule(
        lambda page: page.lines_such(lambda line: line.endswith(LINE_ENDS)), 0.12, None, "fineweb"
    ),
    "short-lines": Rule(
        lambda page: page.lines_such(lambda line: len(line) < _SHORT),
        None,
        0.67,
        "fineweb",
    ),
}
"""Each rule with its published threshold."""
