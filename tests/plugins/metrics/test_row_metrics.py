"""Metrics that compare rows with one another."""

import math
from collections import Counter

import nltk
import numpy as np
import pytest
import sacrebleu
from benchsuite_metrics.distinct_of_ten import DistinctOfTen, classes
from benchsuite_metrics.excerpts import Excerpts, excerpts
from benchsuite_metrics.intervals import mean
from benchsuite_metrics.repeats import repeats
from benchsuite_metrics.self_bleu import SelfBleu, self_bleu
from benchsuite_metrics.self_repetition import SelfRepetition, repetition
from benchsuite_metrics.vendi_score import VendiScore, ngram_kernel, vendi_score
from benchsuite_metrics.words import words_of
from scipy import stats

from benchsuite.api import Subject


@pytest.fixture(scope="module")
def people(human, prose):
    return human(prose(1, rows=100), prose(2), prose(3))


def cut_to(rows, size, length):
    long = [row.split()[:length] for row in rows if len(row.split()) >= length]
    return long[:size]


ROWS = [
    *["aa ab ac ad ae af ag ah", "aa ab ac ad ae af ag ah", "too short", "aa aa aa aa aa aa aa aa"],
    *["ba bb bc bd be bf bg bh", "aa ab ac ad ba bb bc bd bonus words", "aa aa ab ab aa aa ab ab"],
]


@pytest.fixture(scope="module", params=["odd", "prose", "sharp"])
def rows(request, prose):
    return {
        "odd": ROWS * 2,
        "prose": prose(5, rows=40, vocabulary=60),
        "sharp": prose(6, rows=40, vocabulary=60, exponent=2.5),
    }[request.param]


def test_excerpts_are_the_beginnings_of_the_first_rows_that_are_long_enough():
    text = words_of(ROWS)
    cut = excerpts(text, Excerpts(rows=4, length=8))
    found = [[text.vocabulary[number] for number in row] for row in cut]
    assert found == cut_to(ROWS, 4, 8)
    assert excerpts(text, Excerpts(rows=40, length=9)).shape == (1, 9)
    assert excerpts(text, Excerpts(rows=40, length=90)).shape == (0, 90)
    assert excerpts(words_of([]), Excerpts()).shape == (0, 20)


def test_self_bleu_is_sacrebleus_and_nltks(measure, people, table, rows):
    """sacrebleu's `floor` of 0.1 and method 1 of nltk are the same smoothing."""
    cut = cut_to(rows, 12, 8)
    found = measure(SelfBleu, Subject(people, samples=table(rows)), rows=12, length=8)["samples"]
    theirs, nltks = [], []
    smooth = nltk.translate.bleu_score.SmoothingFunction().method1
    for i, row in enumerate(cut):
        others = cut[:i] + cut[i + 1 :]
        bleu = sacrebleu.sentence_bleu(
            " ".join(row),
            [" ".join(other) for other in others],
            smooth_method="floor",
            smooth_value=0.1,
            tokenize="none",
            use_effective_order=False,
        )
        theirs.append(bleu.score / 100)
        nltks.append(
            nltk.translate.bleu_score.sentence_bleu(others, row, smoothing_function=smooth)
        )
    assert found.value == pytest.approx(np.mean(theirs), abs=1e-6)
    assert found.value == pytest.approx(np.mean(nltks), abs=1e-12)
    assert found.n == 12
    each, _ = self_bleu(excerpts(words_of(rows), Excerpts(rows=12, length=8)))
    assert each == pytest.approx(nltks)


def test_self_bleu_of_equal_rows_is_one(measure, people, table):
    found = measure(SelfBleu, Subject(people, samples=table(["a b c d e"] * 9)), rows=9, length=5)
    assert found["samples"].value == 1
    assert found["human"].value < 1
    assert found["gap"].value > 0


def test_self_repetition_by_hand(measure, people, table, rows):
    for n in (1, 4):
        cut = cut_to(rows, 12, 8)
        found = measure(
            SelfRepetition, Subject(people, samples=table(rows)), rows=12, length=8, n=n
        )["samples"]
        runs = [list(nltk.ngrams(row, n)) for row in cut]
        holders = Counter(run for row in runs for run in set(row))
        expected = [math.log(1 + sum(holders[run] - 1 for run in row)) for row in runs]
        assert found.value == pytest.approx(np.mean(expected))


