"""What the models wrote, cut to what fits side by side."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from benchsuite.records.record import Record
from benchsuite.records.report.numbers import short

LONGEST = 320
_EACH, _GENERATIONS = 2, 8


@dataclass(frozen=True)
class Text:
    """The start of a row; `cut` says whether it goes on."""

    prompt: str | None
    text: str
    cut: bool
    grades: tuple[str, ...] = ()
    kept: bool = False


@dataclass(frozen=True)
class SideBySide:
    """Texts by regime, then generation."""

    seed: int
    generations: list[int]
    rows: dict[str, list[list[Text]]]


@dataclass(frozen=True)
class Graded:
    """Rows that a regime's graders kept and dropped."""

    regime: str
    generation: int
    texts: list[Text]


def side_by_side(record: Record, samples: pa.Table) -> SideBySide | None:
    """Return the first texts that each model of the first seed wrote to be measured on."""
    seed = record.seeds[0]
    written = _where(samples, use="measurement", seed=seed)
    if not written.num_rows:
        return None
    generations = _spread(record.generations)
    return SideBySide(
        seed,
        generations,
        {
            regime.name: [
                _texts(_where(written, regime=regime.name, generation=generation))
                for generation in generations
            ]
            for regime in record.regimes
        },
    )


def graded(record: Record, samples: pa.Table) -> list[Graded]:
    """Return the first rows kept and dropped from what each graded regime last wrote."""
    written = _where(samples, use="training", seed=record.seeds[0])
    written = written.filter(pc.greater(pc.list_value_length(written["grades"]), 0))
    found = []
    for regime in record.regimes:
        rows = _where(written, regime=regime.name)
        if not rows.num_rows:
            continue
        last = pc.max(rows["generation"]).as_py()
        rows = _where(rows, generation=last)
        texts = [text for kept in (True, False) for text in _texts(_where(rows, kept=kept))]
        found.append(Graded(regime.name, last, texts))
    return found


def _spread(last: int) -> list[int]:
    """Return all generations or, of many, the first, the last and some between."""
    if last < _GENERATIONS:
        return list(range(last + 1))
    return [round(i * last / (_GENERATIONS - 1)) for i in range(_GENERATIONS)]


def _where(table: pa.Table, **values: str | int | bool) -> pa.Table:
    for column, value in values.items():
        table = table.filter(pc.equal(table[column], value))
    return table


def _texts(rows: pa.Table) -> list[Text]:
    return [
        Text(
            prompt=row["prompt"],
            text=(row["text"] or "")[:LONGEST],
            cut=len(row["text"] or "") > LONGEST,
            grades=tuple(_grades(filter(None, row["grades"] or []))),
            kept=bool(row["kept"]),
        )
        for row in rows.slice(0, _EACH).to_pylist()
    ]


def _grades(grades: Iterable[dict[str, str | float | None]]) -> Iterable[str]:
    for grade in grades:
        score = grade["score"]
        written = "no score" if score is None else f"{score:.4g}".replace("-", "\u2212")
        yield f"{short(str(grade['grader']))} {written}"
