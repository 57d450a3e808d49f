"""Evaluation text that training rows hold, against a plain search."""

import numpy as np
import pyarrow as pa
import pytest
from benchsuite_metrics.bits_per_byte import BitsPerByte
from benchsuite_metrics.contamination import Contamination, ContaminationParameters
from benchsuite_metrics.group_loss_gap import GroupLossGap
from benchsuite_metrics.provenance_loss import ProvenanceLoss
from benchsuite_metrics.rare_token_loss import RareTokenLoss

from benchsuite.api import Subject


def plainly(training, evaluation, n):
    """The same by strings."""
    held = {
        tuple(words[i : i + n])
        for words in (row.split() for row in training)
        for i in range(len(words) - n + 1)
    }
    covered = total = 0
    for words in (row.split() for row in evaluation):
        if len(words) < n:
            continue
        marks = np.zeros(len(words), bool)
        for i in range(len(words) - n + 1):
            if tuple(words[i : i + n]) in held:
                marks[i : i + n] = True
        covered, total = covered + marks.sum(), total + len(words)
    return covered / total, total


@pytest.mark.parametrize("n", [1, 2, 3, 8])
def test_the_share_is_that_of_a_plain_search(measure, human, prose, table, n):
    training = prose(0, rows=50, vocabulary=60)
    evaluation = [*prose(1, rows=20, vocabulary=60), training[3], "aa ab", ""]
    subject = Subject(human(), training=table(training), evaluations={"set": evaluation})
    found = measure(Contamination, subject, n=n)["set"]
    assert (found.value, found.n) == pytest.approx(plainly(training, evaluation, n))


def test_runs_end_with_their_rows_and_case_and_marks_do_not_matter(measure, human, table):
    evaluation = ["one two three four", "five six seven eight"]
    for training, share in [
        (["zero one two", "three four five"], 0.0),
        (["So: One, TWO; three four!"], 0.5),
        (["nothing"], 0.0),
    ]:
        subject = Subject(human(), training=table(training), evaluations={"set": evaluation})
        assert measure(Contamination, subject, n=4)["set"].value == share


def test_training_in_many_pieces_is_searched_whole(measure, human, prose):
    training = prose(0, rows=60)
    pieces = pa.chunked_array([[row] for row in training], pa.string())
    subject = Subject(
        human(), training=pa.table({"text": pieces}), evaluations={"set": training, "none": []}
    )
    found = measure(Contamination, subject)
    assert found["set"].value == 1.0
    assert (found["none"].value, found["none"].n) == (None, 0)


def test_the_threshold_is_what_the_suite_says():
    assert Contamination(ContaminationParameters(threshold=0.2)).contaminated_above == 0.2
    assert BitsPerByte(BitsPerByte.parameters_type()).contaminated_above is None


def test_losses_say_what_they_are_evaluated_on(human):
    people = human(["a"], ["b"], ["c", "d"], ["e"])
    made = BitsPerByte(BitsPerByte.parameters_type())
    assert made.evaluated(people) == {"in-domain": ["c", "d"], "out-of-domain": ["e"]}
    for metric in (RareTokenLoss, GroupLossGap):
        made = metric(metric.parameters_type())
        assert made.evaluated(people) == {"in-domain": ["c", "d"]}
    made = ProvenanceLoss(ProvenanceLoss.parameters_type())
    assert made.evaluated(people) == {"validation": ["b"]}
