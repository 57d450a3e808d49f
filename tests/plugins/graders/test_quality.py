"""Rules of web filters: each broken by a text made to break it, at its published threshold."""

import pytest
from benchsuite_graders.quality import Quality, QualityParameters
from benchsuite_words.quality_rules import RULES, Page
from made_up_rows import CONTEXT, table
from pydantic import ValidationError

NUMBERS = [f"{a}{b}" for a in ("red", "old", "tall", "warm", "calm") for b in "abcdefghijklmno"]
GOOD = f"The cat sat with the dog. It {' '.join(NUMBERS)} came to rest. Then that was all."


def quality(**parameters):
    return Quality(QualityParameters(**parameters))


def grade(texts, **parameters):
    return quality(**parameters).grade(table(texts), None, None, CONTEXT).tolist()


def test_a_text_that_keeps_all_rules():
    assert quality().explain(GOOD) == {}
    assert grade([GOOD]) == [1]


def words(count):
    return " ".join(NUMBERS[i % len(NUMBERS)] for i in range(count))


@pytest.mark.parametrize(
    ("rule", "passes", "breaks", "found"),
    [
        ("words", words(50), words(49), 49),
        ("mean-word-length", "abc abc", "abc ab", 2.5),
        ("mean-word-length", "a" * 10, "a" * 11, 11),
        ("hashes", "# " + words(9), "# " + words(8), 1 / 9),
        ("ellipses", words(10) + "...", words(9) + "\u2026", 1 / 9),
        ("bullet-lines", "- a\n" * 9 + "b", "- a\n" * 10 + "\n", 1),
        ("ellipsis-lines", "a...\n" * 3 + "b\n" * 7, "a...\n" * 3 + "b\n" * 6, 1 / 3),
        ("alphabetic-words", "a b c d 1", "a b c 1", 0.75),
        ("stop-words", "The end of it.", "The end.", 1),
        ("repeated-lines", "a\na\na\na\nb\nc\nd\ne\nf\ng", "a\na\nb", 1 / 3),
        ("repeated-paragraphs", "a\n\na\n\nb\n\nc", "a\n\na\n\nb", 1 / 3),
        ("repeated-line-characters", "abcdefgh\na\na\nb", "abcd\nab\nab", 2 / 8),
        ("repeated-paragraph-characters", "ab\n\nab\n\nabcdef", "ab\n\nab\n\nabc", 2 / 7),
        ("top-2-gram", words(20), "a b a b " + words(2), 4 / 12),
        ("top-4-gram", "a b c d", "a b c d a b c d", 1),
        ("repeated-5-grams", words(50), "a b c d e f g h a b c d e", 10 / 13),
        ("sentences", 'One. Two! "Three?"', "One. 2.5 of it.", 2),
        ("curly-brackets", "(a)", "{a}", 1),
        ("lorem-ipsum", "ipsum lorem", "Lorem ipsum", 1),
        ("javascript", "java script", "JavaScript", 1),
        ("lines-with-an-end", "a.\n" + "b\n" * 7, "a.\n" + "b\n" * 8, 1 / 9),
        ("short-lines", "a" * 30, "a" * 29, 1),
    ],
)
def test_each_rule_at_its_threshold(rule, passes, breaks, found):
    assert RULES[rule].measure(Page(breaks)) == pytest.approx(found)
    assert RULES[rule].passes(Page(passes))
    assert not RULES[rule].passes(Page(breaks))


def test_published_thresholds():
    told = {name: (rule.least, rule.most) for name, rule in RULES.items()}
    assert told["words"] == (50, 100_000)
    assert [told[f"top-{n}-gram"][1] for n in (2, 3, 4)] == [0.2, 0.18, 0.16]
    repeated = [told[f"repeated-{n}-grams"][1] for n in range(5, 11)]
    assert repeated == [0.15, 0.14, 0.13, 0.12, 0.11, 0.10]
    assert len(told) == 27


def test_an_empty_text_breaks_rules_and_does_not_fail():
    assert set(quality().explain("")) >= {"words", "stop-words", "sentences"}
    assert 0 < grade([""])[0] < 1


def test_filters_thresholds_and_what_is_left_out():
    short = "One. Two. Three."
    assert set(quality(filters=["c4"]).rules()) == {
        "sentences",
        "curly-brackets",
        "lorem-ipsum",
        "javascript",
    }
    assert grade([short, "{One."], filters=["c4"]) == [1, 0.5]
    assert "words" in quality().explain(short)
    assert "words" not in quality(thresholds={"words": {"least": 3}}).explain(short)
    assert "words" not in quality(without=["words"]).explain(short)


@pytest.mark.parametrize("key", ["thresholds", "without"])
def test_rules_that_there_are_not(key):
    given = {"thresholds": {"wrods": {"least": 1}}, "without": ["wrods"]}[key]
    with pytest.raises(ValidationError, match="no rule wrods; there are words"):
        QualityParameters(**{key: given})
