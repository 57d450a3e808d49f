"""Boolean expressions with their value."""

from __future__ import annotations

import re
from random import Random

from benchsuite_worlds.grammar import Drawn, Grammar

_TOKEN = re.compile(r" *(?:(true|false|and|or|not)(?!\w)|([()=]))")
_LITERALS = {"true": True, "false": False}
_WORDS = {value: word for word, value in _LITERALS.items()}


class Logic(Grammar):
    """Boolean expressions such as `not (true and false) or false = true`.

    A statement is a line that holds nothing but an expression of `true`, `false`, `and`, `or`,
    `not` and round brackets, `=`, and its value; without one of the three words it states
    nothing. `not` comes before `and`, `and` before `or`. Loops on such text, whose truth can be
    checked, are those of Briesch et al. 2023 (arXiv:2311.16822).
    """

    def __init__(self, least: int = 1, most: int = 3) -> None:
        """Draw expressions of `least` to `most` levels of signs within each other."""
        self._sizes = (least, most)

    def draw(self, random: Random, *, true: bool = True) -> Drawn:
        """Return an expression and its value, or the other one."""
        text, value = _expression(random, random.randint(*self._sizes))
        return Drawn(f"{text} = {_WORDS[value == true]}", true)

    def verdicts(self, text: str) -> list[bool]:
        """Judge each line."""
        found = (_verdict(line) for line in text.split("\n") if "=" in line)
        return [verdict for verdict in found if verdict is not None]


def _expression(random: Random, depth: int) -> tuple[str, bool]:
    """Return an expression of just so many levels, and its value."""
    if depth == 0:
        value = random.random() < 1 / 2
        return _WORDS[value], value
    sign = random.choice(("not", "and", "or"))
    text, value = _expression(random, depth - 1)
    if sign == "not":
        return f"not {_within(text)}", not value
    other, other_value = _expression(random, random.randrange(depth))
    parts = [_within(text), _within(other)]
    if random.random() < 1 / 2:
        parts.reverse()
    both = value and other_value if sign == "and" else value or other_value
    return f" {sign} ".join(parts), both


def _within(text: str) -> str:
    """Bracket what has signs of its own."""
    return text if text in _LITERALS else f"({text})"


class _Level:
    """What has been read since a bracket opened: an expression as a sum of products."""

    def __init__(self) -> None:
        self.some, self.every, self.negated = False, True, False

    def add(self, value: bool) -> None:  # noqa: FBT001 (it is the value)
        self.every &= value != self.negated
        self.negated = False

    def next_product(self) -> None:
        self.some, self.every = self.value, True

    @property
    def value(self) -> bool:
        return self.some or self.every


def _verdict(line: str) -> bool | None:
    """Return whether a line's value is right; None if the line is no such statement.

    Brackets are kept on a list of our own: no depth is too deep.
    """
    tokens = _tokens(line)
    if not {"and", "or", "not"} & set(tokens) or tokens[-2:-1] != ["="]:
        return None
    stated = _LITERALS.get(tokens[-1])
    value = _value(tokens[:-2]) if tokens.count("=") == 1 else None
    return None if stated is None or value is None else stated == value


def _tokens(line: str) -> list[str]:
    """Return words and signs; none at all if there is anything else."""
    line = line.strip(" \r\t")
    found, at = [], 0
    while at < len(line):
        token = _TOKEN.match(line, at)
        if token is None:
            return []
        found.append(token[1] or token[2])
        at = token.end()
    return found


def _value(tokens: list[str]) -> bool | None:
    """Return the value of an expression, None if it is none."""
    levels, complete = [_Level()], False
    for word in tokens:
        if complete != (word in {"and", "or", ")"}):
            return None  # a value where a sign should be, or the other way round
        if word == "(":
            levels.append(_Level())
        elif word == "not":
            levels[-1].negated = not levels[-1].negated
        elif word in _LITERALS:
            levels[-1].add(_LITERALS[word])
            complete = True
        elif word == ")":
            closed = levels.pop()
            if not levels:
                return None
            levels[-1].add(closed.value)
        else:
            if word == "or":
                levels[-1].next_product()
            complete = False
    return levels[0].value if complete and len(levels) == 1 else None
