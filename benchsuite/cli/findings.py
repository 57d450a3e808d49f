"""What checking an entry came to, for people."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from benchsuite.leaderboard.verify.finding import Checked, Finding, Level

if TYPE_CHECKING:
    from benchsuite.leaderboard.verify.verify import Report

_SIGNS: dict[Level, tuple[str, str]] = {
    "error": ("✗", "red"),
    "flag": ("!", "yellow"),
    "note": ("·", "dim"),
}
_COMMANDS: dict[Level, str] = {"error": "error", "flag": "warning", "note": "notice"}
_WORST: tuple[Level, ...] = ("error", "flag", "note")
_STYLES = {"passed": "green", "flagged": "yellow", "refused": "red"}


def print_report(report: Report, *, briefly: bool) -> None:
    """Print a report; `briefly` leaves out checks that found nothing.

    Findings hold what others wrote: they are escaped already, and here they are no markup.
    """
    console = Console(highlight=False)
    heading = Text.assemble(
        (report.entry, "bold"),
        f" on {report.board}: ",
        (report.verdict, _STYLES[report.verdict]),
        f", {report.state}",
    )
    console.print(heading)
    table = Table.grid(padding=(0, 1))
    table.add_column()
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for checked in report.checks:
        if not checked.findings and not briefly:
            table.add_row(Text("  ✓", "green"), checked.check, Text(checked.says, "dim"))
        for number, finding in enumerate(_sorted(checked)):
            sign, style = _SIGNS[finding.level]
            name = "" if number else checked.check
            table.add_row(Text(f"  {sign}", style), name, Text(finding.message))
    console.print(table)


def print_annotations(report: Report) -> None:
    """Print a report as workflow commands of GitHub, one a finding, which are shown as such.

    Nothing else of an entry is printed there: a line that begins with `::` would be a command.
    """
    for checked in report.checks:
        for finding in _sorted(checked):
            title = f"{report.entry}: {checked.check}"
            for sign in "%,:":
                title = title.replace(sign, f"%{ord(sign):02X}")
            message = finding.message.replace("%", "%25")
            click.echo(f"::{_COMMANDS[finding.level]} title={title}::{message}")
    click.echo(f"{report.entry} on {report.board}: {report.verdict}, {report.state}")


def _sorted(checked: Checked) -> list[Finding]:
    return sorted(checked.findings, key=lambda finding: _WORST.index(finding.level))
