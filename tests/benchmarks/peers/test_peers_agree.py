"""Other packages train, grade and measure as the project does, on one tiny run."""

import copy
import json

import numpy as np
import pyarrow.parquet as pq
import pytest
from command_line import CommandLine

pytestmark = pytest.mark.filterwarnings("ignore")  # other packages' own


@pytest.fixture(scope="module", autouse=True)
def _packages():
    for name in ("accelerate", "lm_eval", "nltk"):
        pytest.importorskip(name, reason=f"{name} is not installed: the comparison needs it")


@pytest.fixture(scope="module")
def run(tiny_suite, tmp_path_factory):
    """A tiny run's plan, store and output."""
    from quickstart import planned

    folder = tmp_path_factory.mktemp("run")
    options = ["--regime", "self-graded", "--seeds", "1", "--generations", "1", "--device", "cpu"]
    here = ["--store", "store", "--out", "out", "--workers", "1"]
    CommandLine(folder)("run", str(tiny_suite), *options, *here)
    store = str(folder / "store")
    return *planned(str(tiny_suite), store, ["self-graded"], 1, 1), folder / "out"


def test_metrics_of_one_model_are_the_same(run):
    from peer_check import check, table

    label, rows = check(run[0], run[1])
    assert label == "self-graded, generation 1, seed 0"
    assert len(rows) >= 25
    assert all(row.agrees for row in rows), table(rows)


def test_the_grid_measures_what_the_run_measured(run):
    from compare import agreement, paired
    from peer_grid import Grid, given

    plan, store, out = run
    theirs = Grid(plan, given(plan, store)).run()
    ours = pq.read_table(out / "measurements.parquet").to_pylist()
    pairs = paired(ours, theirs)
    assert sum(map(len, pairs.values())) == len(ours) == len(theirs)
    human = {metric: models for (metric, name), models in pairs.items() if name == "human"}
    # Looked up in as many words as a model learned from; of written text these depend on chance.
    own, other = human["metrics/novelty"].pop(("self-graded", 1, 0))
    assert own == pytest.approx(other, abs=0.01)
    found = [agreement(models, "real") for models in human.values()]
    assert {a.verdict for a in found if a} == {"the same"}
    assert json.dumps(theirs, allow_nan=False)


def test_a_training_from_the_same_weights_ends_in_the_same_weights(tmp_path):
    from peer_model import Shape, train
    from transformers import LlamaForCausalLM

    from benchsuite.lm import huggingface
    from benchsuite.lm.config import ModelConfig, TrainingConfig
    from benchsuite.lm.device import Device
    from benchsuite.lm.train import train as train_ours

    length, batch, epochs, rate = 16, 4, 25, 4e-3
    model = ModelConfig(96, 16, 2, 2, 32, length)
    # All blocks in each batch: the order in which they are visited does not matter.
    stream = np.random.default_rng(0).integers(1, 96, batch * length + 1).astype(np.int32)

    def ours(rate):
        training = TrainingConfig(epochs, batch, rate)
        trained = train_ours(stream, model, training, 0, Device("cpu", "fp32"))
        folder = tmp_path / str(rate)
        folder.mkdir()
        huggingface.save(trained.model, 0, folder)
        return LlamaForCausalLM.from_pretrained(folder)

    start, end = ours(0.0), ours(rate)
    shape = Shape(16, 2, 2, 32, length, epochs, batch, rate)
    blocks = [stream[i : i + length + 1].tolist() for i in range(0, batch * length, length)]
    theirs = copy.deepcopy(start)
    train(theirs, blocks, shape, 0, "fp32")
    for name, weights in end.named_parameters():
        moved = (weights - start.get_parameter(name)).abs().max()
        apart = (weights - theirs.get_parameter(name)).abs().max()
        assert apart < 1e-3 * moved, name


def test_lineages_are_what_a_comparison_counts():
    from compare import agreement

    # Generation 0 stands there for each regime; what descends from it shares its luck.
    luck = {0: (1.5, 1.0), 1: (1.5, 1.0), 2: (1.5, 1.0)}
    models = {("replace", generation, 0): pair for generation, pair in luck.items()}
    models |= {("real", 0, 0): luck[0], ("real", 1, 0): (0.5, 1.0), ("real", 2, 0): (1.1, 1.1)}
    found = agreement(models, "real")
    assert (found.pairs, found.lineages) == (5, 3)
    assert found.difference == pytest.approx((0.5 - 0.5 + 0.0) / 3)
    assert found.verdict == "agree"
    apart = {("real", g, 0): (g + 1.0, g + 1.1 + g / 1e3) for g in range(5)}
    assert agreement(apart, "real").verdict == "differ"
    assert agreement({("real", 0, 0): (1.0, 2.0)}, "real").verdict == "one lineage: unclear"
    assert agreement({("real", 0, 0): (None, 2.0)}, "real") is None
