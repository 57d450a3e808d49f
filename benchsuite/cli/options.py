"""Options that commands on suites share."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Literal

import click

from benchsuite.data.published import DATA_ROOT
from benchsuite.errors import UserError
from benchsuite.suites.resolve import Changes

DEFAULT_STORE = "runs/.store"


device_option = click.option(
    "--device",
    type=click.Choice(["auto", "cpu", "cuda"]),
    default="auto",
    show_default=True,
    help="Where to train; auto takes CUDA where there is one.",
)
store_option = click.option(
    "--store",
    default=DEFAULT_STORE,
    show_default=True,
    metavar="URL",
    envvar="BENCHSUITE_STORE",
    help="Where finished steps are kept: a folder or any fsspec URL.",
)


def data_root_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the option that names the data root, for this process and those it starts."""

    def name(_context: click.Context, _option: click.Parameter, root: Path | None) -> None:
        if root is not None:
            os.environ[DATA_ROOT] = str(root.absolute())

    add: Callable[[Callable[..., Any]], Callable[..., Any]] = click.option(
        "--data-root",
        type=click.Path(path_type=Path),
        metavar="DIR",
        expose_value=False,
        callback=name,
        help=f"Where published files are looked for first. [default: ${DATA_ROOT}]",
    )
    return add(command)


def suite_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the suite and all that changes what it comes to."""
    for decorate in reversed(
        list[Callable[[Callable[..., Any]], Callable[..., Any]]](
            [
                click.argument("suite"),
                click.option(
                    "--regime",
                    "regimes",
                    multiple=True,
                    metavar="NAME",
                    help="Run this regime (a shipped name or a YAML file) beside the control; "
                    "may be given more than once. [default: those of the suite]",
                ),
                click.option("--seeds", type=click.IntRange(min=1), help="How many seeds."),
                click.option(
                    "--generations",
                    type=click.IntRange(min=1),
                    help="How many generations after generation 0.",
                ),
                device_option,
                store_option,
                click.option(
                    "--set",
                    "settings",
                    multiple=True,
                    metavar="KEY=VALUE",
                    help="Change a value of the suite, such as learner.width=128, or a parameter "
                    "of the collection.",
                ),
                data_root_option,
            ]
        )
    ):
        command = decorate(command)
    return command


def changes(
    regimes: Sequence[str], seeds: int | None, generations: int | None, settings: Sequence[str]
) -> Changes:
    """Return what the options change in a suite. Raises `UserError` for a --set without `=`."""
    pairs = {}
    for setting in settings:
        key, equals, value = setting.partition("=")
        if not (key and equals):
            raise UserError(f"--set {setting}: write it as key=value, such as learner.width=128.")
        pairs[key] = value
    return Changes(regimes, seeds, generations, pairs)


def resolved_device(request: Literal["auto", "cpu", "cuda"]) -> tuple[str, str]:
    """Return (kind, precision) of the device to use. Raises `UserError`."""
    from benchsuite.lm.device import resolve_device
    from benchsuite.lm.native.library import kernels

    try:
        device = resolve_device(request)
    except RuntimeError as failure:
        raise UserError(f"--device {request}: {failure}; use --device auto or cpu.") from failure
    try:
        kernels(device.kind)
    except ValueError as failure:
        raise UserError(f"the environment variable {failure}.") from failure
    return device.kind, device.precision
