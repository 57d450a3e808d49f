"""Both ways to compute on a CPU."""

import pytest

from benchsuite.lm.native.library import SWITCH, library


@pytest.fixture(params=["native", "torch"])
def kernels(request, monkeypatch):
    """Have the kernels in C compute, and then torch."""
    monkeypatch.setenv(SWITCH, request.param)
    if request.param == "native" and library() is None:
        pytest.skip("no kernels were compiled, or the processor does not run them")
    return request.param
