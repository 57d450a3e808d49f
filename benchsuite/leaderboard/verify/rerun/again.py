"""Training one seed of an entry again, here."""

from __future__ import annotations

import sys
import tempfile
from collections import deque
from collections.abc import Callable
from pathlib import Path

from benchsuite.errors import UserError
from benchsuite.leaderboard.files import plain
from benchsuite.leaderboard.run import read_run
from benchsuite.leaderboard.verify.case import Case
from benchsuite.leaderboard.verify.rerun.compare import compare
from benchsuite.leaderboard.verify.rerun.documents import comparing, needs_all_seeds, write_suite
from benchsuite.leaderboard.verify.rerun.isolation import environment, isolation, run
from benchsuite.leaderboard.verify.rerun.outcome import Rerun
from benchsuite.leaderboard.verify.rerun.plugin import install

_MAIN = "from benchsuite.cli import main; main()"


def train_again(
    case: Case, seed: int, tell: Callable[[str], None], *, without_isolation: bool = False
) -> Rerun:
    """Train one seed again and compare it; the entry's plugin, if any, is installed and run.

    So this asks for consent first; the caller sees to that. `tell` is given what the run prints.
    Raises `UserError` where it cannot be run.
    """
    if seed not in case.record.seeds:
        raise UserError(
            f"--rerun {seed}: the entry {case.entry.name} has no such seed; "
            f"there are {', '.join(map(str, case.record.seeds))}."
        )
    prefix = () if without_isolation else isolation()
    if prefix is None and case.entry.document.plugin is not None:
        raise UserError(
            "code of an entry runs without network alone, and that takes `unshare` and user "
            "namespaces of Linux; give --without-isolation where nothing can be lost."
        )
    with tempfile.TemporaryDirectory(prefix="benchsuite-verify-") as name:
        return _train(case, seed, tell, prefix or (), Path(name))


def _train(
    case: Case, seed: int, tell: Callable[[str], None], prefix: tuple[str, ...], folder: Path
) -> Rerun:
    python, plugin = sys.executable, case.entry.document.plugin
    if plugin is not None:
        python = install(case.entry, plugin, folder, prefix)
    suite = write_suite(case, seed, folder)
    device = "cpu" if case.record.environment.device == "cpu" else "auto"
    places = ("--store", str(folder / "store"), "--out", str(folder / "out"))
    command = (*prefix, python, "-P", "-c", _MAIN, "run", str(suite), "--device", device, *places)
    last: deque[str] = deque(maxlen=1)

    def hear(line: str) -> None:
        if line:
            last.append(line)
            tell(line)

    code = run(command, folder, environment(folder / "home"), hear)
    if not (folder / "out" / "record.json").is_file():
        raise UserError(f"the rerun of {case.entry.name} ended with {code}: {''.join(last)}")
    try:
        here = read_run(folder / "out")
    except UserError as failure:
        raise UserError(f"the rerun left no run: {plain(str(failure))}") from failure
    if here.record.failures:
        failed = here.record.failures[0]
        raise UserError(f"the rerun failed: {plain(f'{failed.step}: {failed.reason}', 300)}")
    left_out = set() if needs_all_seeds(case) else comparing(case)
    return compare(case, here, seed, left_out, isolated=bool(prefix))
