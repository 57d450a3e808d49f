"""The command line. Commands are plugins: benchsuite's own register like anyone's."""

from __future__ import annotations

import logging
import sys
from importlib import import_module
from typing import Any

import click

from benchsuite.errors import UserError, nearest
from benchsuite.hookspecs import hookimpl
from benchsuite.plugins.descriptors import Command
from benchsuite.plugins.registry import Registry, installed


@hookimpl
def benchsuite_commands() -> list[Command]:
    """Name benchsuite's own commands."""
    return [
        Command("run", "Run a suite and write its record and report.", "benchsuite.cli.run:run"),
        Command(
            "plan", "Show the steps of a suite and what they cost.", "benchsuite.cli.plan:plan"
        ),
        Command("list", "List components, regimes and suites.", "benchsuite.cli.list:list_"),
        Command("show", "Explain one of them.", "benchsuite.cli.show:show"),
        Command(
            "claims",
            "Print how the claims of a record fared.",
            "benchsuite.cli.claims:claims",
        ),
        Command(
            "trace", "Follow a synthetic row back to human ones.", "benchsuite.cli.trace:trace"
        ),
        Command("data", "List, fetch and verify published files.", "benchsuite.cli.data:data"),
        Command("submit", "Hand a run in to a leaderboard.", "benchsuite.cli.submit:submit"),
        Command("verify", "Check entries of leaderboards.", "benchsuite.cli.verify:verify"),
        Command(
            "leaderboard",
            "Show, rank and publish what was handed in.",
            "benchsuite.cli.leaderboard:leaderboard",
        ),
        Command(
            "leaderboard build",
            "Make a static site of the boards.",
            "benchsuite.cli.leaderboard.build:build",
        ),
        Command(
            "leaderboard serve",
            "Look at that site on this machine.",
            "benchsuite.cli.leaderboard.serve:serve",
        ),
        Command(
            "leaderboard remake",
            "Run a whole board again.",
            "benchsuite.cli.leaderboard.remake:remake",
        ),
        Command(
            "leaderboard rescore",
            "Score and rank a board's entries from raw measurements.",
            "benchsuite.cli.leaderboard.rescore:rescore",
        ),
        Command(
            "leaderboard publish",
            "Put the boards' site online.",
            "benchsuite.cli.leaderboard.publish:publish",
        ),
        Command(
            "export",
            "Write a run's measurements in formats of others.",
            "benchsuite.cli.export:export",
        ),
        Command("schema", "Print a JSON Schema.", "benchsuite.cli.schema:schema"),
        Command("bench", "Time the language-model core.", "benchsuite.cli.bench:bench"),
    ]


def registry() -> Registry:
    """Return the registry of this process, with problems of plugins said once."""
    found = installed()
    for problem in found.problems:
        click.echo(f"Warning: {problem}", err=True)
    found.problems.clear()
    return found


class LazyGroup(click.Group):
    """Commands that plugins register, imported when they are called for, beside those given to it.

    A command named `data report` is the subcommand `report` of the group with `below="data"`.
    """

    def __init__(self, *args: Any, below: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._below = below

    def _registered(self) -> dict[str, Command]:
        """Return the commands registered for this group, by the last word of their names."""
        split = {name: name.rpartition(" ") for name in registry().commands()}
        return {
            own: registry().commands()[name]
            for name, (group, _, own) in split.items()
            if group == self._below
        }

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all commands."""
        return [*super().list_commands(ctx), *self._registered()]

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        """Import a command. An unknown one is an error that names the nearest."""
        if (given := super().get_command(ctx, name)) is not None:
            return given
        commands = self._registered()
        if name not in commands:
            known = self.list_commands(ctx)
            full = f"{self._below} {name}".lstrip()
            raise UserError(f"there is no command {full}{nearest(name, known)}")
        module, _, attribute = commands[name].target.partition(":")
        command = getattr(import_module(module), attribute)
        if not isinstance(command, click.Command):
            raise UserError(f"{commands[name].target} is not a click command.")
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List commands and summaries: those given to it, then others as they were registered."""
        given = [super(LazyGroup, self).get_command(ctx, n) for n in super().list_commands(ctx)]
        rows = [(str(one.name), one.get_short_help_str(80)) for one in given if one]
        rows += [(own, command.summary) for own, command in self._registered().items()]
        with formatter.section("Commands"):
            formatter.write_dl(rows)


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="benchsuite")
def cli() -> None:
    """What does training on synthetic data do to a model?

    Start with: benchsuite run quickstart
    """


def main() -> None:
    """Run the command line. Errors that a user can mend are one sentence and exit code 2."""
    logging.basicConfig(format="Warning: %(message)s", level=logging.WARNING)
    try:
        cli(standalone_mode=True)
    except UserError as failure:
        click.echo(f"Error: {failure}", err=True)
        sys.exit(2)
