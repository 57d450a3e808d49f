from collections import Counter

import numpy as np
import pytest
from benchsuite_data_report.rows import Batch, Hashed, WordHashes
from benchsuite_data_report.sampling import Drawing
from benchsuite_data_report.sketches import (
    CopyCounter,
    KnownCodes,
    bands,
    run_hashes,
    signatures,
)
from hypothesis import given
from hypothesis import strategies as st

CODES = st.lists(st.integers(0, 2**64 - 1), max_size=40)


def batch(texts, first=0):
    return Batch(first, list(texts), [{}] * len(texts), WordHashes())


@given(st.lists(st.lists(st.integers(0, 9), max_size=8), max_size=8), st.integers(1, 4))
def test_copies_are_exact_while_there_is_room(parts, size):
    counter = CopyCounter(size=max(16, size))
    for part in parts:
        counter.add(np.array(part, np.uint64))
    counts = Counter(code for part in parts for code in part)
    found = counter.copies()
    total = counts.total()
    assert found.largest == max(counts.values(), default=0)
    assert found.error == 0
    assert found.share == pytest.approx(1 - len(counts) / total if total else 0)


@pytest.mark.parametrize("repeated", [0.0, 0.3])
def test_copies_beyond_that_are_within_their_error(repeated):
    draw = np.random.default_rng(4)
    counter, rows = CopyCounter(size=1024), 60_000
    codes = draw.integers(0, 2**64, rows, dtype=np.uint64)
    again = draw.random(rows) < repeated
    codes[again] = codes[0]  # one row again and again: no sample of counts would tell
    for part in np.array_split(codes, 50):
        counter.add(part)
    found = counter.copies()
    exact = 1 - len(np.unique(codes)) / rows
    assert 0 < found.error < 0.04
    assert abs(found.share - exact) < 4 * found.error


@given(CODES, CODES)
def test_known_codes_are_found_and_no_others(known, wanted):
    codes = KnownCodes(np.array(known, np.uint64))
    found, places = codes.places(np.array(wanted, np.uint64))
    assert found.tolist() == [i for i, code in enumerate(wanted) if code in set(known)]
    assert codes.codes[places].tolist() == [wanted[i] for i in found]


@given(st.lists(st.lists(st.sampled_from("abc"), max_size=6), max_size=5), st.integers(1, 4))
def test_runs_are_equal_just_where_their_words_are(rows, length):
    found = run_hashes(batch([" ".join(row) for row in rows]).hashed, length)
    runs = [
        (index, tuple(row[start : start + length]))
        for index, row in enumerate(rows)
        for start in range(len(row) - length + 1)
    ]
    assert found.rows.tolist() == [index for index, _ in runs]
    codes = found.codes.tolist()
    assert len(set(codes)) == len({run for _, run in runs})
    assert len(set(zip(codes, (run for _, run in runs), strict=True))) == len(set(codes))


def test_signatures_agree_as_often_as_sets_are_alike():
    draw, bins = np.random.default_rng(5), 2048
    shared, one, other = (draw.integers(0, 2**64, n, dtype=np.uint64) for n in (600, 200, 200))
    codes = np.concatenate([shared, one, shared, other])
    rows = np.repeat([0, 1], 800)
    first, second = signatures(Hashed(codes, rows), 2, bins)
    # Filling empty bins widens the spread; 3 % is four standard errors of what remains.
    assert np.mean(first == second) == pytest.approx(600 / 1000, abs=0.06)
    alone = signatures(Hashed(codes[:800], rows[:800]), 1, bins)
    assert (alone[0] == first).all()


def test_bands_are_equal_just_where_their_numbers_are():
    found = np.arange(24, dtype=np.uint64).reshape(2, 12)
    found[1, :6] = found[0, :6]
    keys = bands(found, 4)
    assert (keys[0] == keys[1]).tolist() == [True, True, False, False]
    assert len(set(keys.ravel().tolist())) == 6


def test_a_sample_is_uniform_and_in_order():
    taken = Counter()
    for seed in range(300):
        drawing = Drawing(5, seed)
        for first in range(0, 40, 8):
            drawing.add(batch([str(first + i) for i in range(8)], first))
        sample = drawing.sample()
        assert sample.total == 40
        assert sample.places == sorted(sample.places)
        assert sample.texts == [str(place) for place in sample.places]
        taken.update(sample.places)
    expected = 300 * 5 / 40
    chi2 = sum((taken[place] - expected) ** 2 / expected for place in range(40))
    assert chi2 < 72  # 99.9 % of 39 degrees of freedom


def test_a_small_file_is_sampled_whole():
    drawing = Drawing(10, 0)
    drawing.add(batch(["a", "b"]))
    assert drawing.sample().texts == ["a", "b"]
