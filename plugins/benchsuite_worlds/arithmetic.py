"""Sums, differences and products of whole numbers, with their results."""

from __future__ import annotations

import re
from collections.abc import Iterator
from random import Random

from benchsuite_worlds.grammar import Drawn, Grammar

MOST_DIGITS = 300
MOST_NUMBERS = 64
"""What holds a longer number, or more of them, is no statement: all others are quickly checked."""

_RUN = re.compile(r"[\d+*= -]+", re.ASCII)
_BETWEEN = re.compile(r"(?<=\d) +(?=\d)", re.ASCII)
_STATEMENT = re.compile(r" *-?\d+(?: *[-+*=] *-?\d+)+ *", re.ASCII)
_NUMBER = re.compile(r"(?: *([-+*=]) *)?(-?\d+)", re.ASCII)
_GOES_ON = frozenset("/%^÷·√\N{MULTIPLICATION SIGN}\N{MINUS SIGN}\N{EN DASH}")
"""Signs that make numbers beside them part of something that is not read here."""
_INSIDE = frozenset(".,'\N{RIGHT SINGLE QUOTATION MARK}")
"""Signs that may stand within a number, or end what it stands in."""


class Arithmetic(Grammar):
    """Equations such as `12 + 7 * 3 = 33`.

    A statement is a line's run of whole numbers, `+`, `-`, `*` and `=`, which joins numbers by
    signs and has at least one `=` and one other sign; a minus that belongs to a number touches
    it. Products come before sums. It is true if all sides are equal. Numbers that are part of
    anything else (2.5, x + 1, 6 / 2) state nothing, nor do more than 64 numbers, or one of more
    than 300 digits.
    """

    def __init__(self, least: int = 2, most: int = 3, digits: int = 2) -> None:
        """Draw expressions of `least` to `most` numbers, of at most so many digits."""
        self._sizes, self._digits = (least, most), digits

    def draw(self, random: Random, *, true: bool = True) -> Drawn:
        """Return an equation; a false one is off by at most nine."""
        count = random.randint(*self._sizes)
        numbers = [random.randrange(10**self._digits) for _ in range(count)]
        signs = [random.choice("+-*") for _ in range(count - 1)]
        text = str(numbers[0])
        for sign, number in zip(signs, numbers[1:], strict=True):
            text += f" {sign} {number}"
        result = _sides([("", numbers[0]), *zip(signs, numbers[1:], strict=True)])[0]
        off = 0 if true else random.randint(1, 9) * random.choice((-1, 1))
        return Drawn(f"{text} = {result + off}", true)

    def verdicts(self, text: str) -> list[bool]:
        """Judge each equation."""
        if "=" not in text:
            return []
        return [
            len(set(_sides(terms))) == 1
            for statement in _statements(text)
            if (terms := _terms(statement)) is not None
        ]


def _statements(text: str) -> Iterator[str]:
    """Yield the equations of a text; where two numbers stand side by side, one ends."""
    for run in _RUN.finditer(text):
        if "=" not in run[0]:
            continue
        parts = _BETWEEN.split(run[0])
        if _is_cut(text, run.start() - 1, run[0][0], -1):
            parts[0] = ""
        if _is_cut(text, run.end(), run[0][-1], 1):
            parts[-1] = ""
        yield from (part for part in parts if "=" in part and _STATEMENT.fullmatch(part))


def _is_cut(text: str, beside: int, edge: str, step: int) -> bool:
    """Whether what stands beside a run belongs to its number.

    `edge` is the run's own end there, `step` the direction in which the text goes on.
    """
    sign, beyond = _at(text, beside), _at(text, beside + step)
    if edge == " " or sign in _GOES_ON:
        return sign in _GOES_ON
    if sign in _INSIDE:
        return beyond.isalnum() or (sign == "." and step < 0)
    return sign.isalnum() or (sign != "" and sign in ("_)]}" if step < 0 else "_([{"))


def _at(text: str, place: int) -> str:
    return text[place] if 0 <= place < len(text) else ""


def _terms(statement: str) -> list[tuple[str, int]] | None:
    """Return numbers with the sign before each; None where there is nothing to work out."""
    found = _NUMBER.findall(statement)
    signs = {sign for sign, _ in found}
    if len(found) > MOST_NUMBERS or not signs & {"+", "-", "*"}:
        return None
    if any(len(number) > MOST_DIGITS for _, number in found):
        return None
    return [(sign, int(number)) for sign, number in found]


def _sides(terms: list[tuple[str, int]]) -> list[int]:
    """Return the value of each side of an equation."""
    sides, total, product = [], 0, 0
    for sign, number in terms:
        if sign == "*":
            product *= number
            continue
        if sign == "=":
            sides.append(total + product)
            total = product = 0
        total, product = total + product, -number if sign == "-" else number
    return [*sides, total + product]
