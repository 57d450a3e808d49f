"""Writing the site: a page a board, an entry and a metric; the same entries, the same bytes."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from jinja2 import Environment

from benchsuite.leaderboard.entry import Entry, Refusal
from benchsuite.leaderboard.files import in_words
from benchsuite.leaderboard.site import libraries
from benchsuite.leaderboard.site.brought import (
    cards,
    copy_files,
    regime_of,
    samples,
    without_folder,
)
from benchsuite.leaderboard.site.command import command, documents
from benchsuite.leaderboard.site.downloads import write_standing
from benchsuite.leaderboard.site.environment import site_environment, style
from benchsuite.leaderboard.site.regimes import tell
from benchsuite.leaderboard.site.scripts import board_script, entry_script
from benchsuite.leaderboard.site.series import generations, series
from benchsuite.leaderboard.site.shown import Measurement, Shown
from benchsuite.leaderboard.site.table import numbers, of_metric, results, table
from benchsuite.leaderboard.standing import Place
from benchsuite.records.report.mixtures import as_yaml

_HERE = Path(__file__).parent
_METRICS = "metrics"
"""The folder of the pages that define what is measured."""


def write_site(boards: Sequence[Shown], folder: Path) -> list[Shown]:
    """Write the pages of all boards into an empty folder; return the boards as they are there.

    An entry whose page cannot be written is refused, and the board ranked without it.
    """
    pages = _Pages(site_environment(), folder)
    _write_assets(folder / "assets")
    written = [_with_entries(shown, pages) for shown in boards]
    pages.write("index", "index.html", boards=written)
    for shown in written:
        _write_board(shown, pages)
    return written


class _Pages:
    """Writes pages by their templates."""

    def __init__(self, environment: Environment, folder: Path) -> None:
        self._environment = environment
        self.folder = folder

    def write(self, kind: str, path: str, **given: Any) -> None:
        page = self._environment.get_template(f"{kind}.html")
        top = "../" * path.count("/")
        _write(self.folder / path, page.render(top=top, **given))


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="\n")


def _write_assets(folder: Path) -> None:
    _write(folder / "style.css", style())
    _write(folder / "vega.js", libraries.vega())
    _write(folder / "datatables.js", libraries.datatables())
    _write(folder / "licences.txt", libraries.licences())
    for path in sorted((_HERE / "assets").glob("*.js")):
        _write(folder / path.name, path.read_text("utf-8"))


def _write_board(shown: Shown, pages: _Pages) -> None:
    at = f"{shown.board.name}/"
    rows = table(shown)
    refusals = [(one.folder.name, without_folder(one.reason, shown)) for one in shown.refusals]
    suite = shown.board.folder / "suite.yaml"
    pages.write(
        "board",
        f"{at}index.html",
        shown=shown,
        table=rows,
        refusals=refusals,
        suite=suite.is_file(),
    )
    pages.write("compare", f"{at}compare.html", shown=shown)
    if suite.is_file():
        shutil.copyfile(suite, pages.folder / at / "suite.yaml")
    _write(pages.folder / at / "board.js", board_script(shown))
    write_standing(shown, pages.folder / at)
    for page, measured in _by_metric(shown).items():
        pages.write(
            "metric",
            f"{at}{_METRICS}/{page}.html",
            shown=shown,
            metric=measured[0].metric,
            measured=[(one, of_metric(shown, one)) for one in measured],
        )


def _with_entries(shown: Shown, pages: _Pages) -> Shown:
    """Write the pages of a board's entries; return it with those alone that have one."""
    refusals = []
    for place in shown.places:
        entry = shown.entries[place.entry]
        try:
            _write_entry(shown, entry, place, pages)
        except Exception as failure:  # noqa: BLE001 (whatever an entry does to its page)
            reason = f"{entry.folder}: cannot be shown: {in_words(failure)}"
            refusals.append(Refusal(entry.folder, reason))
    if not refusals:
        return shown
    shutil.rmtree(pages.folder / shown.board.name / "entries", ignore_errors=True)
    return _with_entries(shown.without(refusals), pages)


def _by_metric(shown: Shown) -> dict[str, list[Measurement]]:
    found: dict[str, list[Measurement]] = {}
    for one in shown.measurements:
        found.setdefault(one.page, []).append(one)
    return found


def _write_entry(shown: Shown, entry: Entry, place: Place, pages: _Pages) -> None:
    at = f"{shown.board.name}/entries/{entry.name}/"
    regime = next(one for one in entry.run.record.regimes if one.name == regime_of(entry))
    own = documents(entry, shown)
    points = series(entry.run, regime.name, shown, grader=place.grader)
    found, written = cards(entry), samples(entry, shown)
    _write(pages.folder / at / "data.js", entry_script(place, points))
    for name, one in own.items():
        _write(pages.folder / at / name, as_yaml(one))
    pages.write(
        "entry",
        f"{at}index.html",
        shown=shown,
        entry=entry,
        place=place,
        regime=regime,
        told=tell(regime),
        command=command(entry, own),
        documents=own,
        results=results(shown, place),
        generations=generations(points),
        numbers=numbers(shown, points),
        samples=written,
        cards=found,
        files=[*copy_files(entry, pages.folder / at, found, written), *own],
    )
