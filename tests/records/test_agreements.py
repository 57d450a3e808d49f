"""Measurements that say what they should be: verdicts, the table, the page, the exit code."""

from types import SimpleNamespace

import pytest

from benchsuite.cli.agreements import print_agreements
from benchsuite.engine.operations.measure import _checked
from benchsuite.plugins.kinds import Expected, Measurement
from benchsuite.records.agreements import _judged, differing, in_words, shown
from benchsuite.records.record import Agreement
from benchsuite.records.report.exactness import exactness


def expected(**given):
    base = {"exact": 1.0, "formula": "f", "error": 0.1, "z": None, "tolerance": 0.0}
    return base | {"independent": False} | given


def agreement(generation, verdict="agrees", z=0.5, regime="replace", **given):
    return Agreement(
        **(
            {
                "regime": regime,
                "generation": generation,
                "metric": "acme/error",
                "slice": "all",
                "formula": "t/n [Acme 2025] <b>",
                "exact": 1.0,
                "measured": 1.05,
                "error": 0.1,
                "tolerance": None,
                "z": z,
                "seeds": 1,
                "verdict": verdict,
            }
            | given
        )
    )


def record(*agreements):
    regimes = [SimpleNamespace(name=name) for name in ("real", "replace")]
    suite = SimpleNamespace(name="acme")
    return SimpleNamespace(agreements=list(agreements), regimes=regimes, suite=suite)


@pytest.mark.parametrize(
    ("values", "given", "z", "verdict"),
    [
        ([1.2], [expected()], 2.0, "agrees"),
        ([1.5], [expected()], 5.0, "differs"),
        ([1.5], [expected(z=3.9)], 3.9, "agrees"),
        ([1.5], [expected(error=None)], None, "unclear"),
        ([1.0 + 1e-10], [expected(error=0.0, tolerance=1e-9)], None, "agrees"),
        ([1.0 + 1e-8], [expected(error=0.0, tolerance=1e-9)], None, "differs"),
        ([1.0, 1.1], [expected(error=0.0)] * 2, None, "differs"),
        ([1.2, 1.3], [expected()] * 2, 2.5, "agrees"),
        ([1.2, 1.4], [expected(independent=True)] * 2, 3 * 2**0.5, "differs"),
    ],
)
def test_verdicts(values, given, z, verdict):
    distance, found = _judged(values, given)
    assert found == verdict
    assert distance.z == (None if z is None else pytest.approx(z))


def test_without_errors_of_their_own_the_seeds_tell():
    given = [expected(error=None)] * 12
    _, near = _judged([1.0 + 0.01 * (-1) ** i for i in range(12)], given)
    _, far = _judged([1.5 + 0.01 * (-1) ** i for i in range(12)], given)
    assert (near, far) == ("agrees", "differs")


def test_the_table_shows_the_last_generation_and_what_differs():
    found = record(
        agreement(0), agreement(1, "differs", 6.0), agreement(2), agreement(2, regime="real")
    )
    assert [(each.regime, each.generation) for each in shown(found)] == [
        ("real", 2),
        ("replace", 1),
        ("replace", 2),
    ]
    assert [each.generation for each in differing(found)] == [1]
    assert "the largest |z| of the others is 6.00" in in_words(found.agreements)
    assert "3 agree, 1 differ." in in_words(found.agreements)


def test_the_table_is_printed(capsys):
    print_agreements([record(agreement(1, "differs", 6.0)), record()])
    printed = capsys.readouterr().out
    for word in ("acme", "replace: error", "t/n [Acme 2025] <b>", "+6.00", "differs"):
        assert word in printed
    print_agreements([record()])
    assert not capsys.readouterr().out


def test_the_page_has_rows_for_them():
    assert exactness(record()) is None
    found = exactness(record(agreement(1, z=None, error=None, verdict="unclear")))
    (case,) = found["regimes"]["replace"]
    (row,) = case["rows"]
    assert (row["z"], row["error"], row["verdict"], row["colour"]) == (
        None,
        None,
        "unclear",
        "unclear",
    )


def test_a_formula_is_said_once_for_all_generations():
    wrong = [agreement(generation, "differs", -9.0) for generation in range(3)]
    (case,) = exactness(record(*wrong))["regimes"]["replace"]
    assert case["formula"] == "t/n [Acme 2025] <b>"
    assert [row["generation"] for row in case["rows"]] == [0, 1, 2]
    assert case["rows"][0]["z"] == "\u22129.00"


def test_the_closing_table_says_a_formula_once(capsys):
    wrong = [agreement(generation, "differs", -9.0) for generation in range(3)]
    print_agreements([record(*wrong, agreement(2, regime="real"))])
    printed = capsys.readouterr().out
    assert printed.count("t/n [Acme 2025] <b>") == 2
    assert printed.count("replace: error") == 1
    assert printed.count("-9.00") == 3


def test_a_measurement_without_a_finite_exact_value_is_refused():
    with pytest.raises(RuntimeError, match="exact = nan"):
        _checked(Measurement(1.0, 1, expected=Expected(float("nan"), "f")))
    assert _checked(Measurement(1.0, 1))["expected"] is None
