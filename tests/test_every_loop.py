"""Shipped loops with tiny models, from a tiny base checkpoint, through the command line."""

from collections import Counter, defaultdict
from dataclasses import dataclass
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from benchsuite_graders.verifier import balanced
from command_line import CommandLine

from benchsuite.cli.options import resolved_device
from benchsuite.engine.plan import plan
from benchsuite.engine.steps import Plan
from benchsuite.engine.store import Store
from benchsuite.engine.work import read_rows
from benchsuite.lm import huggingface
from benchsuite.lm.config import ModelConfig
from benchsuite.lm.model import LanguageModel
from benchsuite.lm.tokenizer import TextTokenizer
from benchsuite.lm.weights import initial
from benchsuite.plugins.registry import installed
from benchsuite.records.record import Record
from benchsuite.suites.resolve import resolve
from benchsuite.suites.shipped import shipped

REGIMES = [
    *("real", "real-repeated", "real-from-previous", "real-from-base", "replace", "fresh-real"),
    *("accumulate", "accumulate-growing", "prompted-by-real", "verified", "from-previous"),
    "finetune-from-base",
]
FILES = {"verified": "verified.yaml"}
BUDGET, LENGTH = 2048, 32
SUITE = f"""\
suite: loops
version: 1
summary: Shipped loops for tests.
corpus: {{name: files, path: CORPUS, document: document, domain: domain}}
held_out: {{share: 0.15, bytes: 20000}}
learner: {{name: llama, base: base, length: {LENGTH}, batch: 4}}
budget: {{tokens: {BUDGET}}}
generations: 2
seeds: 1
control: real
regimes: [{", ".join(FILES.get(name, name) for name in REGIMES)}]
samples: {{budget: {{tokens: 512}}, generator: self}}
metrics: [bits-per-byte, tokens]
headline:
  generalization: {{metric: metrics/bits-per-byte, slice: in-domain}}
"""


@dataclass
class Run:
    """What a run left, and its plan."""

    record: Record
    printed: str
    rows: list[dict]
    samples: list[dict]
    plan: Plan
    store: Store

    def measured(self, metric, slice_):
        return {
            (row["regime"], row["generation"]): row["value"]
            for row in self.rows
            if (row["metric"], row["slice"]) == (metric, slice_)
        }

    def mixes(self, regime):
        """Rows that each generation was trained on."""
        mixes = [cell.mix for cell in self.plan.cells if cell.regime == regime]
        return [read_rows(self.store.path(mix)).to_pylist() for mix in mixes]


def base_checkpoint(folder: Path, texts):
    """A model of random weights, as the core saves it."""
    folder.mkdir()
    tokenizer = TextTokenizer.train(texts, 384)
    tokenizer.save(folder)
    shape = ModelConfig(384, width=16, layers=1, heads=2, feedforward=32, length=96)
    huggingface.save(LanguageModel(shape, initial(shape, [3])), tokenizer.boundary, folder)


@pytest.fixture(scope="module")
def run(tmp_path_factory, corpus):
    folder = tmp_path_factory.mktemp("loops")
    base_checkpoint(folder / "base", corpus.read_text().splitlines()[:40])
    (folder / "loops.yaml").write_text(SUITE.replace("CORPUS", str(corpus)))
    # Models as bad as these write little that a verifier accepts.
    text = shipped("regime")["verified"].read_text()
    assert "expected: 0.2}" in text
    (folder / "verified.yaml").write_text(text.replace("expected: 0.2}", "expected: 0.15}"))
    line = CommandLine(folder)
    done = line("run", "loops.yaml", "--out", "out", "--store", "store", "--workers", "1")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        unfolded = plan(resolve("loops.yaml", installed()), resolved_device("auto"))
    return Run(
        Record.model_validate_json((folder / "out" / "record.json").read_bytes()),
        done.stdout,
        pq.read_table(folder / "out" / "measurements.parquet").to_pylist(),
        pq.read_table(folder / "out" / "samples.parquet").to_pylist(),
        unfolded,
        Store(str(folder / "store")),
    )


def test_every_loop_comes_to_its_end(run):
    assert not run.record.failures
    bits = run.measured("metrics/bits-per-byte", "in-domain")
    assert bits.keys() == {(regime, g) for regime in REGIMES for g in range(3)}
    assert None not in bits.values()


