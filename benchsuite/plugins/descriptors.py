"""What a plugin registers: light descriptors that name code without importing it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

Kind = Literal["corpus", "learner", "generator", "grader", "metric"]
KINDS: tuple[Kind, ...] = get_args(Kind)


@dataclass(frozen=True)
class Component:
    """A corpus, learner, generator, grader or metric.

    `name` is `package/name`, where `package` is the plugin's entry-point name. `target` is
    `module:attribute` of a class derived from the kind's base class in `benchsuite.api`.
    `packages` names the distributions whose version changes what the component computes.
    """

    kind: Kind
    name: str
    summary: str
    target: str
    version: str = "1"
    packages: tuple[str, ...] = ()


@dataclass(frozen=True)
class Command:
    """A subcommand of `benchsuite`; `target` is `module:attribute` of a click command.

    Two words name a subcommand of a group that is there: `data report`.
    """

    name: str
    summary: str
    target: str
