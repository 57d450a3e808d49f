"""The texts of a published set, whatever the format of its files."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Any

from benchsuite.api import DataSet, UserError


def texts_of(found: DataSet) -> Iterator[str]:
    """Yield every text in a set's files: lines, cells of tables, strings in JSON.

    Raises `UserError` for a file that cannot be had or read.
    """
    for file in found.published:
        content = found.read(file)
        try:
            yield from _texts(PurePosixPath(file).suffix, content)
        except (ValueError, csv.Error) as failure:
            raise UserError(
                f"{file} of {found.name} cannot be read as text ({failure}); leave the set out."
            ) from failure


def _texts(suffix: str, content: bytes) -> Iterator[str]:
    text = content.decode()
    if suffix == ".json":
        yield from _strings(json.loads(text))
    elif suffix == ".jsonl":
        for line in text.split("\n"):  # a string may hold other line ends, such as U+2028
            if line.strip():
                yield from _strings(json.loads(line))
    elif suffix in {".csv", ".tsv"}:
        for row in csv.reader(io.StringIO(text), "excel-tab" if suffix == ".tsv" else "excel"):
            yield from row
    else:
        yield from text.splitlines()


def _strings(value: Any) -> Iterator[str]:
    """Yield the strings in a JSON value; keys are none."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for part in value.values() if isinstance(value, dict) else value:
            yield from _strings(part)
