"""`benchsuite export`: a run's measurements in formats that other software reads."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from benchsuite.errors import UserError

if TYPE_CHECKING:
    import pyarrow as pa

    from benchsuite.records.record import Record

_SCHEMA_OF_ALL = "every-eval-ever"


@click.command()
@click.argument("run", type=click.Path(path_type=Path))
@click.option(
    "--format",
    "form",
    required=True,
    type=click.Choice([_SCHEMA_OF_ALL, "lm-eval", "csv"]),
    help="A schema for results of all software, the results of lm-eval, or one table.",
)
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="Where the files go; by default exports/, the run's name and the format.",
)
@click.option(
    "--organization",
    metavar="NAME",
    help=f"Who ran it, which {_SCHEMA_OF_ALL} names; by default unknown.",
)
def export(run: Path, form: str, out: Path | None, organization: str | None) -> None:
    """Write the measurements of RUN, the folder of a run or of a board's entry, for others.

    The same run gives the same files, byte for byte.
    """
    from benchsuite.leaderboard.run import read_measurements
    from benchsuite.records.export.write import write_files
    from benchsuite.records.read import read_record

    if organization is not None and form != _SCHEMA_OF_ALL:
        raise UserError(f"--organization: {form} has no place for it; {_SCHEMA_OF_ALL} has.")
    if not run.is_dir():
        raise UserError(f"{run}: is no folder; give that of a run, such as runs/quickstart.")
    record = read_record(run)
    measurements = read_measurements(run / "measurements.parquet")
    out = out or Path("exports", run.resolve().name, form)
    written = write_files(_files(form, record, measurements, organization or "unknown"), out)
    what = f"{len(written):,} files in {out}" if len(written) != 1 else str(written[0])
    click.echo(f"{measurements.num_rows:,} measurements: {what}")


def _files(
    form: str, record: Record, measurements: pa.Table, organization: str
) -> Iterator[tuple[str, str]]:
    from benchsuite.records.export import comma_separated, every_eval_ever, lm_eval

    if form == "csv":
        return comma_separated.files(measurements)
    if form == "lm-eval":
        return lm_eval.files(record, measurements)
    return every_eval_ever.files(record, measurements, organization)
