"""A shape and an amount of work small enough for tests."""

from pathlib import Path

from benchsuite.bench.setup import QUICK, Setup
from benchsuite.lm.config import ModelConfig

TINY = ModelConfig(vocabulary=300, width=16, layers=1, heads=2, feedforward=24, length=16)


def setup(**changes) -> Setup:
    values = {
        "device": "cpu",
        "threads": 1,
        "peers": False,
        "rounds": 1,
        "effort": QUICK,
        "models": 2,
        "data": None,
        "say": lambda what: None,
    }
    return Setup(**(values | changes))


def blimp(root: Path) -> Path:
    """A folder of data sets with one paradigm of two pairs; the second is the same twice."""
    folder = root / "generalization" / "blimp"
    folder.mkdir(parents=True)
    (folder / "made_up.jsonl").write_text(
        '{"sentence_good": "The cats sleep.", "sentence_bad": "The cats sleeps."}\n'
        '{"sentence_good": "A dog barks.", "sentence_bad": "A dog barks."}\n'
    )
    return root
