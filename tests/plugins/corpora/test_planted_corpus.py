"""A corpus with facts and canaries: what is planted, and that nothing else changes."""

from collections import Counter, defaultdict

import pytest
from benchsuite_corpora.planted import Planted, PlantedParameters
from benchsuite_worlds.invented import RELATIONS
from pydantic import ValidationError

from benchsuite.api import HumanRows

SMALL = {"subjects": 8, "objects": 5, "most": 24, "canaries": 2, "canary_rows": (1, 5)}


@pytest.fixture
def prose(tmp_path):
    for number in range(40):
        (tmp_path / f"{number}.txt").write_text(f"The {number}th text says little.\n" * 3)
    return {"name": "corpora/files", "path": str(tmp_path)}


def planted(corpus, **changes):
    return Planted(PlantedParameters(corpus=corpus, **(SMALL | changes)))


def rows_of(made, context, domain):
    rows = made.rows(context).to_pylist()
    return [row for row in rows if row["domain"] == domain]


def test_facts_are_functions_at_zipf_frequencies(prose, context):
    rows = rows_of(planted(prose), context, "invented facts")
    objects = defaultdict(set)
    for row in rows:
        objects[row["subject"], row["relation"]].add(row["object"])
        assert row["text"] in [
            wording.format(subject=row["subject"], object=row["object"])
            for wording in RELATIONS[row["relation"]]
        ]
    assert len(objects) == 8 * len(RELATIONS)
    assert all(len(found) == 1 for found in objects.values())
    counts = Counter((row["subject"], row["relation"]) for row in rows)
    expected = [max(1, round(24 / rank)) for rank in range(1, 33)]
    assert sorted(counts.values(), reverse=True) == expected
    assert Counter(row["split"] for row in rows) == {"train": len(rows)}
    # Each relation chooses from objects of its own.
    of = defaultdict(set)
    for (_, relation), found in objects.items():
        of[relation] |= found
    assert all(len(found) <= 5 for found in of.values())
    assert len(set.union(*of.values())) == sum(map(len, of.values()))


def test_canaries_have_as_many_copies_as_asked_for(prose, context):
    rows = rows_of(planted(prose, digits=6), context, "canaries")
    assert sorted(Counter(row["canary"] for row in rows).values()) == [1, 1, 5, 5]
    for row in rows:
        assert row["canary"] in row["text"]
        assert len(row["canary"]) == 6
        assert row["canary"].isdecimal()
        assert row["subject"] is None


def test_the_same_seed_plants_the_same(prose, context):
    first, second = planted(prose), planted(prose)
    assert first.rows(context).equals(second.rows(context))
    assert first.fingerprint() == second.fingerprint()
    other = planted(prose, world_seed=1)
    assert other.fingerprint() != first.fingerprint()
    names = [{r["subject"] for r in rows_of(c, context, "invented facts")} for c in (first, other)]
    assert len(names[0] & names[1]) < 4


def test_the_fingerprint_follows_the_other_corpus(prose, tmp_path):
    before = planted(prose).fingerprint()
    (tmp_path / "0.txt").write_text("Another text.")
    assert planted(prose).fingerprint() != before


def test_nothing_planted_leaves_the_other_corpus(prose, context):
    rows = planted(prose, subjects=0, canaries=0).rows(context)
    assert not rows["subject"].drop_null()
    assert rows.num_rows == 40
    assert HumanRows(rows.append_column("x", rows["text"])).rows.num_rows == 40


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"corpus": "corpora/nothing"}, "there is no corpus corpora/nothing"),
        ({"corpus": {"path": "x"}}, "a corpus is a name, or a mapping with a name"),
        ({"corpus": {"name": "corpora/files", "paths": "x"}}, "has no parameter 'paths'"),
        ({"corpus": {"name": "corpora/files"}}, "path"),
        ({"corpus": "corpora/pydocs", "canary_rows": (0,)}, "a canary has one copy at least"),
    ],
)
def test_what_cannot_be_planted_is_said(given, said):
    with pytest.raises(ValidationError, match=said):
        PlantedParameters(**given)


def test_the_other_corpus_stands_in_the_document_with_all_its_parameters(prose):
    chosen = planted("pydocs").parameters.corpus
    assert chosen["name"] == "corpora/pydocs"
    assert chosen["out_of_domain"] == "click"
    assert planted(prose).parameters.corpus["passage_bytes"] == 320
