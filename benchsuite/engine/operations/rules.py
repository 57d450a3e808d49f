"""What is done with grades: which rows a rule keeps, and how often."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np


def chosen(
    scores: np.ndarray,
    sizes: np.ndarray,
    keep: Mapping[str, Any],
    best: str,
    generator: np.random.Generator,
) -> np.ndarray:
    """Return how often a rule takes each row, `[rows]` int; 0 for rows that it leaves.

    `scores` are a grader's, `sizes` what the rows hold in tokens (or 1), `keep` is the rule as
    it stands in a regime, `best` the direction of the scores. Raises `RuntimeError` where a
    rule cannot be followed.
    """
    if keep["weight"] is not None or keep["resample"] is not None:
        weights = chances(scores, keep, best, scores.max(initial=0.0))
        if keep["weight"] is not None:
            return weighted(weights, sizes, keep["weight"], generator).astype(int)
        return resampled(weights, sizes, keep["resample"], keep["at_most"], generator)
    signed = scores if best == "higher" else -scores
    if keep["best"] is not None:
        return best_share(signed, sizes, keep["best"]).astype(int)
    return _passed(scores, keep["threshold"], best).astype(int)


def best_share(scores: np.ndarray, sizes: np.ndarray, share: float) -> np.ndarray:
    """Return which rows are the best that together reach a share of the size of all.

    Ties go to the earlier row; the row that reaches the share is kept.
    """
    return _until(np.argsort(-scores, kind="stable"), sizes, share)


def weighted(
    weights: np.ndarray, sizes: np.ndarray, share: float, generator: np.random.Generator
) -> np.ndarray:
    """Return which rows are drawn, one by one and none twice, until they reach a share.

    Each draw takes a row with a chance in proportion to its weight among those left; one of
    weight 0 is never drawn. By the keys of Efraimidis and Spirakis 2006
    (doi:10.1016/j.ipl.2005.11.003): the largest log(u) / w come first, u uniform on (0, 1).
    """
    with np.errstate(divide="ignore"):
        keys = np.log1p(-generator.random(len(weights))) / weights
    drawn = _until(np.argsort(-keys, kind="stable"), sizes, share)
    if (drawn & (weights == 0)).any():
        raise _too_few(share)
    return drawn


def resampled(
    weights: np.ndarray,
    sizes: np.ndarray,
    share: float,
    at_most: int | None,
    generator: np.random.Generator,
) -> np.ndarray:
    """Return how often each row is drawn, with replacement, until a share is reached.

    Each draw takes a row with a chance in proportion to its weight; one that was drawn
    `at_most` times is drawn no more. `share` may exceed 1.
    """
    wanted = np.round(share * sizes.sum(), 6)
    limit = np.inf if at_most is None else at_most
    if (sizes[weights > 0] * limit).sum() < wanted:
        raise _too_few(share)
    times = np.zeros(len(weights), int)
    held = 0.0
    while held < wanted:
        left = np.where(times < limit, weights, 0.0)
        for row in generator.choice(len(left), len(left), p=left / left.sum()):
            if held < wanted and times[row] < limit:
                times[row] += 1
                held += sizes[row]
    return times


def chances(scores: np.ndarray, keep: Mapping[str, Any], best: str, top: float) -> np.ndarray:
    """Return the weights of a rule that draws: (score / top) to its power.

    Raises `RuntimeError` where scores are no weights.
    """
    if best != "higher" or (scores < 0).any():
        raise RuntimeError(
            "weight and resample take scores of 0 or more, of which higher ones are better; "
            "keep its best or those that pass a threshold"
        )
    return np.asarray((scores / (top or 1.0)) ** (keep["power"] or 1.0))


def accepted(
    scores: np.ndarray, pool: np.ndarray, sizes: np.ndarray, keep: Mapping[str, Any], best: str
) -> np.ndarray:
    """Return how often a rule that is applied to a pool would take each of other rows.

    For `best` and `threshold` 1 or 0: whether the row passes the lowest score of the pool that
    is kept. For `weight` and `resample` about the expected number of times.
    """
    if keep["threshold"] is not None:
        return _passed(scores, keep["threshold"], best).astype(float)
    if keep["best"] is not None:
        signed, others = (scores, pool) if best == "higher" else (-scores, -pool)
        worst = others[best_share(others, sizes, keep["best"])].min(initial=np.inf)
        return np.asarray(signed >= worst, float)
    top = pool.max(initial=0.0)
    mean = np.average(chances(pool, keep, best, top), weights=sizes)
    share, most = (keep["weight"], 1) if keep["weight"] else (keep["resample"], keep["at_most"])
    times = share * chances(scores, keep, best, top) / (mean or np.inf)
    return np.asarray(np.minimum(times, np.inf if most is None else most))


def _passed(scores: np.ndarray, threshold: float, best: str) -> np.ndarray:
    return np.asarray(scores >= threshold if best == "higher" else scores <= threshold)


def _until(order: np.ndarray, sizes: np.ndarray, share: float) -> np.ndarray:
    """Return which rows come first in an order until they reach a share of the size of all."""
    before = np.cumsum(sizes[order]) - sizes[order]
    taken = np.zeros(len(order), bool)
    taken[order[before < np.round(share * sizes.sum(), 6)]] = True  # 0.07 * 100 exceeds 7
    return taken


def _too_few(share: float) -> RuntimeError:
    return RuntimeError(
        f"rows that it scored above 0 do not reach the share {share:g} that the rule draws; "
        "lower it, or raise at_most"
    )
