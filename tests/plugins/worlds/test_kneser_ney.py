"""Kneser-Ney in sorted arrays: a proper distribution, equal to the formula and to nltk's."""

from collections import Counter, defaultdict
from itertools import pairwise

import numpy as np
import pytest
from benchsuite_worlds.kneser_ney import END, FALLBACK, KneserNey, estimated_discounts
from benchsuite_worlds.ngram_sampling import sample
from hypothesis import given
from hypothesis import strategies as st
from nltk.lm import KneserNeyInterpolated

from benchsuite.api import Decoding

ROWS = st.lists(st.lists(st.integers(3, 7), max_size=6), min_size=1, max_size=8)
ORDERS = st.integers(1, 4)


def flat(rows):
    lengths = np.array([len(row) for row in rows], np.int64)
    return np.array([word for row in rows for word in row], np.int64), lengths


def prose(seed=0, count=300, vocabulary=40):
    """Rows in which a word hangs on the one before it."""
    random = np.random.default_rng(seed)
    weights = random.dirichlet(np.full(vocabulary, 0.1), vocabulary)
    rows = []
    for length in random.integers(0, 20, count):
        row = [int(random.integers(vocabulary))]
        for _ in range(length):
            row.append(int(random.choice(vocabulary, p=weights[row[-1]])))
        rows.append(row)
    return rows


class Textbook:
    """The formula, with dictionaries and recursion; words are those of rows, END and 'unknown'."""

    def __init__(self, rows, order, discounts=None):
        self.order, self.words = order, {word for row in rows for word in row}
        self.counts = [Counter() for _ in range(order)]
        for row in rows:
            padded = ["END"] * (order - 1) + row + ["END"]
            for at in range(order - 1, len(padded)):
                self.counts[-1][tuple(padded[at - order + 1 : at + 1])] += 1
        for length in reversed(range(order - 1)):
            for gram in self.counts[length + 1]:
                self.counts[length][gram[1:]] += 1
        self.after = [defaultdict(dict) for _ in range(order)]
        for length, counts in enumerate(self.counts):
            for gram, count in counts.items():
                self.after[length][gram[:-1]][gram[-1]] = count
        values = [np.array(list(counts.values())) for counts in self.counts]
        self.discounts = discounts or [estimated_discounts(found) for found in values]

    def p(self, word, context):
        if context is None:
            return 1 / (len(self.words) + 2)
        after = self.after[len(context)].get(context)
        shorter = self.p(word, context[1:] if context else None)
        if after is None:
            return shorter
        taken = {w: self.discounts[len(context)][min(c, 3) - 1] for w, c in after.items()}
        own = after.get(word, 0) - taken.get(word, 0)
        return (own + sum(taken.values()) * shorter) / sum(after.values())

    def log_probabilities(self, rows):
        found = []
        for row in rows:
            padded = ["END"] * (self.order - 1) + row + ["END"]
            found += [
                np.log(self.p(padded[at], tuple(padded[at - self.order + 1 : at])))
                for at in range(self.order - 1, len(padded))
            ]
        return found


@given(ROWS, ROWS, ORDERS)
def test_it_is_the_formula(rows, others, order):
    model, textbook = KneserNey.fit(*flat(rows), order), Textbook(rows, order)
    others = [[word + 2 for word in row] for row in others]  # some of them never seen
    for asked in (rows, others):
        expected = textbook.log_probabilities(asked)
        assert model.log_probabilities(*flat(asked)) == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize("order", [2, 3, 5])
def test_it_is_the_formula_with_estimated_discounts(order):
    rows, others = prose(), prose(1, 50, 45)
    model, textbook = KneserNey.fit(*flat(rows), order), Textbook(rows, order)
    assert set(textbook.discounts) > {FALLBACK} or FALLBACK not in textbook.discounts
    expected = textbook.log_probabilities(others)
    assert model.log_probabilities(*flat(others)) == pytest.approx(expected, abs=1e-9)


@given(ROWS, ORDERS, st.lists(st.lists(st.integers(0, 7), min_size=3, max_size=3), min_size=1))
def test_probabilities_sum_to_one_after_any_history(rows, order, histories):
    model = KneserNey.fit(*flat(rows), order)
    places = np.minimum(np.array(histories)[:, : order - 1], model.base - 1)
    found = model.probabilities(places.reshape(len(histories), order - 1))
    assert found.min() > 0
    assert found.sum(1) == pytest.approx(np.ones(len(histories)))


