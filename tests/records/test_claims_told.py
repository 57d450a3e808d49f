"""Claims in words: on the page, as Markdown, at the terminal."""

import pytest
from html_page import page_of
from made_up_claims import METRIC, contrast, measured, suite
from made_up_run import make_run

from benchsuite.cli.results import print_results
from benchsuite.records.claims import judge_claims
from benchsuite.records.report.claims import markdown, told

DROPS = {0: -1.95, 1: -2.0, 2: -2.05}


def claims(*contrasts):
    def losses(regime, generation, seed, slice_):
        return (4.0 - DROPS[seed] if regime == "replace" else 4.0), 10

    return judge_claims(measured(losses), suite(*contrasts), [METRIC])


@pytest.fixture(scope="module")
def run():
    return make_run(
        seeds=(0, 1, 2),
        claims=claims(
            contrast(),
            contrast(says="like a | <b>man</b>", compare="ratio", least=0.97, most=1.03),
            contrast(slice="none", least=None, most=-0.5),
        ),
    )


def test_numbers_are_put_into_words(run):
    (claim,) = told(run.record)
    assert claim.verdict == "not reproduced"
    first, second, third = claim.contrasts
    assert first.says == "worse than the control (generation 2)"
    assert (first.asked, first.measured, first.unit) == ("above 0", "+2.00", "nats")
    assert first.interval == "[+1.88, +2.12]"
    assert (second.asked, second.measured) == ("0.97 to 1.03", "1.50")
    assert (third.asked, third.measured, third.interval) == ("below \u22120.5", None, None)


def test_the_last_generation_goes_without_saying(run):
    last = run.record.model_copy(update={"generations": 2})
    assert told(last)[0].contrasts[0].says == "worse than the control"


def test_markdown_is_a_table_of_claims_and_contrasts(run):
    header, rule, claim, first, second, third = markdown(run.record).splitlines()
    assert "at generation 3: mean over 3 seeds [95 % interval]" in header
    assert claim == "| **worse** |  |  |  | **not reproduced** |"
    assert first == (
        "| worse than the control (generation 2) | +1 nat | above 0 "
        "| +2.00 [+1.88, +2.12] nats | reproduced |"
    )
    assert second.startswith(r"| like a \| &lt;b>man&lt;/b> (generation 2) |")
    assert third.endswith("| no value | not resolved |")
    assert rule.count("|") == 6


def test_the_page_has_a_section_of_claims(run):
    page = page_of(run)
    assert {"href": "#claims"} in page.all("a")
    assert "It gets worse." in page.sections["claims"]
    rows = next(page.cells(i) for i, table in enumerate(page.tables) if "Contrast" in table[0][0])
    assert rows[1][3:] == ["+2.00 [+1.88, +2.12] nats", "\u2713 reproduced"]
    assert rows[2][0] == "like a | <b>man</b> (generation 2)"
    assert rows[3][3:] == ["\u2013", "? not resolved"]


def test_a_page_without_claims_does_not_speak_of_them():
    page = page_of(make_run())
    assert "claims" not in page.sections
    assert {"href": "#claims"} not in page.all("a")


def test_the_terminal_shows_them(run, capsys, tmp_path, monkeypatch):
    monkeypatch.setenv("COLUMNS", "100")
    print_results(run.record, tmp_path)
    printed = capsys.readouterr().out
    assert "worse  \u2715 not reproduced\nIt gets worse." in printed
    assert "+2.00 [+1.88, +2.12] nats" in printed
    assert "no value" in printed
    print_results(make_run().record, tmp_path)
    assert "Claims" not in capsys.readouterr().out
