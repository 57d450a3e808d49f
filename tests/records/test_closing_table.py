"""The closing table where regimes have controls of their own, or end before others."""

from pathlib import Path

import pytest
from made_up_run import make_run

from benchsuite.cli.results import print_results


def printed(record, capsys):
    print_results(record, Path("out"))
    return " ".join(capsys.readouterr().out.split())


def changed(record, **of_regimes):
    """The record with entries of regimes changed, by name."""
    regimes = [
        regime.model_copy(update=of_regimes.get(regime.name.replace("-", "_"), {}))
        for regime in record.regimes
    ]
    return record.model_copy(update={"regimes": regimes})


@pytest.fixture(scope="module")
def record():
    return make_run().record


def test_one_control_is_called_that(record, capsys):
    text = printed(record, capsys)
    assert "Generation 3 against the human-data control (real): mean difference" in text
    assert text.count("lower is better, control ") == 2  # generalization and cost
    assert "generation 1" not in text


def test_each_control_has_a_block_of_its_own(record, capsys):
    text = printed(changed(record, hybrid_50={"against": "other"}), capsys)
    assert "the human-data control (real, other): mean" in text
    assert text.count("lower is better, real ") == text.count("lower is better, other ") == 2
    assert "control 2." not in text


def test_a_regime_that_ended_early_stands_with_its_last_generation(record, capsys):
    text = printed(changed(record, replace={"generations": 1}), capsys)
    found = next(
        c for c in record.comparisons if (c.regime, c.generation, c.headline) == ("replace", 1, 1)
    )
    assert f"replace, generation 1 {found.difference:+.3g} " in text
    assert "hybrid-50 +" in text
