import re
import zlib
from collections import Counter

import numpy as np
import pytest
from benchsuite_metrics.compression_ratio import CompressionRatio
from benchsuite_metrics.distinct import Distinct
from benchsuite_metrics.frequency import halves
from benchsuite_metrics.intervals import share
from benchsuite_metrics.novelty import Novelty
from benchsuite_metrics.reference import drawn, held_out
from benchsuite_metrics.tail_coverage import TailCoverage
from benchsuite_metrics.words import texts

from benchsuite.api import Subject, Tokens


@pytest.fixture(scope="module")
def people(human, prose):
    return human(prose(1, rows=100), prose(2), prose(3))


def grams(rows, n):
    cut = [re.findall(r"[a-z]+", row.lower()) for row in rows]
    return [tuple(row[i : i + n]) for row in cut for i in range(len(row) - n + 1)]


def number(word):
    return 26 * (ord(word[0]) - ord("a")) + ord(word[1]) - ord("a")


@pytest.fixture(scope="module")
def reader(byte_model):
    """A model whose tokens are the words of `prose`, numbered by alphabet."""

    class WordModel(byte_model):
        def tokens(self, rows):
            cut = [text.split() for text in rows["text"].to_pylist()]
            ids = np.array([number(word) for row in cut for word in row], np.int32)
            return Tokens(ids, np.array([len(row) for row in cut], np.int32))

    return lambda: WordModel(1)


