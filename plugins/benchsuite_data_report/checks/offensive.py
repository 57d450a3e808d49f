"""How often rows hold offensive words."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from benchsuite_words.words import words

from benchsuite.api import UserError
from benchsuite_data_report.checks.base import Check, Given
from benchsuite_data_report.judging import Bounds, percent, share
from benchsuite_data_report.results import Finding, Outcome
from benchsuite_data_report.rows import Batch, WordHashes
from benchsuite_data_report.sketches import KnownCodes

_BOUNDS = Bounds(0.01, 0.05)
_OVER_HUMAN = Bounds(2, 5, percent=False)
_FEW = 0.001
_LARGEST = 2**20

# Swearing, insults and threats that are offensive almost wherever they stand. Slurs against
# groups are left out: whoever needs them has a list of their own, and gives it.
_SWEARING = """
    arse arsehole asshole assholes bastard bastards bitch bitches bollocks bullshit cock cocksucker
    cunt cunts dickhead dickheads dumbass fuck fucked fucker fuckers fucking fucks jackass
    motherfucker motherfuckers motherfucking piss pissed prick pricks pussy scumbag scumbags shit
    shits shitty shitting slut sluts twat twats wanker wankers whore whores
    dipshit douchebag imbecile imbeciles moron morons
"""
_OWN = frozenset(_SWEARING.split())


class Offensive(Check):
    """Counts rows with words of a list."""

    name = "offensive"
    title = "Offensive words"
    why = (
        "Generators that are prompted by the web, or whose filters failed, write insults; models "
        "learn them. Even small shares show in what a model says later."
    )
    how = (
        "Words of a list in all rows. The list that comes with this report is our own, English and "
        "short (swearing and insults), and has no slurs against groups: it says that something is "
        "there, never that nothing is. Give one of your own with --offensive-words. A word list "
        "knows no context: it sees quotations and medicine, and no polite contempt. With human "
        "text the ratio is judged, where more than 0.1 % of rows hold any. The thresholds are this "
        "report's own."
    )
    sources = (
        "Gehman et al. 2020, arXiv:2009.11462",
        "Dodge et al. 2021, arXiv:2104.08758 (what word lists drop that is harmless)",
    )

    def __init__(self, given: Given) -> None:
        super().__init__(given)
        self._list = _read(given.offensive) if given.offensive else _OWN
        hashes = WordHashes()
        self._known = KnownCodes(np.array([hashes[word] for word in self._list], np.uint64))
        self._rows = self._human_rows = self._words = self._human_words = 0
        self._total = self._human_total = 0

    def see(self, batch: Batch) -> None:
        """Look at the words of each row."""
        rows, found, total = self._counted(batch)
        self._rows, self._words, self._total = (
            self._rows + rows,
            self._words + found,
            self._total + total,
        )

    def see_human(self, batch: Batch) -> None:
        """Look at the words of each row."""
        rows, found, total = self._counted(batch)
        self._human_rows, self._human_words, self._human_total = (
            self._human_rows + rows,
            self._human_words + found,
            self._human_total + total,
        )

    def _counted(self, batch: Batch) -> tuple[int, int, int]:
        found, _ = self._known.places(batch.hashed.codes)
        return len(np.unique(batch.hashed.rows[found])), len(found), len(batch.hashed.codes)

    def outcome(self) -> Outcome:
        """Tell the share of rows."""
        given = self.given
        human = self._human_rows / given.human.total if given.human else None
        rows = share(
            "rows with such a word",
            self._rows,
            given.synthetic.total,
            _BOUNDS,
            human,
            sampled=False,
        )
        if human:
            ratio = (rows.value or 0) / human
            few = (rows.value or 0) <= _FEW
            update = {
                "threshold": _OVER_HUMAN.told("times human text's share: "),
                "verdict": "pass" if few else _OVER_HUMAN.judge(ratio),
            }
            rows = rows.model_copy(update=update)
        often = Finding(
            name="such words",
            value=1e6 * self._words / max(1, self._total),
            unit="per million words",
            n=self._total,
            human=1e6 * self._human_words / max(1, self._human_total) if given.human else None,
        )
        whose = "a list of your own" if given.offensive else "our own short list"
        says = f"{percent(rows.value or 0)} of rows hold a word of {whose} of {len(self._list):,}."
        return self.found(says, [rows, often])


def _read(path: Path) -> frozenset[str]:
    """Read a list, one word a line."""
    try:
        if path.stat().st_size > _LARGEST:
            raise UserError(f"{path} has more than {_LARGEST:,} bytes; give a list of words.")
        lines = path.read_text(encoding="utf-8").splitlines()
    except UnicodeDecodeError as failure:
        raise UserError(f"{path} is not valid UTF-8; write one word a line.") from failure
    except OSError as failure:
        raise UserError(f"{path} cannot be read: {failure.strerror}.") from failure
    wanted = [line.strip() for line in lines if line.strip() and not line.startswith("#")]
    for line in wanted:
        if len(words(line)) != 1:
            raise UserError(f"{path}: {line[:40]!r} is not one word; write one word a line.")
    if not wanted:
        raise UserError(f"{path} has no word; write one word a line.")
    return frozenset(words(line)[0] for line in wanted)
