"""Exponents of cost."""

import numpy as np
import pytest
from bench_setups import TINY, setup

from benchsuite.bench import scaling
from benchsuite.bench.job import Job
from benchsuite.bench.scaling import fit
from benchsuite.lm.weights import size


def test_a_power_law_is_found_again():
    sizes = [1, 2, 4, 8]
    law = fit("tokens", sizes, [[3 * n**1.5, 3 * n**1.5, 99.0 * n] for n in sizes])
    assert law.exponent == pytest.approx(1.5)
    assert law.error == pytest.approx(0, abs=1e-9)


def test_the_standard_error_is_that_of_least_squares():
    sizes, seconds = [1, 2, 4, 8], [1.0, 2.5, 3.5, 9.0]
    law = fit("tokens", sizes, [[s] for s in seconds])
    x, y = np.log(sizes), np.log(seconds)
    slope = ((x - x.mean()) * (y - y.mean())).sum() / ((x - x.mean()) ** 2).sum()
    rest = y - y.mean() - slope * (x - x.mean())
    error = np.sqrt((rest**2).sum() / 2 / ((x - x.mean()) ** 2).sum())
    assert law.exponent == pytest.approx(slope)
    assert law.error == pytest.approx(error)


def test_shapes_of_other_sizes_are_sound():
    shapes = [scaling._resized(TINY, factor) for factor in scaling._FACTORS]
    assert [size(shape) for shape in shapes] == sorted(size(shape) for shape in shapes)
    assert scaling._resized(TINY, 1.0) == TINY
    for shape in shapes:
        assert shape.width % shape.heads == 0
        assert shape.head_width % 2 == 0  # rotary positions turn pairs


def test_a_longer_job_has_so_many_times_the_tokens():
    job = Job.of(TINY, setup(), {})
    longer = scaling._longer(job, 3)
    assert longer.tokens == 3 * job.tokens == len(longer.stream) - 1


def test_every_size_is_measured():
    laws = scaling.laws(TINY, setup())
    assert [law.of for law in laws] == ["weights", "tokens", "generations", "models"]
    for law in laws:
        assert len(law.sizes) == len(law.seconds) >= 4
        assert all(len(times) == 1 and times[0] > 0 for times in law.seconds)
        assert np.isfinite([law.exponent, law.error]).all()
