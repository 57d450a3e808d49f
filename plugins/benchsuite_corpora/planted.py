"""Another corpus with facts of an invented world, and with canaries, among its training rows."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
from benchsuite_worlds.invented import Names, canaries, facts
from pydantic import Field, field_validator

from benchsuite.api import (
    Context,
    Corpus,
    Parameters,
    make_part,
    part_document,
    part_identity,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

_SCHEMA = pa.schema(
    [
        ("document", pa.string()),
        ("domain", pa.string()),
        ("text", pa.string()),
        ("split", pa.string()),
        ("subject", pa.string()),
        ("relation", pa.string()),
        ("object", pa.string()),
        ("canary", pa.string()),
        ("copy", pa.int32()),
    ]
)


class PlantedParameters(Parameters):
    """Which corpus, and what is planted into it."""

    corpus: dict[str, Any] = Field(
        description="The corpus that rows are added to: a name, or a mapping of name and "
        "parameters."
    )
    world_seed: int = Field(0, ge=0, description="Fixes names, facts, their ranks and canaries.")
    subjects: int = Field(
        32, ge=0, description="Subjects of the invented world; each has four facts."
    )
    objects: int = Field(16, ge=2, description="What the facts of a relation choose from.")
    most: int = Field(256, ge=1, description="Rows that state the most frequent fact.")
    exponent: float = Field(
        1.0, ge=0, description="Zipf exponent: the fact of rank r has `most` / r^exponent rows."
    )
    canaries: int = Field(4, ge=0, description="Canaries for each number of copies.")
    canary_rows: tuple[int, ...] = Field(
        (1, 16, 256), description="Numbers of copies, each in a row of its own."
    )
    digits: int = Field(8, ge=1, le=18, description="Random digits of a canary.")

    @field_validator("corpus", mode="before")
    @classmethod
    def _is_a_corpus(cls, corpus: Any) -> dict[str, Any]:
        return part_document("corpus", corpus)

    @field_validator("canary_rows")
    @classmethod
    def _is_planted(cls, rows: tuple[int, ...]) -> tuple[int, ...]:
        if any(copies < 1 for copies in rows):
            raise ValueError("a canary has one copy at least; for none, set canaries to 0")
        return rows


class Planted(Corpus[PlantedParameters]):
    """Another corpus, with rows that state invented facts and rows that hold canaries.

    Each planted row is a sentence and a document of its own, in the training split alone. The
    columns `subject`, `relation` and `object` say what a row states (domain `invented facts`),
    `canary` what its random digits are (domain `canaries`); they are null elsewhere. `copy`
    numbers rows of the same fact or canary, which are otherwise the same and would be taken
    for duplicates. Rows of the other corpus stay as they are, in the splits they have there.

    What a model is trained on is drawn from the training split, so it sees a planted row as
    often as any other row: see how large the budget is beside the corpus.
    """

    parameters_type = PlantedParameters

    def fingerprint(self) -> str:
        """Return a digest of the planted rows, and of all that decides the other corpus."""
        chosen = self.parameters.corpus
        parts = [part_identity("corpus", chosen), self._inner().fingerprint(), *self._plants()]
        return hashlib.sha256(json.dumps(parts).encode()).hexdigest()

    def rows(self, context: Context) -> pa.Table:
        """Return the other corpus's rows, and after them the planted ones. Raises `UserError`."""
        planted = pa.Table.from_pylist(list(self._plants()), schema=_SCHEMA)
        rows = self._inner().rows(context)
        return pa.concat_tables([rows, planted], promote_options="default")

    def _inner(self) -> Corpus[Any]:
        made = make_part("corpus", self.parameters.corpus)
        assert isinstance(made, Corpus), "part_document finds corpora alone"
        return made

    def _plants(self) -> Iterator[dict[str, object]]:
        wanted = self.parameters
        random = np.random.default_rng(wanted.world_seed)
        names = Names(random)
        world = facts(names, random, wanted.subjects, wanted.objects, wanted.most, wanted.exponent)
        for fact in world:
            states = {"subject": fact.subject, "relation": fact.relation, "object": fact.object}
            for copy, text in enumerate(fact.statements()):
                yield _row("invented facts", text, copy) | states
        secrets = canaries(names, random, wanted.canaries, wanted.canary_rows, wanted.digits)
        for canary in secrets:
            for copy in range(canary.rows):
                yield _row("canaries", canary.text, copy) | {"canary": canary.secret}


def _row(domain: str, text: str, copy: int) -> dict[str, object]:
    # Not the split's place but the row is hashed: every copy is a document of its own.
    name = f"{domain}: {text} ({copy})"
    return {"document": name, "domain": domain, "text": text, "split": "train", "copy": copy}
