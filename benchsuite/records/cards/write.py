"""All cards of a run: of each regime's synthetic data, and of each generation of its models."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow as pa

from benchsuite.engine.steps import Plan
from benchsuite.records.cards.data_card import data_card
from benchsuite.records.cards.model_card import model_card
from benchsuite.records.record import Record


def write_cards(
    plan: Plan, record: Record, measurements: pa.Table, samples: Path, folder: Path
) -> None:
    """Write `REGIME.croissant.json` where a regime wrote rows, and `REGIME-generation-N.md`.

    `samples` is the run's file of rows, which stands beside `folder`.
    """
    folder.mkdir()
    for regime in plan.suite.regimes:
        card = data_card(regime, plan, record, samples)
        if card is not None:
            text = json.dumps(card, indent=2) + "\n"
            (folder / f"{regime.name}.croissant.json").write_text(text, encoding="utf-8")
        for generation in range(plan.suite.last_generation(regime) + 1):
            text = model_card(regime, generation, plan, record, measurements)
            path = folder / f"{regime.name}-generation-{generation}.md"
            path.write_text(text, encoding="utf-8", newline="\n")
