"""The systems that people talk about, with tiny models, through the command line."""

import json
from collections import defaultdict

import pyarrow.parquet as pq
import pytest
from command_line import CommandLine

from benchsuite.suites.regime import Regime
from benchsuite.suites.shipped import find, shipped

SYSTEMS = sorted(
    name
    for name in shipped("regime")
    if Regime.model_validate(find("regime", name).data).modelled_on is not None
)
SUITE = f"""\
suite: tiny-systems
version: 1
summary: Systems for tests.
corpus: {{name: files, path: CORPUS, document: document, domain: domain}}
held_out: {{share: 0.15, bytes: 20000}}
learner: {{name: llama, vocabulary: 384, width: 16, layers: 1, heads: 2, feedforward: 32,
  length: 64, batch: 4, epochs: 4, learning_rate: 0.01}}
budget: {{tokens: 2048}}
generations: 1
seeds: 2
control: real
regimes: [real, real-half, real-eighth, real-from-previous, {", ".join(SYSTEMS)}]
samples: {{budget: {{tokens: 512}}, generator: self}}
metrics:
  - bits-per-byte
  - {{name: price, per_million_human_tokens: 10}}
  - {{name: grader-auc, rows: 48}}
  - {{name: grader-rates, rows: 48}}
  - {{name: grader-calibration, rows: 48}}
  - {{name: grader-self-preference, rows: 48}}
headline:
  generalization: {{metric: metrics/bits-per-byte, slice: in-domain}}
equal_quality:
  quality: {{metric: metrics/bits-per-byte, slice: in-domain}}
  cost: [{{metric: metrics/price, slice: own}}, {{metric: metrics/price}}]
  curve: [real, real-half, real-eighth]
"""


@pytest.fixture(scope="module")
def run(tmp_path_factory, corpus):
    folder = tmp_path_factory.mktemp("systems")
    (folder / "systems.yaml").write_text(SUITE.replace("CORPUS", str(corpus)))
    line = CommandLine(folder)
    line("run", "systems.yaml", "--out", "out", "--store", "store", "--workers", "1")
    return folder


@pytest.fixture(scope="module")
def measured(run):
    """Values by metric, then by regime, generation, seed and slice."""
    found = defaultdict(dict)
    for row in pq.read_table(run / "out" / "measurements.parquet").to_pylist():
        key = (row["regime"], row["generation"], row["seed"], row["slice"])
        found[row["metric"]][key] = row["value"]
    return found


def test_there_are_the_nine_systems():
    assert len(SYSTEMS) == 9
    for name in SYSTEMS:
        system = Regime.model_validate(find("regime", name).data).modelled_on
        assert min(len(system.system), len(system.said) // 3, len(system.differs) // 3) > 10


def test_every_system_comes_to_its_end(run, measured):
    record = json.loads((run / "out" / "record.json").read_text())
    assert record["failures"] == []
    bits = measured["metrics/bits-per-byte"]
    for name in SYSTEMS:
        assert all(bits[name, 1, seed, "in-domain"] > 0 for seed in (0, 1))


def test_every_system_has_its_cost_beside_the_controls(run, measured):
    record = json.loads((run / "out" / "record.json").read_text())
    found = {(e["regime"], e["cost_slice"]): e for e in record["equal_quality"]}
    assert {regime for regime, _ in found} == {"real-from-previous", *SYSTEMS}
    price = measured["metrics/price"]
    human = [price[name, 1, 0, "all"] for name in ("real", "real-half", "real-eighth")]
    row = 10 * 65 / 1e6  # the last row may overrun the budget
    assert human == pytest.approx([human[0] / part for part in (1, 2, 8)], abs=row)
    for (regime, slice_), entry in found.items():
        assert (entry["ratio"] is None) <= (entry["reason"] is not None)
        cost = [price[regime, 1, seed, slice_] for seed in (0, 1)]
        assert entry["cost"] == pytest.approx((cost[0] * cost[1]) ** 0.5)
        assert price[regime, 1, 0, "own"] <= price[regime, 1, 0, "all"]
    bits = measured["metrics/bits-per-byte"]
    assert all(
        bits["real", 1, seed, "in-domain"] < bits["real-eighth", 1, seed, "in-domain"]
        for seed in (0, 1)
    )


def test_graders_are_measured_where_there_are_some(measured):
    graded = {name for name in SYSTEMS if Regime.model_validate(find("regime", name).data).graders}
    found = measured["metrics/grader-auc"]
    assert {regime for regime, *_ in found} == graded
    assert all(0 <= value <= 1 for value in found.values())
    calibrated = {key[3] for key in measured["metrics/grader-calibration"]}
    assert calibrated == {"detector, human"}
    rates = measured["metrics/grader-rates"]
    assert ("essay-self-grading", 1, 0, "self-judge, human: TPR") in rates
    assert rates["essay-self-grading", 1, 0, "self-judge, human: FPR"] == pytest.approx(
        0.5, abs=0.3
    )
    own = measured["metrics/grader-self-preference"]
    assert all(-0.5 <= value <= 0.5 for value in own.values())


def test_models_of_a_shared_pool_learn_from_rows_of_both(run):
    rows = pq.read_table(run / "out" / "samples.parquet").to_pylist()
    written = [r for r in rows if (r["regime"], r["use"]) == ("homogenization", "training")]
    tokens = {seed: sum(r["tokens"] for r in written if r["seed"] == seed) for seed in (0, 1)}
    assert all(1024 <= sum_ < 1300 for sum_ in tokens.values())  # each its half


def test_a_rare_case_has_a_human_parent(run):
    rows = pq.read_table(run / "out" / "samples.parquet").to_pylist()
    written = [r for r in rows if (r["regime"], r["use"]) == ("rare-cases", "training")]
    assert written
    assert all(len(r["parents"]) >= 1 and "-" not in r["parents"][0] for r in written)
