"""Metrics of which words and runs of words samples use."""

from collections import Counter
from math import log2

import numpy as np
import pytest
from benchsuite_metrics.adjusted_distinct import AdjustedDistinct
from benchsuite_metrics.counting import coded, ranked, tally
from benchsuite_metrics.distinct import Distinct
from benchsuite_metrics.entropy import Entropy
from benchsuite_metrics.ngram_diversity import NgramDiversity
from benchsuite_metrics.reference import held_out
from benchsuite_metrics.runs import contained, runs_of
from benchsuite_metrics.vocabulary import Vocabulary
from benchsuite_metrics.words import texts, words_in, words_of
from scipy import stats

from benchsuite.api import Subject


@pytest.fixture(scope="module")
def people(human, prose):
    return human(prose(1, rows=100), prose(2), prose(3))


def first_words(rows, size):
    """The first words, row by row."""
    left, cut = size, []
    for row in rows:
        words = row.split()[:left]
        left -= len(words)
        cut.append(words)
    return cut


def grams(cut, n):
    return [tuple(row[i : i + n]) for row in cut for i in range(len(row) - n + 1)]


@pytest.mark.parametrize("size", [1, 977, 2400])
def test_entropy_is_scipys(measure, people, prose, table, size):
    rows = prose(5)
    found = measure(Entropy, Subject(people, samples=table(rows)), words=size)
    for name, side in (("samples", rows), ("human", texts(held_out(people, 0)))):
        counts = list(Counter(grams(first_words(side, size), 1)).values())
        assert found[name].value == pytest.approx(stats.entropy(counts, base=2), abs=1e-12)
    assert found["gap"].value == found["samples"].value - found["human"].value
    assert found["gap"].n == size


def test_entropy_of_equal_shares_is_the_logarithm(measure, people, table):
    rows = ["a b c d e"] * 4
    found = measure(Entropy, Subject(people, samples=table(rows)), words=20)["samples"]
    assert found.value == pytest.approx(log2(5))
    assert found.lower == pytest.approx(found.upper)


def test_vocabulary_is_what_a_set_says(measure, people, prose, table):
    rows = prose(5)
    found = measure(Vocabulary, Subject(people, samples=table(rows)), words=1234)
    ours, theirs = (
        len(set(grams(first_words(side, 1234), 1))) for side in (rows, texts(held_out(people, 0)))
    )
    assert (found["samples"].value, found["human"].value) == (ours, theirs)
    assert found["gap"].value == ours - theirs


def test_diversity_is_the_sum_over_lengths(measure, people, prose, table):
    rows = [*prose(5, rows=30), *prose(5, rows=10), "aa", ""]
    found = measure(NgramDiversity, Subject(people, samples=table(rows)), words=1550)["samples"]
    cut = [grams(first_words(rows, 1550), n) for n in range(1, 5)]
    assert found.value == pytest.approx(sum(len(set(runs)) / len(runs) for runs in cut))
    assert found.n == 1550


@pytest.mark.parametrize("vocabulary", [1, 400])
def test_adjusted_distinct_by_the_published_formula(measure, human, prose, table, vocabulary):
    people = human(prose(1, rows=500, vocabulary=vocabulary), prose(2), prose(3))
    rows = prose(5, rows=40)
    found = measure(AdjustedDistinct, Subject(people, samples=table(rows)))
    v = len(set(grams([row.split() for row in texts(people.train)], 1)))
    c = 1600  # the samples are the shorter side
    for name, side in (("samples", rows), ("human", texts(held_out(people, 0)))):
        n = len(set(grams(first_words(side, c), 1)))
        assert found[name].value == pytest.approx(n / (v * (1 - ((v - 1) / v) ** c)))
        assert found[name].n == c


def test_adjusted_distinct_of_draws_by_chance_is_one_at_any_length(measure, human, prose, table):
    """What the correction is for: with equally likely words it is free of length."""
    equal = {"vocabulary": 600, "exponent": 0}
    people = human(prose(1, rows=2000, **equal), prose(2, rows=400, **equal))
    for count in (10, 60, 400):
        rows = table(prose(count, rows=count, **equal))
        found = measure(AdjustedDistinct, Subject(people, samples=rows))["samples"]
        assert found.value == pytest.approx(1, abs=0.04)