@pytest.mark.parametrize("tokens", [1, 1000, 1010])
def test_coverage_is_what_a_counter_says(measure, people, prose, table, reader, tokens):
    rows = prose(5)
    counts = Counter(grams(texts(people.train), 1))
    ranked = sorted(counts, key=lambda word: (-counts[word], word))
    tail = set(ranked[len(ranked) // 2 :])
    found = measure(TailCoverage, Subject(people, reader, table(rows)), tokens=tokens)
    for name, side in (("all", rows), ("human", texts(held_out(people, 0)))):
        assert found[name].value == len(tail & {*grams(side, 1)[:tokens]}) / len(tail)
        assert found[name].n == len(tail)


def test_coverage_is_of_exactly_so_many_tokens(measure, human, table, byte_model):
    """Ranked: a (3), b (2), c, d: the tail is c and d, read after 4 and after 5 tokens."""
    rows = human(["aaab", "bcd"], ["abba"], ["cc"])
    subject = Subject(rows, lambda: byte_model(1), table(["aa", "", "bcd"]))
    read = [measure(TailCoverage, subject, tokens=tokens)["all"] for tokens in range(1, 7)]
    assert [found.value for found in read] == [0, 0, 0, 1 / 2, 1, None]
    assert {found.n for found in read} == {2}
    human_side = [measure(TailCoverage, subject, tokens=tokens)["human"] for tokens in (6, 7)]
    assert [found.value for found in human_side] == [1 / 2, None]


def test_coverage_falls_by_each_rare_token_that_is_written_over(
    measure, people, prose, table, reader
):
    """Each costs its share of the tail: 1 / types."""
    tail = halves(reader(), people).rare.tolist()
    rows = prose(5)
    written = {word for (word,) in grams(rows, 1)}
    lost = sorted(word for word in written if number(word) in tail)[::3]
    poorer = [" ".join("aa" if word in lost else word for word in row.split()) for row in rows]
    before, after = (
        measure(TailCoverage, Subject(people, reader, table(side)), tokens=2400)["all"]
        for side in (rows, poorer)
    )
    assert len(lost) > 20
    assert before.value - after.value == pytest.approx(len(lost) / len(tail))


def test_coverage_falls_when_rare_tokens_go(measure, people, prose, table, reader):
    whole, sharp = (prose(5, exponent=exponent) for exponent in (1.0, 1.6))
    before, after = (
        measure(TailCoverage, Subject(people, reader, table(rows)), tokens=2000)["all"]
        for rows in (whole, sharp)
    )
    assert after.upper < before.lower


@pytest.mark.parametrize("burst", [1, 4])
def test_coverage_interval_agrees_with_fresh_samples(measure, people, prose, table, reader, burst):
    """Its width against the true spread, with tokens alone and in bursts within a row."""
    found = []
    for seed in range(100, 200):
        drawn = prose(seed, rows=50, length=40 // burst)
        rows = [" ".join(word for word in row.split() for _ in range(burst)) for row in drawn]
        found.append(
            measure(TailCoverage, Subject(people, reader, table(rows)), tokens=1990)["all"]
        )
    spread = 2 * 2.01 * np.std([coverage.value for coverage in found], ddof=1)
    assert 0.85 < np.mean([coverage.upper - coverage.lower for coverage in found]) / spread < 1.4


def test_coverage_of_human_text_is_the_reference(measure, people, reader):
    found = measure(TailCoverage, Subject(people, reader, held_out(people, 0)), tokens=2000)
    assert found["all"].value == found["human"].value
    assert found["all"].lower < found["all"].value < found["all"].upper


def test_coverage_of_too_little_text_is_missing(measure, people, table, reader):
    found = measure(TailCoverage, Subject(people, reader, table(["aa ab"])), tokens=2000)
    assert found["all"].value is None
    assert found["human"].value is not None


def test_coverage_without_a_tail_is_missing(measure, human, table, byte_model):
    subject = Subject(human([], ["a b"], ["c"]), lambda: byte_model(1), table(["a b"]))
    found = measure(TailCoverage, subject, tokens=2)
    assert [(m.value, m.n) for m in found.values()] == [(None, 0), (None, 0)]


def test_distinct_is_what_sets_say(measure, people, prose, table):
    rows = prose(5)
    found = measure(Distinct, Subject(people, samples=table(rows)), runs=1500)
    ours, theirs = (
        len(set(grams(side, 2)[:1500])) / 1500 for side in (rows, texts(held_out(people, 0)))
    )
    assert found["samples"].value == ours
    assert found["human"].value == theirs
    assert found["gap"].value == ours - theirs
    assert found["gap"].lower < found["gap"].value < found["gap"].upper


def test_distinct_of_repetition_is_one_pair(measure, people, table):
    found = measure(Distinct, Subject(people, samples=table(["a a a"] * 10)), runs=20)
    assert found["samples"].value == 1 / 20
    assert found["gap"].value < 0


def test_distinct_of_too_few_pairs_is_missing(measure, people, table):
    found = measure(Distinct, Subject(people, samples=table(["a b", "c"])), runs=2)
    assert (found["gap"].value, found["samples"].value, found["samples"].n) == (None, None, 1)
    assert found["human"].value is not None


def test_compression_by_hand(measure, people, prose, table):
    rows = [*prose(5), "漢字" * 50]
    found = measure(CompressionRatio, Subject(people, samples=table(rows)), size=6000)
    ours, theirs = (
        6000 / len(zlib.compress("\n".join(side).encode()[:6000], level=9))
        for side in (rows, texts(held_out(people, 0)))
    )
    assert found["samples"].value == ours
    assert found["gap"].value == ours - theirs
    assert found["samples"].n == 6000


def test_compression_sees_repetition(measure, people, table):
    found = measure(CompressionRatio, Subject(people, samples=table(["same"] * 500)), size=2000)
    assert found["gap"].value > 20


def test_compression_of_too_little_text_is_missing(measure, people, table):
    found = measure(CompressionRatio, Subject(people, samples=table(["é"])), size=3)
    assert (found["gap"].value, found["gap"].n, found["samples"].value) == (None, 2, None)


@pytest.mark.parametrize("n", [1, 2, 4])
def test_novelty_is_what_sets_say(measure, people, prose, table, n):
    rows = [*prose(5, rows=20), *people.train["text"].to_pylist()[:5], "zz yy xx ww vv"]
    subject = Subject(people, samples=table(rows), training=people.train)
    known = set(grams(people.train["text"].to_pylist(), n))  # as many words: all of them
    ours, theirs = (
        np.mean([gram not in known for gram in grams(side, n)])
        for side in (rows, people.test["text"].to_pylist())
    )
    found = measure(Novelty, subject, n=n)
    assert found["samples"].value == pytest.approx(ours)
    assert found["human"].value == pytest.approx(theirs)
    assert found["gap"].value == pytest.approx(ours - theirs)
    assert found["samples"].n == len(grams(rows, n))


def test_copies_have_no_novelty_and_inventions_nothing_else(measure, people, table):
    copied = Subject(people, samples=people.train, training=people.train)
    invented = Subject(people, samples=table(["q w e r t y"]), training=people.train)
    assert measure(Novelty, copied)["samples"].value == 0
    assert measure(Novelty, invented)["samples"].value == 1


def test_novelty_interval_minds_rows(measure, people, table):
    """Half the rows are copies whole: the interval is that of rows, not of runs."""
    rows = people.train["text"].to_pylist()[:40] + [" ".join("xyzw"[i % 4] for i in range(40))] * 40
    found = measure(Novelty, Subject(people, samples=table(rows), training=people.train))["samples"]
    expected = share(np.repeat([0, 1], 40), np.ones(80, int))
    assert found.lower == pytest.approx(expected.lower, abs=1e-3)
    assert found.upper == pytest.approx(expected.upper, abs=1e-3)


def test_human_novelty_does_not_depend_on_what_a_model_learned_from(measure, people, table, prose):
    """It is looked up in as many words of human training rows as the model had."""
    found = [
        measure(Novelty, Subject(people, samples=table(prose(5)), training=table(training)), n=2)
        for training in (prose(6), prose(6, exponent=3.0), prose(6)[:10])
    ]
    human = [measured["human"].value for measured in found]
    assert human[0] == human[1]  # other words, as many
    assert human[2] > human[0]  # fewer words hold fewer runs
    known = set(grams(texts(drawn(people.train, 0))[:60], 2))
    assert human[0] == pytest.approx(
        np.mean([g not in known for g in grams(texts(people.test), 2)])
    )


def test_novelty_needs_runs_on_both_sides(measure, people, table):
    short = Subject(people, samples=table(["a b c"]), training=people.train)
    untrained = Subject(people, samples=table(["a b c d"]), training=table(["a b"]))
    assert measure(Novelty, short)["gap"].value is None
    assert measure(Novelty, short)["human"].value is not None
    assert {m.value for m in measure(Novelty, untrained).values()} == {None}


def test_novelty_of_many_texts_is_what_sets_say(measure, human, prose, table):
    """So many that codes share slots, and that some share the slot of windows between rows."""
    for seed in range(80):
        train, rows = (
            prose(seed + k, rows=60, length=4, vocabulary=4 + seed % 16) for k in (0, 1000)
        )
        people = human(train, [], train)
        subject = Subject(people, samples=table(rows), training=people.train)
        known = set(grams(train, 3))
        expected = np.mean([gram not in known for gram in grams(rows, 3)])
        assert measure(Novelty, subject, n=3)["samples"].value == pytest.approx(expected)
