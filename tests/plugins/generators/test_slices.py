"""Slices of text: lists of words, rare words, domains."""

import pytest
from benchsuite_generators.slices import of_domain, of_words, rarest
from benchsuite_words.words import words
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.naive_bayes import MultinomialNB

TEXTS = [
    "The dose was low, and the patient's fever fell.",
    "Dose and fever: the patient slept.",
    "The rate was low, and inflation fell.",
    "Inflation, the bank's rate, the market.",
    "The market and the bank slept.",
]
DOMAINS = ["medicine", "medicine", "money", "money", "money"]


def test_words_are_counted_in_any_case():
    holds = of_words(["rare", "don't"], 2)
    assert holds("RARE, and rare.")
    assert holds("I don\N{RIGHT SINGLE QUOTATION MARK}t; rare")
    assert not holds("rare, rarely")


@pytest.mark.parametrize(("share", "expected"), [
    (0.25, {"b"}), (0.5, {"b", "c"}), (0.6, {"b", "c"}), (1.0, {"a", "b", "c", "d"}), (0.01, {"b"}),
])  # fmt: skip
def test_the_rarest_words_are_those_that_occur_least_and_first_in_the_alphabet(share, expected):
    assert rarest(["a a a b", "c c d d A"], share) == expected


def test_without_words_nothing_is_rare():
    assert rarest(["", "12"], 0.5) == frozenset()


@pytest.mark.parametrize("domain", ["medicine", "money"])
def test_domains_are_told_apart_as_by_naive_bayes_of_scikit_learn(domain):
    counted = CountVectorizer(tokenizer=words, token_pattern=None)
    theirs = MultinomialNB(alpha=1, fit_prior=False).fit(counted.fit_transform(TEXTS), DOMAINS)
    asked = [*TEXTS, "the fever", "the rate and the dose", "low", "slept", "market bank dose fever"]
    expected = theirs.predict(counted.transform(asked)) == domain
    assert list(map(of_domain(TEXTS, DOMAINS, domain), asked)) == expected.tolist()
    assert 0 < expected.sum() < len(asked)


def test_unknown_words_fall_in_no_domain():
    assert not any(of_domain(TEXTS, DOMAINS, name)("zebra 12") for name in DOMAINS)


def test_of_three_domains_the_likeliest_counts():
    texts, domains = ["a a b", "b b c", "c c a"], ["x", "y", "z"]
    assert [of_domain(texts, domains, name)("a b a") for name in domains] == [True, False, False]
