"""Models measured at once, which score the rows they have in common at once."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence

import pyarrow as pa

from benchsuite.plugins.kinds.base import Context
from benchsuite.plugins.kinds.model import Model, Scores

_log = logging.getLogger(__name__)


class Panel:
    """Models measured at once; what one of them is to score first, all score, together.

    Models are given by functions that open them, and opened when scores are asked for. Scores
    are kept for as long as the panel is.
    """

    def __init__(self, openers: Sequence[Callable[[], Model]]) -> None:
        self._openers = openers
        self._scored: dict[int, tuple[pa.Table, list[Scores] | None]] = {}

    def score(self, place: int, rows: pa.Table, context: Context) -> Scores:
        """Return what the model at `place` scores `rows`, as its own `score` would."""
        if len(self._openers) > 1 and id(rows) not in self._scored:
            self._scored[id(rows)] = (rows, self._together(rows, context))
        _, scores = self._scored.get(id(rows), (rows, None))
        return scores[place] if scores else self._openers[place]().score(rows, context)

    def _together(self, rows: pa.Table, context: Context) -> list[Scores] | None:
        """Return all models' scores; None where each has to be asked by itself."""
        try:
            models = [opened() for opened in self._openers]
            kind, *others = {type(model) for model in models}
            return None if others else kind.score_all(models, rows, context)
        except Exception as failure:  # noqa: BLE001 (one that fails must not fail the others)
            _log.warning(
                "Scoring with %d models at once failed (%s: %s); they score one after the other.",
                len(self._openers),
                type(failure).__name__,
                failure,
            )
            return None
