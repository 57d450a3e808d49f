"""Rows judged by an endpoint: scores, pairs, and judges that cannot be understood."""

import json
import logging
import re

import numpy as np
import pyarrow as pa
import pytest
from benchsuite_endpoints import rubrics, verdicts
from benchsuite_endpoints.judge import Judge, JudgeParameters, ring_pairs
from endpoint_server import question
from pydantic import ValidationError

from benchsuite.api import UserError


def grade(asking, texts, context, **parameters):
    judge = Judge(JudgeParameters(**asking, **parameters))
    return judge.grade(pa.table({"text": texts}), None, None, context).tolist()


def shown(body):
    """The texts between marks, in order."""
    return re.findall(r"<(?:text|A|B)>\n(.*?)\n</", question(body), re.DOTALL)


def better(wins):
    """A judge that says A where `wins` of the first and the second text."""
    return lambda body: f"Because. Better: {wins(*shown(body))}"


def longer(first, second):
    return "A" if len(first) > len(second) else "B" if len(second) > len(first) else "tie"


def test_each_row_gets_the_score_that_the_answer_ends_with(endpoint, asking, context):
    endpoint.reply = lambda body: f"Not a score: 9. Fine.\n**Score: {len(shown(body)[0])}**"
    assert grade(asking, ["xx", "xxxx", "{text}"[:5]], context) == [2, 4, 5]
    assert endpoint.asked[0]["temperature"] == 0


def test_a_row_is_judged_once_whatever_the_step(endpoint, asking, context):
    endpoint.reply = lambda body: "Score: 3"
    grade(asking, ["a", "b", "a"], context)
    other = type(context)(seed=99, device=None)
    assert grade(asking, ["b", "c"], other) == [3, 3]
    assert len(endpoint.asked) == 3


def test_what_cannot_be_read_is_asked_once_more_and_then_neutral(endpoint, asking, context, caplog):
    def reply(body):
        (text,), again = shown(body), question(body).endswith(rubrics.AGAIN)
        return {"never": "no idea", "late": "Score: 4" if again else "Score: 8"}.get(
            text, "Score: 2"
        )

    endpoint.reply = reply
    with caplog.at_level(logging.WARNING, "benchsuite_endpoints"):
        assert grade(asking, ["never", "late", "x"], context) == [3, 4, 2]
    assert len(endpoint.asked) == 5
    assert caplog.messages == [
        "1 of 3 answers of the judge tiny could not be read twice and get the neutral score 3."
    ]
    assert grade(asking, ["never"], context, neutral=1.5) == [1.5]
    assert len(endpoint.asked) == 5


def test_a_rubric_and_a_scale_of_ones_own(endpoint, asking, context):
    endpoint.reply = lambda body: f"{len(question(body))} points"
    told = {"rubric": "Rate: {text}", "pattern": r"(\d+) points", "lowest": 0, "highest": 20}
    assert grade(asking, ["abc", "{x}"], context, **told) == [9, 9]


def test_structured_answers_follow_a_schema(endpoint, asking, context):
    endpoint.reply = lambda body: json.dumps({"reason": "Score: 1", "score": 4.5})
    assert grade(asking, ["a"], context, structured=True) == [4.5]
    form = endpoint.asked[0]["response_format"]
    assert form["type"] == "json_schema"
    assert form["json_schema"]["schema"]["properties"]["score"]["maximum"] == 5
    endpoint.reply = lambda body: json.dumps({"better": "B" if shown(body)[0] == "b" else "A"})
    assert grade(asking, ["a", "b"], context, structured=True, mode="pairs") == [1, 0]


def test_the_better_of_each_pair_wins(endpoint, asking, context):
    endpoint.reply = better(longer)
    texts = ["x" * count for count in (5, 1, 3, 3, 9)]
    scores = grade(asking, texts, context, mode="pairs", rounds=40)
    assert scores[4] == 1
    assert scores[1] == 0
    assert scores[1] < min(scores[2], scores[3]) <= max(scores[2], scores[3]) < scores[0] < 1
    assert np.mean(scores) == pytest.approx(0.5)


