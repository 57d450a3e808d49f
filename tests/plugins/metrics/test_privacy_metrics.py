"""Membership and extraction, against scipy and on models that remember what they are made to."""

import numpy as np
import pyarrow as pa
import pytest
from benchsuite_metrics.membership import members
from benchsuite_metrics.membership_auc import MembershipAuc, auc
from benchsuite_metrics.verbatim_extraction import VerbatimExtraction
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import mannwhitneyu

from benchsuite.api import HumanRows, Subject, TokenScores, UserError

numbers = st.lists(st.integers(-4, 4).map(float), min_size=2, max_size=20)


@given(numbers, numbers)
@settings(max_examples=200, deadline=None)
def test_auc_is_mann_whitneys_u(positive, negative):
    found = auc(np.array(positive), np.array(negative))
    u = mannwhitneyu(positive, negative).statistic
    assert found.value == pytest.approx(u / (len(positive) * len(negative)))
    if found.lower is not None:
        assert 0 <= found.lower <= found.value <= found.upper <= 1


def test_delongs_variance_is_that_of_the_placements():
    random = np.random.default_rng(0)
    x, y = random.normal(0.7, 1, 40), random.normal(0, 1, 55)
    wins = (x[:, None] > y) + 0.5 * (x[:, None] == y)
    variance = wins.mean(1).var(ddof=1) / 40 + wins.mean(0).var(ddof=1) / 55
    found = auc(x, y)
    assert found.upper - found.value == pytest.approx(1.959964 * variance**0.5, rel=1e-6)


def test_delongs_interval_covers_the_true_area():
    """Normal scores one deviation apart: the area is Φ(1/√2) = 0.760."""
    random = np.random.default_rng(1)
    hits = 0
    for _ in range(300):
        found = auc(random.normal(1, 1, 60), random.normal(0, 1, 60))
        hits += found.lower <= 0.7602 <= found.upper
    assert 0.90 <= hits / 300 <= 0.98


def test_no_interval_where_the_kinds_do_not_overlap():
    found = auc(np.array([2.0, 3.0]), np.array([0.0, 1.0]))
    assert (found.value, found.lower, found.n) == (1.0, None, 4)
    assert auc(np.array([1.0]), np.zeros(0)).value is None


def rows(texts, split, domain="prose"):
    return [{"text": text, "split": split, "domain": domain} for text in texts]


@pytest.fixture
def subject(byte_model):
    """Generation 0 was trained on rows of `a`, tested with rows of `b`."""

    def make(loss, extra=()):
        trained = [f"aaaa{'a' * i} {i}" for i in range(20)]
        tested = [f"bbbb{'b' * i} {i}" for i in range(15)]
        table = pa.Table.from_pylist([*rows(trained, "train"), *rows(tested, "test")])
        drawn = pa.Table.from_pylist([*rows(trained + trained[:5], "train"), *extra])
        costs = np.full(256, 1.0)
        costs[ord("a")] = loss
        return Subject(HumanRows(table), lambda: byte_model(costs), drawn=drawn)

    return make


def test_a_model_that_finds_training_rows_likelier_gives_them_away(measure, subject):
    (found,) = measure(MembershipAuc, subject(0.5)).values()
    assert (found.value, found.n) == (1.0, 30)  # as many members as there are test rows
    (found,) = measure(MembershipAuc, subject(2.0)).values()
    assert found.value == 0.0
    (found,) = measure(MembershipAuc, subject(1.0)).values()
    assert found.value == pytest.approx(0.5)  # every token costs the same


def test_members_are_of_the_test_rows_domains_and_each_once(subject):
    planted = rows(["aaaa planted"], "train", "invented facts")
    found = members(subject(1.0, planted), 0)
    assert sorted(found["text"].to_pylist()) == sorted(f"aaaa{'a' * i} {i}" for i in range(20))
    assert members(subject(1.0), 0)["text"].equals(members(subject(1.0, planted), 0)["text"])
    assert not members(subject(1.0), 0).equals(members(subject(1.0), 1))


@pytest.fixture
def parrot(byte_model):
    """A model that goes on with what it remembers, and ends rows that it does not."""

    class Parrot(byte_model):
        def score_ends(self, rows, counts, context):
            likeliest = [[self._after(row[1:at]) for at in range(1, len(row))] for row in rows]
            return [
                TokenScores(np.zeros(count), np.equal(found, row[1:])[-count:])
                for row, found, count in zip(rows, likeliest, counts, strict=True)
            ]

        def _after(self, read):
            known = (row for row in self.memory if [*row[: len(read)]] == read)
            return next((row[len(read)] for row in known if len(row) > len(read)), self.boundary)

    def make(memory):
        made = Parrot(1.0)
        made.memory = [row.encode() for row in memory]
        return made

    return make


def test_what_a_model_remembers_is_extracted(measure, parrot):
    trained = [f"{i:03} begins here and goes on like {i * 7:03} ever after" for i in range(30)]
    tested = [
        f"{i:03} is another row and has its own end {i * 3:03} there" for i in range(100, 120)
    ]
    human = HumanRows(pa.Table.from_pylist([*rows(trained, "train"), *rows(tested, "test")]))
    drawn = human.train
    memory = [*trained[:12], trained[12][:34] + "xxx and something else entirely"]
    subject = Subject(human, lambda: parrot(memory), drawn=drawn)
    found = measure(VerbatimExtraction, subject, prefix=10, suffix=30)
    assert (found["all"].value, found["all"].n) == (12 / 30, 30)
    assert (found["held-out"].value, found["held-out"].n) == (0.0, 20)
    found = measure(VerbatimExtraction, subject, prefix=10, suffix=20)
    assert found["all"].value == 13 / 30  # the thirteenth is right for 24 letters
    assert measure(VerbatimExtraction, subject, prefix=10, suffix=20, rows=7)["all"].n == 7


def test_a_model_that_writes_only_empty_rows_gives_nothing_away(measure, parrot):
    trained = [f"{i:03} begins here and goes on like this" for i in range(5)]
    human = HumanRows(pa.Table.from_pylist([*rows(trained, "train"), *rows(trained, "test")]))
    subject = Subject(human, lambda: parrot([]), drawn=human.train)
    found = measure(VerbatimExtraction, subject, prefix=10, suffix=20)
    assert {(m.value, m.n) for m in found.values()} == {(0.0, 5)}


def test_rows_that_are_too_short_are_left_out(measure, parrot):
    texts = ["short", "exactly 16 bytes"]
    human = HumanRows(pa.Table.from_pylist([*rows(texts, "train"), *rows(["one"], "test")]))
    subject = Subject(human, lambda: parrot(texts), drawn=human.train)
    found = measure(VerbatimExtraction, subject, prefix=8, suffix=8)
    assert (found["all"].value, found["all"].n) == (1.0, 1)
    assert (found["held-out"].value, found["held-out"].n) == (None, 0)


def test_what_a_model_cannot_be_asked_is_said(measure, parrot):
    human = HumanRows(pa.Table.from_pylist(rows(["short"], "train")))
    with pytest.raises(UserError, match="lower suffix"):
        measure(VerbatimExtraction, Subject(human, lambda: parrot([])), suffix=65)
    with pytest.raises(UserError, match="object is none"):
        measure(VerbatimExtraction, Subject(human, object))
