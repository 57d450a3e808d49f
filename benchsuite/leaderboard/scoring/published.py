"""A standing as it is published beside its board, and what another one changes in it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from benchsuite.errors import UserError
from benchsuite.leaderboard.standing import Place, Standing

STANDING = "standing.json"
"""Where the published scores of a board stand, in its folder."""

_DIGITS, _DECIMALS = 9, 12
"""Significant digits, and decimals, that are published.

Machines add up in different orders, so that the last of the sixteen digits differ between them.
"""


def rounded(standing: Standing) -> Standing:
    """Return a standing as it is published: the same numbers on every machine."""
    return Standing.model_validate(_rounded(standing.model_dump()))


def text_of(standing: Standing) -> str:
    """Return a standing as JSON, rounded."""
    return rounded(standing).model_dump_json(indent=1) + "\n"


def published(path: Path) -> Standing | None:
    """Read a published standing; None where there is none yet. Raises `UserError`."""
    try:
        return Standing.model_validate_json(path.read_bytes())
    except FileNotFoundError:
        return None
    except OSError as failure:
        raise UserError(f"{path}: cannot be read: {failure.strerror}.") from failure
    except ValidationError as failure:
        error = failure.errors()[0]
        at = ".".join(map(str, error["loc"])) or "the file"
        raise UserError(
            f"{path}: {at}: {error['msg'][0].lower()}{error['msg'][1:]}; "
            "delete it, so that it is written anew."
        ) from failure


def changes(old: Standing | None, new: Standing) -> Iterator[str]:
    """Yield what a new standing, as published, changes, a line each; nothing where nothing."""
    new = rounded(new)
    if old is None:
        yield f"{new.board} had no published scores."
        return
    if old == new:
        return
    lines = [*_of_board(old, new), *_of_places(old, new)]
    yield from lines or [f"{new.board}: scores and ranks are the same, other figures are not."]


def _of_board(old: Standing, new: Standing) -> Iterator[str]:
    if old.scoring != new.scoring:
        yield f"Scoring version {old.scoring} → {new.scoring}."
    before, after = (
        {(each.metric, each.slice) for each in standing.left_out} for standing in (old, new)
    )
    for metric, slice_ in sorted(after - before):
        yield f"{metric}, {slice_}: left out."
    for metric, slice_ in sorted(before - after):
        yield f"{metric}, {slice_}: left out no more."


def _of_places(old: Standing, new: Standing) -> Iterator[str]:
    before = {place.entry: place for place in old.places}
    after = {place.entry: place for place in new.places}
    for name in sorted(before.keys() - after.keys()):
        yield f"{name}: gone."
    for name, place in after.items():
        if name not in before:
            yield f"{name}: new, score {_score(place)}, rank {_rank(place)}."
            continue
        told = [
            f"{word} {was} → {now}"
            for word, tell in (("score", _score), ("rank", _rank))
            if (was := tell(before[name])) != (now := tell(place))
        ]
        if told:
            yield f"{name}: {', '.join(told)}."


def _score(place: Place) -> str:
    return "none" if place.score.value is None else f"{place.score.value:.6g}"


def _rank(place: Place) -> str:
    if place.rank is None:
        return "none"
    return str(place.rank) if place.rank == place.worst else f"{place.rank}-{place.worst}"


def _rounded(data: Any) -> Any:
    """Return plain data with numbers rounded."""
    if isinstance(data, dict):
        return {key: _rounded(value) for key, value in data.items()}
    if isinstance(data, list):
        return [_rounded(value) for value in data]
    if isinstance(data, float):
        return round(float(f"{data:.{_DIGITS}g}"), _DECIMALS) + 0.0  # no -0.0
    return data
