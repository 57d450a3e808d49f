"""All cards of a run: of each regime's synthetic data, and of each checkpoint."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection
from pathlib import Path

import pyarrow as pa

from benchsuite.engine.steps import Cell, Plan
from benchsuite.records.cards.data_card import data_card
from benchsuite.records.cards.model_card import ModelCards, card_name
from benchsuite.records.record import Record


def write_cards(
    plan: Plan, record: Record, measurements: pa.Table, missing: Collection[str], folder: Path
) -> None:
    """Write `REGIME.croissant.json` where a regime wrote rows, and a card for each checkpoint.

    That is `REGIME-seed-S-generation-N.md`, by the first of the regimes that share one; `missing`
    steps have no result. The run's `samples.parquet` stands beside `folder`.
    """
    folder.mkdir()
    for regime in plan.suite.regimes:
        card = data_card(regime, plan, record, folder.parent / "samples.parquet")
        if card is not None:
            text = json.dumps(card, indent=2) + "\n"
            (folder / f"{regime.name}.croissant.json").write_text(text, encoding="utf-8")
    cards = ModelCards(plan, record, measurements)
    for train, cells in _checkpoints(plan).items():
        if train not in missing:
            path = folder / f"{card_name(cells)}.md"
            path.write_text(cards.card(cells), encoding="utf-8", newline="\n")


def _checkpoints(plan: Plan) -> dict[str, list[Cell]]:
    """Return each training step with the models that it makes: one for all that start alike."""
    found: dict[str, list[Cell]] = defaultdict(list)
    for cell in plan.cells:
        found[cell.train].append(cell)
    return found
