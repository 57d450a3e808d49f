"""Boards and entries written from real runs, and ways to damage them."""

import json
import shutil

import pyarrow as pa
import pyarrow.parquet as pq
import yaml
from made_up_board import note_files

from benchsuite.leaderboard.board import read_board
from benchsuite.leaderboard.entry import read_entries
from benchsuite.leaderboard.files import sha256_of
from benchsuite.leaderboard.verify.verify import verify

BOARD = {
    "board": "bell",
    "version": 1,
    "title": "A board of normal distributions",
    "summary": "It is for tests.",
    "control": "real",
    "blind": "replace",
    "scoring": {
        "version": 1,
        "measurements": [
            {"metric": "theory/error"},
            {"metric": "theory/spread", "slice": "log"},
        ],
        "cost": {"metric": "metrics/flops"},
        "resamples": 200,
    },
}


def write_board(root, suite, baselines, run):
    """Write a board, and a run as its entry `hybrid-50`; return its folder."""
    folder = root / "bell" / "v1"
    (folder / "baselines").mkdir(parents=True)
    (folder / "board.yaml").write_text(yaml.safe_dump(BOARD, sort_keys=False))
    shutil.copy(suite, folder / "suite.yaml")
    for name in ("record.json", "measurements.parquet"):
        shutil.copy(baselines / name, folder / "baselines" / name)
    write_entry(folder, "hybrid-50", run)
    return folder


def write_entry(board, name, run, **changes):
    folder = board / "entries" / name
    folder.mkdir(parents=True)
    for file in ("record.json", "measurements.parquet"):
        shutil.copy(run / file, folder / file)
    document = {
        "entry": name,
        "board": "bell",
        "version": 1,
        "title": f"What {name} does",
        "authors": ["A. N. Author"],
        "claims": "It holds more of the tail.",
        "regime": "hybrid-50",
        "division": "closed",
        "files": {n: sha256_of(folder / n) for n in ("record.json", "measurements.parquet")},
        "submitted": "2026-11-21",
    }
    (folder / "entry.yaml").write_text(yaml.safe_dump({**document, **changes}, sort_keys=False))
    return folder


def change_record(entry, change):
    """Change an entry's record by `change(dict)` and note its new SHA-256."""
    record = json.loads((entry / "record.json").read_text())
    change(record)
    (entry / "record.json").write_text(json.dumps(record))
    note_files(entry)


def change_document(entry, **changes):
    path = entry / "entry.yaml"
    document = yaml.safe_load(path.read_text())
    path.write_text(yaml.safe_dump({**document, **changes}, sort_keys=False, allow_unicode=True))


def change_rows(entry, change):
    """Put `change(row)` in the place of each measurement; None leaves it out."""
    path = entry / "measurements.parquet"
    table = pq.read_table(path)
    rows = [new for row in table.to_pylist() if (new := change(row)) is not None]
    pq.write_table(pa.Table.from_pylist(rows, schema=table.schema), path)
    note_files(entry)


def checked(entry):
    """Verify an entry and return what was found: (check, level, message)."""
    board = read_board(entry.parents[1])
    report, _ = verify(entry, board, read_entries(board)[0])
    return report, [
        (made.check, finding.level, finding.message)
        for made in report.checks
        for finding in made.findings
    ]
