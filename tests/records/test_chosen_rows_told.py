"""Graders that choose human rows, in a record: components, knobs on cards, words on the page."""

from types import SimpleNamespace

from made_up_suite import numbers_plan

from benchsuite.records.cards.told import making
from benchsuite.records.provenance import component_entries, regime_entries
from benchsuite.records.report.mixtures import describe

CHOSEN = "chosen: [{grader: tenths, keep: {best: 0.5}}]"
REGIMES = {
    "real": "mixture: [{source: human-fixed, share: 1}]\n",
    "picked": f"mixture: [{{source: human-fixed, share: 1, {CHOSEN}}}]\n",
}
LISTED = "[replace.yaml, half.yaml, pool.yaml, graded.yaml]"


def test_graders_that_choose_human_rows_are_told_wherever_graders_are():
    suite = numbers_plan((LISTED, "[picked.yaml]"), regimes=REGIMES).suite
    assert "made-up/tenths" in {entry.name for entry in component_entries(suite)}
    entries = regime_entries(suite)
    record = SimpleNamespace(regimes=entries, corpus=SimpleNamespace(digest="d"), seeds=[0])
    plain, picked = (making(regime, suite, record) for regime in suite.regimes)
    assert "chosen by" not in plain
    assert "chosen by" not in picked
    told = picked["human-fixed chosen by grader 1"]
    assert told == 'made-up/tenths, rule {"best": 0.5}'
    assert picked["learns from"].replace("\u00a0", " ") == "100 % chosen human text"
    described = describe(entries[-1])
    assert [each.replace("\u00a0", " ") for each in described.graders] == [
        "of human text tenths keeps the best 50 %"
    ]
    assert describe(entries[0]).graders == ()
