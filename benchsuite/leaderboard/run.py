"""What a run left, read as hostile input: a record and its measurements."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from benchsuite.errors import UserError
from benchsuite.leaderboard.bounds import check_bounds
from benchsuite.leaderboard.files import LARGEST, check_size
from benchsuite.leaderboard.memory import bounded_memory
from benchsuite.records.read import parse_record
from benchsuite.records.record import Record
from benchsuite.records.tables import MEASUREMENT_SCHEMA

_LARGEST_RECORD = 8 << 20
"""Bytes of a record; one of 4,000 measurements has 300 KB."""

_MOST_VALUES = 200_000
"""Far above such a record, yet few enough that a complaint of each of them fits into memory."""

_MOST_ROWS = 200_000

_KEY = ["regime", "generation", "seed", "metric", "slice"]


@dataclass(frozen=True)
class Run:
    """A record, and its measurements with the columns of `MEASUREMENT_SCHEMA`."""

    record: Record
    measurements: pa.Table


def read_run(folder: Path) -> Run:
    """Read `record.json` and `measurements.parquet` of a folder. Raises `UserError`."""
    path = folder / "record.json"
    check_size(path, _LARGEST_RECORD)
    content = path.read_bytes()
    if content.count(b",") > _MOST_VALUES:
        raise UserError(f"{path}: a record may hold at most {_MOST_VALUES:,} values here.")
    record = parse_record(content, path)
    check_bounds(record, path)
    return Run(record, read_measurements(folder / "measurements.parquet"))


def read_measurements(path: Path) -> pa.Table:
    """Read measurements. Raises `UserError` for what is damaged, repeated or not finite."""
    table = read_table(path, MEASUREMENT_SCHEMA, required={*_KEY, "value"})
    _check(table, path)
    return table


def read_table(path: Path, schema: pa.Schema, required: Collection[str]) -> pa.Table:
    """Read a Parquet file's columns of a schema, in its types; those that are missing are null.

    A file may say little of how much it unpacks to, so that is bounded thrice: by what it says,
    by the memory that reading it may take, and by what came of it. Raises `UserError`.
    """
    check_size(path)
    try:
        with bounded_memory(), pq.ParquetFile(path) as file:
            groups = [file.metadata.row_group(i) for i in range(file.metadata.num_row_groups)]
            if file.metadata.num_rows > _MOST_ROWS:
                raise UserError(f"{path}: has more than {_MOST_ROWS:,} rows.")
            if sum(group.total_byte_size for group in groups) > LARGEST:
                raise UserError(f"{path}: unpacks to more than {LARGEST >> 20} MiB.")
            names = _names(file, schema, required, path)
            table = file.read(columns=names, use_threads=False)
            table.validate(full=True)
    except MemoryError as failure:
        raise UserError(f"{path}: unpacks to more than {LARGEST >> 20} MiB.") from failure
    except (OSError, ValueError, pa.ArrowException) as failure:
        raise UserError(
            f"{path}: is no readable Parquet file; copy it from the run again."
        ) from failure
    if table.nbytes > LARGEST:
        raise UserError(f"{path}: unpacks to more than {LARGEST >> 20} MiB.")
    return _typed(table, schema, path)


def _names(
    file: pq.ParquetFile, schema: pa.Schema, required: Collection[str], path: Path
) -> list[str]:
    """Return the columns of a file that are in the schema."""
    there = Counter(file.schema_arrow.names)
    for name in schema.names:
        if there[name] > 1:
            raise UserError(f"{path}: the column {name} stands there twice.")
        if name in required and not there[name]:
            raise UserError(f"{path}: the column {name} is missing.")
    return [name for name in schema.names if there[name]]


def _typed(table: pa.Table, schema: pa.Schema, path: Path) -> pa.Table:
    columns = []
    for field in schema:
        if field.name not in table.column_names:
            columns.append(pa.nulls(table.num_rows, field.type))
            continue
        try:
            columns.append(table[field.name].cast(field.type))
        except (ValueError, pa.ArrowException) as failure:
            raise UserError(f"{path}: the column {field.name} is not {field.type}.") from failure
    return pa.Table.from_arrays(columns, schema=schema)


def _check(table: pa.Table, path: Path) -> None:
    for name in _KEY:
        if table[name].null_count:
            raise UserError(f"{path}: the column {name} has an empty cell.")
    for name in (f.name for f in MEASUREMENT_SCHEMA if pa.types.is_floating(f.type)):
        if not pc.all(pc.is_finite(table[name]), min_count=0).as_py():
            raise UserError(f"{path}: the column {name} holds a number that is not finite.")
    keys = table.group_by(_KEY, use_threads=False).aggregate([([], "count_all")])
    twice = keys.filter(pc.greater(keys["count_all"], 1)).select(_KEY).slice(0, 1).to_pylist()
    if twice:
        raise UserError(f"{path}: {' '.join(map(str, twice[0].values()))[:200]} is measured twice.")