@pytest.mark.parametrize("n", [1, 3, 5])
def test_distinct_of_longer_runs(measure, people, prose, table, n):
    rows = prose(5, exponent=2.0)
    found = measure(Distinct, Subject(people, samples=table(rows)), n=n, runs=2000)
    runs = grams([row.split() for row in rows], n)[:2000]
    assert found["samples"].value == len(set(runs)) / 2000


@pytest.mark.parametrize(
    ("metric", "parameters"),
    [
        (Entropy, {"words": 1900}),
        (Vocabulary, {"words": 1900}),
        (NgramDiversity, {"words": 1900}),
        (Distinct, {"n": 1, "runs": 1900}),
        (AdjustedDistinct, {}),
    ],
)
@pytest.mark.parametrize("burst", [1, 4])
def test_interval_agrees_with_fresh_samples(
    measure, people, prose, table, metric, parameters, burst
):
    """Its width against the true spread, with words alone and in bursts within a row."""
    found = []
    for seed in range(100, 200):
        drawn = prose(seed, rows=50, length=40 // burst)
        rows = [" ".join(word for word in row.split() for _ in range(burst)) for row in drawn]
        subject = Subject(people, samples=table(rows))
        found.append(measure(metric, subject, **parameters)["samples"])
    spread = 2 * 2.01 * np.std([one.value for one in found], ddof=1)
    assert 0.75 < np.mean([one.upper - one.lower for one in found]) / spread < 1.5


def test_codes_are_equal_just_where_windows_are():
    """Also where the digits do not fit into 63 bits."""
    random = np.random.default_rng(0)
    for largest, length in ((3, 5), (2**31 - 1, 5), (2**40, 3)):
        numbers = random.choice(random.integers(0, largest, 3), 500)
        codes = coded(numbers, length, largest)
        windows = np.lib.stride_tricks.sliding_window_view(numbers, length)
        _, expected = np.unique(windows, axis=0, return_inverse=True)
        assert len(set(zip(codes.tolist(), expected.tolist(), strict=True))) == expected.max() + 1
        assert len(set(codes.tolist())) == expected.max() + 1


@pytest.mark.parametrize("length", [1, 2, 12, 16])
def test_runs_are_equal_just_where_words_are(length, prose):
    """Also so long that codes are ranked over both texts."""
    sides = [prose(seed, rows=30, vocabulary=60) + ["aa"] * 3 for seed in (0, 1)]
    sides[1][:9] = sides[0][:9]
    found = runs_of(length, *(words_of(rows) for rows in sides))
    codes = [code for runs in found for code in runs.codes.tolist()]
    runs = [run for rows in sides for run in grams([row.split() for row in rows], length)]
    assert len(codes) == len(runs)
    assert len(set(zip(codes, runs, strict=True))) == len(set(codes)) == len(set(runs))


def test_tally_and_ranks_are_numpys():
    codes = np.random.default_rng(0).integers(0, 50, 300)
    different, inverse, counts = np.unique(codes, return_inverse=True, return_counts=True)
    assert [part.tolist() for part in tally(codes)] == [different.tolist(), counts.tolist()]
    ranks, size = ranked(codes)
    assert (ranks.tolist(), size) == (inverse.tolist(), len(different))
    assert [len(part) for part in tally(codes[:0])] == [0, 0]
    assert ranked(codes[:0])[1] == 0


@pytest.mark.parametrize("size", [0, 1, 100, 5000])
@pytest.mark.parametrize("spread", [10, 10_000, 2**62])
def test_contained_is_numpys_isin(size, spread):
    random = np.random.default_rng(size)
    known, wanted = random.integers(0, spread, size), random.integers(0, spread, 3000)
    wanted[: size // 2] = known[: size // 2][: len(wanted)]
    assert contained(wanted, known).tolist() == np.isin(wanted, known).tolist()


def test_what_is_no_run_is_not_contained():
    wanted, known = np.array([-1, 5, 7, -1]), np.array([-1, 7, -1])
    assert contained(wanted, known).tolist() == [False, False, True, False]


def test_runs_share_their_codes():
    first, second = runs_of(2, words_of(["a b a", "b c"]), words_of(["a b", "c"]))
    assert len({*first.codes.tolist()}) == 3
    assert second.codes.tolist() == first.codes[:1].tolist()
    assert (first.rows.tolist(), second.rows.tolist()) == ([0, 0, 1], [0])


def test_words_are_cut_once_while_the_table_lives(table):
    rows = table(["a b", "c"])
    assert words_in(rows) is words_in(rows)
    assert words_in(rows) is not words_in(table(["a b", "c"]))
