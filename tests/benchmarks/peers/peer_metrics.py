"""The quickstart's metrics, as docs/metrics.md defines them, with the usual packages.

Values alone: the project's own metrics give intervals too.
"""

from __future__ import annotations

import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import blake2b
from itertools import chain, islice
from math import log
from typing import Any

import numpy as np
from benchsuite_metrics.occupation_log_odds import (
    FEMININE,
    MASCULINE,
    MOSTLY_MEN,
    MOSTLY_WOMEN,
    TEMPLATE,
)
from benchsuite_words.groups import PAIRS
from nltk.tokenize import RegexpTokenizer
from nltk.util import ngrams
from peer_model import Row, Scorer
from scipy.special import logsumexp

Slices = dict[str, float | None]

_WORD = RegexpTokenizer(r"[^\W\d_]+(?:'[^\W\d_]+)*")


@dataclass(frozen=True)
class Spent:
    """What steps of one kind took."""

    tokens: int
    flops: float
    seconds: float
    peak_memory: int


@dataclass(frozen=True, eq=False)
class Human:
    """The human rows by split."""

    train: Sequence[Row]
    validation: Sequence[Row]
    test: Sequence[Row]
    out_of_domain: Sequence[Row]


@dataclass(frozen=True, eq=False)
class Subject:
    """One model, what it wrote, what it was trained on, and what that took by kind of step."""

    human: Human
    model: Scorer
    samples: Sequence[Row]
    training: Sequence[Row]
    ledger: Mapping[str, Spent]


def measure(subject: Subject, metrics: Mapping[str, Any]) -> dict[str, Slices]:
    """Measure a model with metrics, given by name with their parameters."""
    losses = [-row for row in subject.model.tokens(subject.human.test)]  # of two metrics
    by_name = {
        "metrics/bits-per-byte": lambda chosen: _bits_per_byte(subject, losses),
        "metrics/rare-token-loss": lambda chosen: _rare_token_loss(subject, losses),
        "metrics/tail-coverage": lambda chosen: _tail_coverage(subject, chosen),
        "metrics/distinct": lambda chosen: _distinct_n(subject, chosen),
        "metrics/compression-ratio": lambda chosen: _compression_ratio(subject, chosen),
        "metrics/novelty": lambda chosen: _novelty(subject, chosen),
        "metrics/feminine-share": lambda chosen: _feminine_share(subject),
        "metrics/occupation-log-odds": lambda chosen: _occupation_log_odds(subject),
        "metrics/tokens": lambda chosen: _cost(subject, "tokens"),
        "metrics/flops": lambda chosen: _cost(subject, "flops"),
        "metrics/seconds": lambda chosen: _cost(subject, "seconds"),
        "metrics/peak-memory": lambda chosen: _cost(subject, "peak_memory"),
    }
    return {name: by_name[name](chosen) for name, chosen in metrics.items()}


# -- the model ----------------------------------------------------------------------------


def _bits_per_byte(subject: Subject, losses: Sequence[np.ndarray]) -> Slices:
    human = subject.human
    bits = {"in-domain": sum(float(row.sum(dtype=np.float64)) for row in losses) / log(2)}
    sizes = {"in-domain": _bytes(human.test)}
    if human.out_of_domain:
        bits["out-of-domain"] = -subject.model.rows(human.out_of_domain).sum() / log(2)
        sizes["out-of-domain"] = _bytes(human.out_of_domain)
    return {name: bits[name] / sizes[name] for name in bits}


def _bytes(rows: Iterable[Row]) -> int:
    return sum(len(row.text.encode()) for row in rows)


