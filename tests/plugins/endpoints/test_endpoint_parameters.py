"""Parameters of endpoints, and keys that stay where they are."""

import logging
import sys

import pytest
from benchsuite_endpoints.parameters import EndpointParameters
from endpoint_questions import texts
from endpoint_server import sends
from pydantic import ValidationError

from benchsuite.api import UserError


def test_what_is_known_needs_neither_network_nor_key(endpoint, asking, monkeypatch):
    monkeypatch.setenv("SOME_KEY", "secret-123")
    parameters = EndpointParameters(**asking, key_variable="SOME_KEY")
    first = texts(parameters, 3)
    monkeypatch.delenv("SOME_KEY")
    monkeypatch.setitem(sys.modules, "httpx2", None)
    assert texts(parameters, 3) == first
    with pytest.raises(UserError, match=r"pip install benchsuite\[api\]"):
        texts(parameters, 4)
    monkeypatch.undo()
    with pytest.raises(UserError, match=r"the environment variable SOME_KEY, .* is not set"):
        texts(parameters, 4)


def test_the_key_goes_into_the_header_and_nowhere_else(endpoint, asking, monkeypatch, caplog):
    monkeypatch.setenv("SOME_KEY", "secret-123")
    parameters = EndpointParameters(**asking, key_variable="SOME_KEY")
    endpoint.trouble = [sends({"error": "busy, secret-123"}, 500)]
    with caplog.at_level(logging.DEBUG):
        texts(parameters, 1)
    assert [headers["Authorization"] for headers in endpoint.headers] == ["Bearer secret-123"] * 2
    endpoint.trouble = [sends({"error": {"message": "bad key secret-123"}}, 401)]
    with pytest.raises(UserError, match=r"401 \(bad key \*\*\*\); set the key in SOME_KEY") as told:
        texts(parameters, 2)
    everywhere = [caplog.text, str(told.value), parameters.model_dump_json(), repr(parameters)]
    with open(asking["cache"], "rb") as file:  # noqa: PTH123
        everywhere.append(file.read().decode(errors="replace"))
    assert not any("secret-123" in place for place in everywhere)


def test_a_key_that_an_endpoint_repeats_is_not_kept(endpoint, asking, monkeypatch):
    monkeypatch.setenv("SOME_KEY", "secret-123")
    endpoint.reply = lambda body: "the key is secret-123"
    assert texts(EndpointParameters(**asking, key_variable="SOME_KEY"), 1) == ["the key is ***"]
    endpoint.trouble = [sends({"error": "x" * 190 + "secret-123"}, 400)]  # cut in the middle
    with pytest.raises(UserError) as told:
        texts(EndpointParameters(**asking, key_variable="SOME_KEY"), 2)
    assert "secr" not in str(told.value)


def test_how_it_is_asked_stands_in_no_identity(asking):
    how = {"key_variable": "K", "concurrency": 2, "money_limit": 1, "token_limit": 5}
    told = EndpointParameters(**asking, **how, input_price=1, output_price=2).model_dump()
    assert set(told) == {
        "url",
        "model",
        "api",
        "system",
        "seeded",
        "length_field",
        "also",
    }


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"url": "ftp://host/v1"}, "write http:// or https://"),
        ({"url": "host/v1"}, "write http:// or https://"),
        ({"url": "http://"}, "write http:// or https://"),
        ({"url": "http://host:99999/v1"}, "write http:// or https://"),
        ({"url": "http://ho st/v1"}, "write http:// or https://"),
        ({"url": "https://user:key@host/v1"}, "a base has no user, query or fragment"),
        ({"url": "https://host/v1?key=1"}, "a base has no user, query or fragment"),
        ({"key_variable": "sk-123"}, "name an environment variable in capitals"),
        ({"also": {"stream": True}}, "stream is no further field"),
        ({"money_limit": 1.0}, "money_limit needs input_price and output_price"),
        ({"api": "completions", "system": "x"}, "system belongs to api: chat"),
        ({"concurrency": 0}, "greater than or equal to 1"),
    ],
)
def test_parameters_that_do_not_fit_are_refused(changes, complaint):
    with pytest.raises(ValidationError, match=complaint):
        EndpointParameters(**{"url": "https://host/v1", "model": "tiny", **changes})


def test_a_key_in_the_place_of_its_name_is_not_repeated():
    with pytest.raises(ValidationError) as caught:
        EndpointParameters(url="https://host/v1", model="tiny", key_variable="sk-very-secret")
    assert "sk-very-secret" not in caught.value.errors()[0]["msg"]
