"""The card of a regime's synthetic data: Croissant 1.0, JSON-LD.

Specification: https://docs.mlcommons.org/croissant/docs/croissant-spec.html (1.0), with its RAI
extension (1.0) for how data came about and what they are not for.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from benchsuite.engine.steps import Cell, Plan
from benchsuite.identity import canonical
from benchsuite.records.cards.licence import human_licence
from benchsuite.records.cards.told import limits, making
from benchsuite.records.record import Record
from benchsuite.suites.resolve import ResolvedRegime

CONTEXT: dict[str, Any] = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "citeAs": "cr:citeAs",
    "column": "cr:column",
    "conformsTo": "dct:conformsTo",
    "cr": "http://mlcommons.org/croissant/",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "dct": "http://purl.org/dc/terms/",
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "extract": "cr:extract",
    "field": "cr:field",
    "fileProperty": "cr:fileProperty",
    "fileObject": "cr:fileObject",
    "fileSet": "cr:fileSet",
    "format": "cr:format",
    "includes": "cr:includes",
    "isLiveDataset": "cr:isLiveDataset",
    "jsonPath": "cr:jsonPath",
    "key": "cr:key",
    "md5": "cr:md5",
    "parentField": "cr:parentField",
    "path": "cr:path",
    "recordSet": "cr:recordSet",
    "references": "cr:references",
    "regex": "cr:regex",
    "repeated": "cr:repeated",
    "replace": "cr:replace",
    "sc": "https://schema.org/",
    "separator": "cr:separator",
    "source": "cr:source",
    "subField": "cr:subField",
    "transform": "cr:transform",
}
"""The context that the specification gives, word for word."""
_FIELDS = {
    "regime": ("sc:Text", "The regime."),
    "use": ("sc:Text", "training: written to be learned from; measurement: only measured."),
    "generation": ("sc:Integer", "Generation of the model that wrote the row."),
    "seed": ("sc:Integer", "Seed of the run."),
    "id": ("sc:Text", "Names the step that made the row, and its place there."),
    "generator": ("sc:Text", "The component that made it."),
    "prompt": ("sc:Text", "What it goes on from, where there is something."),
    "text": ("sc:Text", "The text."),
    "tokens": ("sc:Integer", "Its tokens."),
    "kept": ("sc:Boolean", "Whether the next generation may learn from it."),
    "copies": ("sc:Integer", "How often it is learned from."),
}
_GENERATIONS = {
    "generation": ("sc:Integer", "Generation of the model that wrote the rows."),
    "seed": ("sc:Integer", "Seed of the run."),
    "rows": ("sc:Integer", "Rows that it wrote for the next."),
    "kept": ("sc:Integer", "Rows that graders left."),
    "tokens": ("sc:Integer", "Tokens of all rows; 0 where none are counted."),
    "sha256": ("sc:Text", "SHA-256 of its rows: [id, prompt, text] as JSON, UTF-8, one a line."),
    "model": ("sc:Text", "Identity of the step that trained the model."),
    "step": ("sc:Text", "Identity of the step that made the rows, in the store."),
}


def data_card(
    regime: ResolvedRegime, plan: Plan, record: Record, samples: Path
) -> dict[str, Any] | None:
    """Return the card of the rows that a regime's generations wrote for the next ones.

    None where it wrote none. `samples` is the file that holds them.
    """
    table = pq.read_table(samples, filters=[("regime", "=", regime.name), ("use", "=", "training")])
    rows = [_generation(cell, table) for cell in plan.cells if cell.regime == regime.name]
    rows = [row for row in rows if row["rows"]]
    if not rows:
        return None
    suite, name = record.suite, f"{record.suite.name} {regime.name}"
    licence = human_licence(plan.suite)
    return {
        "@context": CONTEXT,
        "@type": "sc:Dataset",
        "conformsTo": [
            "http://mlcommons.org/croissant/1.0",
            "http://mlcommons.org/croissant/RAI/1.0",
        ],
        "name": f"{suite.name}-{regime.name}",
        "description": (
            f"Synthetic rows that the models of the regime {regime.name} wrote for the next "
            f"generation to learn from, in a run of the suite {suite.name} {suite.version}: in "
            f"{samples.name} those with regime {regime.name} and use training. They are "
            f"{len(rows)} synthetic sets, one of each generation and seed, which the record set "
            f"generations lists. {regime.regime.summary}"
        ),
        **({"license": f"Of the human text: {licence}"} if licence else {}),
        "version": f"{regime.regime.version}.0.0",
        "datePublished": record.times.finished[:10],
        "creator": {
            "@type": "sc:Organization",
            "name": f"benchsuite {record.environment.benchsuite}",
        },
        "citeAs": f"benchsuite, suite {suite.digest}, regime {regime.digest}",
        "keywords": ["synthetic data", "benchsuite", name],
        "isLiveDataset": False,
        "rai:dataCollectionType": ["Software Collection"],
        "rai:dataCollection": "; ".join(
            f"{k}: {v}" for k, v in making(regime, plan.suite, record).items()
        ),
        "rai:dataLimitations": limits(plan.suite, record, regime.name),
        "rai:dataUseCases": ["Measuring what training on synthetic data does to a model."],
        "distribution": [_file(samples)],
        "recordSet": [_rows(samples), _generations(rows)],
    }


def _generation(cell: Cell, table: pa.Table) -> dict[str, Any]:
    at = pc.and_(pc.equal(table["generation"], cell.generation), pc.equal(table["seed"], cell.seed))
    rows = table.filter(at)
    return {
        "generation": cell.generation,
        "seed": cell.seed,
        "rows": rows.num_rows,
        "kept": pc.sum(rows["kept"]).as_py() or 0,
        "tokens": pc.sum(rows["tokens"]).as_py() or 0,
        "sha256": _digest(rows),
        "model": cell.train,
        "step": cell.written or "",
    }


def _digest(rows: pa.Table) -> str:
    columns = (rows[name].to_pylist() for name in ("id", "prompt", "text"))
    lines = (f"{canonical(list(row))}\n" for row in zip(*columns, strict=True))
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def _file(samples: Path) -> dict[str, Any]:
    with samples.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    return {
        "@type": "cr:FileObject",
        "@id": "samples",
        "name": samples.name,
        "description": "Every row that a model of the run wrote.",
        "contentUrl": f"../{samples.name}",
        "contentSize": f"{samples.stat().st_size} B",
        "encodingFormat": "application/x-parquet",
        "sha256": sha256,
    }


def _rows(samples: Path) -> dict[str, Any]:
    there = pq.read_schema(samples).names
    fields = [
        _field("rows", name, *_FIELDS[name])
        | {"source": {"fileObject": {"@id": "samples"}, "extract": {"column": name}}}
        for name in _FIELDS
        if name in there
    ]
    return {
        "@type": "cr:RecordSet",
        "@id": "rows",
        "name": "rows",
        "description": "Rows of all regimes; those of this one name it.",
        "field": fields,
    }


def _generations(rows: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "@type": "cr:RecordSet",
        "@id": "generations",
        "name": "generations",
        "description": "Synthetic sets: what each generation of this regime wrote, by seed.",
        "key": [{"@id": "generations/generation"}, {"@id": "generations/seed"}],
        "field": [_field("generations", name, *_GENERATIONS[name]) for name in _GENERATIONS],
        "data": [{f"generations/{name}": value for name, value in row.items()} for row in rows],
    }


def _field(of: str, name: str, kind: str, description: str) -> dict[str, Any]:
    return {
        "@type": "cr:Field",
        "@id": f"{of}/{name}",
        "name": name,
        "description": description,
        "dataType": kind,
    }
