"""Greedy covers: against slow ones that look at everything again in each step."""

import numpy as np
import pytest
from benchsuite_graders.coverage import facility_location, farthest_first
from benchsuite_graders.diversity import Diversity, DiversityParameters
from made_up_rows import CONTEXT, table
from scipy import sparse


def graded(texts, strangers=0, **parameters):
    grader = Diversity(DiversityParameters(**parameters))
    return grader.grade(table(texts, strangers), None, None, CONTEXT)


def vectors(count, seed):
    random = np.random.default_rng(seed)
    dense = random.random((count, 12)) * (random.random((count, 12)) < 0.4)
    dense[np.arange(count), random.integers(12, size=count)] += 0.1
    return dense / np.linalg.norm(dense, axis=1, keepdims=True)


def slow_farthest_first(rows):
    order = [int(np.argmax(rows @ rows.mean(axis=0)))]
    while len(order) < len(rows):
        left = [i for i in range(len(rows)) if i not in order]
        order.append(min(left, key=lambda i: max(rows[i] @ rows[j] for j in order)))
    return order


def slow_facility_location(rows):
    order = []
    while len(order) < len(rows):
        left = [i for i in range(len(rows)) if i not in order]
        worth = {i: (rows @ rows[[*order, i]].T).max(axis=1).sum() for i in left}
        order.append(max(left, key=lambda i: round(worth[i], 5)))
    return order


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize(
    ("fast", "slow"),
    [(farthest_first, slow_farthest_first), (facility_location, slow_facility_location)],
)
def test_orders_are_those_of_the_plain_algorithm(fast, slow, seed):
    rows, none = vectors(40, seed), sparse.csr_array((0, 12))
    places, _ = fast(sparse.csr_array(rows), none, quiet)
    assert np.argsort(places).tolist()[:30] == slow(rows)[:30]
    assert sorted(places.tolist()) == list(range(40))


def quiet(done, total):
    pass


def farther(rows, order, one):
    """Whether a stranger is less like the rows in order than the next of them is."""
    before, following = rows[order[:-1]], rows[order[-1]]
    return len(before) and (before @ one).max() < (before @ following).max() - 1e-9


def adds_more(rows, order, one):
    """Whether a stranger would add more to what is covered than the next row does."""
    before = rows[order[:-1]]

    def worth(chosen, covered):
        return (covered @ chosen.T).max(axis=1).sum() if len(chosen) else 0.0

    with_it = np.vstack([rows, one])
    gain = worth(np.vstack([before, one]), with_it) - worth(before, with_it)
    return gain > worth(rows[order], rows) - worth(before, rows) + 1e-5


@pytest.mark.parametrize(
    ("choose", "is_before"), [(farthest_first, farther), (facility_location, adds_more)]
)
def test_a_stranger_has_the_place_that_it_would_take(choose, is_before):
    rows, strange = vectors(30, 8), np.vstack([vectors(6, 9), vectors(30, 8)[:1]])
    places, told = choose(sparse.csr_array(rows), sparse.csr_array(strange), quiet)
    alone, _ = choose(sparse.csr_array(rows), sparse.csr_array((0, 12)), quiet)
    assert places.tolist() == alone.tolist()
    order = np.argsort(places)
    for one, place in zip(strange, told, strict=True):
        ahead = [k for k in range(30) if is_before(rows, order[: k + 1], one)]
        assert place == (ahead[0] if ahead else 30)


@pytest.mark.parametrize("by", ["farthest-first", "facility-location"])
def test_every_cluster_is_met_before_any_is_met_twice(by):
    random = np.random.default_rng(4)
    topics = [[f"{topic}{letter}" for letter in "abcdef"] for topic in ("sea", "fire", "stone")]
    texts = [" ".join(random.permutation(topic)) for topic in topics for _ in range(7)]
    first = np.argsort(-graded(texts, n=1, by=by), kind="stable")[:3]
    assert sorted(first // 7) == [0, 1, 2]


def test_scores_fall_from_one_and_copies_come_last():
    found = graded(["a b", "c d", "a b", "e f"], n=1)
    assert sorted(found.tolist(), reverse=True) == pytest.approx([1, 0.8, 0.6, 0.4])
    assert found[2] == pytest.approx(0.4)


def test_rows_without_words_and_no_rows():
    assert graded(["1", "2", "3"]).tolist() == pytest.approx([1, 0.75, 0.5])
    assert graded([]).tolist() == []
    assert len(set(graded(["a b", "1 2", "c d"]).tolist())) == 3


def test_strangers_leave_scores_alone():
    texts = ["a b c", "b c d", "x y z", "a b c"]
    alone = graded(texts)
    told = graded(["a b c", "q r s", *texts], strangers=2)
    assert told[2:].tolist() == alone.tolist()
    assert told[1] > told[0]
