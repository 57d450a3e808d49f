"""Rows of tokens packed into prefix trees: what several begin with is read once.

A node is a token after all those above it. It sees its ancestors alone, so that a row read in a
tree is a row read by itself. Minimal pairs, answers to one question and repeated rows share most
of their tokens; short rows that share none still lie side by side without padding.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

_NODES = 64
"""A tree may always grow to so many nodes; attention over them costs little yet."""

_PIECE = 1 << 22
"""Tokens, padding included, that are packed at once."""


class Span(NamedTuple):
    """Tokens to read, and which of them have a successor to score.

    `targets` are the successors of the last `len(targets)` tokens; `at` is where the score of
    the first of them belongs.
    """

    tokens: np.ndarray
    targets: np.ndarray
    at: int


@dataclass(frozen=True)
class Trees:
    """Prefix trees `[trees, nodes]`, padded with nodes of no parent, and what to score in them.

    Target i follows node `nodes[i]` of all trees laid end to end, and its score belongs at
    `at[i]`. Nodes of targets ascend.
    """

    tokens: np.ndarray
    depth: np.ndarray
    parent: np.ndarray
    nodes: np.ndarray
    targets: np.ndarray
    at: np.ndarray

    @property
    def are_rows(self) -> bool:
        """Whether no tree branches: each is a row, and perhaps padding."""
        return bool((self.depth == np.arange(self.depth.shape[1])).all())

    def visible(self) -> np.ndarray:
        """Return which nodes each node sees, itself and its ancestors: `[trees, nodes, nodes]`."""
        trees, nodes = self.parent.shape
        seen = np.zeros((trees, nodes, nodes), bool)
        tree, node = np.ogrid[:trees, :nodes]
        above = np.broadcast_to(node, (trees, nodes))
        for _ in range(int(self.depth.max()) + 1):
            seen[tree, node, above] = True
            above = self.parent[tree, above]
        return seen


def pack(spans: Sequence[Span], nodes_at_once: int) -> Iterator[Trees]:
    """Yield trees that hold all spans, at most so many nodes at once, or one tree."""
    spans = sorted(spans, key=lambda span: len(span.tokens))
    first = 0
    while first < len(spans):
        last = first + 1
        while last < len(spans) and (last - first) * len(spans[last].tokens) <= _PIECE:
            last += 1
        yield from _packed(spans[first:last], nodes_at_once)
        first = last


def _packed(spans: list[Span], nodes_at_once: int) -> Iterator[Trees]:
    """Pack spans of one piece. Sorted by their tokens, those that share a prefix are neighbours."""
    lengths = np.array([len(span.tokens) for span in spans])
    rows = np.full((len(spans), lengths.max()), -1, ">i4")  # big-endian: bytes sort as numbers do
    for row, span in zip(rows, spans, strict=True):
        row[: len(span.tokens)] = span.tokens
    order = np.argsort(rows.view(f"V{rows.shape[1] * 4}")[:, 0], kind="stable")
    rows, lengths = rows[order].astype(np.int64), lengths[order]
    same = (rows[1:] == rows[:-1]) & (rows[1:] >= 0)
    shared = np.append(0, np.minimum.accumulate(same, axis=1).sum(1))
    tree, shared, offset = _grown(lengths.tolist(), shared.tolist())
    path = _paths(shared, offset, rows.shape[1])
    sizes = np.zeros(tree[-1] + 1, int)
    np.maximum.at(sizes, tree, offset + lengths - shared)
    members = [spans[i] for i in order]
    for chosen in _batches(sizes, nodes_at_once):
        inside = np.isin(tree, chosen)
        place = np.searchsorted(chosen, tree[inside])
        own = [members[i] for i in np.flatnonzero(inside)]
        yield _trees(own, place, path[inside], shared[inside], (len(chosen), sizes[chosen].max()))


def _grown(lengths: list[int], shared: list[int]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return each span's tree, the tokens it shares with the span before, its first new node.

    A tree takes the next span while it is small; a larger one takes what shares more than it adds.
    """
    trees, kept, offsets = [], [], []
    tree, size, most = -1, 0, 0
    for length, common in zip(lengths, shared, strict=True):
        added = length - common
        if tree < 0 or size + added > (most if common > added else _NODES):
            tree, size, most, added = tree + 1, 0, max(_NODES, 2 * length), length
        trees.append(tree)
        kept.append(length - added)
        offsets.append(size)
        size += added
    return np.array(trees), np.array(kept), np.array(offsets)


def _paths(shared: np.ndarray, offset: np.ndarray, longest: int) -> np.ndarray:
    """Return the node of each span's tokens in its tree: `[spans, longest]`."""
    depth = np.arange(longest)
    span = np.arange(len(shared))[:, None]
    # The last span, up to this one, that made a node of its own at this depth.
    maker = np.maximum.accumulate(np.where(depth >= shared[:, None], span, 0), axis=0)
    path: np.ndarray = offset[maker] + depth - shared[maker]
    return path


def _batches(sizes: np.ndarray, nodes: int) -> Iterator[np.ndarray]:
    """Cut trees, sorted by size, into batches of at most so many padded nodes."""
    order = np.argsort(sizes, kind="stable")
    first = 0
    for last in range(1, len(order) + 1):
        if last == len(order) or (last + 1 - first) * sizes[order[last]] > nodes:
            yield np.sort(order[first:last])
            first = last


def _trees(
    spans: list[Span],
    tree: np.ndarray,
    path: np.ndarray,
    shared: np.ndarray,
    shape: tuple[int, int],
) -> Trees:
    """Lay spans into trees of their paths."""
    tokens = np.zeros(shape, np.int64)
    # Padding is as deep as if it went on a row, so that rows of unlike lengths are still rows.
    depth = np.tile(np.minimum(np.arange(shape[1]), path.shape[1] - 1), (shape[0], 1))
    parent = np.tile(np.arange(shape[1]), (shape[0], 1))
    lengths = np.array([len(span.tokens) for span in spans])
    at_depth = np.arange(path.shape[1])
    own = (at_depth >= shared[:, None]) & (at_depth < lengths[:, None])
    span, level = own.nonzero()
    where = tree[span], path[span, level]
    read = np.concatenate([s.tokens[k:] for s, k in zip(spans, shared.tolist(), strict=True)])
    tokens[where], depth[where] = read, level
    parent[where] = np.where(level > 0, path[span, level - 1], path[span, level])
    scored = np.array([len(span.targets) for span in spans])
    span = np.repeat(np.arange(len(spans)), scored)
    nth = np.arange(len(span)) - np.repeat(np.cumsum(scored) - scored, scored)
    node = tree[span] * shape[1] + path[span, (lengths - scored)[span] + nth]
    order = np.argsort(node, kind="stable")
    at = np.array([s.at for s in spans])[span] + nth
    targets = np.concatenate([s.targets for s in spans])
    return Trees(tokens, depth, parent, node[order], targets[order].astype(np.int64), at[order])
