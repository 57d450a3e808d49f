"""Every answer to lm-eval equals that of its own HFLM, to rounding."""

import os

import pytest
from benchsuite_lm_eval.adapter import Adapter
from benchsuite_lm_eval.loading import load, quiet
from lm_eval.evaluator import evaluate

MADE_UP = ("made_up_choices", "made_up_rolling", "made_up_written", "made_up_last_word")
OURS = (
    "benchsuite_blimp_ellipsis",
    "benchsuite_arc_easy",
    "benchsuite_arc_challenge",
    "benchsuite_piqa",
    "benchsuite_lambada",
    "benchsuite_hellaswag",
    "benchsuite_boolq",
    "benchsuite_winogrande",
    "benchsuite_crows_pairs",
)
in_data_root = pytest.mark.skipif(
    "BENCHSUITE_DATA" not in os.environ, reason="BENCHSUITE_DATA names no folder with the sets"
)


def hflm(checkpoint):
    from lm_eval.models.huggingface import HFLM

    return HFLM(pretrained=str(checkpoint), device="cpu", dtype="float32", batch_size=8)


def answered(model, tasks):
    for task in tasks.tasks.values():
        task.set_fewshot_seed(seed=1234)
    with quiet():
        return evaluate(model, tasks.for_lm_eval, limit=tasks.limit, bootstrap_iters=0)


def assert_same(tasks, model, checkpoint):
    ours, theirs = answered(model, tasks), answered(hflm(checkpoint), tasks)
    assert ours["samples"].keys() == tasks.tasks.keys()
    for name, samples in ours["samples"].items():
        for sample, other in zip(samples, theirs["samples"][name], strict=True):
            assert sample["doc_hash"] == other["doc_hash"]
            assert sample["arguments"] == other["arguments"]
            for one, two in zip(sample["filtered_resps"], other["filtered_resps"], strict=True):
                assert same(one, two), (name, one, two)


def same(one, two):
    if isinstance(one, str):
        return one == two
    if isinstance(one, float):
        return one == pytest.approx(two, abs=1e-3)
    return one[0] == pytest.approx(two[0], abs=1e-3) and one[1] == two[1]


@pytest.mark.parametrize("shots", [0, 2])
def test_on_made_up_tasks(made_up, checkpoint, opened, made_up_context, shots):
    tasks = load(MADE_UP, [str(made_up)], shots, None, download=False)
    model = Adapter(opened(checkpoint), made_up_context)
    assert_same(tasks, model, checkpoint)
    if not shots:
        greedy = [s["filtered_resps"][0] for s in answered(model, tasks)["samples"][MADE_UP[3]]]
        assert len({one[1] for one in greedy}) > 1  # some tokens are the likeliest, others not
        texts = [s["filtered_resps"][0] for s in answered(model, tasks)["samples"][MADE_UP[2]]]
        assert len(set(texts)) > 1


@in_data_root
@pytest.mark.parametrize("name", OURS)
def test_on_published_sets(name, long_checkpoint, opened, made_up_context):
    tasks = load([name], [], None, 24, download=False)
    assert_same(tasks, Adapter(opened(long_checkpoint), made_up_context), long_checkpoint)
