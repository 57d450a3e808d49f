"""Text as words: runs of letters in lower case."""

from __future__ import annotations

import re

_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*")


def words(text: str) -> list[str]:
    """Return the words of a text in reading order.

    A word is a run of letters of any script, and may hold apostrophes, curly or straight
    (`don't`). Where a script writes no spaces, the run between marks counts as one word.
    """
    return _WORD.findall(text.lower().replace("\N{RIGHT SINGLE QUOTATION MARK}", "'"))
