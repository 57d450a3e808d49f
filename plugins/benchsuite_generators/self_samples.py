"""Rows that the current model writes by itself."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence

import pyarrow as pa

from benchsuite.api import Context, GenerationRequest, Generator, Parameters, SampleRequest

_log = logging.getLogger(__name__)


class SelfSamples(Generator[Parameters]):
    """The current model writes, prompted and decoding as the regime says."""

    def generate(self, request: GenerationRequest, context: Context) -> pa.Table:
        """Return samples of the model, at least `request.amount`."""
        return request.model.sample(_wanted(request), context)

    def generate_all(
        self, requests: Sequence[GenerationRequest], contexts: Sequence[Context]
    ) -> Iterator[pa.Table | Exception]:
        """Have models of one class sample at once."""
        models = [request.model for request in requests]
        kinds = {type(model) for model in models}
        if len(models) == 1 or len(kinds) != 1:
            return super().generate_all(requests, contexts)
        try:
            wanted = [_wanted(request) for request in requests]
            return iter(kinds.pop().sample_all(models, wanted, contexts))
        except Exception as failure:  # noqa: BLE001 (one that fails must not fail the others)
            _log.warning(
                "Sampling from %d models at once failed (%s: %s); they sample one after the other.",
                len(models),
                type(failure).__name__,
                failure,
            )
            return super().generate_all(requests, contexts)


def _wanted(request: GenerationRequest) -> SampleRequest:
    return SampleRequest(request.amount, request.unit, request.decoding, request.prompts)
