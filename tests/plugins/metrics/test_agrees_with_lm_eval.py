"""CrowS-Pairs, BLiMP and LAMBADA with lm-eval's own task definitions, on a checkpoint of ours."""

import json
import logging
import os
from importlib.util import find_spec
from math import exp
from pathlib import Path

import pytest
import yaml
from benchsuite_learners.llama_model import LlamaModel
from benchsuite_metrics.blimp import Blimp
from benchsuite_metrics.crows_pairs import CrowsPairs
from benchsuite_metrics.lambada import Lambada
from made_up_sets import made_up_catalogue

from benchsuite.api import DATA_ROOT, Context, Device, HumanRows, Subject
from benchsuite.data import catalogue as catalogue_module
from benchsuite.data.catalogue import catalogue

ROWS = 30
"""Rows that are compared, of each file: the first ones."""
BLIMP = ("anaphor_gender_agreement.jsonl", "wh_island.jsonl")

pytestmark = pytest.mark.skipif(find_spec("lm_eval") is None, reason="needs lm_eval")


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory):
    """A folder that our own code saved: random weights, sharp enough to have preferences."""
    import torch

    from benchsuite.lm import huggingface
    from benchsuite.lm.config import ModelConfig
    from benchsuite.lm.model import LanguageModel
    from benchsuite.lm.tokenizer import TextTokenizer

    folder = tmp_path_factory.mktemp("checkpoint")
    texts = [Path(__file__).read_text("utf-8"), Path(yaml.__file__).read_text("utf-8")]
    tokenizer = TextTokenizer.train(texts, 400)
    config = ModelConfig(
        vocabulary=tokenizer.vocabulary, width=16, layers=2, heads=2, feedforward=24, length=512
    )
    model = LanguageModel.initial(config, [3])
    model.weights.add_(0.1 * torch.randn(model.weights.shape, generator=torch.manual_seed(0)))
    huggingface.save(model, tokenizer.boundary, folder)
    tokenizer.save(folder)
    return folder, LlamaModel(model, tokenizer)


@pytest.fixture(scope="module")
def evaluate(checkpoint):
    """Evaluate the checkpoint with lm-eval on a task given as a mapping; its results."""
    logging.getLogger("lm_eval").setLevel(logging.ERROR)
    from lm_eval import simple_evaluate
    from lm_eval.models.huggingface import HFLM
    from lm_eval.tasks import TaskManager

    class AfterBoundary(HFLM):
        """Puts the boundary before a passage too, as lm-eval does where there is no passage."""

        def tok_encode(self, string, *arguments, **options):
            return [self.prefix_token_id, *super().tok_encode(string, *arguments, **options)]

    folder, _ = checkpoint
    kinds = {
        kind: kind(pretrained=str(folder), device="cpu", dtype="float32", batch_size=8)
        for kind in (HFLM, AfterBoundary)
    }
    manager = TaskManager(include_defaults=False)

    def run(task, files, kind="json", *, passages=False):
        model = kinds[AfterBoundary if passages else HFLM]
        task = task | {"dataset_path": kind, "dataset_name": None}
        task |= {"dataset_kwargs": {"data_files": {"test": [str(file) for file in files]}}}
        task |= {"test_split": "test", "validation_split": None, "num_fewshot": 0}
        found = simple_evaluate(
            model, tasks=[task], task_manager=manager, bootstrap_iters=0, log_samples=False
        )
        return found["results"][task["task"]]

    return run


def original(name):
    """A task's definition as lm-eval has it, its functions left out."""

    class Loader(yaml.SafeLoader):
        pass

    Loader.add_constructor("!function", lambda loader, node: None)
    (place,) = find_spec("lm_eval").submodule_search_locations
    text = Path(place, "tasks", name).read_text("utf-8")
    return yaml.load(text, Loader) | {"tag": None}  # noqa: S506 (a safe loader)


@pytest.fixture(params=["made up", "real"])
def sets(request, tmp_path, monkeypatch):
    """Sets to compare on: the first rows of the files of a data root, written there anew."""
    if request.param == "made up":
        made = made_up_catalogue(tmp_path)
    elif not os.environ.get(DATA_ROOT):
        pytest.skip(f"{DATA_ROOT} names no data root")
    else:
        made = shortened(tmp_path)
    monkeypatch.setenv(DATA_ROOT, str(tmp_path))
    monkeypatch.setattr(catalogue_module, "catalogue", lambda: made)
    return tmp_path


