"""Whether two runs ran the same code on machines that say the same of themselves."""

from __future__ import annotations

from benchsuite.records.record import Record


def alike(one: Record, other: Record) -> bool:
    """Whether source, libraries, processor, accelerator, precision and kernels are the same.

    Of machines that share them, the number of cores and memory change no bit of a result.
    """
    return _what_ran(one) == _what_ran(other) and one.environment.source is not None


def _what_ran(record: Record) -> tuple[object, ...]:
    environment, hardware = record.environment, record.environment.hardware
    return (
        environment.source,
        {(each.kind, each.name): each.source for each in record.components},
        environment.python,
        environment.platform,
        environment.packages,
        hardware.processor,
        hardware.accelerator,
        environment.device,
        environment.precision,
        environment.kernels or "torch",
    )
