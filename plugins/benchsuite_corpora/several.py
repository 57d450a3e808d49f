"""Several corpora as one."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc
from pydantic import Field, field_validator

from benchsuite.api import (
    Context,
    Corpus,
    Parameters,
    UserError,
    make_part,
    part_document,
    part_identity,
)

if TYPE_CHECKING:
    from collections.abc import Iterator


class SeveralParameters(Parameters):
    """Which corpora, and which of their domains are kept out of training."""

    corpora: tuple[dict[str, Any], ...] = Field(
        min_length=1, description="The corpora: names, or mappings of name and parameters."
    )
    out_of_domain: tuple[str, ...] = Field((), description="Domains that only test.")
    out_of_domain_bytes: int = Field(
        1_000_000, ge=1, description="Of each of these, take no more text than this, in UTF-8."
    )

    @field_validator("corpora", mode="before")
    @classmethod
    def _are_corpora(cls, corpora: Any) -> Any:
        if not isinstance(corpora, list | tuple):
            raise ValueError("corpora is a list")  # noqa: TRY004 (pydantic takes no TypeError)
        return tuple(part_document("corpus", corpus) for corpus in corpora)


class Several(Corpus[SeveralParameters]):
    """The rows of several corpora, one corpus after the other.

    Rows keep their domains, and documents their names, so each corpus needs names of its own;
    a corpus of one file has them. A domain of `out_of_domain` only tests, whatever split its
    corpus gave it; its first rows do, as many as `out_of_domain_bytes` allows.
    """

    parameters_type = SeveralParameters

    def fingerprint(self) -> str:
        """Return a digest of all that decides each of the corpora."""
        parts = [
            (part_identity("corpus", document), corpus.fingerprint())
            for document, corpus in zip(self.parameters.corpora, self._parts(), strict=True)
        ]
        return hashlib.sha256(json.dumps(parts).encode()).hexdigest()

    def rows(self, context: Context) -> pa.Table:
        """Return the rows of all corpora. Progress counts corpora. Raises `UserError`."""
        tables = []
        for done, corpus in enumerate(self._parts()):
            context.progress(done, len(self.parameters.corpora))
            tables.append(corpus.rows(Context(context.seed, context.device)))
        rows = pa.concat_tables(tables, promote_options="default")
        context.progress(len(tables), len(tables))
        return self._kept_out(rows)

    def _kept_out(self, rows: pa.Table) -> pa.Table:
        wanted, domains = self.parameters.out_of_domain, rows["domain"].unique().to_pylist()
        for domain in wanted:
            if domain not in domains:
                raise UserError(
                    f"no text has the domain {domain!r} of corpus.out_of_domain; "
                    f"there is {', '.join(sorted(domains)[:20])}."
                )
        for domain in wanted:
            rows = _first(rows, domain, self.parameters.out_of_domain_bytes)
        only_tests = pc.is_in(rows["domain"], pa.array(wanted, pa.string()))
        split = pc.if_else(only_tests, "out-of-domain", rows["split"])
        return rows.set_column(rows.column_names.index("split"), "split", split)

    def _parts(self) -> Iterator[Corpus[Any]]:
        for document in self.parameters.corpora:
            made = make_part("corpus", document)
            assert isinstance(made, Corpus), "part_document finds corpora alone"
            yield made


def _first(rows: pa.Table, domain: str, most: int) -> pa.Table:
    """Leave out rows of a domain that begin beyond its first `most` bytes."""
    own = pc.equal(rows["domain"], domain)
    sizes = pc.if_else(own, pc.binary_length(rows["text"]), 0)
    begins = pc.subtract(pc.cumulative_sum(sizes), sizes)
    return rows.filter(pc.or_(pc.invert(own), pc.less(begins, most)))
