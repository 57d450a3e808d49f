"""Loops simulated with plain numpy, and the places of models in them: what formulas are held to."""

from math import ceil

import numpy as np

from benchsuite.api import Place

EVERYTHING = "everything"
PLAIN = {"temperature": 1.0, "top_k": None, "top_p": 1.0}


def place(mixture, generation, amount, *, budget="equal", corpus=None, learner=None, **knobs):
    """Where a model stands; `mixture` is pairs of source and share."""
    synthetic = any(source.startswith("synthetic") for source, _ in mixture)
    regime = {
        "prompts": "none",
        "budget": budget,
        "decoding": PLAIN | {"temperature": knobs.pop("temperature", 1.0)},
        "generator": {"name": "generators/self"} if synthetic else None,
        "graders": [],
        "mixture": [{"source": s, "share": share, "unique": None} for s, share in mixture],
        **knobs,
    }
    return Place(
        generation,
        {"amount": amount, "unit": "rows"},
        regime,
        corpus or {"name": "theory/normal", "mean": 0.0, "sigma": 1.0},
        learner or {"name": "theory/mean", "sigma": 1.0, "human_weight": None},
    )


def simulate(mixture, generations, amount, loops, random, *, whole=False, fit="known", **knobs):
    """Squared errors and spreads `[generations + 1, loops]` of loops with draws of their own.

    `fit` is known, likelihood or unbiased; `temperature` and `human_weight` as in the regime and
    the learner.
    """
    temperature, weight = knobs.get("temperature", 1.0), knobs.get("human_weight")
    first = random.normal(size=(loops, amount))
    shares = [share for source, share in mixture if source.startswith("synthetic")]
    writes = ceil(amount * max(1.0 if share == EVERYTHING else share for share in shares))
    written, errors, spreads = [], [], []
    for generation in range(generations + 1):
        human, synthetic = [first], []
        if generation:
            human, synthetic = _mixed(mixture, amount, first, written, random, whole=whole)
        rows = np.concatenate([*human, *synthetic], axis=1)
        mean = rows.mean(1)
        if weight is not None and human and synthetic:
            apart = [np.concatenate(part, axis=1).mean(1) for part in (human, synthetic)]
            mean = weight * apart[0] + (1 - weight) * apart[1]
        spread = np.ones(loops) if fit == "known" else rows.var(1, ddof=fit == "unbiased")
        errors.append(mean**2)
        spreads.append(spread)
        noise = np.sqrt(temperature * spread)[:, None] * random.normal(size=(loops, writes))
        written.append(mean[:, None] + noise)
    return np.array(errors), np.array(spreads)


def _mixed(mixture, amount, first, written, random, *, whole):
    """Human and synthetic rows of one generation, each a list of `[loops, rows]`."""
    pools = {
        "human-fixed": first,
        "human-fresh": random.normal(size=first.shape),
        "synthetic-last": written[-1],
        "synthetic-all": np.concatenate(written, axis=1),
    }
    if mixture[0][1] == EVERYTHING:
        pool = np.concatenate([pools[source] for source, _ in mixture], axis=1)
        return [], [pool if whole else random.permuted(pool, axis=1)[:, :amount]]
    counts = [round(share * amount) for _, share in mixture]
    drawn = {"human": [], "synthetic": []}
    for (source, _), count in zip(mixture, counts, strict=True):
        rows = pools[source]
        if source.startswith("synthetic"):
            rows = random.permuted(rows, axis=1)
        drawn[source.partition("-")[0]].append(rows[:, :count])
    return drawn["human"], drawn["synthetic"]
