"""A regime in words and in bars, against what its mixes hold."""

import pytest
from rich.console import Console

from benchsuite.cli.mixture import draw
from benchsuite.suites.documents import parse, validate
from benchsuite.suites.explain import knobs, pieces
from benchsuite.suites.regime import Regime
from benchsuite.suites.shipped import find, shipped

TOP = "regime: mine\nversion: 1\nsummary: A regime.\ngenerator: self\n"


def shipped_regime(name):
    return validate(Regime, find("regime", name))


def sizes(name, generation):
    return {p.kind: pytest.approx(p.size) for p in pieces(shipped_regime(name), generation)}


@pytest.mark.parametrize("name", shipped("regime"))
def test_generation_0_is_human_and_no_closed_mix_is_trained_on_for_longer(name):
    regime = shipped_regime(name)
    assert sizes(name, 0) == {"human": 1}
    for generation in (1, 2, 5):
        whole = sum(piece.size for piece in pieces(regime, generation))
        pool = (generation + 1) * regime.keeps_pool
        assert whole == pytest.approx(pool or regime.budget_share)
        assert regime.division == "open" or regime.budget_share == 1
    assert set(knobs(regime)) >= {"division", "control", "starts from", "budget"}


def test_pieces_are_what_mixes_hold():
    assert sizes("hybrid-10", 3) == {"human": 0.1, "last": 0.9}
    assert sizes("real-repeated", 1) == {"human": 0.5, "repeated": 0.5}
    assert sizes("fresh-real", 2) == {"fresh": 0.5, "last": 0.5}
    assert sizes("accumulate-subsample", 1) == {"human": 1 / 2, "last": 1 / 2}
    assert sizes("accumulate-subsample", 3) == {"human": 1 / 4, "all": 3 / 4}
    assert sizes("accumulate", 3) == {"human": 1, "all": 3}
    assert sizes("real-quarter", 1) == {"human": 0.25}


def drawn(regime, **options):
    console = Console(width=100, **options)
    with console.capture() as captured:
        draw(regime, console)
    return [line.rstrip() for line in captured.get().replace("\u00a0", " ").splitlines()]


def test_bars_are_as_long_as_what_they_stand_for():
    zero, one, *_ = drawn(shipped_regime("hybrid-10"))
    assert zero == "0  " + "█" * 32 + "  100 % human text"
    assert one == "1  " + "█" * 3 + "░" * 29 + "  10 % human text, 90 % text of generation 0"
    growing = [line for line in drawn(shipped_regime("accumulate-growing")) if "█" in line]
    assert [line.count("█") for line in growing] == [8] * 4
    assert [line.count("░") + line.count("▒") for line in growing] == [0, 8, 16, 24]


def test_a_regime_that_ends_early_is_drawn_to_its_end():
    text = TOP + "generations: 1\nmixture: [{source: synthetic-last, share: 1}]\n"
    assert len(drawn(validate(Regime, parse(text, "f")))) == 2


def test_a_part_of_the_budget_is_drawn_and_said():
    zero, one = drawn(shipped_regime("real-quarter"))
    assert zero == "0  " + "█" * 32 + "  100 % human text"
    assert one == "1  " + "█" * 8 + " " * 24 + "  100 % human text; 25 % of a budget"
    words = knobs(shipped_regime("real-quarter"))["budget"].replace("\u00a0", " ")
    assert words == "each mix is drawn to 25 % of the suite's budget"


def test_a_terminal_has_colours_and_a_file_has_none():
    regime = shipped_regime("hybrid-50")
    assert "\x1b" in "".join(drawn(regime, force_terminal=True, color_system="standard"))
    assert "\x1b" not in "".join(drawn(regime))


def test_rules_and_draws_in_words():
    words = knobs(shipped_regime("replace-greedy"))
    assert words["drawn at"] == "temperature 0, the likeliest token always"
    assert words["prompted with"].startswith("the first 64 tokens of human training rows")
    assert "written by" not in knobs(shipped_regime("real"))
    assert knobs(shipped_regime("from-previous"))["control"] == "real-from-previous"
    text = TOP + (
        "decoding: {top_k: 9, top_p: 0.9}\ngenerations: 2\n"
        "graders: [{grader: large, keep: {best: 0.25}}, "
        "{grader: {name: near, to: 3}, keep: {threshold: 2, expected: 0.5}}]\n"
        "mixture: [{source: synthetic-last, share: 1}]\n"
    )
    words = knobs(validate(Regime, parse(text, "f")))
    assert words["drawn at"] == "temperature 1, top-k 9, top-p 0.9"
    assert words["generations"].startswith("2, or the suite's")
    assert words["graded by"].replace("\u00a0", " ") == (
        "large keeps the best 25 %; then near (to 3) keeps grades of 2 on, counting on 50 % of "
        "them or more"
    )


def test_who_chooses_human_text_is_told():
    regime = shipped_regime("hybrid-curated")
    words = {key: told.replace("\u00a0", " ") for key, told in knobs(regime).items()}
    assert words["learns from"].startswith("34 % chosen human text, 16 % chosen human text that no")
    assert words["chosen by"].startswith("graders/quality (filters ['gopher']")
    assert "keeps the best 70 %; then graders/contamination" in words["chosen by"]
    assert [piece.words for piece in pieces(regime, 1)][:2] == [
        *("chosen human text", "chosen new human text")
    ]
    assert "chosen by" not in knobs(shipped_regime("fresh-real"))
    text = TOP + (
        "mixture: [{source: human-fixed, share: 0.5, chosen: [{grader: near, keep: {best: 1}}]}, "
        "{source: human-fresh, share: 0.3, chosen: [{grader: large, keep: {weight: 0.5}}]}, "
        "{source: synthetic-last, share: 0.2}]\n"
    )
    assert knobs(validate(Regime, parse(text, "f")))["chosen by"].replace("\u00a0", " ") == (
        "human text: near keeps the best 100 %; human text that no generation has seen: large "
        "keeps 50 %, drawn by grade, none twice"
    )
