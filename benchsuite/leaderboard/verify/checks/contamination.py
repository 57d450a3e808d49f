"""Whether models were trained on what they are measured on."""

from __future__ import annotations

from collections.abc import Iterator

from benchsuite.leaderboard.verify.case import Case
from benchsuite.leaderboard.verify.finding import Finding, check, error, note
from benchsuite.leaderboard.verify.rows import Place


@check("contamination", "Nothing rests on text that a model was trained on.")
def contamination(case: Case) -> Iterator[Finding]:
    """Compare the marks with the board's, and with the shares found in training."""
    held = set(_held(case))
    for place, by_seed in case.rows.items():
        frozen = case.frozen_rows.get(place._replace(regime=case.anchors[1]), {})
        for seed, row in by_seed.items():
            where, of_board = f"{place}, seed {seed}", frozen.get(seed, {}).get("contaminated")
            if row["contaminated"] and of_board:
                yield note(f"{where}: training held too much of its text, as on the board.")
            elif row["contaminated"]:
                yield error(f"{where}: training held too much of its text.")
            elif row["contaminated"] is None and of_board is not None:
                yield error(f"{where}: nobody looked whether training held its text.")
            elif (place.regime, place.generation, seed, place.slice) in held and row[
                "contaminated"
            ] is False:
                yield error(f"{where}: it is marked clean, and training held too much of its text.")


def _held(case: Case) -> Iterator[tuple[str, int, int, str]]:
    """Yield each set, by model, that was looked for and found in what it was trained on."""
    for place, by_seed in case.rows.items():
        most = _most(place, case)
        for seed, row in by_seed.items():
            if most is not None and row["value"] is not None and row["value"] > most:
                yield place.regime, place.generation, seed, place.slice


def _most(place: Place, case: Case) -> float | None:
    meant = case.metrics.get(place.metric)
    return meant.contaminated_above if meant else None