def shortened(folder):
    """Write the first rows of real files into a data root, and return a catalogue of these."""
    chosen = {
        "bias/crows_pairs": ("crows_pairs_anonymized.csv",),
        "generalization/blimp": BLIMP,
        "generalization/lambada": ("lambada_openai.jsonl",),
    }
    made = {}
    for name, files in chosen.items():
        entries = []
        for file in files:
            lines = catalogue()[name].read(file).decode().splitlines(keepends=True)
            content = "".join(lines[: ROWS + 1]).encode()
            (folder / name).mkdir(parents=True, exist_ok=True)
            (folder / name / file).write_bytes(content)
            entries += [entry(file, content)]
        made[name] = catalogue()[name].model_copy(update={"files": tuple(entries)})
        made[name].__dict__.pop("published", None)
        made[name].__dict__.pop("digest", None)
    return made


def entry(file, content):
    import hashlib

    from benchsuite.data.catalogue import DataFile

    digest = hashlib.sha256(content).hexdigest()
    return DataFile(file=file, path="x", bytes=len(content), sha256=digest)


@pytest.fixture
def ours(checkpoint):
    """Measure the same checkpoint with a metric of ours; the slice `all`."""
    import pyarrow as pa

    subject = Subject(HumanRows(pa.table({"text": [], "split": []})), lambda: checkpoint[1])
    context = Context(seed=0, device=Device("cpu", "fp32", 1))

    def run(metric, **parameters):
        return metric(metric.parameters_type(**parameters)).measure(subject, context)[0]

    return run


def test_crows_pairs(sets, evaluate, ours):
    from lm_eval.tasks.crows_pairs import utils

    task = original("crows_pairs/crows_pairs_english.yaml") | {
        "doc_to_choice": utils.doc_to_choice,
        "process_results": utils.process_results,
    }
    theirs = evaluate(task, [sets / "bias/crows_pairs/crows_pairs_anonymized.csv"], "csv")
    assert ours(CrowsPairs).value + 0.5 == pytest.approx(theirs["pct_stereotype,none"], abs=1e-9)


@pytest.mark.parametrize("lead", ["", " "])
def test_blimp(sets, evaluate, ours, tmp_path, lead):
    """Pairs of equal sentences, which lm-eval counts as right, are taken out before."""
    rows = [
        json.loads(line)
        for file in sorted((sets / "generalization/blimp").iterdir())
        for line in file.read_text("utf-8").splitlines()
    ]
    different = tmp_path / "different.jsonl"
    kept = [row for row in rows if row["sentence_good"] != row["sentence_bad"]]
    different.write_text("".join(json.dumps(row) + "\n" for row in kept))
    task = original("blimp/_template_yaml") | {"task": "blimp_made", "target_delimiter": lead}
    theirs = evaluate(task, [different])
    found = ours(Blimp, lead=lead)
    assert found.n == len(kept)
    assert found.value == pytest.approx(theirs["acc,none"], abs=1e-9)


def test_the_lead_that_lm_eval_puts_is_a_space():
    from lm_eval.config.task import TaskConfig

    assert TaskConfig.__dataclass_fields__["target_delimiter"].default == " "
    assert "target_delimiter" not in original("blimp/_template_yaml")


def test_lambada(sets, evaluate, ours, tmp_path):
    """lm-eval's task takes the passage and its last word as one text."""
    text = (sets / "generalization/lambada/lambada_openai.jsonl").read_text("utf-8")
    rows = [json.loads(line) for line in text.splitlines()]
    whole = tmp_path / "whole.jsonl"
    whole.write_text(
        "".join(json.dumps({"text": f"{r['context']} {r['continuation']}"}) + "\n" for r in rows)
    )
    theirs = evaluate(original("lambada/lambada_openai.yaml"), [whole], passages=True)
    found = ours(Lambada)
    assert found.n == len(rows)
    assert exp(found.value) == pytest.approx(theirs["perplexity,none"], rel=1e-4)
