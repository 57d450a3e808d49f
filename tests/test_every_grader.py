"""Some graders of the suite `grading`, with a tiny model and few people, by the command line."""

import json
from collections import defaultdict

import pyarrow.parquet as pq
import pytest
from benchsuite_worlds.biographies import Biographies
from command_line import CommandLine

from benchsuite.suites.shipped import shipped

GRADED = ["keep-verified", "keep-verified-90-30", "keep-factual"]
RATES = {"keep-verified": (1.0, 0.0), "keep-verified-90-30": (0.9, 0.3)}
PEOPLE = 2
"""So few that a tiny model learns in a second what is true of them."""

CHECKED = f"grammar: biographies, people: {PEOPLE}"
SUITE = f"""\
suite: tiny-grading
version: 1
summary: Graders for tests.
corpus: {{name: programme, {CHECKED}, size: 2, rows: 2000, out_of_domain_rows: 40}}
held_out: {{share: 0.1}}
learner: {{name: llama, vocabulary: 320, width: 32, layers: 1, heads: 2, feedforward: 64,
  length: 32, batch: 4, epochs: 10, learning_rate: 0.02}}
budget: {{tokens: 2048}}
generations: 1
seeds: 1
control: real
regimes: [real, {", ".join(f"{name}.yaml" for name in GRADED)}]
samples: {{budget: {{tokens: 3072}}, generator: self}}
metrics:
  - {{name: programme-correctness, {CHECKED}}}
  - {{name: grader-auc, {CHECKED}}}
  - {{name: grader-rates, {CHECKED}}}
"""


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    folder = tmp_path_factory.mktemp("grading")
    (folder / "grading.yaml").write_text(SUITE)
    for name in GRADED:
        document = shipped("regime")[name].read_text().replace("people: 40", f"people: {PEOPLE}")
        (folder / f"{name}.yaml").write_text(document)
    CommandLine(folder)("run", "grading.yaml", "--out", "out", "--store", "store", "--workers", "1")
    return folder / "out"


@pytest.fixture(scope="module")
def measured(run):
    """Rows of measurements by metric, then by regime, generation and slice."""
    found = defaultdict(dict)
    for row in pq.read_table(run / "measurements.parquet").to_pylist():
        found[row["metric"]][row["regime"], row["generation"], row["slice"]] = row
    return found


def test_every_loop_comes_to_its_end(run, measured):
    assert json.loads((run / "record.json").read_text())["failures"] == []
    for name in ("real", *GRADED):
        for generation in (0, 1):
            assert measured["metrics/programme-correctness"][name, generation, "all"]["n"] > 100


def test_the_model_is_right_and_wrong(measured):
    first = measured["metrics/programme-correctness"]["real", 0, "all"]["value"]
    assert 0.15 < first < 0.95  # of thirty seeds, 0.20 at least


def test_every_grader_is_measured_on_rows_of_known_truth(measured):
    areas = measured["metrics/grader-auc"]
    assert {regime for regime, *_ in areas} == set(GRADED)
    for name in GRADED:
        found = [row for key, row in areas.items() if key[0] == name]
        assert sum(row["slice"].endswith(", programme") for row in found) == 2
        assert all(0 <= row["value"] <= 1 for row in found if row["value"] is not None)


def test_verifiers_have_the_rates_that_they_are_told(measured):
    for name, told in RATES.items():
        for generation in (0, 1):
            rates = []
            for rate, true in zip(("TPR", "FPR"), told, strict=True):
                row = measured["metrics/grader-rates"][
                    name, generation, f"verifier, programme: {rate}"
                ]
                error = (true * (1 - true) / row["n"]) ** 0.5
                assert abs(row["value"] - true) <= 4 * error
                rates.append(row["value"])
            area = measured["metrics/grader-auc"][name, generation, "verifier, programme"]["value"]
            # Of a score that is 0 or 1, the curve has one corner, at (FPR, TPR).
            assert area == pytest.approx((1 + rates[0] - rates[1]) / 2)


def test_what_a_verifier_that_is_always_right_keeps_is_true(run):
    judge = Biographies(people=PEOPLE)
    rows = pq.read_table(run / "samples.parquet").to_pylist()
    mine = [r for r in rows if r["regime"] == "keep-verified" and r["use"] == "training"]
    assert len({row["kept"] for row in mine}) == 2
    assert all(row["kept"] == (judge.check(row["text"]) is True) for row in mine)
