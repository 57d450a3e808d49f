"""A made-up board: baselines and entries with known effects, five seeds, three generations."""

import json

import pyarrow.parquet as pq
import yaml
from sound_run import make_sound_run

from benchsuite.leaderboard.files import sha256_of

SEEDS = (0, 1, 2, 3, 4)
BOARD = {
    "board": "made",
    "version": 1,
    "title": "A made-up board",
    "summary": "It is for tests.",
    "control": "real",
    "blind": "replace",
    "scoring": {
        "version": 1,
        "measurements": [
            {"metric": "metrics/bits-per-byte", "slice": "in-domain"},
            {"metric": "metrics/rare-token-loss", "slice": "rare half"},
            {"metric": "metrics/tail-coverage"},
            {"metric": "metrics/distinct", "slice": "gap"},
            {"metric": "metrics/feminine-share", "slice": "gap"},
            {"metric": "metrics/occupation-log-odds", "slice": "stereotype"},
        ],
        "cost": {"metric": "metrics/flops"},
        "resamples": 200,
    },
}
ENTRIES = ("accumulate-subsample", "hybrid-50", "self-graded")


def write_board(root, entries=ENTRIES, board=BOARD):
    """Write a board with an entry for each regime named; return its folder."""
    folder = root / board["board"] / f"v{board['version']}"
    folder.mkdir(parents=True)
    (folder / "board.yaml").write_text(yaml.safe_dump(board, sort_keys=False))
    write_run(folder / "baselines", ())
    for name in entries:
        write_entry(folder, name)
    return folder


def write_run(folder, regimes):
    run = make_sound_run(tuple(dict.fromkeys(("real", "replace", *regimes))), SEEDS)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "record.json").write_text(run.record.model_dump_json())
    pq.write_table(run.measurements, folder / "measurements.parquet")
    return run


def write_entry(board, name, regime=None, **changes):
    """Write an entry of a board; `changes` are keys of its document. Return its folder."""
    folder = board / "entries" / name
    write_run(folder, (regime or name,))
    document = {
        "entry": name,
        "board": board.parent.name,
        "version": int(board.name[1:]),
        "title": f"What {name} does",
        "authors": ["A. N. Author"],
        "claims": "It holds more of the tail.",
        "regime": regime or name,
        "division": "closed",
        "files": {n: sha256_of(folder / n) for n in ("record.json", "measurements.parquet")},
        "submitted": "2026-11-21",
    }
    (folder / "entry.yaml").write_text(yaml.safe_dump({**document, **changes}, sort_keys=False))
    return folder


def damage_record(entry, change):
    """Change an entry's record by `change(dict)` and note its new SHA-256."""
    path = entry / "record.json"
    record = json.loads(path.read_text())
    change(record)
    path.write_text(json.dumps(record))
    note_files(entry)


def note_files(entry, *more):
    """Write the SHA-256 of an entry's files, and of `more` of them, into its document."""
    path = entry / "entry.yaml"
    document = yaml.safe_load(path.read_text())
    document["files"] = {name: sha256_of(entry / name) for name in [*document["files"], *more]}
    path.write_text(yaml.safe_dump(document, sort_keys=False))
