"""What people read of the entry: titles, authors, claims."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

from benchsuite.leaderboard.verify.case import Case
from benchsuite.leaderboard.verify.finding import Finding, check, error

_ALLOWED = "\n\t\u200c\u200d\u200e\u200f"
"""Line breaks, and what scripts need: joiners and marks of direction that turn no other text."""


@check("words", "Its title is its own, and its words hold nothing that cannot be seen.")
def words(case: Case) -> Iterator[Finding]:
    """Refuse hidden characters, and titles that read like another entry's."""
    document = case.entry.document
    said = {"title": [document.title], "authors": document.authors, "claims": [document.claims]}
    for key, texts in said.items():
        hidden = {c for text in texts for c in text if c not in _ALLOWED and _is_hidden(c)}
        if hidden:
            names = ", ".join(sorted(f"U+{ord(c):04X}" for c in hidden)[:5])
            yield error(f"{key} holds characters that cannot be seen: {names}.")
    for other in case.others:
        if _alike(other.document.title) == _alike(document.title):
            yield error(f"its title reads like that of the entry {other.name}; take another.")


def _is_hidden(character: str) -> bool:
    return unicodedata.category(character) in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


def _alike(title: str) -> str:
    """Return a title without what compatible letters, case and spaces make different."""
    return " ".join(unicodedata.normalize("NFKC", title).casefold().split())
