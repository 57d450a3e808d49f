"""Generators: what makes synthetic rows."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar

import pyarrow as pa

from benchsuite.lm.decoding import Decoding
from benchsuite.plugins.kinds.base import ComponentBase, Context, P, Unit
from benchsuite.plugins.kinds.corpus import HumanRows
from benchsuite.plugins.kinds.model import Model


@dataclass(frozen=True)
class GenerationRequest:
    """What a generator works from and how much it should make.

    `prompts`, where the regime has them, are to be continued in turn; rows hold what follows.
    """

    model: Model
    human: HumanRows
    amount: int
    unit: Unit
    decoding: Decoding
    prompts: Sequence[str] | None = None


class Generator(ComponentBase[P]):
    """Makes synthetic rows."""

    uses_model: ClassVar[bool] = True
    """Whether the current model writes the rows, which is then counted in operations."""

    @abstractmethod
    def generate(self, request: GenerationRequest, context: Context) -> pa.Table:
        """Return rows: content columns and, where rows have them, `prompt`, `parents`, `yield`.

        `yield` is the share of what was written that was kept; the cost is that of all of it.
        """

    def generate_all(
        self, requests: Sequence[GenerationRequest], contexts: Sequence[Context]
    ) -> Iterator[pa.Table | Exception]:
        """Yield the rows of each request, or the exception it failed with, in their order.

        Override to answer the requests at once; each must get the rows that `generate` would
        give it alone with its own context.
        """
        for request, context in zip(requests, contexts, strict=True):
            try:
                yield self.generate(request, context)
            except Exception as failure:  # noqa: BLE001 (the next may still succeed)
                yield failure
