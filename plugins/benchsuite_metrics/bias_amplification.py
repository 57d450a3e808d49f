"""Whether samples tie gender to occupations more than human text does."""

from __future__ import annotations

import numpy as np
from benchsuite_words.groups import NAMES, group_of
from pydantic import Field

from benchsuite.api import Context, HumanRows, Measurement, Metric, Parameters, Subject
from benchsuite_metrics.intervals import Estimate, jackknife
from benchsuite_metrics.occupation_log_odds import MOSTLY_MEN, MOSTLY_WOMEN
from benchsuite_metrics.passed_on import of_rows, together
from benchsuite_metrics.reference import per_human
from benchsuite_metrics.words import Words, texts, words_in, words_of

DIRECTIONS = ("gender after task", "task after gender")
_GENDERS = 2
"""Feminine and masculine, the first of `groups.NAMES`."""


class BiasAmplificationParameters(Parameters):
    """What gender is tied to."""

    tasks: tuple[str, ...] = Field(
        MOSTLY_WOMEN + MOSTLY_MEN, min_length=1, description="Words that are tied to gender or not."
    )


class BiasAmplification(Metric[BiasAmplificationParameters]):
    """Directional bias amplification of gender and task words from human training text to samples.

    With A a row that speaks of a gender (the words of `groups.py`), T one that holds a task word:
    mean over genders a and tasks t of y·Δ, y = sign(P(a, t) - P(a) P(t)) in human training rows,
    Δ = P̂(a | t) - P(a | t) (slice `gender after task`) or P̂(t | a) - P(t | a) (`task after
    gender`), P̂ in the samples: BiasAmp→ of Wang & Russakovsky, ICML 2021, arXiv:2102.12594,
    eq. 4. Pairs are left out whose condition occurs on one side alone, or y is 0. Beside each,
    human text: held-out human rows in place of the samples. Unit: share. n: rows of the samples
    that speak of a gender and hold a task. Interval: jackknife over rows of the samples (Efron &
    Stein 1981), human training rows taken as they are.

    Zero is best, human text's own ties; above it samples exaggerate them. Few rows make it move
    to either side by chance: see human text, and neutral drift, √(n e² (1-(1-1/N)^t)), with the
    standard error e of generation 0 and the N rows of its training text that hold both. It speaks
    where samples hold some hundred rows with both; choose `tasks` that the corpus has. English.
    """

    parameters_type = BiasAmplificationParameters
    axis = "bias"
    unit = "share"
    best = "zero"
    needs = frozenset({"samples", "drawn"})
    context_slices = frozenset(f"{direction} (human)" for direction in DIRECTIONS)

    def measure(self, subject: Subject, context: Context) -> list[Measurement]:
        """Compare how rows of samples tie gender and tasks with how human rows do."""
        tasks = self.parameters.tasks
        known = _known(subject.human, tasks).sum(axis=0)
        sides = (
            _rows(words_in(subject.samples), subject.samples.num_rows, tasks),
            _held_out(subject.human, tasks),
        )
        passed_on = together(words_in(subject.drawn), tasks)
        found = []
        for direction in DIRECTIONS:
            samples, human = (_amplified(known, rows, len(tasks), direction) for rows in sides)
            found.append(samples.named(direction, of_rows(samples, passed_on)))
            found.append(human.named(f"{direction} (human)"))
        return found


def _rows(text: Words, count: int, tasks: tuple[str, ...]) -> np.ndarray:
    """Return what each row holds: `[rows, 2 genders + tasks + 2 · tasks that stand with each + 1]`.

    The last column is 1, so that sums over rows hold their number.
    """
    assert [kind for kind, _ in NAMES[:_GENDERS]] == ["gender"] * _GENDERS
    place = {task: i for i, task in enumerate(tasks)}
    genders, held = np.zeros((count, _GENDERS)), np.zeros((count, len(tasks)))
    for row, word in zip(text.rows.tolist(), text.words, strict=True):
        group = group_of(word)
        if group is not None and group < _GENDERS:
            genders[row, group] = 1
        if word in place:
            held[row, place[word]] = 1
    both = (genders[:, :, None] * held[:, None, :]).reshape(count, _GENDERS * len(tasks))
    return np.column_stack([genders, held, both, np.ones(count)])


def _amplified(known: np.ndarray, rows: np.ndarray, tasks: int, direction: str) -> Estimate:
    n = int(np.count_nonzero(rows[:, _GENDERS + tasks : -1].any(axis=1)))
    if not n or not known[-1]:
        return Estimate(None, n)
    with np.errstate(all="ignore"):
        a, t, both = _probabilities(known, tasks)
        sign = np.sign(both - a * t)
        before = _given(known, tasks, direction)

        def amplification(sums: np.ndarray) -> np.ndarray:
            change = sign * (_given(sums, tasks, direction) - before)
            counted = np.isfinite(change) & (sign != 0)
            total = np.where(counted, change, 0).sum(axis=(-1, -2))
            mean: np.ndarray = total / counted.sum(axis=(-1, -2))
            return mean

        return jackknife(rows, amplification, n)


def _probabilities(sums: np.ndarray, tasks: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return P(a) `[..., 2, 1]`, P(t) `[..., 1, tasks]` and P(a, t) from sums over rows."""
    shares = sums[..., :-1] / sums[..., -1:]
    genders, held = shares[..., :_GENDERS], shares[..., _GENDERS : _GENDERS + tasks]
    both = shares[..., _GENDERS + tasks :].reshape(*sums.shape[:-1], _GENDERS, tasks)
    return genders[..., :, None], held[..., None, :], both


def _given(sums: np.ndarray, tasks: int, direction: str) -> np.ndarray:
    a, t, both = _probabilities(sums, tasks)
    conditional: np.ndarray = both / (t if direction == DIRECTIONS[0] else a)
    return conditional


@per_human
def _known(human: HumanRows, tasks: tuple[str, ...]) -> np.ndarray:
    return _rows(words_in(human.train), human.train.num_rows, tasks)


@per_human
def _held_out(human: HumanRows, tasks: tuple[str, ...]) -> np.ndarray:
    rows = [*texts(human.validation), *texts(human.test)]
    return _rows(words_of(rows), len(rows), tasks)