@pytest.mark.parametrize(
    ("kernel", "expected"),
    [
        (np.eye(7), 7),
        (np.ones((7, 7)), 1),
        (np.kron(np.eye(3), np.ones((4, 4))), 3),
        (np.diag([1.0] * 5) @ np.ones((5, 5)), 1),
        # Two groups of a and b equal rows: the entropy of their shares.
        (
            np.block([[np.ones((3, 3)), np.zeros((3, 1))], [np.zeros((1, 3)), np.ones((1, 1))]]),
            math.exp(-0.75 * math.log(0.75) - 0.25 * math.log(0.25)),
        ),
        # All pairs equally alike: one eigenvalue (1 + 9c)/10, nine of (1 - c)/10, c = 0.4.
        (
            0.6 * np.eye(10) + 0.4,
            math.exp(-0.46 * math.log(0.46) - 9 * 0.06 * math.log(0.06)),
        ),
    ],
)
def test_vendi_of_constructed_kernels(kernel, expected):
    assert vendi_score(kernel) == pytest.approx(expected, rel=1e-9)


@pytest.mark.filterwarnings("ignore:Please import `csr_matrix`:DeprecationWarning")
def test_vendi_is_that_of_the_package(measure, people, table, rows):
    """Its own text functions ask for a scipy from before 1.14; its kernel score does not."""
    package = pytest.importorskip("vendi_score.vendi", reason="vendi-score is not installed")
    text = pytest.importorskip("sklearn.feature_extraction.text")
    found = measure(VendiScore, Subject(people, samples=table(rows)), rows=12, length=8, n=3)
    cut = [" ".join(row) for row in cut_to(rows, 12, 8)]
    kernels = []
    for n in (1, 2, 3):
        counts = text.CountVectorizer(
            ngram_range=(n, n), tokenizer=str.split, token_pattern=None, lowercase=False
        ).fit_transform(cut)
        counts = counts.toarray() / np.linalg.norm(counts.toarray(), axis=1, keepdims=True)
        kernels.append(counts @ counts.T)
    kernel = np.mean(kernels, axis=0)
    assert ngram_kernel(excerpts(words_of(rows), Excerpts(rows=12, length=8)), 3) == pytest.approx(
        kernel
    )
    assert found["samples"].value == pytest.approx(package.score_K(kernel), rel=1e-9)


def test_vendi_counts_different_rows(measure, people, table):
    different = [f"{a}a {a}b {a}c {a}d" for a in "abcde"]
    for copies in (1, 3):
        subject = Subject(people, samples=table(different * copies))
        found = measure(VendiScore, subject, rows=5 * copies, length=4)["samples"]
        assert found.value == pytest.approx(5)


def rouge_classes(rows):
    """Classes by pairwise ROUGE-1, as NoveltyBench's partition goes through them."""

    def equal(a, b):
        if max(len(a), len(b)) <= 5:
            return 2 * len({*a} & {*b}) >= max(len(a), len(b))
        shared = sum((Counter(a) & Counter(b)).values())
        return 2 * shared / (len(a) + len(b)) > 0.458

    first, found = [], []
    for row in rows:
        at = next((i for i, other in enumerate(first) if equal(other, row)), len(first))
        first += [row] if at == len(first) else []
        found.append(at)
    return found


def test_classes_are_those_of_pairwise_comparison(prose):
    for seed in range(20):
        rows = prose(seed, rows=10, length=3 + seed, vocabulary=20, exponent=1.5)
        assert classes(list(words_numbers(rows))) == rouge_classes([row.split() for row in rows])


def words_numbers(rows):
    text = words_of(rows)
    return [text.numbers[text.rows == row] for row in range(len(rows))]


def test_distinct_of_ten_counts_classes(measure, people, table):
    rows = ["yes", "Yes!", "no", "no no", "maybe", *["perhaps"] * 5, *["yes"] * 10, "yes"]
    found = measure(DistinctOfTen, Subject(people, samples=table(rows)), groups=2)["samples"]
    assert found.value == pytest.approx((4 + 1) / 2)
    assert found.n == 2
    missing = measure(DistinctOfTen, Subject(people, samples=table(rows)), groups=3)["samples"]
    assert (missing.value, missing.n) == (None, 2)


