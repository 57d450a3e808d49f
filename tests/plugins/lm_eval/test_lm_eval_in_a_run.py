"""A suite with a task of lm-eval in short form, run by the command: comparisons are paired."""

import json
from itertools import permutations

import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner
from scipy import stats

from benchsuite.cli.run import run
from benchsuite.records.export.lm_eval import files
from benchsuite.records.record import Record

SLICE = "made_up_choices acc_norm"
HEADLINE = f"{{generalization: {{metric: harness/lm-eval, slice: {SLICE}}}}}"


def answers(store):
    """What each model scored on each question."""
    for file in store.rglob("items.parquet"):
        rows = pq.read_table(file).filter(pc.field("slice") == SLICE)
        yield dict(zip(rows["item"].to_pylist(), rows["value"].to_pylist(), strict=True))


def test_models_that_answer_the_same_questions_are_paired(made_up, tiny_suite, tmp_path):
    task = f"{{tasks: [made_up_choices], num_fewshot: 0, include: [{made_up}]}}"
    settings = {"metrics": f"[{{lm-eval: {task}}}]", "headline": HEADLINE, "seeds": 1}
    arguments = [str(tiny_suite), "--regime", "replace", "--generations", "1", "--workers", "1"]
    arguments += ["--device", "cpu", "--store", str(tmp_path / "store"), "--out", str(tmp_path)]
    arguments += [word for pair in settings.items() for word in ("--set", "{}={}".format(*pair))]
    done = CliRunner().invoke(run, arguments)
    assert done.exit_code == 0, (done.output, done.exception)
    record = Record.model_validate_json((tmp_path / "record.json").read_bytes())
    assert [metric.name for metric in record.metrics] == ["harness/lm-eval"]
    found = next(c for c in record.comparisons if c.slice == SLICE and c.generation == 1)
    assert found.items == 20
    assert found.lower is None
    answered = list(answers(tmp_path / "store"))
    assert len(answered) == 3  # generation 0, and generation 1 of both regimes
    assert any(
        paired(one, other)
        == pytest.approx((found.difference, found.items_lower, found.items_upper))
        for one, other in permutations(answered, 2)
    )
    assert "over 20 items" in (tmp_path / "report.html").read_text("utf-8")
    check_export(record, tmp_path)


def check_export(record, folder):
    """A run's tasks have lm-eval's own names in what is exported."""
    table = pq.read_table(folder / "measurements.parquet")
    exported = {name: json.loads(text) for name, text in files(record, table)}
    (document,) = [d for n, d in exported.items() if n.startswith("replace-generation-1-seed-0/")]
    (of_model,) = (
        row
        for row in table.to_pylist()
        if (row["regime"], row["generation"], row["slice"]) == ("replace", 1, SLICE)
    )
    assert document["results"]["made_up_choices"]["acc_norm,none"] == of_model["value"]
    assert document["n-samples"]["made_up_choices"] == {"original": 20, "effective": 20}
    assert document["n-shot"]["made_up_choices"] == 0


def paired(one, other):
    """The mean difference between two models, with Student's interval over questions."""
    differences = [one[name] - other[name] for name in one]
    interval = stats.ttest_1samp(differences, 0).confidence_interval(0.95)
    return sum(differences) / len(differences), interval.low, interval.high
