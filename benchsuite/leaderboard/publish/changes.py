"""What publishing changes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

_SHOWN = 20


@dataclass(frozen=True)
class Changes:
    """Names of files, in order, that were added, that have other content, and that went."""

    added: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return any(names for _, names in self._kinds())

    @property
    def counts(self) -> str:
        """How many, as `2 added, 1 removed`."""
        told = [f"{len(names):,} {kind}" for kind, names in self._kinds() if names]
        return ", ".join(told) or "nothing changed"

    @property
    def names(self) -> str:
        """A line for each file, as `added index.html`, up to 20 of a kind."""
        return "".join(f"{line}\n" for line in self._lines())

    def _kinds(self) -> list[tuple[str, tuple[str, ...]]]:
        return [("added", self.added), ("changed", self.changed), ("removed", self.removed)]

    def _lines(self) -> Iterator[str]:
        for kind, names in self._kinds():
            yield from (f"{kind} {name}" for name in names[:_SHOWN])
            if len(names) > _SHOWN:
                yield f"{kind} {len(names) - _SHOWN:,} more"


def compare(new: Mapping[str, str], there: Mapping[str, str], own: AbstractSet[str]) -> Changes:
    """Compare digests by name. Of what is there, only what is `own` may be removed."""
    return Changes(
        added=tuple(sorted(new.keys() - there.keys())),
        changed=tuple(sorted(n for n in new.keys() & there.keys() if new[n] != there[n])),
        removed=tuple(sorted(own - new.keys())),
    )