def left_out(statistic, cut):
    """The jackknife by its definition: margin of t over the means without each row."""
    means = [statistic(np.delete(cut, row, axis=0)) for row in range(len(cut))]
    spread = (len(cut) - 1) ** 2 / len(cut) * np.var(means, ddof=1)
    return stats.t.ppf(0.975, len(cut) - 1) * math.sqrt(spread)


def test_self_bleu_interval_is_the_jackknifes(rows):
    """Rows left out in earnest, one after the other."""
    cut = excerpts(words_of(rows), Excerpts(rows=12, length=8))
    margin = left_out(lambda some: self_bleu(some)[0].mean(), cut)
    found = mean(*self_bleu(cut))
    assert found.upper - found.value == pytest.approx(margin, rel=1e-9)


@pytest.mark.parametrize("n", [1, 2, 4])
@pytest.mark.parametrize("exponent", [1.0, 2.5])
def test_self_repetition_interval_is_about_the_jackknifes(prose, n, exponent):
    rows = prose(5, rows=40, vocabulary=60, exponent=exponent)
    cut = excerpts(words_of(rows), Excerpts(rows=40, length=8))

    def statistic(some):
        *_, found = repeats(some, n)
        return repetition(found, len(some))[0].mean()

    *_, found = repeats(cut, n)
    estimate = mean(*repetition(found, len(cut)))
    assert estimate.upper - estimate.value == pytest.approx(left_out(statistic, cut), rel=0.15)


@pytest.mark.parametrize(
    ("metric", "parameters"),
    [
        (SelfBleu, {"rows": 60, "length": 20}),
        (SelfRepetition, {"rows": 60, "length": 20, "n": 2}),
    ],
)
@pytest.mark.parametrize("exponent", [1.0, 1.5])
def test_interval_covers_what_fresh_samples_give_on_average(
    measure, people, prose, table, metric, parameters, exponent
):
    """In 0.95 of samples, at a width that is the jackknife's: its bias is upward."""
    found = [
        measure(
            metric, Subject(people, samples=table(prose(seed, exponent=exponent))), **parameters
        )["samples"]
        for seed in range(100, 260)
    ]
    values = np.array([one.value for one in found])
    covered = np.mean([one.lower <= values.mean() <= one.upper for one in found])
    spread = 2 * 2.0 * np.std(values, ddof=1)
    assert covered > 0.9  # others held fixed give 0.8
    assert 0.8 < np.mean([one.upper - one.lower for one in found]) / spread < 1.4


def test_self_repetition_of_rows_that_share_nothing_has_no_interval(measure, people, table):
    rows = [f"{a}a {a}b {a}c {a}d" for a in "abcdefgh"]
    found = measure(SelfRepetition, Subject(people, samples=table(rows)), rows=8, length=4)
    assert (found["samples"].value, found["samples"].lower) == (0, None)


@pytest.mark.parametrize("case", ["odd", "equal", "one", "none", "long", "wide"])
def test_repeated_runs_are_what_counters_find(case):
    random = np.random.default_rng(0)
    cut = {
        "odd": excerpts(words_of(ROWS * 2), Excerpts(rows=12, length=8)),
        "equal": np.ones((5, 6), np.int32),
        "one": np.array([[1, 2, 1, 2, 1, 2, 3]]),
        "none": np.empty((0, 4), np.int32),
        "long": random.integers(0, 4, (9, 300)),
        "wide": random.choice([3, 2**31 - 2, 2**31 - 1], (300, 5)),
    }[case]
    for n, (run, row, count) in enumerate(repeats(cut, 4), 1):
        rows = [Counter(nltk.ngrams(each, n)) for each in cut.tolist()]
        often = {gram for gram, times in sum(rows, Counter()).items() if times > 1}
        entries = Counter(
            (at, each[gram]) for at, each in enumerate(rows) for gram in each if gram in often
        )
        assert Counter(zip(row.tolist(), count.tolist(), strict=True)) == entries
        assert len({*run.tolist()}) == len(often)
        assert (np.diff(run * (len(cut) + 1) + row) > 0).all()
