"""Rows that generators make, of as many models at once as are handed over."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple, ParamSpec, TypeVar

import pyarrow as pa
import pyarrow.compute as pc

from benchsuite.engine.operations.prompts import Prompt, prompts
from benchsuite.engine.work import Spent, Work
from benchsuite.lm.decoding import Decoding
from benchsuite.plugins.kinds import GenerationRequest, Unit

_LONGEST = 2**20
"""Bytes of the longest row of text that may be learned from."""

P = ParamSpec("P")
T = TypeVar("T")


def run_all(works: Sequence[Work]) -> Iterator[Spent | Exception]:
    """Have a generator make rows; count their tokens, give each an `id` and its provenance."""
    asked = [_attempt(_asked, work) for work in works]
    able = [
        (ask.request, work.context)
        for ask, work in zip(asked, works, strict=True)
        if not isinstance(ask, Exception)
    ]
    made = works[0].component.generate_all(*zip(*able, strict=True)) if able else iter(())
    for work, ask in zip(works, asked, strict=True):
        if isinstance(ask, Exception):
            yield ask
            continue
        rows = next(made, RuntimeError("it made no rows"))
        yield rows if isinstance(rows, Exception) else _attempt(_written, work, ask, rows)


def _attempt(do: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T | Exception:
    """Return what `do` returns or, since others may still succeed, what it fails with."""
    try:
        return do(*args, **kwargs)
    except Exception as failure:  # noqa: BLE001 (a plugin may raise anything)
        return failure


class _Asked(NamedTuple):
    request: GenerationRequest
    prompts: list[Prompt] | None


def _asked(work: Work) -> _Asked:
    chosen = prompts(work) if "prompts" in work.inputs else None
    request = GenerationRequest(
        model=work.model(),
        human=work.human(),
        amount=work.arguments["amount"],
        unit=work.arguments["unit"],
        decoding=Decoding.model_validate(work.arguments["decoding"]),
        prompts=None if chosen is None else [prompt.text for prompt in chosen],
    )
    return _Asked(request, chosen)


def _written(work: Work, asked: _Asked, rows: pa.Table) -> Spent:
    """Check and write what was made for one request."""
    request = asked.request
    if work.learner.tokenizes:
        _check_texts(rows)
        rows = work.learner.tokenize(rows, work.one("human"))
    made = _amount(rows, request.unit)
    if made < request.amount:
        raise RuntimeError(
            f"it made {made:,} {request.unit} where {request.amount:,} were asked for"
        )
    tokens = _amount(rows, "tokens") if "tokens" in rows.column_names else rows.num_rows
    rows = _with_provenance(rows, work, asked.prompts or [])
    work.write_rows(rows)
    written, read = (round(n / _yield(rows)) for n in (tokens, _read(rows, request)))
    counted = request.model.flops(written + read) if work.component.uses_model else 0
    return Spent(written, work.flops(counted))


def _yield(rows: pa.Table) -> float:
    """Return the share of what was written that was kept; 1 where the generator does not say."""
    if "yield" not in rows.column_names or not rows.num_rows:
        return 1.0
    return float(pc.mean(rows["yield"]).as_py() or 1.0)


def _check_texts(rows: pa.Table) -> None:
    """Refuse texts that no model should learn from."""
    if "text" not in rows.column_names:
        raise RuntimeError(f"its rows have no column text, only {', '.join(rows.column_names)}")
    try:
        rows["text"].validate(full=True)
    except pa.ArrowInvalid as failure:
        raise RuntimeError("it made text that is not valid UTF-8") from failure
    sizes = pc.fill_null(pc.binary_length(rows["text"]), 0).to_numpy()
    if not sizes.all():
        raise RuntimeError(f"it made {(sizes == 0).sum():,} empty rows of {len(sizes):,}")
    if sizes.max(initial=0) > _LONGEST:
        raise RuntimeError(
            f"it made a row of {sizes.max():,} bytes; at most {_LONGEST:,} are a row"
        )


def _read(rows: pa.Table, request: GenerationRequest) -> int:
    """Return the tokens of the prompts that were read."""
    read = rows["prompt"].drop_null()
    if request.prompts is None or not len(read):
        return 0
    return int(request.model.tokens(pa.table({"text": read})).lengths.sum())


def _amount(rows: pa.Table, unit: Unit) -> int:
    if unit == "rows":
        return int(rows.num_rows)
    return int(pc.sum(rows["tokens"]).as_py() or 0)


def _with_provenance(rows: pa.Table, work: Work, prompted: Sequence[Prompt]) -> pa.Table:
    """Add `id`, unique to this step and place, `generator`, and `parents`.

    `parents` are the ids of the rows that a row was made from; where the generator does not
    say, those whose beginning or topic it was prompted with.
    """
    count = rows.num_rows
    ids = [f"{work.identity[:16]}-{i}" for i in range(count)]
    if "prompt" not in rows.column_names:
        rows = rows.append_column("prompt", pa.nulls(count, pa.string()))
    if "parents" not in rows.column_names:
        rows = rows.append_column("parents", _parents(rows, prompted))
    rows = rows.append_column("generator", pa.array([work.component_name] * count, pa.string()))
    return rows.append_column("id", pa.array(ids, pa.string()))


def _parents(rows: pa.Table, prompted: Sequence[Prompt]) -> pa.Array:
    behind: dict[str, list[str]] = defaultdict(list)
    for text, parent in prompted:
        behind[text] += [parent] if parent else []
    named = [behind.get(prompt, []) for prompt in rows["prompt"].to_pylist()]
    return pa.array(named, pa.list_(pa.string()))
