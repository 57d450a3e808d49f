"""Rows that generators make, of as many models at once as are handed over."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import ParamSpec, TypeVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from benchsuite.engine.work import Spent, Work
from benchsuite.lm.decoding import Decoding
from benchsuite.plugins.kinds import GenerationRequest, Unit

P = ParamSpec("P")
T = TypeVar("T")


def run_all(works: Sequence[Work]) -> Iterator[Spent | Exception]:
    """Have a generator make rows; count their tokens, give each an `id` and its provenance."""
    asked = [_attempt(_request, work) for work in works]
    able = [pair for pair in zip(asked, works, strict=True) if not isinstance(pair[0], Exception)]
    requests, contexts = [request for request, _ in able], [work.context for _, work in able]
    made = works[0].component.generate_all(requests, contexts) if able else iter(())
    for work, request in zip(works, asked, strict=True):
        if isinstance(request, Exception):
            yield request
            continue
        rows = next(made, RuntimeError("it made no rows"))
        yield rows if isinstance(rows, Exception) else _attempt(_written, work, request, rows)


def _attempt(do: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T | Exception:
    """Return what `do` returns or, since others may still succeed, what it fails with."""
    try:
        return do(*args, **kwargs)
    except Exception as failure:  # noqa: BLE001 (a plugin may raise anything)
        return failure


def _request(work: Work) -> GenerationRequest:
    return GenerationRequest(
        model=work.model(),
        human=work.human(),
        amount=work.arguments["amount"],
        unit=work.arguments["unit"],
        decoding=Decoding.model_validate(work.arguments["decoding"]),
        prompts=_prompts(work) if "prompts" in work.inputs else None,
    )


def _prompts(work: Work) -> list[str]:
    """Return the prefixes of human rows in random order: none is used twice until all have been."""
    length = work.arguments["prompts"]["real"]
    prompts = work.model().prefixes(work.rows("prompts"), length)
    if not prompts:
        raise RuntimeError(
            f"no human training row has more than the {length} tokens that it is to be prompted "
            "with; lower prompts.real"
        )
    order = np.random.default_rng(work.context.seed).permutation(len(prompts))
    return [prompts[place] for place in order]


def _written(work: Work, request: GenerationRequest, rows: pa.Table) -> Spent:
    """Check and write what was made for one request."""
    if work.learner.tokenizes:
        rows = work.learner.tokenize(rows, work.one("human"))
    made = _amount(rows, request.unit)
    if made < request.amount:
        raise RuntimeError(
            f"it made {made:,} {request.unit} where {request.amount:,} were asked for"
        )
    tokens = _amount(rows, "tokens") if "tokens" in rows.column_names else rows.num_rows
    work.write_rows(_with_provenance(rows, work))
    read = work.arguments["prompts"]["real"] * rows.num_rows if request.prompts else 0
    return Spent(tokens, request.model.flops(tokens + read))


def _amount(rows: pa.Table, unit: Unit) -> int:
    if unit == "rows":
        return int(rows.num_rows)
    return int(pc.sum(rows["tokens"]).as_py() or 0)


def _with_provenance(rows: pa.Table, work: Work) -> pa.Table:
    """Add `id`, unique to this step and place, and `generator`."""
    ids = [f"{work.identity[:16]}-{i}" for i in range(rows.num_rows)]
    name = work.component_name
    if "prompt" not in rows.column_names:
        rows = rows.append_column("prompt", pa.nulls(rows.num_rows, pa.string()))
    rows = rows.append_column("generator", pa.array([name] * rows.num_rows, pa.string()))
    return rows.append_column("id", pa.array(ids, pa.string()))
