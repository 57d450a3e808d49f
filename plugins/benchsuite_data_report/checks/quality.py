"""Whether rows would pass the filters that web text is cleaned with."""

from __future__ import annotations

from collections import Counter

from benchsuite_words.quality_rules import RULES, Page

from benchsuite_data_report.checks.base import Check
from benchsuite_data_report.judging import Bounds, percent, share
from benchsuite_data_report.personal_data import excerpt
from benchsuite_data_report.results import Example, Outcome, Series
from benchsuite_data_report.sampling import Sample

_SOURCES = {"gopher": "Gopher", "c4": "C4"}
_BOUNDS = Bounds(0.8, 0.5, below=True)
_EXAMPLES = 4
_DRAWN = 8


class Quality(Check):
    """Applies the rules of Gopher and C4 to the sample."""

    name = "quality"
    title = "Quality by published rules"
    why = (
        "The rules were made to drop pages on which language models learn badly: boilerplate, "
        "lists, loops, text without sentences. Much of a set that breaks them would not survive "
        "the cleaning of a training corpus. Text that a model repeats itself in breaks the rules "
        "of repetition first."
    )
    how = (
        "The rules of Gopher (appendix A1.1) and those of C4 for whole pages, with their published "
        "thresholds, on the sample; a row passes a filter if it breaks none of its rules. They "
        "were made for web pages: short rows break the least number of words and sentences, "
        "whatever their worth, so compare with human text of the same kind. Fluent nonsense "
        "passes. What share must pass is this report's own choice; with human text it is a share "
        "of human text's."
    )
    sources = (
        "Rae et al. 2021, arXiv:2112.11446, appendix A1.1",
        "Raffel et al. 2020, arXiv:1910.10683, section 2.2",
    )

    def outcome(self) -> Outcome:
        """Apply the rules."""
        rules = {name: rule for name, rule in RULES.items() if rule.source in _SOURCES}
        mine, other = _broken(self.given.synthetic), _broken(self.given.human)
        findings = []
        for source, title in _SOURCES.items():
            of = {name for name, rule in rules.items() if rule.source == source}
            passed, people = _passed(mine, of), _passed(other, of)
            finding = share(f"rows that pass {title}", passed, len(mine))
            human = people / len(other) if other else None
            against = min(1.0, passed / len(mine) / human) if human else passed / len(mine)
            threshold = _BOUNDS.told("of human text's share, " if human else "")
            update = {"human": human, "threshold": threshold, "verdict": _BOUNDS.judge(against)}
            findings.append(finding.model_copy(update=update))
        broken = Counter(name for row in mine for name in row)
        broken_human = Counter(name for row in other for name in row)
        by_rule = sorted(rules, key=lambda name: -broken[name])
        findings += [
            share(
                f"rows that break {name} ({_SOURCES[rules[name].source]})",
                broken[name],
                len(mine),
                human=broken_human[name] / len(other) if other else None,
            )
            for name in by_rule
            if broken[name] or broken_human[name]
        ]
        told = " and ".join(
            f"{percent(finding.value or 0)} pass {title}"
            for finding, title in zip(findings, _SOURCES.values(), strict=False)
        )
        shown = by_rule[:_DRAWN]
        series = Series(
            title="Rows that break a rule",
            axis="rule",
            labels=shown,
            synthetic=[broken[name] / len(mine) for name in shown],
            human=[broken_human[name] / len(other) for name in shown] if other else [],
        )
        return self.found(
            f"Of {len(mine):,} rows drawn, {told}.", findings, self._examples(mine), series
        )

    def _examples(self, broken: list[list[str]]) -> list[Example]:
        """Return the rows that break most rules."""
        worst = sorted(range(len(broken)), key=lambda row: -len(broken[row]))[:_EXAMPLES]
        sample = self.given.synthetic
        return [
            Example(
                row=sample.places[row] + 1,
                about=f"breaks {', '.join(broken[row])}",
                text=excerpt(sample.texts[row]),
            )
            for row in worst
            if broken[row]
        ]


def _broken(sample: Sample | None) -> list[list[str]]:
    """Return the rules that each row breaks."""
    pages = map(Page, sample.texts if sample else ())
    rules = {name: rule for name, rule in RULES.items() if rule.source in _SOURCES}
    return [[name for name, rule in rules.items() if not rule.passes(page)] for page in pages]


def _passed(broken: list[list[str]], rules: set[str]) -> int:
    return sum(rules.isdisjoint(row) for row in broken)
