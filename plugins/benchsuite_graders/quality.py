"""How many rules of published web filters a row keeps."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pyarrow as pa
from benchsuite_words.quality_rules import RULES, Page, Rule
from pydantic import BaseModel, ConfigDict, Field, field_validator

from benchsuite.api import Context, Grader, HumanRows, Model, Parameters
from benchsuite_graders.texts import texts


class Bounds(BaseModel):
    """The least and the most that passes; None for no bound."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    least: float | None = None
    most: float | None = None


class QualityParameters(Parameters):
    """Which rules, and with which thresholds."""

    filters: tuple[Literal["gopher", "c4", "fineweb"], ...] = Field(
        ("gopher", "c4", "fineweb"), min_length=1, description="Whose rules are applied."
    )
    thresholds: dict[str, Bounds] = Field(
        {},
        description="Other thresholds than the published ones, by the name of the rule: "
        "{words: {least: 10}}. A bound that is not given, or null, does not hold.",
    )
    without: tuple[str, ...] = Field((), description="Names of rules that are left out.")

    @field_validator("thresholds", "without")
    @classmethod
    def _are_rules(cls, named: dict[str, Bounds] | tuple[str, ...]) -> object:
        if unknown := sorted(set(named) - set(RULES)):
            raise ValueError(f"there is no rule {unknown[0]}; there are {', '.join(RULES)}")
        return named


class Quality(Grader[QualityParameters]):
    """Share of the rules of published web filters that a row keeps: from 0 to 1.

    `gopher` (MassiveText: Rae et al. 2021, arXiv:2112.11446, A1.1 and table A1): `words` 50 to
    100,000; `mean-word-length` 3 to 10 characters; `hashes` and `ellipses` at most 0.1 a word;
    `bullet-lines` at most 90 %, `ellipsis-lines` at most 30 %; `alphabetic-words`, with a letter,
    at least 80 %; `stop-words` at least 2 of the, be, to, of, and, that, have, with;
    `repeated-lines` and `repeated-paragraphs` at most 30 %, their characters
    (`repeated-line-characters`, `repeated-paragraph-characters`) at most 20 %; characters in the
    most frequent run of words, if it comes twice, at most 20, 18 and 16 % (`top-2-gram` to
    `top-4-gram`); characters in runs that come twice at most 15, 14, ... 10 % (`repeated-5-grams`
    to `repeated-10-grams`, each character once). `c4` (Raffel et al. 2020, arXiv:1910.10683):
    `sentences` at least 3 (its code asks for 5), no `curly-brackets`, `lorem-ipsum` or
    `javascript`. `fineweb` (Penedo et al. 2024, arXiv:2406.17557): `lines-with-an-end`, closed by
    a mark, at least 12 %; `short-lines`, below 30 characters, at most 67 %; its bound on repeated
    lines, stricter than `gopher`'s, is left to `thresholds`. Words are what stands between spaces.
    C4 also drops single lines; here each rule is one vote on the whole row. Lists of offensive
    words are not applied.

    The filters drop a page that breaks any rule: that is `threshold: 1`. They were made for web
    pages: rows of some hundred bytes mostly break `words` and `sentences`, verse `short-lines`,
    so lower these with `thresholds`, or leave them out with `without`. The rules know nothing of
    sense: fluent nonsense keeps them all, so that on samples of a trained model they say little
    but whether it repeats itself. `explain(text)` tells which rules a text breaks.
    """

    parameters_type = QualityParameters
    reads_model = False

    def grade(self, rows: pa.Table, model: Model, human: HumanRows, context: Context) -> np.ndarray:
        """Return the share of rules that each row keeps."""
        rules = self.rules()
        pages = map(Page, texts(rows))
        kept = [sum(rule.passes(page) for rule in rules.values()) for page in pages]
        return np.array(kept, float) / max(1, len(rules))

    def explain(self, text: str) -> dict[str, float]:
        """Return the rules that a text breaks, each with what was found."""
        page = Page(text)
        broken = {name: rule for name, rule in self.rules().items() if not rule.passes(page)}
        return {name: float(rule.measure(page)) for name, rule in broken.items()}

    def rules(self) -> dict[str, Rule]:
        """Return the rules that are applied, by name, with the thresholds that hold."""
        wanted = self.parameters
        chosen = {
            name: rule
            for name, rule in RULES.items()
            if rule.source in wanted.filters and name not in wanted.without
        }
        return {
            name: rule._replace(**wanted.thresholds[name].model_dump())
            if name in wanted.thresholds
            else rule
            for name, rule in chosen.items()
        }
