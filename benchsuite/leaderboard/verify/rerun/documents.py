"""The suite that trains one seed of an entry again."""

from __future__ import annotations

from pathlib import Path

import yaml

from benchsuite.leaderboard.verify.case import Case
from benchsuite.plugins.kinds import Metric
from benchsuite.plugins.loading import load
from benchsuite.plugins.registry import installed


def write_suite(case: Case, seed: int, folder: Path) -> Path:
    """Write the entry's suite for one seed, and its regimes, from their resolved documents.

    All regimes run, since metrics may compare them. All seeds do where one cannot be had alone.
    """
    document = dict(case.record.suite.document)
    control = document["control"]
    for regime in case.record.regimes:
        _write(regime.document, folder / f"{regime.name}.yaml")
    others = [regime.name for regime in case.record.regimes if regime.name != control]
    document |= {
        "control": f"{control}.yaml",
        "regimes": [f"{name}.yaml" for name in others],
        "seeds": case.record.seeds if needs_all_seeds(case) else [seed],
        "headline": {},
        "equal_quality": None,
        "claims": [],
    }
    _write(document, folder / "suite.yaml")
    return folder / "suite.yaml"


def needs_all_seeds(case: Case) -> bool:
    """Whether a seed depends on the others: by a pool that is shared, or by what counts."""
    shared = any(
        part.get("source") == "synthetic-shared"
        for regime in case.record.regimes
        for part in regime.document.get("mixture", [])
    )
    return shared or bool(comparing(case) & {metric for metric, _ in case.scored})


def comparing(case: Case) -> set[str]:
    """Return the metrics of the board that compare models, so need those of other seeds."""
    found = set()
    for name in case.metrics:
        kind = load(installed().find("metric", name))
        assert issubclass(kind, Metric)
        if "peers" in kind.needs:
            found.add(name)
    return found


def _write(document: object, path: Path) -> None:
    path.write_text(yaml.safe_dump(document, sort_keys=False, allow_unicode=True), "utf-8")
