"""The software that we are compared with, each used as its documentation says."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.util import find_spec

from benchsuite.errors import UserError

_NEEDED = {
    "train": ("accelerate",),
    "sample": (),
    "score": ("lm_eval", "accelerate"),
    "grid": ("accelerate",),
}
"""Packages beside our own requirements, by part."""


def require(parts: Sequence[str]) -> None:
    """Raise `UserError` if a package that peers of these parts need is not installed."""
    needed = dict.fromkeys(package for part in parts for package in _NEEDED[part])
    missing = [package for package in needed if find_spec(package) is None]
    if missing:
        verb = "is" if len(missing) == 1 else "are"
        raise UserError(
            f"--peers: {' and '.join(missing)} {verb} not installed; "
            "install the extra with: pip install 'benchsuite[peers]'"
        )
