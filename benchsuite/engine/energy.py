"""Energy that the hardware says it took: of processors by RAPL, of an accelerator by NVML."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import NamedTuple

POWERCAP = Path("/sys/class/powercap")
_MICRO, _MILLI = 1e-6, 1e-3


class Counter(NamedTuple):
    """A counter of energy in joules that only grows, and begins anew at `range` joules."""

    value: Callable[[], float]
    range: float | None = None


def counters(device: str) -> tuple[Counter, ...]:
    """Return what counters this process may read, none if the one that matters is not among them.

    On `cpu` that is RAPL's for every processor package (Linux; root alone can read it on most
    machines). On `cuda` it is NVML's for the accelerator, with `nvidia-ml-py` installed; the
    processors' are added where they can be read.
    """
    processors = _processors(POWERCAP)
    if device != "cuda":
        return processors
    accelerator = _accelerator()
    return (*accelerator, *processors) if accelerator else ()


def read(counted: Sequence[Counter]) -> list[float]:
    """Return where counters stand, in joules."""
    return [counter.value() for counter in counted]


def used(counted: Sequence[Counter], before: Sequence[float]) -> float | None:
    """Return the joules since `before`; None without counters."""
    if not counted:
        return None
    grown = zip(counted, read(counted), before, strict=True)
    return sum(now - then + (counter.range or 0.0) * (now < then) for counter, now, then in grown)


def _processors(folder: Path) -> tuple[Counter, ...]:
    """RAPL's counters of whole packages (`intel-rapl:0`), not of their parts (`intel-rapl:0:1`)."""
    found = []
    for zone in sorted(folder.glob("intel-rapl:*")):
        if zone.name.count(":") > 1 or not _text(zone / "name").startswith("package"):
            continue
        try:
            most = _microjoules(zone / "max_energy_range_uj")
            _microjoules(zone / "energy_uj")
        except (OSError, ValueError):
            return ()  # a part of the energy would pass for all of it
        found.append(Counter(partial(_microjoules, zone / "energy_uj"), most))
    return tuple(found)


def _microjoules(path: Path) -> float:
    return int(path.read_text()) * _MICRO


def _text(path: Path) -> str:
    with suppress(OSError):
        return path.read_text()
    return ""


def _accelerator() -> tuple[Counter, ...]:
    """NVML's counter of the accelerator in use, in millijoules since the driver was loaded."""
    try:
        import pynvml
        import torch

        pynvml.nvmlInit()
        uuid = torch.cuda.get_device_properties(torch.cuda.current_device()).uuid
        handle = pynvml.nvmlDeviceGetHandleByUUID(f"GPU-{uuid}")
        pynvml.nvmlDeviceGetTotalEnergyConsumption(handle)
    except Exception:  # noqa: BLE001 (no NVML, or a device that does not count: not reported)
        return ()
    return (Counter(lambda: pynvml.nvmlDeviceGetTotalEnergyConsumption(handle) * _MILLI),)
