"""Rows drawn from an n-gram model, many at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from benchsuite_worlds.kneser_ney import END, KneserNey, Level

if TYPE_CHECKING:
    from benchsuite.api import Decoding

_CELLS = 4_000_000
"""Probabilities that are held at once where all of them are needed."""


def sample(
    model: KneserNey,
    starts: np.ndarray,
    longest: int,
    random: np.random.Generator,
    decoding: Decoding,
) -> list[np.ndarray]:
    """Return the words that follow each of the starts, until an end or `longest` are there.

    `starts` are places, `[rows, order - 1]`, the last word last; words are those that the model
    was fitted on. The end is not among them.
    """
    rows, histories = np.arange(len(starts)), starts
    writers, words = [rows[:0]], [rows[:0]]
    for _ in range(longest):
        drawn = _next(model, histories, random, decoding)
        going = drawn != END
        rows, drawn = rows[going], drawn[going]
        if not len(rows):
            break
        writers.append(rows)
        words.append(drawn)
        histories = np.column_stack([histories[going], drawn])[:, 1:]
    writer = np.concatenate(writers)
    written = model.words[np.concatenate(words)[np.argsort(writer, kind="stable")] - 1]
    ends = np.cumsum(np.bincount(writer, minlength=len(starts)))
    return np.split(written, ends[:-1])


def _next(
    model: KneserNey, histories: np.ndarray, random: np.random.Generator, decoding: Decoding
) -> np.ndarray:
    """Draw a word after each history."""
    plain = decoding.temperature == 1 and decoding.top_k is None and decoding.top_p == 1
    return (
        _drawn(model, histories, random) if plain else _chosen(model, histories, random, decoding)
    )


def _drawn(model: KneserNey, histories: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """Draw from the longest known context or, with its λ, from the next shorter one, and so on.

    Before the shortest, all words are equally likely; unknown ones are never drawn.
    """
    drawn = random.integers(model.base - 1, size=len(histories))
    waiting = np.ones(len(histories), bool)
    for level, rows, places in reversed(list(model.contexts_of(histories))):
        still = waiting[rows]
        rows, places = rows[still], places[still]  # noqa: PLW2901 (those without a word)
        grams, found = _of_context(level, places, random.random(len(rows)))
        drawn[rows[found]] = level.grams[grams[found]] % model.base
        waiting[rows[found]] = False
    return drawn


def _of_context(
    level: Level, places: np.ndarray, shares: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return the gram at each share of its context's total, and whether there is one."""
    first, last = level.starts[places], level.starts[places + 1] - 1
    target = level.cumulative[first] + shares * level.totals[places]
    grams = np.searchsorted(level.cumulative, target, side="right") - 1
    return np.clip(grams, first, last), target < level.cumulative[last + 1]


def _chosen(
    model: KneserNey, histories: np.ndarray, random: np.random.Generator, decoding: Decoding
) -> np.ndarray:
    """Draw as decoding says, which takes the probabilities of all words."""
    import torch

    from benchsuite.lm.choose import attempts, choose

    draws = random.random((len(histories), attempts(decoding)), np.float32)
    step = max(1, _CELLS // model.base)
    found = []
    for at in range(0, len(histories), step):
        known = model.probabilities(histories[at : at + step])[:, :-1]
        scores = torch.from_numpy(known.astype(np.float32)).log_()
        found.append(choose(scores, torch.from_numpy(draws[at : at + step]), decoding).numpy())
    return np.concatenate(found)
