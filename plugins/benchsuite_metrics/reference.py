"""The human side of a comparison: the same for every model, and worked out once."""

from __future__ import annotations

from functools import wraps
from hashlib import blake2b
from typing import TYPE_CHECKING, Concatenate, ParamSpec, TypeVar
from weakref import WeakKeyDictionary

import pyarrow as pa
from pydantic import Field

from benchsuite.api import HumanRows, Parameters
from benchsuite_metrics.words import Words, texts, words_in

if TYPE_CHECKING:
    from collections.abc import Callable

P = ParamSpec("P")
T = TypeVar("T")


class Reference(Parameters):
    """How human text is drawn."""

    reference_seed: int = Field(0, description="Fixes which human rows are drawn.")


class FirstWords(Reference):
    """How much text is compared."""

    words: int = Field(5_000, ge=1, description="Words of samples, and of human text.")


def per_human(
    make: Callable[Concatenate[HumanRows, P], T],
) -> Callable[Concatenate[HumanRows, P], T]:
    """Remember what `make` returns for human rows and further arguments while the rows live."""
    made: WeakKeyDictionary[HumanRows, dict[object, T]] = WeakKeyDictionary()

    @wraps(make)
    def remembered(human: HumanRows, /, *args: P.args, **kwargs: P.kwargs) -> T:
        known = made.setdefault(human, {})
        key = (args, tuple(kwargs.items()))
        if key not in known:
            known[key] = make(human, *args, **kwargs)
        return known[key]

    return remembered


@per_human
def held_out(human: HumanRows, seed: int) -> pa.Table:
    """Return the validation and test rows in an order drawn by `seed`."""
    return drawn(pa.concat_tables([human.validation, human.test]), seed)


def drawn(rows: pa.Table, seed: int) -> pa.Table:
    """Return rows in an order drawn by `seed`.

    They are sorted by a keyed digest of their text, so that the draw depends on nothing
    else: not on the order of rows, nor on a library's random numbers.
    """
    key = str(seed).encode()
    keys = [(blake2b(text.encode(), key=key).digest(), text) for text in texts(rows)]
    return rows.take(pa.array(sorted(range(len(keys)), key=keys.__getitem__), pa.int64()))


@per_human
def training_words(human: HumanRows, seed: int) -> Words:
    """Return the words of the training rows in an order drawn by `seed`."""
    return words_in(drawn(human.train, seed))


@per_human
def held_out_words(human: HumanRows, seed: int) -> Words:
    """Return the words of `held_out`."""
    return words_in(held_out(human, seed))
