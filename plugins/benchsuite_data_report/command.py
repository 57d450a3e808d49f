"""`benchsuite data report`: a synthetic data set assessed without training."""

from __future__ import annotations

import shlex
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from benchsuite.api import UserError, data_root_option

if TYPE_CHECKING:
    from benchsuite_data_report.assess import Told
    from benchsuite_data_report.results import Assessment

_FILE = click.Path(path_type=Path, exists=True, dir_okay=False)
_PATIENCE = 2.0
"""Seconds before progress is shown."""
_COLOURS = {"pass": "green", "look": "yellow", "fail": "red", "not judged": "bright_black"}


@click.command()
@click.argument("files", nargs=-1, required=True, type=_FILE, metavar="FILE...")
@click.option("--human", multiple=True, type=_FILE, help="Human text of the same kind, to compare.")
@click.option("--text", default="text", show_default=True, help="Column that holds the text.")
@click.option("--human-text", help="The same of the human files. [default: as --text]")
@click.option("--lines", is_flag=True, help="In plain text, a row is a line, not a paragraph.")
@click.option(
    "--sample",
    type=click.IntRange(100, 100_000),
    default=5_000,
    show_default=True,
    help="Rows drawn for what needs text at once.",
)
@click.option(
    "--seed", type=click.IntRange(0), default=0, show_default=True, help="Fixes the draw."
)
@click.option(
    "--against",
    multiple=True,
    metavar="SET",
    help="Evaluation set to look for. [default: all in the data root]",
)
@click.option(
    "--offensive-words", type=_FILE, help="Words to count instead of our own, one a line."
)
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    default=Path("data-report.html"),
    show_default=True,
    help="Where to write the page.",
)
@click.option("--json", "as_json", is_flag=True, help="Print everything as JSON.")
@click.option("--strict", is_flag=True, help="Exit with code 1 where a check fails.")
@data_root_option
def report(
    files: Sequence[Path],
    human: Sequence[Path],
    text: str,
    human_text: str | None,
    lines: bool,  # noqa: FBT001 (click calls by name)
    sample: int,
    seed: int,
    against: Sequence[str],
    offensive_words: Path | None,
    out: Path,
    as_json: bool,  # noqa: FBT001
    strict: bool,  # noqa: FBT001
) -> None:
    """Assess the synthetic data set in FILE... without training.

    JSONL, CSV, TSV (each with .gz or without), Parquet or plain text. Rows that cannot be read
    are counted. Memory does not grow with the files.
    """
    from benchsuite_data_report.assess import PASSES, Wanted, assess
    from benchsuite_data_report.page import render
    from benchsuite_data_report.rows import Source

    made = Source(files, text, lines)
    people = Source(human, human_text or text, lines) if human else None
    wanted = Wanted(
        synthetic=made,
        human=people,
        sample=sample,
        seed=seed,
        sets=against or None,
        offensive=offensive_words,
        command=shlex.join(["benchsuite", *sys.argv[1:]]),
    )
    _check_writable(out)
    total = PASSES * (made.size + (people.size if people else 0))
    with _progress(total) as told:
        found = assess(wanted, told)
    try:
        out.write_text(render(found), encoding="utf-8", newline="\n")
    except OSError as failure:
        raise UserError(f"{out} cannot be written: {failure.strerror}.") from failure
    if as_json:
        click.echo(found.model_dump_json(indent=2))
    else:
        _print(found, out)
    if strict and found.verdict == "fail":
        sys.exit(1)


def _check_writable(out: Path) -> None:
    if not out.absolute().parent.is_dir():
        raise UserError(f"{out} cannot be written: there is no folder {out.parent}; make it first.")


@contextmanager
def _progress(total: int) -> Iterator[Told]:
    """Show a bar on a terminal, once it has taken long enough to wonder."""
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TimeRemainingColumn

    console = Console(stderr=True)
    bar = Progress(
        BarColumn(bar_width=24),
        DownloadColumn(),
        TimeRemainingColumn(),
        console=console,
        transient=True,
    )
    task = bar.add_task("reading", total=total)
    started = time.monotonic()

    def told(read: int) -> None:
        bar.advance(task, read)
        long = time.monotonic() - started > _PATIENCE
        if long and console.is_terminal and not bar.live.is_started:
            bar.start()

    try:
        yield told
    finally:
        bar.stop()


def _print(found: Assessment, out: Path) -> None:
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_header=False)
    for outcome in found.outcomes:
        verdict = Text(outcome.verdict, _COLOURS[outcome.verdict])
        table.add_row(Text(outcome.title, "bold"), verdict, Text(outcome.says))
    console = Console(highlight=False)
    console.print(table)
    console.print(Text(f"The whole report: {out}"))
