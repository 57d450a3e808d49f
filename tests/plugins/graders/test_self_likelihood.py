"""A model's own likelihood of rows: by the token, or by the row."""

import numpy as np
import pyarrow as pa
from benchsuite_graders.self_likelihood import SelfLikelihood, SelfLikelihoodParameters

from benchsuite.api import Scores


class Uneven:
    """Finds each token of row i as likely as i says."""

    def score(self, rows, context):
        each = [np.array(row) for row in rows["scores"].to_pylist()]
        return Scores([np.zeros(len(row), int) for row in each], each, np.ones(len(each)))


def test_the_mean_ignores_length_and_the_sum_does_not():
    rows = pa.table({"scores": [[-1.0] * 8, [-2.0, -2.0], [-1.5, -0.5, -4.0]]})
    for given, expected in [
        ({}, [-1.0, -2.0, -2.0]),
        ({"per": "token"}, [-1.0, -2.0, -2.0]),
        ({"per": "row"}, [-8.0, -4.0, -6.0]),
    ]:
        grader = SelfLikelihood(SelfLikelihoodParameters(**given))
        assert grader.grade(rows, Uneven(), None, None).tolist() == expected
