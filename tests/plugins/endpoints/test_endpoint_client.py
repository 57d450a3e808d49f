"""The client: order, concurrency, the cache, and going on where it stopped."""

import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from benchsuite_endpoints.parameters import EndpointParameters
from benchsuite_endpoints.questions import question
from endpoint_questions import questions, texts
from endpoint_server import drops, sends
from endpoint_server import question as asked_in

from benchsuite.api import Decoding, UserError


def test_answers_stand_in_the_order_of_the_questions(endpoint, asking):
    endpoint.trouble = [sends(b"", 429), drops, sends(b"{'choices': ")]
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


def test_who_asks_at_the_same_time_pays_once(endpoint, asking):
    """One asks while the other waits, and then finds the answers."""
    parameters = EndpointParameters(**asking, concurrency=3)
    with ThreadPoolExecutor(2) as pool:
        both = [pool.submit(texts, parameters, 9) for _ in range(2)]
        assert both[0].result() == both[1].result()
    assert len(endpoint.asked) == 9
    assert endpoint.most <= 3


@pytest.mark.parametrize("content", [b"not a database, but long enough to be looked at" * 50, None])
def test_a_cache_that_is_none_is_named(asking, tmp_path, content):
    path = tmp_path / "answers.sqlite"
    path.write_bytes(content) if content else path.mkdir()
    with pytest.raises(UserError, match=r"answers\.sqlite cannot be used \(.*\); name another"):
        texts(EndpointParameters(**asking), 1)
