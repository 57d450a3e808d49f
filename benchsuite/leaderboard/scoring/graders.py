"""What boards of graders add: measurements of an entry's grader, which the control has not."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pyarrow as pa
import pyarrow.compute as pc

from benchsuite.leaderboard.board import GRADER, Board
from benchsuite.leaderboard.entry import Entry
from benchsuite.leaderboard.scoring.grid import Key
from benchsuite.leaderboard.scoring.scale import Scale
from benchsuite.leaderboard.standing import LeftOut
from benchsuite.stats.paired import Interval

PERFECT = 1.0
"""The area under the ROC curve of a grader that errs nowhere."""


def grader_scales(board: Board) -> Iterator[Scale | LeftOut]:
    """Yield the scale of each AUC, 0 at chance and 100 at 1; then rates, which have none."""
    wanted = board.document.scoring.graders
    if wanted is None:
        return
    entries = {entry.name: entry for entry in board.baselines.record.metrics}
    for scored in (*wanted.auc, *wanted.tpr, *wanted.fpr):
        entry, key = entries.get(scored.metric), (scored.metric, scored.slice)
        if entry is None or entry.axis != "grading":
            reason = "The suite of the baselines does not measure graders by it."
        elif scored not in wanted.auc:
            yield Scale(key, entry, None)
            continue
        elif entry.chance is None:
            reason = "Its metric does not say what a grader that guesses measures."
        else:
            span = PERFECT - entry.chance
            yield Scale(key, entry, Interval(span, None, None), zero=entry.chance)
            continue
        yield LeftOut(metric=key[0], slice=key[1], axis=entry and entry.axis, reason=reason)


def graders_of(entry: Entry, keys: list[Key]) -> list[str]:
    """Return the names of an entry's graders, which stand in its slices in place of `{grader}`."""
    if not keys:
        return []
    table = entry.run.measurements
    table = table.filter(pc.equal(table["regime"], entry.document.regime))
    found = set()
    for metric, slice_ in keys:
        before, _, after = slice_.partition(GRADER)
        pattern = re.compile(f"{re.escape(before)}(.{{1,200}}){re.escape(after)}")
        slices = pc.unique(table["slice"].filter(pc.equal(table["metric"], pa.scalar(metric))))
        found |= {match[1] for text in slices.to_pylist() if (match := pattern.fullmatch(text))}
    return sorted(found)


def filled(key: Key, grader: str | None) -> Key:
    """Return a key with the name of a grader in its slice."""
    metric, slice_ = key
    return metric, slice_ if grader is None else slice_.replace(GRADER, grader)
