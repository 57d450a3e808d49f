"""What an entry's run must share with its board's."""

import pytest

from benchsuite.leaderboard.protocol import differing, is_fixed, protocol_digest
from benchsuite.leaderboard.run import read_run


def changed(record, **keys):
    document = {**record.suite.document, **keys}
    return record.model_copy(
        update={"suite": record.suite.model_copy(update={"document": document})}
    )


@pytest.fixture(scope="module")
def record(real_run):
    return read_run(real_run).record


def test_runs_of_other_regimes_share_it(record, baselines_run):
    baselines = read_run(baselines_run).record
    assert record.suite.digest != baselines.suite.digest
    assert differing(record, baselines) == []
    assert protocol_digest(record) == protocol_digest(baselines)


@pytest.mark.parametrize(
    ("keys", "differs"),
    [
        ({"summary": "Another.", "headline": {"bias": 1}, "claims": [1], "regimes": []}, []),
        ({"budget": {"tokens": 7, "rows": None}}, ["budget.rows", "budget.tokens"]),
        ({"learner": {"name": "theory/normal-fit"}}, ["learner.variance"]),
        ({"learner": "theory/normal-fit"}, ["learner"]),
        ({"generations": 2.0}, ["generations"]),
        ({"more": None}, ["more"]),
        ({"metrics": [{"name": "theory/error"}]}, ["metrics"]),
    ],
)
def test_keys_that_differ_are_dotted(record, keys, differs):
    other = changed(record, **keys)
    assert differing(record, other) == differing(other, record) == differs
    assert (protocol_digest(record) == protocol_digest(other)) == (not differs)


def test_what_no_division_may_change():
    assert is_fixed("held_out.share")
    assert is_fixed("seeds")
    assert not is_fixed("learner.width")
    assert not is_fixed("budget.tokens")
