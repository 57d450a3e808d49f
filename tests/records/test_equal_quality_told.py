"""Cost ratios at equal quality in words: on the page and at the terminal."""

import pytest
from html_page import page_of
from made_up_run import make_run

from benchsuite.cli.results import print_results
from benchsuite.records.equal_quality import EqualQualityEntry
from benchsuite.records.report.equal_quality import told

NOTHING = dict.fromkeys(("control", "ratio", "lower", "upper"))
HOSTILE = "no value for <b>replace</b>"


def entry(regime, generation=3, **changes):
    found = {
        "regime": regime,
        "generation": generation,
        "curve_generation": 1,
        "quality_metric": "metrics/bits-per-byte",
        "quality_slice": "in-domain",
        "quality": 2.5,
        "cost_metric": "metrics/flops",
        "cost_slice": "all",
        "unit": "FLOP",
        "cost": 3e12,
        "control": 2e12,
        "ratio": 1.5,
        "lower": 1.25,
        "upper": 1.8,
        "bound": "none",
        "seeds": 2,
        "reason": None,
    }
    return EqualQualityEntry(**found | changes)


def own(regime, **changes):
    return entry(regime, cost_slice="train", **changes)


BOUND = {"lower": None, "upper": None, "bound": "at least", "reason": "worse than every rung"}
ENTRIES = [
    entry("replace", 1),
    own("replace", generation=1, ratio=0.5, lower=0.2, upper=0.9),
    entry("replace", **BOUND),
    own("replace", **NOTHING, reason=HOSTILE),
    entry("hybrid-50", ratio=1.1, lower=0.9, upper=1.3),
    own("hybrid-50", lower=None, upper=None),
]


@pytest.fixture(scope="module")
def run():
    run = make_run()
    run.record = run.record.model_copy(update={"equal_quality": ENTRIES})
    return run


def test_ratios_are_put_into_words(run):
    found = told(run.record)
    assert (found.title, found.unit) == ("bits-per-byte, in-domain", "bits/byte")
    assert [title for _, title in found.costs] == ["flops", "flops, train"]
    first, last, other = found.models
    assert (first.regime, first.generation, first.quality) == ("replace", 1, "2.500")
    assert [r.verdict for r in first.ratios] == ["dearer", "cheaper"]
    assert (first.ratios[0].ratio, first.ratios[0].interval) == ("1.5 times", "[1.25, 1.8]")
    assert first.ratios[0].costs == "3.00 TFLOP against 2.00 TFLOP"
    assert last.ratios[0].ratio == "at least 1.5 times"
    assert (last.ratios[0].verdict, last.ratios[1].ratio, last.ratios[1].costs) == (None,) * 3
    assert [r.verdict for r in other.ratios] == ["unclear", "unclear"]  # one seed has no interval


def test_the_page_has_a_table_of_them(run):
    page = page_of(run)
    assert {"href": "#equal-quality"} in page.all("a")
    assert "costs for the same bits-per-byte, in-domain" in page.sections["equal-quality"]
    table = next(i for i, rows in enumerate(page.tables) if "flops, train" in "".join(rows[0]))
    header, first, last, other = page.cells(table)
    assert header[2] == "bits-per-byte, in-domain bits/byte"
    assert first[:3] == ["replace", "1", "2.500"]
    assert first[3] == "1.5 times [1.25, 1.8] \u2715 dearer 3.00 TFLOP against 2.00 TFLOP"
    assert last[3].startswith("at least 1.5 times 3.00 TFLOP")
    assert last[4] == f"\u2013 {HOSTILE}"
    assert other[4] == "1.5 times ? unclear 3.00 TFLOP against 2.00 TFLOP"


def test_the_terminal_shows_the_last_generation(run, capsys, tmp_path, monkeypatch):
    monkeypatch.setenv("COLUMNS", "100")
    print_results(run.record, tmp_path)
    printed = capsys.readouterr().out
    assert "Cost over the control's for the same bits-per-byte, in-domain" in printed
    assert "dearer" not in printed  # that is generation 1
    lines = [" ".join(line.split()) for line in printed.splitlines()]
    assert "replace at least 1.5 times worse than every rung" in lines
    assert f"replace no value {HOSTILE}" in lines
    assert "hybrid-50 1.1 times [0.9, 1.3] ? unclear" in lines


def test_a_run_that_has_none_does_not_speak_of_them(capsys, tmp_path):
    run = make_run()
    assert told(run.record) is None
    assert "equal-quality" not in page_of(run).sections
    print_results(run.record, tmp_path)
    assert "Cost over" not in capsys.readouterr().out
