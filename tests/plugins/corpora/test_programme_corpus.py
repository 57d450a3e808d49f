"""A corpus whose rows can be checked: true, by the seed, larger out of domain."""

import pytest
from benchsuite_corpora.programme import Programme, ProgrammeParameters
from benchsuite_worlds.statements import stated_world
from pydantic import ValidationError

from benchsuite.api import Context


def corpus(**parameters):
    return Programme(ProgrammeParameters(**({"rows": 300, "out_of_domain_rows": 50} | parameters)))


def rows_of(made):
    return made.rows(Context(0, None)).to_pylist()


def numbers(text):
    return text.partition("=")[0].count(" ") // 2 + 1


@pytest.mark.parametrize("grammar", ["arithmetic", "logic", "biographies"])
def test_rows_are_true_and_split_by_size(grammar):
    made = corpus(grammar=grammar)
    check = made.parameters.checker().check
    rows = rows_of(made)
    assert all(check(row["text"]) is True for row in rows)
    assert [row["split"] for row in rows] == [None] * 300 + ["out-of-domain"] * 50
    assert {row["domain"] for row in rows} == {grammar, f"larger {grammar}"}
    assert len({row["document"] for row in rows}) == 350
    assert len(rows_of(corpus(grammar=grammar, beyond=0))) == 300


def test_out_of_domain_rows_are_larger():
    sizes = [numbers(row["text"]) for row in rows_of(corpus(grammar="arithmetic", beyond=3))]
    assert set(sizes[:300]) == {2, 3}
    assert set(sizes[300:]) == {4, 5, 6}


def test_rows_of_one_sentence_say_what_they_state():
    made = corpus(grammar="biographies", size=1, beyond=1, false=0.2)
    rows = made.rows(Context(0, None)).slice(0, 300)
    check = made.parameters.checker().check
    stating = [row["subject"] is not None for row in rows.to_pylist()]
    assert stating == [check(text) for text in rows["text"].to_pylist()]
    assert not all(stating)
    known = stated_world(rows)
    assert len({(fact.subject, fact.relation) for fact in known.facts}) == len(known.facts)
    assert all(len(wordings) == 2 for wordings in known.wordings.values())


def test_the_fingerprint_tells_corpora_apart():
    prints = [corpus(grammar="logic", **changes).fingerprint() for changes in ({}, {}, {"seed": 1})]
    assert prints[0] == prints[1] != prints[2]
    assert rows_of(corpus(grammar="logic")) == rows_of(corpus(grammar="logic"))


def test_sizes_beyond_what_there_is():
    with pytest.raises(ValidationError, match="rows of 1 to 6 sentences, not 7"):
        corpus(grammar="biographies", size=4, beyond=3)
