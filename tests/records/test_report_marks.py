"""What the page marks: contaminated figures, the open division, controls, pairing by item."""

import pyarrow as pa
import pytest
from html_page import Page
from made_up_run import make_run

from benchsuite.records.record import ClaimEntry, ContrastEntry
from benchsuite.records.report.page import render

SET = 'in-domain"<b>'
METRIC = "metrics/bits-per-byte"


def contrast(regime):
    return ContrastEntry(
        says=f"Loss of {regime}",
        expected="more",
        metric=METRIC,
        slice="in-domain",
        regime=regime,
        generation=3,
        against_regime="real",
        against_generation=3,
        compare="difference",
        beyond=None,
        unit="bits/byte",
        least=0.0,
        most=None,
        values=[0.2, 0.2],
        mean=0.2,
        lower=0.1,
        upper=0.3,
        verdict="reproduced",
    )


@pytest.fixture(scope="module")
def marked():
    """A run in which `replace` learned a set, with an open regime that has its own control."""
    claim = ClaimEntry(
        claim="collapse",
        statement="Loss grows.",
        sources=[],
        contrasts=[contrast("replace"), contrast("hybrid-50")],
        verdict="reproduced",
    )
    regimes = ("real", "real-from-base", "replace", "accumulate-growing", "hybrid-50")
    run = make_run(regimes=regimes, claims=[claim])
    record, rows = run.record, run.measurements.to_pylist()
    finder = record.metrics[0].model_copy(
        update={"name": "acme/overlap", "contaminated_above": 0.05}
    )
    for row in rows:
        learned = row["regime"] == "replace" and row["generation"] >= 2
        row["contaminated"] = learned if row["metric"] == METRIC else None
    found = {"replace": (0.0, 0.01, 0.25, 0.5), "real": (0.0,) * 4}
    rows += [
        {"metric": "acme/overlap", "slice": SET, "axis": "generalization", "unit": "share"}
        | {"regime": regime, "generation": generation, "seed": 0, "value": value, "n": 9}
        for regime, values in found.items()
        for generation, value in enumerate(values)
    ]
    comparisons = [
        c.model_copy(
            update={
                "contaminated": c.metric == METRIC and c.regime == "replace" and c.generation > 1,
                "items": 1234,
                "items_lower": -0.25,
                "items_upper": 0.125,
            }
        )
        for c in record.comparisons
    ]
    own = {
        "real-from-base": {"control": True, "against": "real-from-base"},
        "accumulate-growing": {"against": "real-from-base"},
    }
    record = record.model_copy(
        update={
            "metrics": [*record.metrics, finder],
            "comparisons": [c for c in comparisons if c.regime != "real-from-base"],
            "regimes": [r.model_copy(update=own.get(r.name, {})) for r in record.regimes],
        }
    )
    return render(record, pa.Table.from_pylist(rows, run.measurements.schema), run.samples)


@pytest.fixture(scope="module")
def page(marked):
    return Page(marked)


def row_of(page, table, name):
    return next(row for row in page.cells(table) if row[0].startswith(name))


def test_flagged_figures_carry_a_mark(page):
    assert "†" in row_of(page, 0, "replace")[1]
    assert "†" not in "".join(row_of(page, 0, "hybrid-50"))
    numbers = next(t for t in range(len(page.tables)) if page.cells(t)[0][0] == "Generation")
    values = row_of(page, numbers, "replace")[1:]
    assert ["†" in value for value in values] == [False, False, True, True]
    assert page.sections["claims"].count("†") == 1


def test_the_marks_lead_to_their_reason(page):
    marks = [a for a in page.all("a") if a.get("class") == "flag"]
    assert marks
    assert {a["href"] for a in marks} == {"#flagged"}
    assert all(a["aria-label"] for a in marks)
    said = " ".join(page.sections["outcome"].split())
    assert (
        f"{SET} in the training of replace: overlap 0.25 at generation 2, 0.5 at generation 3, "
        "flagged above 0.05"
    ) in said
    assert "<b>" not in {f"<{tag}>" for tag, _ in page.tags}


def test_without_flagged_figures_nothing_is_said(run):
    html = render(run.record, run.measurements, run.samples)
    assert "†" not in html
    assert 'id="flagged"' not in html


def test_the_open_division_is_marked(page):
    assert "open division" in row_of(page, 0, "accumulate-growing")[0]
    assert "open division" not in row_of(page, 0, "replace")[0]
    assert "accumulate-growing open division" in " ".join(page.sections["regimes"].split())
    assert "may be trained on more than the control" in page.sections["outcome"]


def test_a_control_that_is_not_the_suites_is_named(page):
    assert "of real-from-base" in row_of(page, 0, "accumulate-growing")[1]
    assert "of real" not in row_of(page, 0, "replace")[1]
    assert "Compared with real-from-base." in page.sections["regimes"]


def test_intervals_over_items_stand_in_the_cells(page):
    assert "[\u22120.250, +0.125] over 1,234 items" in row_of(page, 0, "replace")[1]
    assert "paired over the questions that both were asked" in page.sections["outcome"]
