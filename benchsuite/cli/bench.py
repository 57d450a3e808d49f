"""`benchsuite bench`: how fast the language-model core is, beside other software."""

from __future__ import annotations

import json
import os
import shlex
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from benchsuite.cli.options import resolved_device
from benchsuite.errors import UserError, nearest

if TYPE_CHECKING:
    from benchsuite.bench.rounds import Say

_PARTS = ("train", "sample", "score", "grid")


@click.command()
@click.argument("part", required=False)
@click.option("--peers", is_flag=True, help="Time other software beside ours, in turn.")
@click.option(
    "--rounds",
    type=click.IntRange(min=1),
    help="How often each is timed. [default: 5; with --quick 1]",
)
@click.option(
    "--shapes",
    metavar="NAMES",
    help="Sizes of models, such as 0.24M,1.1M. [default: 1.1M; for train 0.24M,1.1M,5.6M]",
)
@click.option("--models", type=click.IntRange(min=1), help="How many models are a grid.")
@click.option(
    "--device",
    type=click.Choice(["auto", "cpu", "cuda"]),
    default="auto",
    show_default=True,
    help="What to measure; auto takes CUDA where there is one.",
)
@click.option("--quick", is_flag=True, help="Very little work: shows that it runs, no more.")
@click.option("--scaling", is_flag=True, help="Also measure how cost grows with size.")
@click.option(
    "--json",
    "json_file",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Write all rounds, the machine and the versions to FILE.",
)
def bench(
    part: str | None,
    peers: bool,  # noqa: FBT001 (click calls by name)
    rounds: int | None,
    shapes: str | None,
    models: int | None,
    device: Literal["auto", "cpu", "cuda"],
    quick: bool,  # noqa: FBT001
    scaling: bool,  # noqa: FBT001
    json_file: Path | None,
) -> None:
    """Time PART of the language-model core (train, sample, score or grid), or all four.

    With --peers, transformers and lm-eval do the same work in turn with ours.
    """
    if part is not None and part not in _PARTS:
        raise UserError(f"there is no part {part}{nearest(part, _PARTS)}")
    if json_file is not None and not json_file.absolute().parent.is_dir():
        raise UserError(
            f"--json {json_file}: there is no folder {json_file.parent}; make it first."
        )

    from rich.console import Console

    from benchsuite.bench.benchmark import run
    from benchsuite.bench.grid import DEFAULT_MODELS
    from benchsuite.bench.machine import cores
    from benchsuite.bench.report import document, tables
    from benchsuite.bench.setup import FULL, QUICK, Setup
    from benchsuite.bench.shapes import chosen

    wanted = chosen(shapes.split(",")) if shapes else {}
    kind = resolved_device(device)[0]
    data = os.environ.get("BENCHSUITE_DATA")
    with _saying() as say:
        setup = Setup(
            device="cuda" if kind == "cuda" else "cpu",
            threads=cores(),
            peers=peers,
            rounds=rounds or (1 if quick else 5),
            effort=QUICK if quick else FULL,
            models=models or DEFAULT_MODELS[kind],
            data=Path(data) if data else None,
            say=say,
        )
        results = run([part] if part else _PARTS, wanted, setup, scaling=scaling)
    Console(width=None if sys.stdout.isatty() else 160).print(tables(results))
    if json_file is not None:
        command = shlex.join(["benchsuite", *sys.argv[1:]])
        found = document(results, setup, command)
        json_file.write_text(json.dumps(found, indent=2, allow_nan=False) + "\n")


@contextmanager
def _saying() -> Iterator[Say]:
    """Show what is being timed: one live line on a terminal, plain lines elsewhere."""
    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    console = Console(stderr=True)
    if not console.is_terminal:
        yield lambda what: click.echo(what, err=True)
        return
    columns = (SpinnerColumn(), TimeElapsedColumn(), TextColumn("{task.description}", markup=False))
    # Drawn once a second, so that drawing takes nothing from what is timed.
    with Progress(*columns, console=console, transient=True, refresh_per_second=1) as progress:
        task = progress.add_task("starting", total=None)
        yield lambda what: progress.update(task, description=what)
