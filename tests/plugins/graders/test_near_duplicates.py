"""Near copies: as exact comparison of all pairs finds them."""

import numpy as np
import pytest
from benchsuite_graders.near_duplicates import NearDuplicates, NearDuplicatesParameters, bands
from made_up_rows import CONTEXT, Human, table


def graded(texts, human=(), strangers=0, **parameters):
    grader = NearDuplicates(NearDuplicatesParameters(**parameters))
    return grader.grade(table(texts, strangers), None, Human(list(human)), CONTEXT).tolist()


def jaccard(one, other, n):
    """Of sets of runs, spelled out."""
    sets = [
        {tuple(text.split()[i : i + n]) for i in range(max(1, len(text.split()) - n + 1))}
        for text in (one, other)
    ]
    return len(sets[0] & sets[1]) / len(sets[0] | sets[1])


@pytest.mark.parametrize("n", [1, 2])
def test_it_finds_what_comparing_all_pairs_finds(n):
    random = np.random.default_rng(n)
    letters = np.array(list("abcdefghijklmnopqrstuvwxyz"))
    rows = []
    for _ in range(12):
        words = ["".join(random.choice(letters, 4)) for _ in range(40)]
        for _ in range(8):
            noisy = [
                "".join(random.choice(letters, 4)) if random.random() < 0.06 else word
                for word in words
            ]
            rows.append(" ".join(noisy))
    rows = [rows[i] for i in random.permutation(len(rows))]
    kept, expected = [], []
    for row in rows:
        expected.append(float(all(jaccard(row, other, n) < 0.7 for other in kept)))
        if expected[-1]:
            kept.append(row)
    found = graded(rows, n=n, threshold=0.7, permutations=256)
    assert 12 <= sum(expected) < len(rows)
    assert found == expected


def test_the_first_of_equal_rows_stays_whatever_its_length():
    rows = ["A b!", "a B.", "a b c", "1 2", "1  2", "1 2"]
    assert graded(rows) == [1, 0, 1, 1, 1, 0]


def test_copies_of_human_rows_and_of_own_rows():
    human = ["the cat sat on the mat and slept all day"]
    rows = [*human, "a dog ran", "a dog ran"]
    assert graded(rows, human, against="own") == [1, 1, 0]
    assert graded(rows, human, against="human") == [0, 1, 1]
    assert graded(rows, human, against="both") == [0, 1, 0]


def test_rows_of_others_are_told_and_change_nothing():
    rows = ["a b c d e f", "g h i", "a b c d e f", "j k l"]
    assert graded(rows, strangers=2) == [0, 1, 1, 1]


def test_similarity_at_the_threshold_is_a_copy():
    one, other = "a b c d", "a b c e"  # 3 of 5 words
    assert graded([one, other], n=1, threshold=0.6, permutations=256) == [1, 0]
    assert graded([one, other], n=1, threshold=0.61, permutations=256) == [1, 1]


def test_no_rows():
    assert graded([]) == []


@pytest.mark.parametrize("similarity", [0.3, 0.5, 0.8, 0.95])
def test_bands_are_as_wide_as_they_may_be(similarity):
    def missed(count, width):
        return (1 - similarity**width) ** count

    count, width = bands(128, similarity)
    assert missed(count, width) <= 0.01 < missed(128 // (width + 1), width + 1)
