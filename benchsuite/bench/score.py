"""Scoring: sentences a second beside lm-eval's HFLM, and whether the two choose alike."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from benchsuite.bench import ours
from benchsuite.bench.job import Job
from benchsuite.bench.machine import as_in_runs, timed
from benchsuite.bench.peers import hflm
from benchsuite.bench.rounds import OURS, Comparison, Contender, Measured, Tried, alternate, try_all
from benchsuite.bench.setup import Setup
from benchsuite.bench.source import made_up_pairs
from benchsuite.lm.config import ModelConfig
from benchsuite.lm.device import Device

Pair = tuple[str, str]

TIE = 1e-3
"""Nats: two sentences nearer than this are as likely as one another, in fp32 sums of a row."""


def compare(shape: str, config: ModelConfig, setup: Setup) -> list[Comparison]:
    """Time the log-likelihoods of sentences in minimal pairs, text in, numbers out."""
    about = f"score {shape}"
    pairs, case = sentence_pairs(setup)
    sentences = [sentence for pair in pairs for sentence in pair]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        setup.say(f"{about}: training a model to score with")
        _make_checkpoint(pairs, config, setup, folder)
        scores: dict[str, list[float]] = {}
        contenders = [_ours(folder, sentences, setup, scores)]
        tried: dict[str, Tried] = {}
        if setup.peers:
            best, tried[hflm.NAME] = _best_peer(folder, sentences, setup, about)
            contenders += [hflm.contender(folder, sentences, best, setup, scores)] if best else []
        rounds = alternate(contenders, setup.rounds, setup.say, about)
    facts: dict[str, Any] = {"sentences": len(sentences), "pairs": len(pairs)}
    if hflm.NAME in scores:
        facts |= agreement(scores[OURS], scores[hflm.NAME])
    settings = {c.name: c.setting for c in contenders}
    return [Comparison("score", shape, case, "sentences/s", rounds, settings, tried, facts)]


def sentence_pairs(setup: Setup) -> tuple[list[Pair], str]:
    """Return minimal pairs, the acceptable sentence first, and what they are.

    BLiMP's (Warstadt et al. 2020, arXiv:1912.00582) where the data sets are; made-up ones, to
    time alone, where they are not.
    """
    effort = setup.effort
    folder = setup.data / "generalization" / "blimp" if setup.data else None
    files = sorted(folder.glob("*.jsonl"))[: effort.paradigms] if folder else []
    if not files:
        made_up = made_up_pairs(effort.paradigms * effort.pairs, seed=0)
        return made_up, "generated sentences (BENCHSUITE_DATA names no folder with BLiMP)"
    pairs = []
    for file in files:
        for line in file.read_text(encoding="utf-8").splitlines()[: effort.pairs]:
            row = json.loads(line)
            pairs.append((row["sentence_good"], row["sentence_bad"]))
    return pairs, f"BLiMP, {len(files)} paradigms"


def agreement(one: Sequence[float], other: Sequence[float]) -> dict[str, Any]:
    """Compare log-likelihoods `[good, bad, good, bad, …]` of two scorers.

    A pair is a tie if either puts its sentences within `TIE` nats; of the rest, those count as
    the same choice whose likelier sentence is the same.
    """
    first, second = (np.asarray(scores).reshape(-1, 2) for scores in (one, other))
    margins = np.stack([first[:, 0] - first[:, 1], second[:, 0] - second[:, 1]])
    ties = (np.abs(margins) < TIE).any(0)
    same = np.sign(margins[0]) == np.sign(margins[1])
    return {
        "ties": int(ties.sum()),
        "same choice": int((same & ~ties).sum()),
        "other choice": int((~same & ~ties).sum()),
        "largest difference (nats)": float(np.abs(first - second).max()),
        "accuracy": float((margins[0][~ties] > 0).mean()) if not ties.all() else None,
    }


def _make_checkpoint(
    pairs: Sequence[Pair], config: ModelConfig, setup: Setup, folder: Path
) -> None:
    """Learn a tokenizer and a model from the acceptable sentences: something sharp to compare.

    Its accuracy on these pairs means nothing, since it has seen them.
    """
    from dataclasses import replace

    from benchsuite.lm.tokenizer import TextTokenizer

    texts = [good for good, _ in pairs]
    tokenizer = TextTokenizer.train(texts, config.vocabulary)
    tokenizer.save(folder)
    rows = [[tokenizer.boundary, *row] for row in tokenizer.encode(texts)]
    stream = np.concatenate([*rows, [tokenizer.boundary]]).astype(np.int32)
    job = Job.of(replace(config, vocabulary=tokenizer.vocabulary), setup, {})
    ours.checkpoint(replace(job, stream=np.resize(stream, len(job.stream))), folder)


def _ours(
    folder: Path, sentences: Sequence[str], setup: Setup, scores: dict[str, list[float]]
) -> Contender:
    from benchsuite.lm import huggingface
    from benchsuite.lm.score import score
    from benchsuite.lm.tokenizer import TextTokenizer

    model = huggingface.load(folder).to(setup.device)
    tokenizer = TextTokenizer.load(folder, setup.threads)
    device = Device(setup.device, "fp32", setup.threads)

    def work() -> list[float]:
        encoded = tokenizer.encode(sentences)
        rows = [np.array([tokenizer.boundary, *row]) for row in encoded]
        scored = np.concatenate(score(model, rows, device), dtype=np.float64)
        starts = np.cumsum([0, *(len(row) - 1 for row in rows[:-1])])
        found: list[float] = np.add.reduceat(scored, starts).tolist()
        return found

    def run(_seed: int) -> Measured:
        with as_in_runs():
            scores[OURS], seconds = timed(setup.device, work)
        return Measured(len(sentences), seconds)

    run(0)  # what is set up once is no part of the rounds, here and at the peer
    return Contender(OURS, "fp32", run)


def _best_peer(
    folder: Path, sentences: Sequence[str], setup: Setup, about: str
) -> tuple[hflm.Setting | None, Tried]:
    """Return HFLM's fastest setting on a tenth of the sentences, drawn evenly."""
    some = sentences[:: max(1, len(sentences) // max(200, len(sentences) // 10))]
    settings = [hflm.Setting(b, a) for b in setup.effort.batches for a in hflm.ATTENTIONS]
    candidates = [hflm.contender(folder, some, setting, setup, {}) for setting in settings]
    best, tried = try_all(candidates, setup.say, about)
    return next((s for s in settings if best and str(s) == best.setting), None), tried
