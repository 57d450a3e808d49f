"""What is measured: values, intervals, chance; and that nothing is ever taken from a cache."""

import json
from pathlib import Path

import lm_eval.tasks
import numpy as np
import pytest
from benchsuite_lm_eval import loading
from benchsuite_lm_eval.estimates import estimate
from benchsuite_lm_eval.metrics import LmEval, LmEvalLosses, LmEvalParameters
from lm_eval.api import metrics
from lm_eval.tasks import TaskManager
from pydantic import ValidationError
from scipy import stats

from benchsuite.api import Subject, UserError

NAMES = ("made_up_choices", "made_up_rolling", "made_up_written", "made_up_last_word")


@pytest.fixture
def measured(opened, made_up_context):
    def measure(kind, folder, checkpoint, *tasks, **wanted):
        metric = kind(LmEvalParameters(tasks=tasks, include=str(folder), **wanted))
        subject = Subject(None, lambda: opened(checkpoint))
        return {found.slice: found for found in metric.measure(subject, made_up_context)}

    return measure


def test_scores_and_losses_share_out_the_slices(made_up, checkpoint, measured):
    scores = measured(LmEval, made_up, checkpoint, *NAMES)
    losses = measured(LmEvalLosses, made_up, checkpoint, *NAMES)
    assert set(scores) == {
        "made_up_choices acc",
        "made_up_choices acc_norm",
        "made_up_written exact_match",
        "made_up_last_word acc",
    }
    assert set(losses) == {
        "made_up_rolling word_perplexity",
        "made_up_rolling bits_per_byte",
        "made_up_last_word perplexity",
    }
    for found in {**scores, **losses}.values():
        assert found.n == 20
        assert found.lower <= found.value <= found.upper
        assert found.lower < found.upper


def test_chance_is_guessing_or_the_commonest_answer(write_tasks, checkpoint, measured):
    choices = {
        "output_type": "multiple_choice",
        "doc_to_text": "{{question}}",
        "doc_to_target": "gold",
        "metric_list": [{"metric": "acc"}],
    }
    folder = write_tasks(
        differing=choices | {"doc_to_choice": "choices"},
        constant=choices | {"doc_to_choice": ["yes", "no"], "doc_to_target": "{{0}}"},
        stated=choices | {"doc_to_choice": "choices", "metadata": {"version": 1, "chance": 0.1}},
    )
    found = measured(LmEval, folder, checkpoint, "differing", "constant", "stated")
    assert found["differing acc"].chance == pytest.approx((1 / 3 + 1 / 2) / 2)
    assert found["constant acc"].chance == 1.0
    assert found["stated acc"].chance == 0.1


def test_two_checkpoints_never_share_answers(made_up, checkpoint, other_checkpoint, measured):
    first = measured(LmEvalLosses, made_up, checkpoint, "made_up_rolling")
    other = measured(LmEvalLosses, made_up, other_checkpoint, "made_up_rolling")
    again = measured(LmEvalLosses, made_up, checkpoint, "made_up_rolling")
    assert first == again
    assert all(first[name].value != other[name].value for name in first)


def test_rewritten_data_change_identity_and_result(made_up, checkpoint, measured):
    metric = LmEvalLosses(LmEvalParameters(tasks=("made_up_rolling",), include=str(made_up)))
    before = measured(LmEvalLosses, made_up, checkpoint, "made_up_rolling")
    identity = metric.fingerprint()
    assert metric.fingerprint() == identity
    rows = made_up / "rows.jsonl"
    lines = [json.loads(line) for line in rows.read_text().splitlines()]
    rows.write_text("\n".join(json.dumps(line | {"text": "Quite another text."}) for line in lines))
    after = measured(LmEvalLosses, made_up, checkpoint, "made_up_rolling")
    assert metric.fingerprint() != identity
    assert all(before[name].value != after[name].value for name in before)


def test_only_what_is_asked_makes_the_identity(made_up):
    def fingerprint(**wanted):
        tasks = LmEvalParameters(tasks=("made_up_choices",), include=str(made_up), **wanted)
        return LmEval(tasks).fingerprint()

    few = fingerprint(limit=3)
    assert few != fingerprint()
    with (made_up / "rows.jsonl").open("a") as rows:
        rows.write("\n" + json.dumps({"question": "?", "choices": ["a"], "gold": 0, "text": "b"}))
    assert fingerprint(limit=3) == few
    assert fingerprint(limit=3, num_fewshot=1) != few


@pytest.fixture
def grouped(write_tasks, checkpoint, measured):
    """Measure a group of two tasks, `one` and `two`."""

    def measure(rows_of_one, rows_of_two):
        body = {
            "output_type": "multiple_choice",
            "doc_to_choice": "choices",
            "doc_to_target": "gold",
            "metric_list": [{"metric": "acc"}],
        }
        folder = write_tasks(rows_of_one, one=body | {"doc_to_text": "{{question}}"})
        write_tasks(rows_of_two, two=body | {"doc_to_text": ""})
        (folder / "both.yaml").write_text(
            "group: both\ntask: [one, two]\n"
            "aggregate_metric_list: [{metric: acc, aggregation: mean, weight_by_size: true}]\n"
        )
        found = measured(LmEval, folder, checkpoint, "both")
        return [found[f"{name} acc"] for name in ("one", "two", "both")]

    return measure


def test_a_group_weighs_its_tasks(grouped):
    one, two, both = grouped("odd", "even")
    assert both.n == 20
    assert both.value == pytest.approx((one.value + two.value) / 2)
    down = np.hypot(one.value - one.lower, two.value - two.lower) / 2
    assert both.lower == pytest.approx(both.value - down)
    assert both.chance == pytest.approx((one.chance + two.chance) / 2)
    assert np.mean(list(both.items.values())) == pytest.approx(both.value)
    assert len(both.items) == 20


