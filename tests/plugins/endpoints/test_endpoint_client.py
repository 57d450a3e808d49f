"""The client: retries, the cache, the limits, and what a hostile endpoint can do."""

import json
import logging
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from threading import Barrier

import pytest
from benchsuite_endpoints.answers import Answer, Malformed, read_answer, read_complaint
from benchsuite_endpoints.client import ask
from benchsuite_endpoints.parameters import EndpointParameters
from benchsuite_endpoints.questions import question
from benchsuite_endpoints.transport import _pause
from endpoint_server import breaks_off, completion, drips, drops, sends, sleeps
from endpoint_server import question as asked_in
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from benchsuite.api import Decoding, UserError

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


def questions(parameters, count, seed=7, length=20):
    asked = [f"question {i}" for i in range(count)]
    return [
        question(parameters, text, length, Decoding(), (seed, i)) for i, text in enumerate(asked)
    ]


def texts(parameters, count, **changes):
    return [answer.text for answer in ask(parameters, questions(parameters, count, **changes))]


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


def test_answers_stand_in_the_order_of_the_questions(endpoint, asking):
    endpoint.trouble = [PASSING["busy"], PASSING["dropped"], PASSING["no JSON"]]
    expected = [f"an answer to question {i}" for i in range(20)]
    asking["attempts"] = 4  # one question may meet all three
    assert texts(EndpointParameters(**asking), 20) == expected
    assert len(endpoint.asked) == 23


def test_no_more_requests_are_under_way_than_are_allowed(endpoint, asking):
    three = Barrier(3)  # none is answered before three are under way
    endpoint.reply = lambda body: f"answered with {three.wait(timeout=20)}"
    texts(EndpointParameters(**asking, concurrency=3), 12)
    assert endpoint.most == 3


def test_what_was_answered_is_asked_for_once(endpoint, asking):
    parameters = EndpointParameters(**asking)
    first = texts(parameters, 5)
    assert texts(parameters, 8)[:5] == first
    assert len(endpoint.asked) == 8


def test_url_model_body_seed_and_index_tell_questions_apart(endpoint, asking):
    parameters = EndpointParameters(**asking)
    (one,) = questions(parameters, 1)
    others = [
        question(EndpointParameters(**{**asking, **change}), "question 0", 20, Decoding(), place)
        for change, place in [
            ({"url": endpoint.url + "/x"}, (7, 0)),
            ({"model": "other"}, (7, 0)),
            ({"also": {"presence_penalty": 1}}, (7, 0)),
            ({"system": "be brief"}, (7, 0)),
            ({}, (8, 0)),
            ({}, (7, 1)),
            ({"seeded": False}, (7, 0)),
            ({"seeded": False}, (7, 1)),
        ]
    ]
    others.append(question(parameters, "question 0", 20, Decoding(top_p=0.5), (7, 0)))
    assert len({one.key, *(other.key for other in others)}) == 10
    same = EndpointParameters(**{**asking, "concurrency": 1, "timeout": 9, "cache": None})
    assert question(same, "question 0", 20, Decoding(), (7, 0)).key == one.key


def test_after_a_failure_nothing_that_was_answered_is_asked_again(endpoint, asking):
    parameters = EndpointParameters(**asking, concurrency=1)
    endpoint.trouble = [None] * 4 + [sends({"error": "no"}, 400)]
    with pytest.raises(UserError, match="refuses requests"):
        texts(parameters, 10)
    assert len(endpoint.asked) == 5
    assert texts(parameters, 10) == [f"an answer to question {i}" for i in range(10)]
    assert len(endpoint.asked) == 5 + 6


def test_in_several_threads_too_nothing_is_asked_twice(endpoint, asking):
    parameters = EndpointParameters(**asking, concurrency=4)
    endpoint.trouble = [None] * 5 + [sends({"error": "no"}, 400)]
    with pytest.raises(UserError, match="refuses requests"):
        texts(parameters, 30)
    answered = len(endpoint.asked) - 1
    assert answered >= 5
    texts(parameters, 30)
    assert len(endpoint.asked) == answered + 1 + 30 - answered


KILLED = """
import sys
from benchsuite_endpoints.client import ask
from benchsuite_endpoints.parameters import EndpointParameters
from benchsuite_endpoints.questions import question
from benchsuite.api import Decoding
endpoint = EndpointParameters(
    url=sys.argv[1], model="tiny", cache=sys.argv[2], concurrency=1, timeout=60
)
ask(endpoint, [question(endpoint, f"question {i}", 20, Decoding(), (7, i)) for i in range(10)])
"""