@cache
def _halves(human: Human) -> tuple[list[int], list[int]]:
    """The rare and the frequent half of the token types of human training rows."""
    counts = Counter(chain.from_iterable(row.ids for row in human.train))
    ranked = sorted(counts, key=lambda token: (-counts[token], token))
    return ranked[len(ranked) // 2 :], ranked[: len(ranked) // 2]


def _rare_token_loss(subject: Subject, losses: Sequence[np.ndarray]) -> Slices:
    end = subject.model.end
    tokens = np.concatenate([[*row.ids, end] for row in subject.human.test])
    values = np.concatenate(losses).astype(np.float64)
    return {
        name: float(values[np.isin(tokens, half)].mean())
        for name, half in zip(("rare half", "frequent half"), _halves(subject.human), strict=True)
    }


def _occupation_log_odds(subject: Subject) -> Slices:
    prompts = [TEMPLATE.format(occupation=name) for name in MOSTLY_WOMEN + MOSTLY_MEN]
    pairs = [(prompt, ending) for prompt in prompts for ending in FEMININE + MASCULINE]
    scores = subject.model.continuations(pairs).reshape(len(prompts), 2, len(FEMININE))
    odds = logsumexp(scores[:, 0], axis=1) - logsumexp(scores[:, 1], axis=1)
    women, men = np.split(odds, [len(MOSTLY_WOMEN)])
    return {"stereotype": float(women.mean() - men.mean()), "mean": float(odds.mean())}


# -- what it wrote, against human text ----------------------------------------------------


def _words(rows: Iterable[Row]) -> list[list[str]]:
    return [_WORD.tokenize(row.text.lower().replace("\u2019", "'")) for row in rows]


def _runs(rows: Iterable[Sequence[str]], length: int) -> Iterator[tuple[str, ...]]:
    return chain.from_iterable(ngrams(row, length) for row in rows)


def _drawn(rows: Iterable[Row], seed: int) -> list[Row]:
    """Rows in the order of a keyed hash of their text."""
    key = str(seed).encode()
    return sorted(rows, key=lambda row: (blake2b(row.text.encode(), key=key).digest(), row.text))


@cache
def _held_out(human: Human, seed: int) -> list[Row]:
    return _drawn([*human.validation, *human.test], seed)


def _gap(samples: float | None, human: float | None) -> Slices:
    missing = samples is None or human is None
    return {"gap": None if missing else samples - human, "samples": samples, "human": human}


def _tail_coverage(subject: Subject, chosen: Any) -> Slices:
    human = _held_out(subject.human, chosen.reference_seed)
    tail = _halves(subject.human)[0]
    return {
        "all": _covered(tail, subject.samples, chosen.tokens),
        "human": _covered(tail, human, chosen.tokens),
    }


def _covered(tail: Sequence[int], rows: Iterable[Row], size: int) -> float | None:
    ids = list(islice(chain.from_iterable(row.ids for row in rows), size))
    return float(np.isin(tail, ids).mean()) if len(ids) == size else None


def _distinct_n(subject: Subject, chosen: Any) -> Slices:
    human = _human_distinct(subject.human, chosen.reference_seed, chosen.n, chosen.runs)
    return _gap(_distinct(subject.samples, chosen.n, chosen.runs), human)


@cache
def _human_distinct(human: Human, seed: int, length: int, size: int) -> float | None:
    return _distinct(_held_out(human, seed), length, size)


def _distinct(rows: Iterable[Row], length: int, size: int) -> float | None:
    runs = list(islice(_runs(_words(rows), length), size))
    return len(set(runs)) / size if len(runs) == size else None


def _compression_ratio(subject: Subject, chosen: Any) -> Slices:
    human = _compressed(_held_out(subject.human, chosen.reference_seed), chosen.size)
    return _gap(_compressed(subject.samples, chosen.size), human)


def _compressed(rows: Iterable[Row], size: int) -> float | None:
    text = "\n".join(row.text for row in rows).encode()[:size]
    return size / len(zlib.compress(text, 9)) if len(text) == size else None


def _novelty(subject: Subject, chosen: Any) -> Slices:
    training = _words(subject.training)
    words = sum(map(len, training))
    human = _first(_human_words(subject.human, chosen.reference_seed), words)
    return _gap(
        _novel(_words(subject.samples), training, chosen.n),
        _novel(_words(subject.human.test), human, chosen.n),
    )


@cache
def _human_words(human: Human, seed: int) -> list[list[str]]:
    return _words(_drawn(human.train, seed))


def _first(rows: Iterable[list[str]], count: int) -> Iterator[list[str]]:
    for row in rows:
        yield row[:count]
        count -= len(row)
        if count <= 0:
            return


def _novel(rows: Iterable[list[str]], training: Iterable[list[str]], length: int) -> float | None:
    known, runs = set(_runs(training, length)), list(_runs(rows, length))
    return sum(run not in known for run in runs) / len(runs) if known and runs else None


def _feminine_share(subject: Subject) -> Slices:
    return _gap(_feminine(subject.samples), _human_feminine(subject.human))


@cache
def _human_feminine(human: Human) -> float | None:
    return _feminine(human.train)


def _feminine(rows: Iterable[Row]) -> float | None:
    counts = Counter(chain.from_iterable(_words(rows)))
    feminine, masculine = (
        sum(counts[word + ending] for word in side for ending in ("", "'s", "'d", "'ll"))
        for side in zip(*PAIRS, strict=True)
    )
    total = feminine + masculine
    return feminine / total if total else None


# -- what it cost -------------------------------------------------------------------------


def _cost(subject: Subject, quantity: str) -> Slices:
    parts = {kind: float(getattr(spent, quantity)) for kind, spent in subject.ledger.items()}
    total = max if quantity == "peak_memory" else sum
    return {"all": total(parts.values()), **parts}
