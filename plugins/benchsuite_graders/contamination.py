"""How much of a row stands in evaluation sets."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
import pyarrow as pa
from benchsuite_words.evaluation_texts import texts_of
from benchsuite_words.words import words
from pydantic import Field, field_validator

from benchsuite.api import Context, Grader, HumanRows, Model, Parameters, UserError, dataset
from benchsuite_graders.texts import texts

TEST = "test"
"""The human test split, and what is out of domain."""


class ContaminationParameters(Parameters):
    """What is evaluated on, and what counts as the same text."""

    sets: tuple[str, ...] = Field(
        (TEST,),
        min_length=1,
        description=f"Names of published sets (`benchsuite data list`), and `{TEST}` for the human "
        "test split and rows out of domain.",
    )
    n: int = Field(8, ge=1, description="Words in a run that must be the same.")

    @field_validator("sets")
    @classmethod
    def _are_known(cls, sets: tuple[str, ...]) -> tuple[str, ...]:
        try:
            return tuple(name if name == TEST else dataset(name).name for name in sets)
        except UserError as failure:
            raise ValueError(str(failure)) from failure


class Contamination(Grader[ContaminationParameters]):
    """Share of a row's runs of `n` words that stand in the texts of evaluation sets: 0 to 1.

    Lower is better. Words as in `metrics/contamination`: letters alone, no case. A row of fewer
    words than `n` has no run, and the score 0. Of a published set every text counts that its
    files hold (lines, cells of tables, strings in JSON); those with fewer words than `n` cannot be
    found. With runs of 8 tokens Grattafiori et al. 2024 (arXiv:2407.21783, §5.1.4) measure it;
    Brown et al. 2020 (arXiv:2005.14165, App. C) drop what shares a run of 13, which is `threshold:
    0` with `n: 13`.

    Traps: where human training and test text share phrases (licences, greetings, quotations),
    rows with them go too; see what human training rows would get. Paraphrases are not seen, and
    scripts without spaces hardly. Graders before it may read the same sets and leak them all the
    same. At every scale a model writes such runs only where it was trained on them.
    """

    parameters_type = ContaminationParameters
    reads_model = False
    best = "lower"

    def datasets(self) -> list[str]:
        """Return the names of the published sets."""
        return [name for name in self.parameters.sets if name != TEST]

    def grade(self, rows: pa.Table, model: Model, human: HumanRows, context: Context) -> np.ndarray:
        """Return the share of each row's runs that evaluation sets hold."""
        held = set(self._runs(self._evaluated(human)))
        shares = np.zeros(rows.num_rows)
        for row, text in enumerate(texts(rows)):
            runs = list(self._runs([text]))
            shares[row] = sum(run in held for run in runs) / len(runs) if runs else 0
            context.progress(row + 1, rows.num_rows)
        return shares

    def _evaluated(self, human: HumanRows) -> Iterator[str]:
        for name in self.parameters.sets:
            if name == TEST:
                yield from texts(human.test)
                yield from texts(human.out_of_domain)
            else:
                yield from texts_of(dataset(name))

    def _runs(self, found: Iterable[str]) -> Iterator[str]:
        """Yield the runs of `n` words of each text."""
        n = self.parameters.n
        for text in found:
            cut = words(text)
            for start in range(len(cut) - n + 1):
                yield " ".join(cut[start : start + n])
