"""Handing in: what a run left becomes an entry's folder, ready for a pull request."""

from __future__ import annotations

import os
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import yaml
from pydantic import ValidationError

from benchsuite.errors import UserError
from benchsuite.leaderboard.board import Board
from benchsuite.leaderboard.entry import FILES, EntryDocument, Plugin, read_entries
from benchsuite.leaderboard.files import sha256_of
from benchsuite.leaderboard.protocol import differing
from benchsuite.leaderboard.run import Run, read_run
from benchsuite.leaderboard.tree import copy_tree, tree_digest
from benchsuite.leaderboard.verify.verify import Report, verify
from benchsuite.records.record import RegimeEntry

_OPTIONS = {"entry": "--name", "title": "--title", "authors": "--author", "claims": "--claims"}
"""The options that give the keys of `entry.yaml`."""

_SHOWN = 6
"""Rows that an entry shows of each generation and use: those of its first seed."""


@dataclass(frozen=True)
class Claim:
    """What a submitter says: the entry's name, title, authors, and what it is to show.

    `plugin` is a folder of source or a pinned requirement; `opened` takes the open division.
    """

    name: str
    title: str | None
    authors: tuple[str, ...]
    claims: str
    submitted: str
    plugin: str | None = None
    opened: bool = False


def hand_in(directory: Path, board: Board, claim: Claim, *, replace: bool = False) -> Report:
    """Write the run of a folder as an entry of a board, if it passes all checks.

    What `verify` says of it is returned. Raises `UserError` in one sentence for what it would
    refuse, and where there is an entry of that name that is not to be replaced.
    """
    run = read_run(directory)
    regime = entered(run, board)
    document = _document(run, regime, board, claim)
    place = board.entries / document.entry
    if place.exists() and not replace:
        raise UserError(f"{place} is there already; take another --name, or --replace it.")
    with _beside(board, document.entry) as folder:
        _bring(directory, regime, run, folder)
        plugin = _plugin(claim.plugin, folder)
        _write(document, plugin, folder)
        report, _ = verify(folder, board, read_entries(board)[0])
        for checked in report.checks:
            for finding in checked.findings:
                if finding.level == "error":
                    raise UserError(f"the run cannot be handed in: {finding.message}")
        if place.exists():
            place.rename(folder.parent / "old")
        folder.rename(place)
    return report


@contextmanager
def _beside(board: Board, name: str) -> Iterator[Path]:
    """Give a folder for an unfinished entry, which is gone at the end."""
    board.entries.mkdir(parents=True, exist_ok=True)
    unfinished = board.entries / f".unfinished-{uuid.uuid4().hex}"
    try:
        (unfinished / name).mkdir(parents=True)
        yield unfinished / name
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)


def _document(run: Run, regime: RegimeEntry, board: Board, claim: Claim) -> EntryDocument:
    """Return what an entry says of itself, but for its files. Raises `UserError`."""
    said = {
        "entry": claim.name,
        "board": board.document.board,
        "version": board.document.version,
        "title": claim.title or regime.summary[:200],
        "authors": list(claim.authors),
        "claims": claim.claims,
        "regime": regime.name,
        "division": "open" if claim.opened else "closed",
        "differs": differing(run.record, board.baselines.record) if claim.opened else [],
        "files": {},
        "submitted": claim.submitted,
    }
    try:
        return EntryDocument.model_validate(said)
    except ValidationError as failure:
        error = failure.errors()[0]
        key = str(error["loc"][0]) if error["loc"] else "entry.yaml"
        message = f"{error['msg'][0].lower()}{error['msg'][1:]}"
        raise UserError(f"{_OPTIONS.get(key, key)}: {message}.") from failure


def _bring(directory: Path, regime: RegimeEntry, run: Run, folder: Path) -> None:
    """Copy what the run left, as far as an entry has it. Raises `UserError`."""
    for name in FILES:
        shutil.copyfile(directory / name, folder / name)
    try:
        _excerpt(directory / "samples.parquet", regime.name, run, folder / "samples.parquet")
    except (OSError, ValueError, LookupError, pa.ArrowException) as failure:
        raise UserError(
            f"{directory / 'samples.parquet'}: is no readable table of samples; run once more with "
            "the same --store, or take the file away."
        ) from failure
    _cards(directory / "cards", regime, folder / "cards")


def _write(document: EntryDocument, plugin: Plugin | None, folder: Path) -> None:
    found = {"plugin": plugin, "files": dict(_files(folder))}
    text = yaml.safe_dump(
        document.model_copy(update=found).model_dump(mode="json"),
        sort_keys=False,
        allow_unicode=True,
    )
    (folder / "entry.yaml").write_text(text, encoding="utf-8")


def entered(run: Run, board: Board) -> RegimeEntry:
    """Return the one regime of a run that is neither a baseline nor a control.

    Raises `UserError` where there is none, or several: costs are those of a run, so an entry's
    are known where it ran beside the baselines alone.
    """
    baselines = {board.document.control, board.document.blind}
    own = [r for r in run.record.regimes if r.name not in baselines and not r.control]
    command = f"benchsuite run {board.folder / 'suite.yaml'} --regime {board.document.blind}"
    if not own:
        raise UserError(
            f"the run has no regime beside the board's baselines; run `{command} --regime YOURS`."
        )
    if len(own) > 1:
        raise UserError(
            f"the run has {len(own)} regimes beside the board's baselines, and an entry is one; "
            f"run `{command} --regime {own[0].name}`, which computes nothing twice."
        )
    return own[0]


def _excerpt(path: Path, regime: str, run: Run, to: Path) -> None:
    """Copy a few rows of each generation, those written to be learned from and to be measured."""
    if not path.is_file():
        return
    table = pq.read_table(path, filters=[("regime", "==", regime)])
    table = table.filter(pc.equal(table["seed"], run.record.seeds[0]))
    uses = zip(table["use"].to_pylist(), table["generation"].to_pylist(), strict=True)
    seen: dict[tuple[str, int], int] = {}
    keep = []
    for place, key in enumerate(uses):
        seen[key] = seen.get(key, 0) + 1
        if seen[key] <= _SHOWN:
            keep.append(place)
    pq.write_table(table.take(keep), to, compression="zstd")


def _cards(folder: Path, regime: RegimeEntry, to: Path) -> None:
    """Copy the card of the regime's data and those of the models of its last generation."""
    found = [*folder.glob(f"{regime.name}.croissant.json")]
    found += folder.glob(f"{regime.name}*generation-{regime.generations}.md")
    for path in sorted(found):
        to.mkdir(exist_ok=True)
        shutil.copyfile(path, to / path.name)


def _plugin(given: str | None, folder: Path) -> Plugin | None:
    """Copy a plugin's source into the entry, or note its requirement. Raises `UserError`."""
    if given is None:
        return None
    if os.path.isdir(given):  # noqa: PTH112 (a requirement is no path)
        copy_tree(Path(given), folder / "plugin")
        return Plugin(source="plugin", sha256=tree_digest(folder / "plugin"))
    try:
        return Plugin(requirement=given)
    except ValueError as failure:
        raise UserError(
            f"--plugin {given}: is no folder, and no pinned requirement such as name==1.2."
        ) from failure


def _files(folder: Path) -> Iterator[tuple[str, str]]:
    for path in sorted(folder.rglob("*")):
        if path.is_file() and "plugin" not in path.relative_to(folder).parts[:1]:
            yield path.relative_to(folder).as_posix(), sha256_of(path)
