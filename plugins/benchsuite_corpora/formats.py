"""Read documents out of a text, JSONL or Parquet file.

A reader takes the file, the name it is called by and the fields of its records.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath

from benchsuite.api import decoded, read_records
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
    text = decoded(path.read_bytes(), name).removeprefix("\ufeff")
    body = _without_gutenberg(text.replace("\r\n", "\n").replace("\r", "\n"))
    for number, section in enumerate(cut(body, _SECTION_BYTES), 1):
        yield Document(f"{name}#{number:04}", _stem(name), section)


def read_documents(path: Path, name: str, fields: Fields) -> Iterator[Document]:
    """Read records, each a document unless a field names it."""
    suffix = PurePosixPath(name).suffix.lower()
    with path.open("rb") as file:
        for where, record in read_records(file, name, suffix, fields.names):
            yield fields.read(record, where, _stem(name))


READERS: dict[str, Reader] = {
    ".txt": read_text,
    ".md": read_text,
    ".rst": read_text,
    ".jsonl": read_documents,
    ".ndjson": read_documents,
    ".parquet": read_documents,
}
"""The reader of each suffix that is looked for in a folder."""


def _without_gutenberg(text: str) -> str:
    start, end = _GUTENBERG_START.search(text), _GUTENBERG_END.search(text)
    return text[start.end() if start else 0 : end.start() if end else len(text)]


def _stem(name: str) -> str:
    return PurePosixPath(name).stem
