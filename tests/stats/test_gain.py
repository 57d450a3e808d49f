"""Values turned so that more is better."""

import numpy as np
import pytest

from benchsuite.stats.gain import gain


@pytest.mark.parametrize(
    ("best", "expected"), [("higher", [-2, 0, 3]), ("lower", [2, 0, -3]), ("zero", [-2, 0, -3])]
)
def test_more_is_better(best, expected):
    assert gain([-2, 0, 3], best).tolist() == expected
    assert gain(np.array([[-2.0], [3.0]]), best).shape == (2, 1)
    assert np.isnan(gain([np.nan], best)).all()
