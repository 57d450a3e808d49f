import pytest
from endpoint_server import serving

from benchsuite.api import Context
from benchsuite.lm.device import Device


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch):
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")


@pytest.fixture
def endpoint():
    with serving() as started:
        yield started


@pytest.fixture
def asking(endpoint, tmp_path):
    """Parameters that every component of the package takes."""
    return {
        "url": endpoint.url,
        "model": "tiny",
        "cache": str(tmp_path / "answers.sqlite"),
        "timeout": 30,
        "backoff": 0,
        "attempts": 3,
    }


@pytest.fixture
def context():
    return Context(seed=7, device=Device("cpu", "fp32"))
