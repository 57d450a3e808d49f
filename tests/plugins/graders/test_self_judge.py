"""A model as its own judge: what it is asked, and what its likelihoods come to."""

from dataclasses import replace

import numpy as np
import pytest
from benchsuite_graders.self_judge import SelfJudge, SelfJudgeParameters
from made_up_rows import CONTEXT, Letters, table
from pydantic import ValidationError


def judged(texts, by_pair, context=CONTEXT, **parameters):
    judge = SelfJudge(SelfJudgeParameters(**parameters))
    return judge.grade(table(texts), Letters(by_pair=by_pair), None, context)


def test_a_contrast_of_prompts_is_the_log_ratio_a_token_or_a_row():
    """A letter is e times likelier after `good` where it is a vowel, e times less where not."""

    def by_pair(prompt, continuation):
        vowels = sum(letter in "aeiou" for letter in continuation)
        sign = {"G": 0.5, "B": -0.5}[prompt]
        return -3.0 * len(continuation) + sign * (2 * vowels - len(continuation))

    texts = ["aa", "ab", "bbbb", "aaab"]
    asked = {"good": "G", "bad": "B"}
    assert judged(texts, by_pair, **asked).tolist() == [1, 0, -1, 0.5]
    assert judged(texts, by_pair, per="row", **asked).tolist() == [2, 0, -4, 2]


def test_a_verdict_is_the_log_odds_of_its_answers():
    odds = {"x?": 0.8, "y?": 0.5}

    def by_pair(prompt, continuation):
        return np.log({"yes": odds[prompt], "no": 1 - odds[prompt]}[continuation])

    found = judged(["x", "y"], by_pair, by="verdict", question="?", yes="yes", no="no")
    np.testing.assert_allclose(found, [np.log(4), 0], atol=1e-12)


def test_a_rubric_gives_the_expected_grade_of_what_the_answers_weigh():
    weights = {"x": [1, 1, 1, 1, 1], "{y}": [0.01, 0.01, 0.01, 0.01, 0.16]}

    def by_pair(prompt, continuation):
        assert prompt.startswith("Grade: ")
        text = prompt.removeprefix("Grade: ").removesuffix(" =")
        return np.log(weights[text][int(continuation) - 1])

    found = judged(["x", "{y}"], by_pair, by="rubric", rubric="Grade: {text} =")
    np.testing.assert_allclose(found, [3, (1 + 2 + 3 + 4 + 16 * 5) / 20])


def test_operations_are_those_of_all_that_is_read():
    told = []
    context = replace(CONTEXT, spend=told.append)
    judged(["row", "rows"], lambda prompt, rest: 0.0, context, good="ab", bad="c")
    assert sum(told) == (2 + 3) + (2 + 4) + (1 + 3) + (1 + 4)  # an operation a letter


def test_the_words_that_it_is_asked_in_by_default():
    asked = []
    judged(["row"], lambda prompt, rest: asked.append((prompt, rest)) or 0.0)
    assert asked == [("A good essay:\n", "row"), ("A bad essay:\n", "row")]
    asked.clear()
    judged(["row"], lambda prompt, rest: asked.append((prompt, rest)) or 0.0, by="verdict")
    assert asked == [("row\nThis text is", " good"), ("row\nThis text is", " bad")]


@pytest.mark.parametrize(
    ("parameters", "said"),
    [
        ({"good": "a", "bad": "a"}, "good and bad must differ"),
        ({"yes": "a", "no": "a"}, "yes and no must differ"),
        ({"rubric": "Grade it."}, "rubric must hold {text}"),
        ({"grades": ["1", "1"]}, "grades must differ"),
    ],
)
def test_questions_that_tell_nothing_apart(parameters, said):
    with pytest.raises(ValidationError, match=said):
        SelfJudgeParameters(**parameters)