def test_a_judge_that_favours_a_position_says_nothing(endpoint, asking, context, caplog):
    endpoint.reply = lambda body: "Better: A"
    with caplog.at_level(logging.INFO, "benchsuite_endpoints"):
        assert grade(asking, ["a", "b", "c", "d"], context, mode="pairs") == [0.5] * 4
    (told,) = [record for record in caplog.records if "alike" in record.message]
    assert told.levelno == logging.WARNING
    assert told.message == (
        "The judge tiny judged 0 of 4 pairs (0 %) alike both ways; the others are ties."
    )


def test_each_pair_is_asked_in_both_orders(endpoint, asking, context, caplog):
    endpoint.reply = better(longer)
    with caplog.at_level(logging.INFO, "benchsuite_endpoints"):
        grade(asking, ["a", "bb", "ccc"], context, mode="pairs")
    asked = [tuple(shown(body)) for body in endpoint.asked]
    assert len(asked) == len(set(asked)) == 6
    assert {(second, first) for first, second in asked} == set(asked)
    assert "3 of 3 pairs (100 %)" in caplog.text
    assert caplog.records[-1].levelno == logging.INFO


def test_a_pair_that_cannot_be_read_is_a_tie(endpoint, asking, context, caplog):
    endpoint.reply = lambda body: "who knows" if shown(body)[0] == "a" else "Better: A"
    assert grade(asking, ["a", "bb"], context, mode="pairs") == [0.5, 0.5]
    assert "1 of 2 answers of the judge tiny could not be read twice" in caplog.text


def test_alone_there_is_nothing_to_compare_with(endpoint, asking, context):
    assert grade(asking, ["a"], context, mode="pairs") == [0.5]
    assert grade(asking, [], context, mode="pairs") == []
    assert grade(asking, [], context) == []
    assert not endpoint.asked


@pytest.mark.parametrize("count", [2, 3, 10])
def test_in_a_round_each_row_meets_two_others(count):
    pairs = ring_pairs(count, 3, seed=1)
    assert len(pairs) == 3 * (1 if count == 2 else count)
    met = np.bincount(np.array(pairs).ravel(), minlength=count)
    assert set(met) == {3 if count == 2 else 6}
    assert all(one != other for one, other in pairs)
    assert pairs == ring_pairs(count, 3, seed=1) != ring_pairs(count, 3, seed=4)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Score: 3", 3.0),
        ("score = 2.5 of 5", 2.5),
        ('"score": 4', 4.0),
        ("Score: 1 ... Score: 5", 5.0),
        ("Score: -1", None),
        ("Score: 6", None),
        ("Score: " + "9" * 400, None),
        ("3", None),
        ("underscore 3", None),
    ],
)
def test_scores_are_read_from_text(text, expected):
    assert verdicts.score(text, verdicts.SCORE_PATTERN, 1, 5) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('{"score": 3}', 3.0),
        ('{"score": "4"}', 4.0),
        ('{"score": true}', None),
        ('{"score": NaN}', None),
        ('{"score": 1e999}', None),
        ('{"score": [3]}', None),
        ("[3]", None),
        ("[" * 100_000, None),
        ("Score: 3", None),
    ],
)
def test_scores_are_read_from_json(text, expected):
    assert verdicts.score(text, None, 1, 5) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Better: A", "first"),
        ("**Better: b**", "second"),
        ("better: tie", "tie"),
        ("Better: A. No: Better: B", "second"),
        ("Better: Apples", None),
        ("A", None),
    ],
)
def test_preferences_are_read(text, expected):
    assert verdicts.preference(text, verdicts.PAIR_PATTERN) == expected


def test_rows_without_text_are_refused(asking, context):
    judge = Judge(JudgeParameters(**asking))
    with pytest.raises(UserError, match="reads the column text; rows have value"):
        judge.grade(pa.table({"value": [1]}), None, None, context)


@pytest.mark.parametrize(
    ("parameters", "complaint"),
    [
        ({"rubric": "Rate it"}, r"the place for \{text\} is missing"),
        ({"rubric": "{text}", "mode": "pairs"}, r"\{text\} is nothing to fill in"),
        ({"pattern": r"\d"}, "must have one group"),
        ({"pattern": "("}, "is no regular expression"),
        ({"pattern": "(a)", "structured": True}, "not by both"),
        ({"lowest": 5}, "lowest must be below highest"),
        ({"neutral": 9}, "neutral must lie between"),
    ],
)
def test_parameters_of_a_judge_are_checked(asking, parameters, complaint):
    with pytest.raises(ValidationError, match=complaint):
        JudgeParameters(**asking, **parameters)
