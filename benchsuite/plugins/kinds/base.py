"""What components of every kind share: parameters and context."""

from __future__ import annotations

from abc import ABC
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Generic, Literal, TypeVar

from pydantic import BaseModel, ConfigDict

if TYPE_CHECKING:
    from benchsuite.lm.device import Device

Unit = Literal["tokens", "rows"]


class Parameters(BaseModel):
    """Base of a component's parameters: unknown keys are refused, values never change."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


P = TypeVar("P", bound=Parameters)


@dataclass(frozen=True)
class Context:
    """What every call of a component is given besides its inputs.

    `seed` is the only source of randomness. `progress(done, total)` may be called as often
    as one likes, in tokens (or rows); total 0 means unknown.
    """

    seed: int
    device: Device
    progress: Callable[[int, int], None] = lambda done, total: None


class ComponentBase(ABC, Generic[P]):
    """What the five kinds share."""

    parameters_type: ClassVar[type[Parameters]] = Parameters
    """The pydantic model that checks this component's parameters and documents their defaults."""

    data: ClassVar[tuple[str, ...]] = ()
    """Names of the catalogue's sets that this component reads (`benchsuite data list`).

    They are had at hand before a run begins, and their digests are part of a step's identity.
    """

    def __init__(self, parameters: P) -> None:
        self.parameters = parameters

    def fingerprint(self) -> str:
        """Return a digest of what it reads beside its inputs and the catalogue's sets.

        Such as files, a base checkpoint, another model behind an API; "" where there is
        nothing. It is asked for when a plan is made, so it must be cheap. Raises `UserError`.
        """
        return ""
