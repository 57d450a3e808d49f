"""Read documents out of a text, JSONL or Parquet file.

A reader takes the file, the name it is called by and the fields of its records.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from itertools import chain
from pathlib import Path, PurePosixPath
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from benchsuite.api import UserError
from benchsuite_corpora.documents import Document, Fields
from benchsuite_corpora.passages import cut

Reader = Callable[[Path, str, Fields], Iterator[Document]]

_SECTION_BYTES = 8192
"""A section is what goes to one side of a split: a book is too much, a passage too little."""
# Older books name their makers in a paragraph below the marker.
_GUTENBERG_START = re.compile(
    r"\*\*\* ?START OF TH(?:E|IS) PROJECT GUTENBERG[^*]*\*\*\*"
    r"(?:\s*(?:Produced by|E-text prepared by)\b.*(?:\n.*\S.*){0,6})?"
)
_GUTENBERG_END = re.compile(
    r"(?:^End of (?:the )?Project Gutenberg[^*]*)?"
    r"^\*\*\* ?END OF TH(?:E|IS) PROJECT GUTENBERG",
    re.MULTILINE,
)


def read_text(path: Path, name: str, _: Fields) -> Iterator[Document]:
    """Cut a text into sections of 8 KiB at paragraph borders: `name#0001`, `name#0002`, ...

    What Project Gutenberg wrote around a book is left out.
    """
    text = _decode(path.read_bytes(), name).removeprefix("\ufeff")
    body = _without_gutenberg(text.replace("\r\n", "\n").replace("\r", "\n"))
    for number, section in enumerate(cut(body, _SECTION_BYTES), 1):
        yield Document(f"{name}#{number:04}", _stem(name), section)


def read_jsonl(path: Path, name: str, fields: Fields) -> Iterator[Document]:
    """Read a JSON object a line, each a document unless a field names it."""
    offset = 0
    with path.open("rb") as file:
        for number, raw in enumerate(file, 1):
            line = _decode(raw, name, offset).removeprefix("\ufeff")
            offset += len(raw)
            if line.strip():
                where = f"{name}:{number}"
                record = _parse(line, where)
                fields.check(record, where)
                yield fields.read(record, where, _stem(name))


def read_parquet(path: Path, name: str, fields: Fields) -> Iterator[Document]:
    """Read a row at a time, each a document unless a column names it."""
    with path.open("rb") as file:
        try:
            parquet = pq.ParquetFile(file)
            fields.check(parquet.schema_arrow.names, name)
            batches = parquet.iter_batches(columns=fields.names)
            records = chain.from_iterable(batch.to_pylist() for batch in batches)
            for number, record in enumerate(records, 1):
                yield fields.read(record, f"{name}:{number}", _stem(name))
        except (pa.ArrowException, OSError, ValueError) as error:
            raise UserError(
                f"{name} cannot be read as Parquet ({_first_line(error)}); copy or write it again."
            ) from error


READERS: dict[str, Reader] = {
    ".txt": read_text,
    ".md": read_text,
    ".rst": read_text,
    ".jsonl": read_jsonl,
    ".ndjson": read_jsonl,
    ".parquet": read_parquet,
}
"""The reader of each suffix that is looked for in a folder."""


def _parse(line: str, where: str) -> dict[str, Any]:
    try:
        record = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise UserError(f"{where} is not JSON ({_first_line(error)}).") from error
    if not isinstance(record, dict):
        raise UserError(f"{where} is not a JSON object; write one object a line.")
    return record


def _decode(data: bytes, name: str, offset: int = 0) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        raise UserError(
            f"{name} is not UTF-8 at byte {offset + error.start}; convert it to UTF-8."
        ) from error


def _without_gutenberg(text: str) -> str:
    start, end = _GUTENBERG_START.search(text), _GUTENBERG_END.search(text)
    return text[start.end() if start else 0 : end.start() if end else len(text)]


def _stem(name: str) -> str:
    return PurePosixPath(name).stem


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0].rstrip(".") or type(error).__name__
