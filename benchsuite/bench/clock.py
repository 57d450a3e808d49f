"""Times the steady part of a training run from its own reports of progress."""

from __future__ import annotations

import time

from benchsuite.bench.machine import wait


class Clock:
    """Called with the tokens done, as training goes on.

    Counting begins at the first report of at least `warm_up` tokens and ends at the last, so
    that neither building models nor compiling them is in it. A run with a single report is
    counted whole.
    """

    def __init__(self, kind: str, warm_up: int) -> None:
        self._kind, self._warm_up = kind, warm_up
        self._began = self._reported(0)
        self._first: tuple[int, float] | None = None
        self._last = self._began
        self.until_first = 0.0
        """Seconds until the first report: starting up, and compiling where that is done."""

    def _reported(self, done: int) -> tuple[int, float]:
        wait(self._kind)
        return done, time.perf_counter()

    def __call__(self, done: int, _total: int = 0) -> None:
        """Note that `done` tokens have been trained on."""
        self._last = self._reported(done)
        self.until_first = self.until_first or self._last[1] - self._began[1]
        if self._first is None and done >= self._warm_up:
            self._first = self._last

    def window(self) -> tuple[int, float]:
        """Return tokens and seconds of the steady part."""
        first = self._first if self._first not in (None, self._last) else self._began
        assert first is not None
        return self._last[0] - first[0], self._last[1] - first[1]
