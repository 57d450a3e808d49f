"""Files that an entry brought along: what of them is shown and offered for download."""

from __future__ import annotations

import re
import shutil
from dataclasses import dataclass
from pathlib import Path

import pyarrow.csv

from benchsuite.errors import UserError
from benchsuite.leaderboard.entry import Entry
from benchsuite.leaderboard.run import read_table
from benchsuite.leaderboard.site.shown import Shown
from benchsuite.records.export.comma_separated import guarded
from benchsuite.records.report.texts import Graded, SideBySide, graded, side_by_side
from benchsuite.records.tables import SAMPLE_SCHEMA

_CARD = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}\.(md|json)", re.ASCII)
_MOST_CARDS, _LARGEST_CARD, _LONGEST_CARD = 50, 1 << 20, 20_000
_SAMPLED = {"use", "regime", "generation", "seed", "text"}


@dataclass(frozen=True)
class Card:
    """A card as text; `file` is what it is called here, which no browser takes for a page."""

    name: str
    file: str
    text: str
    cut: bool


@dataclass(frozen=True)
class Samples:
    """What the models of an entry wrote; `problem` says why that cannot be shown.

    `brought` says whether there is a file of them that could be read.
    """

    brought: bool = False
    written: SideBySide | None = None
    graded: tuple[Graded, ...] = ()
    problem: str | None = None


def samples(entry: Entry, shown: Shown) -> Samples:
    """Read the samples of an entry: the first texts of each generation."""
    path = entry.folder / "samples.parquet"
    if not path.exists() and not path.is_symlink():
        return Samples()
    # Of the record, its regime alone: the seeds and generations are the board's.
    record = entry.run.record.model_copy(
        update={
            "regimes": [one for one in entry.run.record.regimes if one.name == regime_of(entry)],
            "seeds": shown.seeds,
            "generations": shown.generations,
        }
    )
    try:
        rows = read_table(path, SAMPLE_SCHEMA, required=_SAMPLED)
    except UserError as failure:
        return Samples(problem=without_folder(str(failure), shown))
    return Samples(
        brought=True,
        written=side_by_side(record, rows),
        graded=tuple(graded(record, rows)),
    )


def regime_of(entry: Entry) -> str:
    """Return the name of an entry's regime."""
    return entry.document.regime


def without_folder(sentence: str, shown: Shown) -> str:
    """Return a sentence that names files from the board on: where it lies is nobody's business."""
    return sentence.replace(f"{shown.board.folder}/", "")


def cards(entry: Entry) -> list[Card]:
    """Read the cards of an entry; what is no plain text file of a plain name is passed over."""
    folder = entry.folder / "cards"
    if folder.is_symlink() or not folder.is_dir():
        return []
    paths = sorted(path for path in folder.iterdir() if _CARD.fullmatch(path.name))
    found = [_card(path) for path in paths[:_MOST_CARDS]]
    return [card for card in found if card is not None]


def _card(path: Path) -> Card | None:
    if path.is_symlink() or not path.is_file() or path.stat().st_size > _LARGEST_CARD:
        return None
    text = path.read_text(encoding="utf-8", errors="replace")
    file = path.name if path.suffix == ".json" else f"{path.stem}.txt"
    return Card(path.name, file, text[:_LONGEST_CARD], len(text) > _LONGEST_CARD)


def copy_files(entry: Entry, folder: Path, found: list[Card], written: Samples) -> list[str]:
    """Copy what was read and is there to download into a page's folder; return the files' names."""
    names = ["record.json", "measurements.parquet"]
    names += ["samples.parquet"] if written.brought else []
    for name in names:
        shutil.copyfile(entry.folder / name, folder / name)
    pyarrow.csv.write_csv(guarded(entry.run.measurements), folder / "measurements.csv")
    if found:
        (folder / "cards").mkdir()
    for card in found:
        shutil.copyfile(entry.folder / "cards" / card.name, folder / "cards" / card.file)
    return [*names, "measurements.csv"]