def test_a_killed_process_loses_nothing_that_was_answered(endpoint, asking):
    """The sixth question hangs, and the process is killed over it: five answers are kept."""
    process = None

    def kills(handler):
        process.send_signal(signal.SIGKILL)
        process.wait()
        handler.close_connection = True

    endpoint.trouble = [None] * 5 + [kills]
    command = [sys.executable, "-c", KILLED, endpoint.url, asking["cache"]]
    process = subprocess.Popen(command)
    assert process.wait(timeout=60) == -signal.SIGKILL
    assert len(endpoint.asked) == 6
    assert len(texts(EndpointParameters(**asking), 10)) == 10
    assert len(endpoint.asked) == 6 + 5
    assert {asked_in(body) for body in endpoint.asked[6:]} == {
        f"question {i}" for i in range(5, 10)
    }


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


def test_who_asks_at_the_same_time_pays_once(endpoint, asking):
    """One asks while the other waits, and then finds the answers."""
    parameters = EndpointParameters(**asking, concurrency=3)
    with ThreadPoolExecutor(2) as pool:
        both = [pool.submit(texts, parameters, 9) for _ in range(2)]
        assert both[0].result() == both[1].result()
    assert len(endpoint.asked) == 9
    assert endpoint.most <= 3


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


# -- spending -------------------------------------------------------------------------------------


def test_no_request_is_sent_that_could_pass_the_limit(endpoint, asking):
    """Each answer costs 15 tokens, and might cost as many as its question has bytes, and more."""
    parameters = EndpointParameters(**asking, concurrency=1)
    (one,) = questions(parameters, 1)
    most = one.most_read + one.most_written
    limit = most + 15 * 3
    limited = parameters.model_copy(update={"token_limit": limit})
    with pytest.raises(UserError, match=rf"has cost 60 tokens.* would pass token_limit {limit}"):
        texts(limited, 10)
    assert len(endpoint.asked) == 4
    raised = parameters.model_copy(update={"token_limit": limit + 15 * 3})
    with pytest.raises(UserError, match="has cost 105 tokens"):
        texts(raised, 10)
    assert len(endpoint.asked) == 7
    assert len(texts(raised, 7)) == 7
    assert len(texts(parameters, 10)) == 10
    assert len(endpoint.asked) == 10


def test_requests_under_way_count_with_the_most_they_may_cost(endpoint, asking):
    asking["seeded"] = False  # so that all questions are of one size
    (one,) = questions(EndpointParameters(**asking), 1)
    limit = 2 * (one.most_read + one.most_written)
    parameters = EndpointParameters(**asking, concurrency=8, token_limit=limit)
    two = Barrier(2)  # when these are paid for, there is room for one at a time

    def reply(body):
        if len(endpoint.asked) <= 2:
            two.wait(timeout=20)
        return "ok"

    endpoint.reply = reply
    texts(parameters, 6)
    assert endpoint.most == 2


def test_money_is_tokens_times_prices_a_million(endpoint, asking):
    price = EndpointParameters(**asking, input_price=0.5, output_price=2.0).price
    assert price(3_000_000, 500_000) == pytest.approx(2.5)
    parameters = EndpointParameters(
        **asking, concurrency=1, input_price=1000.0, output_price=10_000.0, money_limit=1.0
    )
    endpoint.usage = {"prompt_tokens": 50, "completion_tokens": 20}
    with pytest.raises(UserError, match=r"has cost 140 tokens \(0\.5000\).*money_limit 1\.0"):
        texts(parameters, 10)  # 50 * 0.001 + 20 * 0.01 = 0.25 each
    assert len(endpoint.asked) == 2


def test_what_is_not_counted_counts_as_the_most_it_may_be(endpoint, asking):
    parameters = EndpointParameters(**asking, concurrency=1, seeded=False)
    (one,) = questions(parameters, 1)
    most = one.most_read + one.most_written
    usages = [None, {"prompt_tokens": -1, "completion_tokens": 10**30}, "none"]
    for seed, endpoint.usage in enumerate(usages):
        texts(parameters, 1, seed=seed)
    endpoint.trouble = [PASSING["no JSON"], PASSING["busy"]]  # only the first may be charged
    endpoint.usage = {"prompt_tokens": 1, "completion_tokens": 1}
    texts(parameters, 1, seed=1001)
    limited = parameters.model_copy(update={"token_limit": 1})
    with pytest.raises(UserError, match=f"has cost {4 * most + 2:,} tokens"):
        texts(limited, 1, seed=1002)


# -- parameters -----------------------------------------------------------------------------------


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


@pytest.mark.parametrize("content", [b"not a database, but long enough to be looked at" * 50, None])
def test_a_cache_that_is_none_is_named(asking, tmp_path, content):
    path = tmp_path / "answers.sqlite"
    path.write_bytes(content) if content else path.mkdir()
    with pytest.raises(UserError, match=r"answers\.sqlite cannot be used \(.*\); name another"):
        texts(EndpointParameters(**asking), 1)


# -- what is read ---------------------------------------------------------------------------------


def test_a_refusal_and_a_filter_are_answers():
    refused = completion({"prompt_tokens": 3, "completion_tokens": 2}, text=None, refusal="no")
    assert read_answer(json.dumps(refused).encode(), "asked", (9, 9)) == Answer(
        text="", finish="refusal", model="tiny-2026", read=3, written=2
    )


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
