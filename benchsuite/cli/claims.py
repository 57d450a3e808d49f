"""`benchsuite claims`: how the claims of a record fared, as a Markdown table."""

from __future__ import annotations

from pathlib import Path

import click

from benchsuite.errors import UserError

BEGIN, END = "<!-- claims: begin -->\n", "<!-- claims: end -->"
"""Between these lines of a page the table stands."""


@click.command()
@click.argument("record", type=click.Path(path_type=Path))
@click.option(
    "--page",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help=f"Put the table into this page, between the lines {BEGIN.strip()} and {END}.",
)
def claims(record: Path, page: Path | None) -> None:
    """Print the claims of RECORD (a record.json, or the folder of a run) as a Markdown table."""
    from benchsuite.records.read import read_record
    from benchsuite.records.report.claims import markdown

    found = read_record(record)
    if not found.claims:
        raise UserError(f"{record}: the suite {found.suite.name} makes no claims.")
    table = markdown(found)
    if page is None:
        click.echo(table, nl=False)
        return
    try:
        page.write_text(placed(page.read_text(encoding="utf-8"), table, page), encoding="utf-8")
    except OSError as failure:
        raise UserError(f"{page}: cannot be written: {failure.strerror}.") from failure


def placed(text: str, table: str, page: Path) -> str:
    """Return a page with the table between its markers. Raises `UserError` without them."""
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (begin and end):
        raise UserError(f"{page}: there are no lines {BEGIN.strip()} and, below it, {END}.")
    return f"{before}{begin}\n{table}\n{end}{after}"