def test_none_but_the_open_division_trains_on_more(run):
    trained = run.measured("metrics/tokens", "train")
    grown = {g: trained.pop(("accumulate-growing", g)) for g in (1, 2)}
    assert set(trained.values()) == {BUDGET}
    for generation, tokens in grown.items():
        pool = sum(row["tokens"] for row in run.mixes("accumulate-growing")[generation])
        assert tokens == pool // LENGTH * LENGTH
        assert tokens > (generation + 1) * BUDGET - LENGTH
    (entry,) = [regime for regime in run.record.regimes if regime.name == "accumulate-growing"]
    assert entry.document["division"] == "open"


def test_accumulating_at_equal_budget_keeps_the_same_rows(run):
    for generation in (1, 2):
        equal, growing = (run.mixes(r)[generation] for r in ("accumulate", "accumulate-growing"))
        human = [{row["id"] for row in mix if row["origin"] == "human"} for mix in (equal, growing)]
        assert human[0] == human[1] == {row["id"] for row in run.mixes("real")[0]}
    bits = run.measured("metrics/bits-per-byte", "in-domain")
    assert bits["accumulate", 2] != bits["accumulate-growing", 2]


def test_each_loop_is_compared_with_the_control_that_starts_as_it_does(run):
    bits = run.measured("metrics/bits-per-byte", "in-domain")
    against = {regime.name: regime.against for regime in run.record.regimes}
    assert against["from-previous"] == "real-from-previous"
    assert against["finetune-from-base"] == "real-from-base"
    compared = [c for c in run.record.comparisons if c.headline]
    assert {c.regime for c in compared} == {r for r in REGIMES if against[r] != r}
    for c in compared:
        control = bits[against[c.regime], c.generation]
        assert c.control == control
        assert c.difference == pytest.approx(bits[c.regime, c.generation] - control)
    heading = " ".join(run.printed.split())
    assert "the human-data control (real, real-from-previous, real-from-base)" in heading
    assert "lower is better, real-from-previous" in heading


def test_weights_start_where_the_regime_says(run):
    bits = run.measured("metrics/bits-per-byte", "in-domain")
    first = {regime: bits[regime, 0] for regime in REGIMES}
    on_from_base = {"real-from-previous", "real-from-base", "from-previous", "finetune-from-base"}
    assert len({first[r] for r in on_from_base}) == 1
    assert len({first[r] for r in REGIMES if r not in on_from_base}) == 1
    assert first["from-previous"] != first["replace"]
    # Three passes over the same text, each going on from the last, against one from the base.
    assert bits["real-from-previous", 2] < bits["real-from-previous", 1] < bits["real-from-base", 0]


def test_fresh_human_rows_are_new_in_every_generation(run):
    seen: set[str] = set()
    for mix in run.mixes("fresh-real"):
        human = [row["id"] for row in mix if row["origin"] == "human"]
        assert seen.isdisjoint(human)
        seen.update(human)
    tokens = Counter(row["origin"] for row in run.mixes("fresh-real")[2])
    assert tokens["human"]
    assert tokens["synthetic"]


def test_repeated_rows_are_half_of_the_controls(run):
    counts = Counter(row["id"] for row in run.mixes("real-repeated")[1])
    assert set(counts) < {row["id"] for row in run.mixes("real")[0]}
    assert max(counts.values()) == 2
    held = sum(row["tokens"] for row in run.mixes("real-repeated")[1])
    assert BUDGET <= held < BUDGET + 200


def test_prompts_are_prefixes_of_human_training_rows(run):
    long = [row["text"] for row in run.mixes("real")[0] if len(row["token_ids"]) > 64]
    written = defaultdict(list)
    for row in run.samples:
        if row["regime"] == "prompted-by-real" and row["use"] == "training":
            written[row["generation"]].append(row)
    assert written.keys() == {0, 1}
    for rows in written.values():
        prompts = [row["prompt"] for row in rows]
        assert all(any(text.startswith(prompt) for text in long) for prompt in prompts)
        assert len(prompts) > len(long) == len(set(prompts))  # each in turn, and then again
    measured = [r for r in run.samples if r["use"] == "measurement"]
    assert all(row["prompt"] is None for row in measured)


def test_the_verifier_keeps_what_it_accepts(run):
    rows = [r for r in run.samples if r["regime"] == "verified" and r["use"] == "training"]
    assert all(row["kept"] == (row["grades"][0]["score"] == 1) for row in rows)
    correct = {kept: [balanced(r["text"]) for r in rows if r["kept"] == kept] for kept in (0, 1)}
    shares = {kept: sum(found) / len(found) for kept, found in correct.items()}
    assert shares[1] > shares[0] + 0.3
    mixed = {row["id"] for mix in run.mixes("verified")[1:] for row in mix}
    assert mixed <= {row["id"] for row in rows if row["kept"]}
