"""Text as words: runs of letters in lower case."""

from __future__ import annotations

import re

_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*")


def words(text: str) -> list[str]:
    """Return the words of a text in reading order.

    A word is a run of letters of any script, and may hold apostrophes, curly or straight
    (`don't`), as in the metrics of words.
    """
    return _WORD.findall(text.lower().replace("\N{RIGHT SINGLE QUOTATION MARK}", "'"))
