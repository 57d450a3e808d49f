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
from benchsuite.records.read import read_record
from benchsuite.records.record import Record
from benchsuite.records.tables import MEASUREMENT_SCHEMA

LARGEST = 32 << 20
"""Bytes that a file of an entry may have at most, on disk and unpacked."""

_KEY = ["regime", "generation", "seed", "metric", "slice"]


@dataclass(frozen=True)
class Run:
    """A record, and its measurements with the columns of `MEASUREMENT_SCHEMA`."""

    record: Record
    measurements: pa.Table


def read_run(folder: Path) -> Run:
    """Read `record.json` and `measurements.parquet` of a folder. Raises `UserError`."""
    check_size(folder / "record.json")
    return Run(read_record(folder), read_measurements(folder / "measurements.parquet"))


def check_size(path: Path) -> None:
    """Raise `UserError` for what is no plain file, or too large."""
    if path.is_symlink() or not path.is_file():
        raise UserError(f"{path}: there is no such file, and an entry needs it.")
    if path.stat().st_size > LARGEST:
        raise UserError(f"{path}: a file of an entry may hold at most {LARGEST >> 20} MiB.")


def read_measurements(path: Path) -> pa.Table:
    """Read measurements. Raises `UserError` for what is damaged, repeated or not finite."""
    table = read_table(path, MEASUREMENT_SCHEMA, required={*_KEY, "value"})
    _check(table, path)
    return table


def read_table(path: Path, schema: pa.Schema, required: Collection[str]) -> pa.Table:
    """Read a Parquet file's columns of a schema, in its types; those that are missing are null.

    Raises `UserError` for what is damaged or too large.
    """
    check_size(path)
    try:
        with pq.ParquetFile(path) as file:
            groups = (file.metadata.row_group(i) for i in range(file.metadata.num_row_groups))
            if sum(group.total_byte_size for group in groups) > LARGEST:
                raise UserError(f"{path}: unpacks to more than {LARGEST >> 20} MiB.")
            table = file.read()
        table.validate(full=True)
    except (OSError, pa.ArrowException) as failure:
        raise UserError(
            f"{path}: is no readable Parquet file; copy it from the run again."
        ) from failure
    return _typed(table, schema, required, path)


def _typed(table: pa.Table, schema: pa.Schema, required: Collection[str], path: Path) -> pa.Table:
    found = []
    for field in schema:
        if field.name not in table.column_names:
            if field.name in required:
                raise UserError(f"{path}: the column {field.name} is missing.")
            found.append(pa.nulls(table.num_rows, field.type))
            continue
        try:
            found.append(table[field.name].cast(field.type))
        except pa.ArrowException as failure:
            raise UserError(f"{path}: the column {field.name} is not {field.type}.") from failure
    return pa.Table.from_arrays(found, schema=schema)


def _check(table: pa.Table, path: Path) -> None:
    for name in _KEY:
        if table[name].null_count:
            raise UserError(f"{path}: the column {name} has an empty cell.")
    for name in ("value", "lower", "upper", "chance"):
        if not pc.all(pc.is_finite(table[name]), min_count=0).as_py():
            raise UserError(f"{path}: the column {name} holds a number that is not finite.")
    keys = Counter(zip(*(table[name].to_pylist() for name in _KEY), strict=True))
    twice = [key for key, count in keys.items() if count > 1]
    if twice:
        raise UserError(f"{path}: {' '.join(map(str, twice[0]))[:200]} is measured twice.")
