"""Patterns of personal data, and text with them masked."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from ipaddress import IPv4Address
from typing import NamedTuple

_EXCERPT = 280
_CARD = range(13, 20)
_PHONE = range(9, 16)
_REST = 97
_SSN_FORM = re.compile(r"\d{3}-\d{2}-\d{4}")


class Found(NamedTuple):
    """A pattern's name and where it stands."""

    kind: str
    start: int
    end: int


def luhn(digits: str) -> bool:
    """Whether the check digit of a card number holds (ISO/IEC 7812-1)."""
    values = [int(digit) for digit in reversed(digits)]
    doubled = [sum(divmod(2 * value, 10)) for value in values[1::2]]
    return (sum(values[::2]) + sum(doubled)) % 10 == 0


def iban(text: str) -> bool:
    """Whether the check digits of an IBAN hold: mod 97 (ISO 13616, ISO/IEC 7064)."""
    whole = text.replace(" ", "").upper()
    moved = whole[4:] + whole[:4]
    return int("".join(str(int(sign, 36)) for sign in moved)) % _REST == 1


def _card(text: str) -> bool:
    digits = re.sub(r"\D", "", text)
    # The first digit says the kind of issuer; 3 to 6 are those of bank cards.
    return len(digits) in _CARD and digits[0] in "3456" and len(set(digits)) > 1 and luhn(digits)


def _address(text: str) -> bool:
    try:
        return IPv4Address(text).is_global
    except ValueError:
        return False


def _phone(text: str) -> bool:
    """Whether numbers are written as those of phones are: numbers alone stand everywhere."""
    if _SSN_FORM.fullmatch(text):
        return False
    marked = text[0] in "+(0" or text.count("-") + text.count(".") > 1
    return marked and len(re.sub(r"\D", "", text)) in _PHONE


# Possessive quantifiers (++, {m,n}+) and short bounds: no text makes them go back far.
_PATTERNS: dict[str, tuple[re.Pattern[str], Callable[[str], bool]]] = {
    "e-mail": (
        re.compile(
            r"(?<![\w.+-])[A-Za-z0-9_+-][\w.+-]{0,63}+@(?:[A-Za-z0-9-]{1,63}+\.){1,8}+[A-Za-z]{2,24}\b"
        ),
        lambda text: True,
    ),
    "IBAN": (
        re.compile(r"(?<![A-Za-z0-9])[A-Z]{2}\d{2}(?: ?[A-Z0-9]){11,30}+(?![A-Za-z0-9])"),
        iban,
    ),
    "card number": (re.compile(r"(?<![\d.,-])\d(?:[ -]?\d){12,18}+(?![\d-])"), _card),
    "SSN-like": (
        re.compile(r"(?<![\d-])(?!000|666|9)\d{3}-(?!00)\d{2}-(?!0000)\d{4}(?![\d-])"),
        lambda text: True,
    ),
    "IPv4 address": (re.compile(r"(?<![\d.])\d{1,3}(?:\.\d{1,3}){3}(?![\d.]*\d)"), _address),
    "phone number": (
        re.compile(r"(?<![\w.,/-])\+?\(?\d{1,4}\)?(?:[ .-]\(?\d{2,6}\)?){2,4}+(?![\w/-])"),
        _phone,
    ),
}
KINDS = tuple(_PATTERNS)
SENSITIVE = frozenset({"IBAN", "card number", "SSN-like"})
"""Kinds whose check digits or form leave little room for chance, and that do harm."""
# What a text must have for a pattern to be looked for: most have none of it.
_HINTS = {
    "e-mail": re.compile("@"),
    "IBAN": re.compile(r"[A-Z]{2}\d{2}"),
    "IPv4 address": re.compile(r"\d\.\d{1,3}\.\d"),
}
_NUMBER = re.compile(r"\d(?:[ ().-]{0,2}\d){8}")


def find(text: str) -> Iterator[Found]:
    """Yield what looks like personal data; a place is taken by the first kind that fits it."""
    number = _NUMBER.search(text)
    taken: list[Found] = []
    for kind, (pattern, holds) in _PATTERNS.items():
        hint = _HINTS.get(kind)
        if not (hint.search(text) if hint else number):
            continue
        for match in pattern.finditer(text):
            start, end = match.span()
            if all(end <= t.start or start >= t.end for t in taken) and holds(match[0]):
                taken.append(Found(kind, start, end))
                yield taken[-1]


def shape(text: str) -> str:
    """Return the form alone: x for a letter, 0 for a digit."""
    return re.sub(r"\d", "0", re.sub(r"[^\W\d_]", "x", text))


def excerpt(text: str) -> str:
    """Return the start of a text to be shown, with personal data masked."""
    # A little more is looked at, so that what is cut in two is masked too.
    start = text[: _EXCERPT + 100]
    for found in sorted(find(start), key=lambda each: each.start):
        start = start[: found.start] + shape(start[found.start : found.end]) + start[found.end :]
    return start[:_EXCERPT] + ("\N{HORIZONTAL ELLIPSIS}" if len(text) > _EXCERPT else "")
