"""`benchsuite leaderboard remake`: a whole board from its documents."""

from __future__ import annotations

import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from benchsuite.cli import registry
from benchsuite.cli.options import data_root_option, device_option, resolved_device, store_option

if TYPE_CHECKING:
    from benchsuite.leaderboard.board import Board
    from benchsuite.records.record import Record
    from benchsuite.suites.resolve import Changes


@click.command()
@click.argument("board")
@click.option(
    "--boards",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("leaderboards"),
    show_default=True,
    metavar="DIR",
    help="Where boards lie.",
)
@device_option
@store_option
@data_root_option
@click.option("--workers", type=click.IntRange(min=1), help="Processes. [default: one a core]")
def remake(
    board: str,
    boards: Path,
    device: Literal["auto", "cpu", "cuda"],
    store: str,
    workers: int | None,
) -> None:
    """Run the baselines and all entries of BOARD again, and write them over what is there.

    Regimes are those of the entries' records; entries that a check refuses are left out, with a
    warning. What a store holds is not computed twice; the same
    command goes on where it was stopped.
    """
    from benchsuite.leaderboard import remake as again
    from benchsuite.leaderboard.board import find_board, read_board
    from benchsuite.leaderboard.sound import sound_entries
    from benchsuite.leaderboard.submit import hand_in

    place = find_board(board, boards)
    old = read_board(place)
    entries, refusals = sound_entries(old)
    for refusal in refusals:
        click.echo(f"Warning: left out: {refusal.reason}", err=True)
    with tempfile.TemporaryDirectory(prefix="benchsuite-remake-") as name:
        folder = Path(name)
        runs = again.changes(old, entries, folder)
        runner = _Runner(old, resolved_device(device), store, workers, folder / "run")
        runner.run(again.everything(old, runs), ())
        runner.run(again.everything(old, {}), (old.document.blind,))
        again.put_baselines(folder / "run", place)
        new = read_board(place)
        today = datetime.now(UTC).date().isoformat()
        for entry in entries:
            regimes = [Path(regime).stem for regime in runs[entry.name].regimes]
            runner.run(runs[entry.name], regimes)
            report = hand_in(folder / "run", new, again.claim(entry, today), replace=True)
            click.echo(f"{entry.name}: {report.verdict}")


class _Runner:
    """Runs the board's suite with some of its regimes, into one folder."""

    def __init__(
        self,
        board: Board,
        device: tuple[str, str],
        store: str,
        workers: int | None,
        directory: Path,
    ) -> None:
        from benchsuite.engine.store import Store

        self._suite, self._directory = board.folder / "suite.yaml", directory
        self._device, self._workers = device, workers
        self._store, self._plugins = Store(store), registry()

    def run(self, changes: Changes, regimes: tuple[str, ...] | list[str]) -> Record:
        """Run; the record's command names `regimes` as somebody would give them."""
        from benchsuite.cli.run import run_one
        from benchsuite.records.write import Occasion
        from benchsuite.suites.resolve import resolve

        asked = "".join(f" --regime {regime}" for regime in regimes)
        occasion = Occasion(f"benchsuite run {self._suite}{asked}", datetime.now(UTC))
        return run_one(
            resolve(str(self._suite), self._plugins, changes),
            self._plugins,
            self._device,
            self._store,
            self._workers,
            occasion,
            self._directory,
        )
