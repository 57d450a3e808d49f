"""Loss on held-out human text, domain by domain."""

from __future__ import annotations

from collections import Counter
from math import log

import numpy as np
import pyarrow as pa
from pydantic import Field

from benchsuite.api import Context, HumanRows, Measurement, Metric, Parameters, Subject
from benchsuite_metrics.intervals import ratio
from benchsuite_metrics.reference import per_human
from benchsuite_metrics.words import texts


class DomainLossParameters(Parameters):
    """How many domains are told apart."""

    domains: int = Field(12, ge=1, description="The domains with most held-out rows; at most.")


class DomainLoss(Metric[DomainLossParameters]):
    """Bits per byte of held-out human text for each of its domains.

    -Σ log₂ p / Σ bytes as in `bits-per-byte`, over the test and out-of-domain rows of a domain.
    Slices: each `domain` by its name, the 12 (`domains`) with most such rows. Unit: bits/byte.
    n: rows. Interval: linearised ratio estimator over rows (Cochran 1977, §6.4).

    It shows what a mean over domains hides: a regime may pay for its gain in one with another
    (as Magnusson et al., Paloma, arXiv:2312.10523). Differences between domains are mostly of
    their text, differences to the control of the regime. It speaks at every scale.
    """

    parameters_type = DomainLossParameters
    axis = "generalization"
    unit = "bits/byte"
    best = "lower"
    needs = frozenset({"model"})

    def evaluated(self, human: HumanRows) -> dict[str, list[str]]:
        """Return both splits."""
        return {"in-domain": texts(human.test), "out-of-domain": texts(human.out_of_domain)}

    def measure(self, subject: Subject, context: Context) -> list[Measurement]:
        """Score test and out-of-domain rows once and add up by domain."""
        splits = [s for s in (subject.human.test, subject.human.out_of_domain) if s.num_rows]
        if not splits:
            return []
        scored = [subject.score(rows, context) for rows in splits]
        bits = -np.concatenate([scores.totals for scores in scored]) / log(2)
        sizes = np.concatenate([scores.bytes for scores in scored])
        domains = np.concatenate([_domains(rows) for rows in splits])
        return [
            ratio(bits[domains == name], sizes[domains == name], count).named(name)
            for name, count in _largest(subject.human, self.parameters.domains)
        ]


def _domains(rows: pa.Table) -> np.ndarray:
    names = rows["domain"].to_pylist() if "domain" in rows.column_names else [None] * rows.num_rows
    return np.array([name or "unnamed" for name in names], np.object_)


@per_human
def _largest(human: HumanRows, most: int) -> list[tuple[str, int]]:
    """Return the domains with most held-out rows, and how many these are."""
    counts: Counter[str] = Counter()
    for rows in (human.test, human.out_of_domain):
        counts.update(_domains(rows).tolist())
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:most]
