"""What is spent at an endpoint, and limits that are never passed."""

from threading import Barrier

import pytest
from benchsuite_endpoints.parameters import EndpointParameters
from endpoint_questions import questions, texts
from endpoint_server import sends

from benchsuite.api import UserError


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
    endpoint.trouble = [sends(b"{'choices': "), sends(b"", 429)]  # only the first may be charged
    endpoint.usage = {"prompt_tokens": 1, "completion_tokens": 1}
    texts(parameters, 1, seed=1001)
    limited = parameters.model_copy(update={"token_limit": 1})
    with pytest.raises(UserError, match=f"has cost {4 * most + 2:,} tokens"):
        texts(limited, 1, seed=1002)
