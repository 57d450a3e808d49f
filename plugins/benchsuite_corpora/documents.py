"""Documents, the records they are read from, and the rows they become."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import pyarrow as pa

from benchsuite.api import UserError, check_fields, string_field
from benchsuite_corpora.passages import cut

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

SPLITS = ("train", "validation", "test", "out-of-domain")
_SCHEMA = pa.schema([(name, pa.string()) for name in ("document", "domain", "text", "split")])


class Document(NamedTuple):
    """A text that is not torn between splits. Without a `split` the runner chooses one."""

    name: str
    domain: str
    text: str
    split: str | None = None


def to_rows(documents: Iterable[Document], passage_bytes: int) -> pa.Table:
    """Return one row for each passage of each document, in order."""
    rows = [
        (document.name, document.domain, passage, document.split)
        for document in documents
        for passage in cut(document.text, passage_bytes)
    ]
    columns = list(zip(*rows, strict=True)) or [()] * len(_SCHEMA)
    return pa.table(dict(zip(_SCHEMA.names, columns, strict=True)), schema=_SCHEMA)


class Fields(NamedTuple):
    """Which fields of a record hold what; None where none does."""

    text: str
    domain: str | None = None
    document: str | None = None
    split: str | None = None

    @property
    def names(self) -> list[str]:
        """The fields to read, each once."""
        return list(dict.fromkeys(name for name in self if name is not None))

    def check(self, columns: Iterable[str], where: str) -> None:
        """Raise `UserError` if one of the fields is not among `columns`."""
        check_fields(list(columns), self.names, where)

    def read(self, record: Mapping[str, object], where: str, domain: str) -> Document:
        """Return a record as a document; `where` and `domain` stand in for fields not named.

        A null text is an empty one. Raises `UserError`, beginning with `where`, for a field of
        the wrong type, text that is not valid Unicode and an unknown split.
        """
        split = record[self.split] if self.split else None
        if split is not None and split not in SPLITS:
            raise UserError(f"{where}: {split!r} is no split; use {', '.join(SPLITS)} or null.")
        return Document(
            name=_label(record, self.document, where) if self.document else where,
            domain=_label(record, self.domain, where) if self.domain else domain,
            text="" if record[self.text] is None else string_field(record, self.text, where),
            split=None if split is None else str(split),
        )


def _label(record: Mapping[str, object], field: str, where: str) -> str:
    value = record[field]
    return str(value) if isinstance(value, int) else string_field(record, field, where)
