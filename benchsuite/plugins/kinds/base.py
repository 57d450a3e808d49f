"""What components of every kind share: parameters and context."""

from __future__ import annotations

from abc import ABC
from collections.abc import Callable, Sequence
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
    as one likes, in tokens (or rows); total 0 means unknown. A generator or grader may tell
    with `spend(flops)`, as often as it likes, the floating-point operations of the models that
    it ran; what it tells stands in place of what is counted of the current model by formula.
    """

    seed: int
    device: Device
    progress: Callable[[int, int], None] = lambda done, total: None
    spend: Callable[[int], None] = lambda flops: None


class ComponentBase(ABC, Generic[P]):
    """What the five kinds share."""

    parameters_type: ClassVar[type[Parameters]] = Parameters
    """The pydantic model that checks this component's parameters and documents their defaults."""

    data: ClassVar[tuple[str, ...]] = ()
    """Names of the catalogue's sets that it reads, whatever its parameters (see `datasets`)."""

    def __init__(self, parameters: P) -> None:
        self.parameters = parameters

    def datasets(self) -> Sequence[str]:
        """Return the names of the catalogue's sets that it reads (`benchsuite data list`).

        They are had at hand before a run begins, and their digests are part of a step's
        identity. Override where parameters name them.
        """
        return self.data

    def fingerprint(self) -> str:
        """Return a digest of what it reads beside its inputs and the catalogue's sets.

        Such as files, a base checkpoint, another model behind an API; "" where there is
        nothing. It is asked for when a plan is made, so it must be cheap. Raises `UserError`.
        """
        return ""
