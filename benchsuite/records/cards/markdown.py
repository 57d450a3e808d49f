"""Text of others in Markdown, made inert."""

from __future__ import annotations

import re

from benchsuite.records.report.numbers import inert

_MARKS = re.compile(r"([\\`*_\[\]|!~#]|:(?=//)|^[-+=>])")


def escaped(text: str) -> str:
    """Return text in one line that Markdown shows as it is, without links, HTML or tables."""
    line = " ".join(inert(text).split())
    line = line.replace("&", "&amp;").replace("<", "&lt;")
    return _MARKS.sub(r"\\\1", line)


def code(text: str) -> str:
    """Return text in one line as code, whatever backticks are in it (CommonMark 6.1)."""
    line = " ".join(inert(text).split()).replace("|", "\u2223")
    longest = max((len(run) for run in re.findall("`+", line)), default=0)
    fence = "`" * (longest + 1)
    return f"{fence} {line} {fence}" if longest else f"`{line}`"
