"""Prefix trees: every row is in one, in its own order, and what is shared is there once."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from small_models import CPU, in_transformers, make, small

from benchsuite.lm.prefixes import Span, pack
from benchsuite.lm.score import score

ROWS = st.lists(st.lists(st.integers(0, 2), min_size=1, max_size=9), min_size=1, max_size=40)


def spans_of(rows):
    """Rows whose every token has a successor to score: 10 more than the token."""
    ends = np.cumsum([len(row) for row in rows])
    return [
        Span(np.array(row), np.array(row) + 10, int(end) - len(row))
        for row, end in zip(rows, ends, strict=True)
    ]


def tokens_before(trees, tree, node):
    """What a node and those above it spell, from its parents; and from what it sees."""
    (seen,) = trees.visible()[tree, node].nonzero()
    spelled = []
    while True:
        spelled.append(int(trees.tokens[tree, node]))
        if trees.depth[tree, node] == 0:
            break
        node = trees.parent[tree, node]
    in_order = seen[np.argsort(trees.depth[tree, seen])]
    assert trees.tokens[tree, in_order].tolist() == spelled[::-1]
    return spelled[::-1]


@given(ROWS, st.sampled_from([1, 20, 1000]))
@settings(max_examples=60, deadline=None)
def test_each_target_follows_its_row(rows, nodes_at_once):
    flat = {}
    for trees in pack(spans_of(rows), nodes_at_once):
        assert trees.tokens.size <= nodes_at_once or len(trees.tokens) == 1
        assert (np.diff(trees.nodes) >= 0).all()
        for node, target, at in zip(trees.nodes, trees.targets, trees.at, strict=True):
            tree, inside = divmod(int(node), trees.tokens.shape[1])
            assert int(at) not in flat
            flat[int(at)] = (tokens_before(trees, tree, inside), int(target))
    expected = [(row[: i + 1], row[i] + 10) for row in rows for i in range(len(row))]
    assert [flat[i] for i in range(len(flat))] == expected


def test_what_rows_begin_with_is_there_once():
    rows = [[0, 1, 2, 3, 4, last] for last in range(5, 15)] * 2
    (trees,) = pack(spans_of(rows), 1000)
    assert trees.tokens.shape == (1, 5 + 10)
    assert len(trees.at) == 20 * 6
    assert not trees.are_rows


def test_a_long_row_with_many_ends_is_one_tree():
    rows = [[*range(100), 200 + i, 1, 2] for i in range(20)]
    (trees,) = pack(spans_of(rows), 1000)
    assert trees.tokens.shape == (1, 100 + 20 * 3)


def test_long_rows_that_share_nothing_stay_rows():
    rows = [[i, *range(100, 195 + i)] for i in range(5)]
    (trees,) = pack(spans_of(rows), 1000)
    assert trees.tokens.shape == (5, 100)
    assert trees.are_rows


def test_a_tree_longer_than_its_rows_goes_no_deeper():
    rows = [[0, *range(100, 180), last] for last in range(60)] + [[1, *range(100, 170)]]
    batches = list(pack(spans_of(rows), 10_000))
    assert max(trees.tokens.shape[1] for trees in batches) > 82
    assert max(int(trees.depth.max()) for trees in batches) == 81


def test_short_rows_lie_side_by_side():
    rows = [[i, i + 1] for i in range(100)]
    (trees,) = pack(spans_of(rows), 1000)
    assert trees.tokens.shape == (4, 64)


@pytest.mark.parametrize("kind", ["llama", "gpt2"])
def test_pairs_score_as_transformers_says_of_each_alone(kind):
    model = make(small(architecture=kind), scale=3.0)
    theirs = in_transformers(model)
    random = np.random.default_rng(0)
    starts = [random.integers(23, size=n) for n in (3, 5, 8, 11)]
    rows = [np.append(start, random.integers(23, size=2)) for start in starts for _ in range(6)]
    for row, found in zip(rows, score(model, rows, CPU), strict=True):
        tokens = torch.from_numpy(row)[None]
        with torch.no_grad():
            predicted = theirs(tokens[:, :-1]).logits.log_softmax(-1)
        expected = predicted.gather(-1, tokens[:, 1:, None])[0, :, 0].numpy()
        np.testing.assert_allclose(found, expected, atol=2e-5)
