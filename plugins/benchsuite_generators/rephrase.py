"""Human rows, written anew by a model."""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from typing import Annotated, Any

import pyarrow as pa
from benchsuite_words.words import words
from pydantic import Field, field_validator

from benchsuite.api import (
    Context,
    Device,
    GenerationRequest,
    Generator,
    Learner,
    Model,
    Parameters,
    TokenModel,
    UserError,
    make_part,
    part_document,
    part_identity,
)
from benchsuite_generators.selection import Drafts, select
from benchsuite_generators.sources import beginnings, in_turn, token_model
from benchsuite_generators.writing import Writer

_log = logging.getLogger(__name__)

_NAME = "generators/rephrase"

_LEARNER = "learners/transformers"
"""What opens a checkpoint, unless `model` says otherwise."""

Share = Annotated[float, Field(ge=0, le=1)]


class RephraseParameters(Parameters):
    """What a model is asked, of which human text, and what of its answers is kept."""

    style: str = Field("plain words", min_length=1, description="What stands for `{style}`.")
    template: str = Field(
        "{text}\n\nThe same again, in {style}:\n\n",
        description="What the model goes on from. `{text}` stands for the beginning of a human "
        "row, `{style}` for the style.",
    )
    excerpt: int = Field(
        64,
        ge=1,
        description="Tokens of a human row at most; fewer where more would leave the model less "
        "room to write than to read.",
    )
    overlap: tuple[Share, Share] | None = Field(
        None,
        description="Keep rows of whose different words at least the first share, and at most the "
        "second, stand in the text they were made from; all rows without it.",
    )
    tries: int = Field(20, ge=1, description="How many times the amount may be written.")
    model: dict[str, Any] | None = Field(
        None,
        description="Another model instead of the current one: a folder or an id on the hub, or a "
        "mapping of a learner's parameters, such as `base`, `revision` and `length`, and of its "
        "name where it is not learners/transformers.",
    )

    @field_validator("template")
    @classmethod
    def _holds_the_text(cls, template: str) -> str:
        if "{text}" not in template:
            raise ValueError("a template has {text} in it, where the human text stands")
        return template

    @field_validator("overlap")
    @classmethod
    def _is_a_band(cls, band: tuple[float, float] | None) -> tuple[float, float] | None:
        if band is not None and band[0] > band[1]:
            raise ValueError("overlap is [least, most], the smaller share first")
        return band

    @field_validator("model", mode="before")
    @classmethod
    def _is_a_learner(cls, model: Any) -> Any:
        if model is None:
            return None
        given = {"base": model} if isinstance(model, str) else model
        chosen = part_document("learner", {"name": _LEARNER, **given})
        if "base" not in _learner(chosen).inits:
            raise ValueError(f"{chosen['name']} has no checkpoint to open; name one as base")
        return chosen


def _learner(chosen: dict[str, Any]) -> Learner[Any]:
    made = make_part("learner", chosen)
    assert isinstance(made, Learner), "part_document finds learners alone"
    return made


class Rephrase(Generator[RephraseParameters]):
    """What a model writes when it is asked for a human row again in a stated style.

    After Maini et al. 2024, arXiv:2401.16380. `parents` names the human row. These are taken
    from all human training rows in random order, none twice until all have been, since a
    generator does not know which ones generation 0 saw. The yield (rows kept / rows written)
    is logged, and stands in the constant column `yield`.

    A model that was never taught to follow a request goes on rather than rephrase: small ones
    trained from scratch do. Name a larger one as `model`.
    """

    parameters_type = RephraseParameters

    def fingerprint(self) -> str:
        """Return a digest of the other model, where there is one. Raises `UserError`."""
        chosen = self.parameters.model
        if chosen is None:
            return ""
        with _blaming_the_model():
            parts = [part_identity("learner", chosen), _learner(chosen).fingerprint()]
        return hashlib.sha256(json.dumps(parts).encode()).hexdigest()

    def generate(self, request: GenerationRequest, context: Context) -> pa.Table:
        """Rephrase human rows until there are enough. Raises `RuntimeError` and `UserError`."""
        human = request.human.train
        if not human.num_rows:
            raise RuntimeError("there are no human training rows to rephrase")
        model = token_model(self._model(request, context.device), _NAME)
        writer = Writer(model, request.decoding, context)
        turns = in_turn(human.num_rows, context.seed)
        length = self._excerpt(model)

        def draft(count: int) -> Drafts:
            rows = human.take(list(islice(turns, count)))
            sources = beginnings(model, rows["text"].to_pylist(), length)
            prompts = [self._prompt(source) for source in sources]
            texts = writer.write(prompts)
            columns = {
                "text": pa.array(texts, pa.string()),
                "prompt": pa.array(prompts, pa.string()),
                "parents": pa.array([[row] for row in rows["id"].to_pylist()]),
            }
            return Drafts(pa.table(columns), list(map(self._kept, texts, sources)))

        found = select(draft, request, context, self.parameters.tries)
        _log.info("%s: %d of %d rows are kept.", _NAME, found.wanted, found.made)
        return found.with_yield()

    def _model(self, request: GenerationRequest, device: Device) -> Model:
        chosen = self.parameters.model
        if chosen is None:
            return request.model
        with _blaming_the_model():
            return _learner(chosen).open_base(device)

    def _excerpt(self, model: TokenModel) -> int:
        """Return the most tokens of a human row: what the template leaves, half of it to write."""
        (around,) = model.encode([self._prompt("")])
        room = (model.length - len(around)) // 2
        if room < 1:
            raise UserError(
                f"{_NAME}: template and style are {len(around)} tokens, and the model sees "
                f"{model.length}; make them shorter, or raise learner.length."
            )
        return min(self.parameters.excerpt, room)

    def _prompt(self, text: str) -> str:
        wanted = self.parameters
        return wanted.template.replace("{style}", wanted.style).replace("{text}", text)

    def _kept(self, text: str, source: str) -> bool:
        if self.parameters.overlap is None:
            return True
        written, least, most = {*words(text)}, *self.parameters.overlap
        return bool(written) and least <= len(written & {*words(source)}) / len(written) <= most


@contextmanager
def _blaming_the_model() -> Iterator[None]:
    """Say of an error that names a learner's parameter whose learner is meant."""
    try:
        yield
    except UserError as failure:
        raise UserError(f"{_NAME}, in its parameter model: {failure}") from failure
