"""What goes wrong at an endpoint, and what a hostile one can do."""

import json
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from benchsuite_endpoints.answers import Answer, Malformed, read_answer, read_complaint
from benchsuite_endpoints.client import ask
from benchsuite_endpoints.parameters import EndpointParameters
from benchsuite_endpoints.transport import _pause
from endpoint_questions import questions, texts
from endpoint_server import breaks_off, completion, drips, drops, sends, sleeps
from hypothesis import given, settings
from hypothesis import strategies as st

from benchsuite.api import UserError

PASSING = {
    "busy": sends({"error": {"message": "slow down"}}, 429, Retry_After=0),
    "busy without a word": sends(b"", 429),
    "broken": sends({"error": "worker dead"}, 503),
    "html": sends(b"<html>bad gateway</html>", 502),
    "timeout": sleeps(1.5),
    "drip": drips,
    "dropped": drops,
    "broken off": breaks_off,
    "no JSON": sends(b"{'choices': "),
    "not UTF-8": sends(b'{"choices": [{"text": "\xff"}]}'),
    "half a surrogate pair": sends(b'{"choices": [{"text": "\\ud800"}]}'),
    "no choice": sends({"choices": []}),
    "a number for a text": sends({"choices": [{"message": {"content": 7}}]}),
    "parts for a text": sends({"choices": [{"message": {"content": ["a"]}}]}),
    "a list": sends([1, 2]),
    "deep": sends(b"[" * 100_000),
    "huge": sends(b" " * (17 * 2**20)),
}


@pytest.mark.parametrize("name", PASSING)
def test_what_passes_is_asked_again(endpoint, asking, name):
    endpoint.trouble = [PASSING[name]]
    asking["timeout"] = 1 if name in ("timeout", "drip") else 30
    assert texts(EndpointParameters(**asking), 1) == ["an answer to question 0"]
    assert len(endpoint.asked) == 2
    assert endpoint.asked[0] == endpoint.asked[1]


@pytest.mark.parametrize("name", ["busy", "no JSON", "dropped"])
def test_after_so_many_attempts_it_says_what_came_last(endpoint, asking, name):
    endpoint.trouble = [PASSING[name]] * 3
    with pytest.raises(UserError, match=r"tiny at .* gave no answer in 3 attempts, the last with "):
        texts(EndpointParameters(**asking), 1)
    assert len(endpoint.asked) == 3


@pytest.mark.parametrize(
    ("status", "error", "sentence"),
    [
        (401, {"message": "who?"}, r"refuses requests with 401 \(who\?\); name the key's variable"),
        (400, {"message": "no top_k"}, r"refuses requests with 400 \(no top_k\); set url, model"),
        (404, "no such model", r"refuses requests with 404 \(no such model\)"),
        (429, {"message": "pay", "code": "insufficient_quota"}, r"429 \(pay\); all that was paid"),
        (301, "elsewhere", "refuses requests with 301"),
    ],
)
def test_what_does_not_pass_ends_it_at_once(endpoint, asking, status, error, sentence):
    endpoint.trouble = [sends({"error": error}, status, Location="http://example.org")]
    with pytest.raises(UserError, match=sentence) as caught:
        texts(EndpointParameters(**asking), 1)
    assert str(caught.value).count(". ") == 0
    assert len(endpoint.asked) == 1


def test_an_endpoint_that_is_not_there_is_named(asking):
    asking["url"] = "http://127.0.0.1:9/v1"
    with pytest.raises(UserError, match=r"tiny at http://127\.0\.0\.1:9/v1 gave no answer in 3"):
        texts(EndpointParameters(**asking), 1)


@pytest.mark.parametrize(
    ("error", "finish"),
    [
        ({"code": "content_filter", "message": "x"}, "content_filter"),
        ({"message": "This model's maximum context length is 16 tokens"}, "too_long"),
    ],
)
def test_a_question_that_cannot_be_answered_is_no_failure(endpoint, asking, error, finish):
    parameters = EndpointParameters(**asking)
    endpoint.trouble = [sends({"error": error}, 400)]
    (answer,) = ask(parameters, questions(parameters, 1))
    assert (answer.text, answer.finish, answer.read) == ("", finish, 0)


def test_a_refusal_and_a_filter_are_answers():
    refused = completion({"prompt_tokens": 3, "completion_tokens": 2}, text=None, refusal="no")
    assert read_answer(json.dumps(refused).encode(), "asked", (9, 9)) == Answer(
        text="", finish="refusal", model="tiny-2026", read=3, written=2
    )


@settings(max_examples=40, deadline=None)
@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_whatever_comes_is_an_answer_or_malformed(content):
    try:
        said = read_answer(content, "asked", (1, 1)).text
    except Malformed as failure:
        said = str(failure).replace("\n", "\ud800")  # a sentence has one line
    said.encode()


@settings(max_examples=40, deadline=None)
@given(
    st.recursive(
        st.none() | st.text() | st.integers(),
        lambda v: st.dictionaries(
            st.sampled_from(["error", "message", "code", "type", "detail"]), v
        ),
        max_leaves=8,
    )
)
def test_whatever_a_complaint_holds_is_one_short_line(value):
    code, message = read_complaint(json.dumps(value).encode())
    for said in (code, message):
        assert len(said) <= 200
        assert said.isprintable()


def test_a_pause_is_seconds_or_a_date_and_never_for_ever():
    soon = format_datetime(datetime.now(UTC) + timedelta(seconds=30), usegmt=True)
    assert _pause("3") == 3
    assert 25 < _pause(soon) <= 30
    assert _pause("Wed, 21 Oct 2015 07:28:00 GMT") == 0
    assert _pause("9" * 30) == 600
    assert _pause("soon") is _pause(None) is _pause("-1") is None


def test_the_pause_that_is_asked_for_is_taken(endpoint, asking, monkeypatch):
    waited = []
    monkeypatch.setattr("tenacity.sleep_using_event", lambda event: waited.append)
    endpoint.trouble = [sends(b"", 429, Retry_After=7), sends(b"", 500)]
    asking["backoff"] = 4
    texts(EndpointParameters(**asking), 1)
    assert waited[0] == 7
    assert 8 <= waited[1] <= 12  # the second wait is twice the first, with jitter
