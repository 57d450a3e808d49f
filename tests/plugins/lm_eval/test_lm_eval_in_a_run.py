"""A suite with a task of lm-eval in short form, run by the command: comparisons are paired."""

import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner
from scipy import stats

from benchsuite.cli.run import run
from benchsuite.records.record import Record

SLICE = "made_up_choices acc_norm"
HEADLINE = f"{{generalization: {{metric: harness/lm-eval, slice: {SLICE}}}}}"


@pytest.fixture
def finish(made_up, tiny_suite, tmp_path):
    """Run generation 1 of two regimes, which answer the same questions, with some seeds."""

    def finish(seeds):
        task = f"{{tasks: [made_up_choices], num_fewshot: 0, include: [{made_up}]}}"
        settings = {"metrics": f"[{{lm-eval: {task}}}]", "headline": HEADLINE, "seeds": seeds}
        arguments = [str(tiny_suite), "--regime", "replace", "--generations", "1"]
        arguments += ["--workers", "1", "--device", "cpu", "--store", str(tmp_path / "store")]
        arguments += ["--out", str(tmp_path / "out")]
        arguments += [
            word for pair in settings.items() for word in ("--set", "{}={}".format(*pair))
        ]
        done = CliRunner().invoke(run, arguments)
        assert done.exit_code == 0, (done.output, done.exception)
        return Record.model_validate_json((tmp_path / "out" / "record.json").read_bytes())

    return finish


def answers(store):
    """What each model scored on each question, by the folder of the step."""
    found = {}
    for file in store.rglob("items.parquet"):
        rows = pq.read_table(file).filter(pc.field("slice") == SLICE)
        found[file] = dict(zip(rows["item"].to_pylist(), rows["value"].to_pylist(), strict=True))
    return list(found.values())


@pytest.mark.parametrize("seeds", [1, 2])
def test_models_that_answer_the_same_questions_are_paired(finish, tmp_path, seeds):
    record = finish(seeds)
    (suite_metric,) = record.suite.document["metrics"]
    assert suite_metric["name"] == "harness/lm-eval"
    found = next(c for c in record.comparisons if c.slice == SLICE and c.generation == 1)
    assert found.items == 20
    answered = answers(tmp_path / "store")
    assert len(answered) == 3 * seeds  # generation 0, and generation 1 of both regimes
    assert all(each.keys() == answered[0].keys() for each in answered)
    assert found.items_lower <= found.difference <= found.items_upper
    if seeds == 1:
        assert found.lower is None
        assert any(
            (found.items_lower, found.items_upper) == pytest.approx(paired(one, other), nan_ok=True)
            for one in answered
            for other in answered
        )


def paired(one, other):
    differences = [one[name] - other[name] for name in one]
    interval = stats.ttest_1samp(differences, 0).confidence_interval(0.95)
    return interval.low, interval.high
