"""Rows that an endpoint writes: what is asked, what is kept, and when it gives up."""

import logging

import numpy as np
import pyarrow as pa
import pytest
from benchsuite_endpoints.writer import Writer, WriterParameters
from endpoint_server import question
from pydantic import ValidationError

from benchsuite.api import Decoding, GenerationRequest, HumanRows, Tokens, UserError


class Words:
    """A model that only counts: a word is a token."""

    def tokens(self, rows):
        lengths = np.array([len(text.split()) for text in rows["text"].to_pylist()])
        return Tokens(np.zeros(lengths.sum(), int), lengths)


def human(count):
    train = {"split": "train", "domain": "prose"}
    rows = [{"id": f"h{i}", "text": f"human {i} {{topic}}", **train} for i in range(count)]
    return HumanRows(pa.Table.from_pylist([*rows, {"id": "t", "text": "test", "split": "test"}]))


def wanted(amount=6, unit="rows", prompts=None, rows=4, **decoding):
    return GenerationRequest(
        Words(), human(rows), amount, unit, Decoding(**decoding), prompts=prompts
    )


def write(asking, request, context, **parameters):
    return Writer(WriterParameters(**asking, **parameters)).generate(request, context)


def test_human_rows_are_rephrased_and_named_as_parents(endpoint, asking, context):
    rows = write(asking, wanted(8), context, template="Say it anew: {text}")
    parents = [parent for (parent,) in rows["parents"].to_pylist()]
    assert sorted(parents[:4]) == sorted(parents[4:]) == ["h0", "h1", "h2", "h3"]
    for row, parent in zip(rows.to_pylist(), parents, strict=True):
        assert row["prompt"] == f"Say it anew: human {parent[1:]} {{topic}}"
        assert row["text"] == f"an answer to {row['prompt']}"
        assert row["model"] == "tiny-2026"
    assert rows.schema.field("parents").type == pa.list_(pa.string())
    assert rows.column_names == ["text", "prompt", "model", "parents"]


def test_topics_come_in_random_order_and_again(endpoint, asking, context):
    topics = ["tides", "bees", "iron"]
    rows = write(asking, wanted(6), context, template="On {topic}.", topics=topics)
    asked = rows["prompt"].to_pylist()
    assert sorted(asked[:3]) == sorted(asked[3:]) == ["On bees.", "On iron.", "On tides."]
    assert "parents" not in rows.column_names
    assert len({body["seed"] for body in endpoint.asked}) == len(endpoint.asked)


def test_prompts_of_the_regime_are_gone_on_from(endpoint, asking, context):
    endpoint.reply = lambda body: f" then {question(body)[-1]}"
    prompts = ["once a", "once b"]
    rows = write(asking, wanted(3, prompts=prompts), context, api="completions")
    assert rows["prompt"].to_pylist() == ["once a", "once b", "once a"]
    assert rows["text"].to_pylist() == [" then a", " then b", " then a"]
    (first, *_) = endpoint.asked
    assert {"prompt", "max_tokens", "seed", "model"} <= first.keys()
    in_chat = write(asking, wanted(1, prompts=prompts), context, template="Go on: {prompt}")
    assert in_chat["prompt"].to_pylist() == ["once a"]
    assert in_chat["text"].to_pylist() == ["then a"]


def test_decoding_is_the_regimes(endpoint, asking, context):
    request = wanted(1, temperature=0.3, top_p=0.8)
    write(asking, request, context, template="Write.", max_tokens=9, system="Be brief.")
    body = endpoint.asked[0]
    assert (body["temperature"], body["top_p"], body["max_tokens"]) == (0.3, 0.8, 9)
    assert body["messages"][0] == {"role": "system", "content": "Be brief."}
    assert "top_k" not in body
    newer = {"length_field": "max_completion_tokens", "also": {"reasoning_effort": "low"}}
    write(asking, wanted(1, top_k=5), context, template="Write.", seeded=False, **newer)
    body = endpoint.asked[-1]
    assert (body["top_k"], body["max_completion_tokens"]) == (5, 512)
    assert body["reasoning_effort"] == "low"
    assert not {"seed", "max_tokens"} & body.keys()


def test_tokens_are_counted_as_the_learner_counts_them(endpoint, asking, context):
    endpoint.reply = lambda body: "four words and no"
    rows = write(asking, wanted(23, "tokens"), context, template="Write.")
    assert rows.num_rows == 5  # of 4 words and an end: 25 tokens
    assert write(asking, wanted(25, "tokens"), context, template="Write.").num_rows == 5
    assert write(asking, wanted(26, "tokens"), context, template="Write.").num_rows == 6


