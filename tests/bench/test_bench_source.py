"""Tokens and sentences that are made up."""

import numpy as np
import pytest

from benchsuite.bench.source import made_up_pairs, markov_tokens


def entropy(counts):
    shares = counts[counts > 0] / counts.sum()
    return -(shares * np.log(shares)).sum()


@pytest.mark.parametrize(("vocabulary", "tokens"), [(2048, 5000), (50, 1), (17, 700)])
def test_as_many_tokens_as_asked_for_within_the_vocabulary(vocabulary, tokens):
    stream = markov_tokens(vocabulary, tokens, seed=0)
    assert stream.shape == (tokens,)
    assert stream.dtype == np.int32
    assert stream.min() >= 0
    assert stream.max() < vocabulary


def test_the_seed_fixes_them():
    one, same, other = (markov_tokens(100, 1000, seed) for seed in (1, 1, 2))
    assert np.array_equal(one, same)
    assert not np.array_equal(one, other)


def test_there_is_something_to_learn_from_one_token_and_more_from_two():
    """Entropies of a class after none, one and two classes fall; Zipf's law holds within one."""
    stream = markov_tokens(64, 200_000, seed=0, classes=4)
    classes = stream % 4
    alone = entropy(np.bincount(classes))
    pairs = entropy(np.bincount(4 * classes[:-1] + classes[1:]))
    triples = entropy(np.bincount(16 * classes[:-2] + 4 * classes[1:-1] + classes[2:]))
    assert alone > pairs - alone + 0.02 > triples - pairs + 0.04
    ranks = np.bincount(stream[classes == 0] // 4)
    assert ranks[0] / ranks[1] == pytest.approx(2, rel=0.1)
    assert ranks[0] / ranks[9] == pytest.approx(10, rel=0.2)


def test_made_up_pairs_differ_in_the_order_of_words():
    pairs = made_up_pairs(50, seed=0)
    assert pairs == made_up_pairs(50, seed=0)
    assert len(pairs) == 50
    for one, other in pairs:
        assert sorted(one.lower()[:-1].split()) == sorted(other.lower()[:-1].split())
        assert one.endswith(".")
    assert sum(one != other for one, other in pairs) > 40
