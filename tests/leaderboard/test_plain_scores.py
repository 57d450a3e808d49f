"""Scores and ranks by an implementation of its own: loops over rows, no arrays."""

from itertools import combinations
from statistics import mean

import made_up_board
import pytest
from scipy.stats import false_discovery_control, ttest_rel

from benchsuite.leaderboard.board import read_board
from benchsuite.leaderboard.entry import read_entries
from benchsuite.leaderboard.scoring import stand
from benchsuite.stats.paired import mean_interval

REGIMES = ("accumulate-subsample", "hybrid-50", "self-graded", "replace", "real")


@pytest.fixture(scope="module")
def board(tmp_path_factory):
    root = tmp_path_factory.mktemp("plain")
    scored = [*made_up_board.BOARD["scoring"]["measurements"]]
    scored.append({"metric": "metrics/compression-ratio", "slice": "gap"})
    scoring = {**made_up_board.BOARD["scoring"], "measurements": scored}
    made = {**made_up_board.BOARD, "scoring": scoring}
    folder = made_up_board.write_board(root, REGIMES[:3], made)
    made_up_board.write_entry(folder, "blind", "replace")
    made_up_board.write_entry(folder, "control", "real")
    made_up_board.write_entry(folder, "again", "hybrid-50")
    return read_board(folder)


def gained(run, regime, metric, slice_, best):
    """Mean gain of each seed over generations 1 to 3."""
    found = {}
    for row in run.measurements.to_pylist():
        key = row["regime"], row["metric"], row["slice"]
        if key == (regime, metric, slice_) and row["generation"] >= 1:
            value = row["value"]
            gain = {"higher": value, "lower": -value, "zero": -abs(value)}[best]
            found.setdefault(row["seed"], []).append(gain)
    assert all(len(gains) == 3 for gains in found.values())
    return {seed: mean(gains) for seed, gains in found.items()}


def plain_scores(board, entries):
    """{entry: {seed: aggregate}}, and the measurements that count."""
    metrics = {entry.name: entry for entry in board.baselines.record.metrics}
    axes = {}
    for scored in board.document.scoring.measurements:
        metric = metrics[scored.metric]
        key = scored.metric, scored.slice, metric.best
        control, blind = (gained(board.baselines, name, *key) for name in ("real", "replace"))
        span = mean_interval([control[seed] - blind[seed] for seed in control])
        if span.lower > 0:
            axes.setdefault(metric.axis, []).append((key, span.mean))
    scores = {}
    for entry in entries:
        by_axis = []
        for keys in axes.values():
            points = []
            for key, span in keys:
                own = gained(entry.run, entry.document.regime, *key)
                control = gained(entry.run, "real", *key)
                points.append({s: 100 * (1 + (own[s] - control[s]) / span) for s in own})
            by_axis.append({s: mean(point[s] for point in points) for s in points[0]})
        scores[entry.name] = {s: mean(axis[s] for axis in by_axis) for s in by_axis[0]}
    return scores, {key[:2] for keys in axes.values() for key, _ in keys}


def plain_ranks(scores):
    pairs = list(combinations(scores, 2))
    p = []
    for a, b in pairs:
        if scores[a] == scores[b]:
            p.append(1.0)
        else:
            p.append(ttest_rel(list(scores[a].values()), list(scores[b].values())).pvalue)
    ranks = dict.fromkeys(scores, 1)
    for (a, b), each in zip(pairs, false_discovery_control(p), strict=True):
        if each <= 0.05:
            ranks[a if mean(scores[a].values()) < mean(scores[b].values()) else b] += 1
    return ranks


def test_scores_and_ranks_are_those_of_plain_loops(board):
    entries, refusals = read_entries(board)
    assert not refusals
    standing = stand(board, entries)
    scores, counted = plain_scores(board, entries)
    assert {(each.metric, each.slice) for each in standing.counted} == counted
    assert {place.entry: place.rank for place in standing.places} == plain_ranks(scores)
    for place in standing.places:
        assert place.by_seed == pytest.approx(scores[place.entry])
        assert place.score.value == pytest.approx(mean(scores[place.entry].values()))
    ranks = [place.rank for place in standing.places]
    assert ranks == sorted(ranks)
    assert len(set(ranks)) < len(ranks)  # the entry that was handed in twice ties with itself