def test_rows_do_not_depend_on_how_many_are_asked_for_at_once(endpoint, asking, context):
    endpoint.reply = lambda body: "" if body["seed"] % 3 == 0 else f"row {body['seed']}"
    told = {"template": "{text}"}
    one = write(asking, wanted(40), context, **told, concurrency=1)
    asking["cache"] += "2"
    assert write(asking, wanted(40), context, **told, concurrency=16).equals(one)
    assert write(asking, wanted(10), context, **told).equals(one.slice(0, 10))


@pytest.mark.parametrize(
    ("answer", "fault"),
    [
        ("", "empty"),
        (" \n", "empty"),
        (None, "empty"),
        ("I'm sorry, but no.", "refused"),
        ("I can\u2019t help with that.", "refused"),
        ({"text": "half", "finish": "content_filter"}, "refused"),
        ({"text": None, "refusal": "no"}, "refused"),
        ({"text": "half a", "finish": "length"}, "cut off"),
        ("x" * 101, "too long"),
    ],
)
def test_answers_that_are_no_rows_are_dropped_and_counted(
    endpoint, asking, context, caplog, answer, fault
):
    def reply(body):
        return answer if "bad" in question(body) else "good"

    endpoint.reply = reply
    topics = ["bad", "good", "fair"]
    with caplog.at_level(logging.INFO, "benchsuite_endpoints.writer"):
        rows = write(
            asking,
            wanted(8),
            context,
            template="{topic}",
            topics=topics,
            longest=100,
            concurrency=3,
        )
    assert rows["text"].to_pylist() == ["good"] * 8
    asked, bad = len(endpoint.asked), sum("bad" in question(body) for body in endpoint.asked)
    assert caplog.messages == [f"Of {asked} answers, no rows are {bad} {fault}."]


def test_an_answer_that_is_cut_off_may_be_a_row(endpoint, asking, context):
    endpoint.reply = lambda body: {"text": "half a", "finish": "length"}
    rows = write(asking, wanted(2), context, template="Write.", keep_cut=True)
    assert rows["text"].to_pylist() == ["half a"] * 2


def test_too_few_rows_are_an_error_that_says_why(endpoint, asking, context):
    endpoint.reply = lambda body: "" if body["seed"] % 4 else "good"
    with pytest.raises(UserError, match=r"of \d+ answers of tiny at http.*, \d+ are no rows "):
        write(asking, wanted(500), context, template="Write.")
    asked = len(endpoint.asked)
    assert asked < 1000
    rows = write(asking, wanted(20), context, template="Write.", most_dropped=0.95)
    assert rows["text"].to_pylist() == ["good"] * 20


def test_an_endpoint_that_never_writes_is_left_soon(endpoint, asking, context):
    endpoint.reply = lambda body: ""
    with pytest.raises(
        UserError, match=r"16 are no rows \(16 empty\), so that 0 of 5 rows are there"
    ):
        write(asking, wanted(5), context, template="Write.")
    assert len(endpoint.asked) == 16


@pytest.mark.parametrize(
    ("request_", "template", "complaint"),
    [
        (wanted(), None, "has nothing to ask for; set its template"),
        (wanted(), "{prompt}", "the regime has no prompts"),
        (wanted(rows=0), "{text}", "no human row"),
    ],
)
def test_what_there_is_nothing_to_fill_in_with_is_said(
    asking, context, request_, template, complaint
):
    with pytest.raises(UserError, match=complaint):
        write(asking, request_, context, template=template)


@pytest.mark.parametrize(
    ("parameters", "complaint"),
    [
        ({"template": "{name}"}, r"\{name\} is nothing to fill in; there is \{text\}, \{topic\}"),
        ({"template": "{topic}"}, "belong together"),
        ({"topics": ["a"], "template": "x"}, "belong together"),
        ({"topics": [" "], "template": "{topic}"}, "a topic is empty"),
        ({"refusal": "("}, "is no regular expression"),
        ({"most_dropped": 1}, "less than 1"),
    ],
)
def test_parameters_of_a_writer_are_checked(asking, parameters, complaint):
    with pytest.raises(ValidationError, match=complaint):
        WriterParameters(**asking, **parameters)
