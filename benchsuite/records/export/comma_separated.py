"""All measurements as comma-separated values (RFC 4180): a header, CRLF, quotes where needed."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

import pyarrow as pa
import pyarrow.compute as pc

_FORMULA = "^([=+\\-@\t\r\n\uff1d\uff0b\uff0d\uff20'])"
"""How a cell begins that spreadsheets would run, full-width forms included (OWASP, "CSV
Injection"), and the sign that guards them, so that it can be taken off again."""


def files(measurements: pa.Table) -> Iterator[tuple[str, str]]:
    """Yield `measurements.csv`: numbers so that they read back the same, nothing for null.

    Text that begins like a formula gets an apostrophe before it, and so does text that begins
    with one.
    """
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(measurements.column_names)
    columns = [column.to_pylist() for column in guarded(measurements).columns]
    writer.writerows([_cell(value) for value in row] for row in zip(*columns, strict=True))
    yield "measurements.csv", out.getvalue()


def _cell(value: object) -> object:
    if isinstance(value, bool):
        return "true" if value else "false"
    return value


def guarded(table: pa.Table) -> pa.Table:
    """Put an apostrophe before text that a spreadsheet would take for a formula."""
    for number, field in enumerate(table.schema):
        if pa.types.is_string(field.type):
            safe = pc.replace_substring_regex(table[field.name], _FORMULA, r"'\1")
            table = table.set_column(number, field, safe)
    return table
