"""Tokens to train on: a random source with something to learn, and sentences made of it."""

from __future__ import annotations

import numpy as np

_CHAIN = 512
"""Tokens that one chain gives; as many chains as it takes run at once."""


def markov_tokens(vocabulary: int, tokens: int, seed: int, classes: int = 16) -> np.ndarray:
    """Return `tokens` ids (int32) of a Markov source of order two.

    Each token belongs to a class. The next class follows a Dirichlet(0.1) law that depends on
    the last two classes, and the token within it Zipf's law. What can be learned are first the
    frequencies, then what follows what: the loss falls as it does on text, only sooner.
    """
    law = np.random.default_rng([seed, 0])
    follows = law.dirichlet(np.full(classes, 0.1), (classes, classes)).cumsum(-1)
    sizes = np.array([len(range(c, vocabulary, classes)) for c in range(classes)])
    draws = np.random.default_rng([seed, 1])
    chains = -(-tokens // _CHAIN)
    state = np.empty((_CHAIN + 2, chains), np.int64)
    state[:2] = draws.integers(classes, size=(2, chains))
    for i in range(2, len(state)):
        ahead = follows[state[i - 2], state[i - 1]] < draws.random(chains)[:, None]
        state[i] = ahead.sum(-1).clip(max=classes - 1)
    drawn = state[2:].T.flatten()[:tokens]
    ranks = np.arange(1, sizes.max() + 1)
    zipf = (1 / ranks).cumsum()
    target = draws.random(tokens) * zipf[sizes[drawn] - 1]
    rank = np.searchsorted(zipf, target, side="right").clip(max=sizes[drawn] - 1)
    stream: np.ndarray = (rank * classes + drawn).astype(np.int32)
    return stream


def made_up_pairs(count: int, seed: int) -> list[tuple[str, str]]:
    """Return pairs of sentences of made-up words; the second has two words swapped."""
    generator = np.random.default_rng(seed)
    syllables = [a + b for a in "bdfgklmnprst" for b in "aeiou"]
    words = ["".join(generator.choice(syllables, generator.integers(1, 4))) for _ in range(500)]
    pairs = []
    for _ in range(count):
        one = list(generator.choice(words, generator.integers(5, 13)))
        other = list(one)
        i, j = generator.choice(len(one), 2, replace=False)
        other[i], other[j] = other[j], other[i]
        pairs.append((_sentence(one), _sentence(other)))
    return pairs


def _sentence(words: list[str]) -> str:
    return " ".join(words).capitalize() + "."