@given(ROWS, ORDERS)
def test_both_ways_to_a_probability_agree(rows, order):
    model = KneserNey.fit(*flat(rows), order)
    row = max(rows, key=len)
    padded = np.array([END] * (order - 1) + model.places(np.array(row, int)).tolist() + [END])
    scored = model.log_probabilities(*flat([row]))
    for at, log in enumerate(scored):
        history = padded[at : at + order - 1][None]
        assert model.probabilities(history)[0, padded[at + order - 1]] == pytest.approx(np.exp(log))


@pytest.mark.parametrize("order", [2, 3])
def test_it_is_nltks_with_one_discount_and_no_unseen_words(order):
    """nltk takes one discount for all counts, and the shortest context as it is."""
    rows = prose(count=40, vocabulary=12)
    grams = []
    for row in rows:
        padded = ["END"] * (order - 1) + [str(word) for word in row] + ["END"]
        for at in range(order - 1, len(padded)):
            grams += [tuple(padded[at - n + 1 : at + 1]) for n in range(1, order + 1)]
    theirs = KneserNeyInterpolated(order, discount=0.3)
    theirs.fit([grams], vocabulary_text=[gram[-1] for gram in grams])
    discounts = [(0.0, 0.0, 0.0), *[(0.3, 0.3, 0.3)] * (order - 1)]
    ours = KneserNey.fit(*flat(rows), order, discounts).log_probabilities(*flat(rows))
    at = iter(ours)
    for row in rows[:15]:
        padded = ["END"] * (order - 1) + [str(word) for word in row] + ["END"]
        for end in range(order - 1, len(padded)):
            expected = theirs.score(padded[end], padded[end - order + 1 : end])
            assert np.exp(next(at)) == pytest.approx(expected)


def test_discounts_by_hand():
    counts = np.array([1] * 10 + [2] * 4 + [3] * 2 + [4] + [9] * 3)
    y = 10 / 18
    expected = (1 - 2 * y * 4 / 10, 2 - 3 * y * 2 / 4, 3 - 4 * y * 1 / 2)
    assert estimated_discounts(counts) == pytest.approx(expected)
    assert estimated_discounts(np.array([1, 1, 2, 5])) == FALLBACK
    assert estimated_discounts(np.array([1] + [2] * 9 + [3] + [4] * 50)) == FALLBACK  # below 0


# -- drawing --------------------------------------------------------------------------------


def test_words_are_drawn_as_often_as_they_should_be():
    """Chi-square of what follows each of several starts; unknown words are left out."""
    model = KneserNey.fit(*flat(prose(vocabulary=8)), 3)
    each, histories = 20_000, np.array([[0, 0], [1, 2], [3, 3], [0, 5], [model.base - 1, 4]])
    starts = np.repeat(histories, each, axis=0)
    rows = sample(model, starts, 1, np.random.default_rng(0), Decoding())
    first = [model.places(row)[0] if len(row) else END for row in rows]
    for i, p in enumerate(model.probabilities(histories)):
        seen = np.bincount(first[i * each : (i + 1) * each], minlength=model.base)[:-1]
        expected = each * p[:-1] / p[:-1].sum()
        chi = ((seen - expected) ** 2 / expected).sum()
        freedom = model.base - 2
        assert abs(chi - freedom) < 5 * (2 * freedom) ** 0.5


@pytest.mark.parametrize(
    ("decoding", "left"),
    [({"temperature": 0}, 1), ({"top_k": 3}, 3), ({"top_p": 1e-9}, 1), ({"temperature": 2}, 9)],
)
def test_decoding_is_heeded(decoding, left):
    model = KneserNey.fit(*flat(prose(vocabulary=8)), 2)
    starts = np.full((3000, 1), 2)
    rows = sample(model, starts, 1, np.random.default_rng(0), Decoding(**decoding))
    drawn = {int(model.places(row)[0]) if len(row) else END for row in rows}
    likeliest = np.argsort(-model.probabilities(starts[:1])[0, :-1])[:left]
    assert drawn == set(likeliest.tolist())


def test_rows_resemble_those_learned_from_and_end_in_time():
    rows = prose()
    model = KneserNey.fit(*flat(rows), 3)
    starts = np.full((2000, 2), END)
    written = sample(model, starts, 15, np.random.default_rng(1), Decoding())
    known = {pair for row in rows for pair in pairwise(row)}
    pairs = [pair for row in written for pair in pairwise(row.tolist())]
    assert sum(pair in known for pair in pairs) / len(pairs) > 0.8
    assert max(map(len, written)) == 15
    again = sample(model, starts, 15, np.random.default_rng(1), Decoding())
    assert all((a == b).all() for a, b in zip(written, again, strict=True))