def test_tasks_that_share_documents_are_not_independent(grouped):
    one, two, both = grouped("rows", "rows")
    assert both.n == 40
    by_document = [(one.items[name] + two.items[name]) / 2 for name in one.items]
    assert list(both.items.values()) == pytest.approx(by_document)
    of_mean = stats.ttest_1samp(by_document, 0).confidence_interval(0.95)
    assert (both.lower, both.upper) == pytest.approx((of_mean.low, of_mean.high))


def test_documents_average_to_the_value(made_up, checkpoint, measured):
    for kind in (LmEval, LmEvalLosses):
        for found in measured(kind, made_up, checkpoint, *NAMES).values():
            assert len(found.items) == 20
            assert np.mean(list(found.items.values())) == pytest.approx(found.value)


def test_values_are_those_of_lm_eval(made_up, opened, checkpoint, made_up_context, measured):
    from benchsuite_lm_eval.adapter import Adapter
    from lm_eval.evaluator import evaluate

    tasks = loading.load(NAMES, [str(made_up)], None, None, download=False)
    with loading.quiet():
        theirs = evaluate(
            Adapter(opened(checkpoint), made_up_context), tasks.for_lm_eval, bootstrap_iters=0
        )["results"]
    for kind in (LmEval, LmEvalLosses):
        for slice_, found in measured(kind, made_up, checkpoint, *NAMES).items():
            task, metric = slice_.split()
            assert found.value == pytest.approx(theirs[task][f"{metric},none"])


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("made_up_choises", "lm-eval has no task made_up_choises"),
        ("arc_easy", "needs a data set that is not on this machine"),
        ("broken", "the lm-eval task broken cannot be loaded"),
    ],
)
def test_what_cannot_be_asked_is_said_in_a_sentence(made_up, name, says, monkeypatch):
    arc = TaskManager(
        include_path=Path(lm_eval.tasks.__file__).parent / "arc", include_defaults=False
    )
    monkeypatch.setattr(loading, "_catalogue", lambda: arc.task_index)  # all take seconds
    (made_up / "broken.yaml").write_text(
        "task: broken\ndataset_path: json\n"
        "dataset_kwargs: {data_files: {test: /nowhere.jsonl}}\ntest_split: test\n"
        "output_type: multiple_choice\n"
    )
    metric = LmEval(LmEvalParameters(tasks=(name,), include=str(made_up)))
    with pytest.raises(UserError, match=says) as failure:
        metric.fingerprint()
    assert "\n" not in str(failure.value)


def test_a_folder_that_is_none_is_refused():
    with pytest.raises(ValidationError, match="nowhere is no folder"):
        LmEvalParameters(tasks="x", include="nowhere")


def test_a_model_without_tokens_is_refused(made_up, made_up_context):
    metric = LmEval(LmEvalParameters(tasks="made_up_choices", include=str(made_up)))
    with pytest.raises(UserError, match="need a model of token ids"):
        metric.measure(Subject(None, object), made_up_context)


def of(items, aggregate):
    return estimate(items, [str(place) for place in range(len(items))], aggregate, 0)


def test_intervals_of_estimates():
    logs = np.random.default_rng(0).normal(-3, 1, 50)
    of_mean = stats.ttest_1samp(logs, 0).confidence_interval(0.95)
    perplexity = of(list(logs), metrics.perplexity)
    assert (perplexity.lower, perplexity.upper) == pytest.approx(
        (np.exp(-of_mean.high), np.exp(-of_mean.low))
    )
    wilson = stats.binomtest(7, 20).proportion_ci(method="wilson")
    share = of([1] * 7 + [0] * 13, metrics.mean)
    assert (share.lower, share.upper) == pytest.approx((wilson.low, wilson.high))
    middle = of(list(logs), np.median)
    assert middle == of(list(logs), np.median)
    resampled = stats.bootstrap((logs,), np.median, method="percentile", rng=0).confidence_interval
    assert (middle.lower, middle.upper) == pytest.approx(tuple(resampled), abs=0.1)
    assert middle.lower < middle.value < middle.upper
    assert not middle.items
    assert of([float("-inf"), 1.0], metrics.mean).value is None
    assert of([1.0], metrics.mean).lower is None


@pytest.mark.parametrize("aggregate", [metrics.bits_per_byte, metrics.weighted_perplexity])
def test_intervals_of_weighted_means_are_those_of_resamples(aggregate):
    random = np.random.default_rng(1)
    lengths = random.integers(5, 200, 400)
    items = list(zip(-lengths * random.normal(2, 0.3, 400), lengths, strict=True))
    found = of(items, aggregate)
    resampled = stats.bootstrap(
        tuple(np.array(items).T),
        lambda logs, sizes: aggregate(list(zip(logs, sizes, strict=True))),
        paired=True,
        vectorized=False,
        n_resamples=2000,
        method="percentile",
        rng=0,
    ).confidence_interval
    width = found.upper - found.lower
    assert (found.lower, found.upper) == pytest.approx(tuple(resampled), abs=0.1 * width)


def test_a_document_that_comes_twice_counts_as_one():
    once = estimate([1, 0, 1, 1], list("abcd"), metrics.mean, 0)
    twice = estimate([1, 0, 1, 1] * 2, list("abcdabcd"), metrics.mean, 0)
    assert twice.items == pytest.approx(once.items)
