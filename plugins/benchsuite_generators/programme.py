"""Rows that a programme writes, of which it knows which are true."""

from __future__ import annotations

from itertools import islice

import pyarrow as pa
from benchsuite_worlds.parameters import Sized

from benchsuite.api import Context, GenerationRequest, Generator
from benchsuite_generators.filling import filled


class Programme(Generator[Sized]):
    """Rows of a grammar: equations, boolean expressions, or sentences on invented people.

    They owe nothing to a model or to human rows, so that `parents` is empty. Each row is false
    with probability `false`. A regime's prompts and decoding mean nothing here.
    """

    parameters_type = Sized
    uses_model = False

    def generate(self, request: GenerationRequest, context: Context) -> pa.Table:
        """Return rows by the seed, as many as are asked for."""
        drawn = self.parameters.drawer().rows(context.seed, self.parameters.false)

        def more(count: int) -> pa.Table:
            return pa.table({"text": [row.text for row in islice(drawn, count)]})

        rows = filled(more, request, context)
        none = pa.array([[]] * rows.num_rows, pa.list_(pa.string()))
        return rows.append_column("parents", none)
