"""Packages that not everybody has installed."""

from __future__ import annotations

from importlib import import_module
from types import ModuleType

from benchsuite.api import UserError


def required(module: str, package: str, grader: str) -> ModuleType:
    """Import a module of a package of the extra `graders`. Raises `UserError` without it."""
    try:
        return import_module(module)
    except ImportError as failure:
        raise UserError(
            f"{grader} needs the package {package}; install benchsuite[graders]."
        ) from failure
