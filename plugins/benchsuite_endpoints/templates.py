"""Templates of questions: text with names in braces that are filled in."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

_NAME = re.compile(r"\{([a-z]+)\}")


def names(template: str) -> set[str]:
    """Return the names in braces."""
    return set(_NAME.findall(template))


def check(template: str, known: Iterable[str], needed: Iterable[str] = ()) -> str:
    """Return a template. Raises `ValueError` for a name that is not `known`, or lacks."""
    there = names(template)
    if unknown := sorted(there - set(known)):
        wanted = ", ".join(f"{{{name}}}" for name in known)
        raise ValueError(f"{{{unknown[0]}}} is nothing to fill in; there is {wanted}")
    if lacking := sorted(set(needed) - there):
        raise ValueError(f"the place for {{{lacking[0]}}} is missing")
    return template


def fill(template: str, values: Mapping[str, str]) -> str:
    """Fill in, all at once: braces in a value are text, and so are other names."""
    return _NAME.sub(lambda found: values.get(found[1], found[0]), template)
