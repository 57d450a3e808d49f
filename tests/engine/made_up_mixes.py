"""Human and synthetic rows of random sizes, and mixes of them."""

import tempfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
from made_up_suite import made_by, work_on

from benchsuite.engine.operations import mix

SPLITS = ("train", "train", "train", "validation", "test", "out-of-domain")


def human_rows(count, seed=0):
    """Rows of every split; `count` of them to train on."""
    random = np.random.default_rng(seed)
    total = count * len(SPLITS) // 3 + len(SPLITS)
    splits = [SPLITS[i % len(SPLITS)] for i in range(total)]
    train = [i for i, split in enumerate(splits) if split == "train"][count:]
    splits = ["test" if i in set(train) else split for i, split in enumerate(splits)]
    return pa.table(
        {
            "id": [f"h{i}-{split}" for i, split in enumerate(splits)],
            "text": [f"human {i}" for i in range(total)],
            "document": [f"d{i}" for i in range(total)],
            "domain": ["prose"] * total,
            "split": splits,
            "tokens": pa.array(random.integers(1, 9, total), pa.int32()),
        }
    )


def written_rows(count, generation, seed=0, **more):
    random = np.random.default_rng([seed, generation])
    return pa.table(
        {
            "text": [f"synthetic {i}" for i in range(count)],
            "prompt": pa.nulls(count, pa.string()),
            "tokens": pa.array(random.integers(1, 9, count), pa.int32()),
            "generator": ["made-up/self"] * count,
            "id": [f"s{generation}-{i}" for i in range(count)],
            **more,
        }
    )


HUMAN_ALONE = [("human-fixed", 1.0)]


def part(source, share, unique=None):
    return {"source": source, "share": share, "unique": unique}


def mixed(
    parts,
    amount,
    human,
    written=(),
    unit="rows",
    seed=0,
    human_seed=7,
    *,
    whole=False,
    generation=0,
    human_needed=0,
    shared=(),
    first=None,
    chosen=None,
):
    """The rows of a mix."""
    arguments = {
        "parts": [each if isinstance(each, dict) else part(*each) for each in parts],
        "amount": amount,
        "unit": unit,
        "human_seed": human_seed,
        "whole": whole,
        "first": amount if first is None else first,
        "generation": generation,
    }
    with tempfile.TemporaryDirectory() as folder:
        inputs = {"human": [human], "written": list(written), "shared": list(shared)}
        inputs |= {source: [rows] for source, rows in (chosen or {}).items()}
        work = work_on(Path(folder), arguments, inputs, seed=seed)
        return made_by(mix, replace(work, human_needed=human_needed))


def ids(rows, origin=None):
    found = rows.to_pylist()
    return [row["id"] for row in found if origin in (None, row["origin"])]
