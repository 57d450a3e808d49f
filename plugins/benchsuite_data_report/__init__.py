"""`benchsuite data report`: a synthetic data set assessed without training, one check a file."""

from __future__ import annotations

from benchsuite.api import Command, hookimpl


@hookimpl
def benchsuite_commands() -> list[Command]:
    """Name the command."""
    return [
        Command(
            "data report",
            "Assess a synthetic data set without training.",
            "benchsuite_data_report.command:report",
        )
    ]
