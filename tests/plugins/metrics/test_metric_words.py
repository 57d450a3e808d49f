import random
import re
import unicodedata
from itertools import accumulate

import numpy as np
import pyarrow as pa
import pytest
from benchsuite_metrics import cutting
from benchsuite_metrics.reference import held_out, held_out_words
from benchsuite_metrics.words import run_begins, shared_numbers, texts, words_in, words_of
from hypothesis import given
from hypothesis import strategies as st

from benchsuite.api import HumanRows


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Don't panic!", ["don't", "panic"]),
        ("don\N{RIGHT SINGLE QUOTATION MARK}t", ["don't"]),
        ("'quoted' rock'n'roll", ["quoted", "rock'n'roll"]),
        ("snake_case x2y 42", ["snake", "case", "x", "y"]),
        ("Öl, Жуки und 漢字。かな", ["öl", "жуки", "und", "漢字", "かな"]),
        ("", []),
        ("... 1 + 2 = 3", []),
    ],
)
def test_words(text, words):
    assert words_of([text]).words == words


def plainly(row):
    """Words by the definition, one row at a time."""
    row = row.lower().replace("\N{RIGHT SINGLE QUOTATION MARK}", "'")
    return re.findall(r"[^\W\d_]+(?:'[^\W\d_]+)*", row)


def assert_cut_plainly(cut, rows):
    assert cut.words == [word for row in rows for word in plainly(row)]
    assert cut.rows.tolist() == [at for at, row in enumerate(rows) for _ in plainly(row)]
    assert cut.ends.tolist() == list(accumulate(len(plainly(row)) for row in rows))
    assert cut.vocabulary == list(dict.fromkeys(cut.words))


HARD = (
    "aBsK'_1 .:^`\n\0\t-"
    "\N{RIGHT SINGLE QUOTATION MARK}\N{LEFT DOUBLE QUOTATION MARK}\N{EM DASH}\N{MIDDLE DOT}"
    "\N{COMBINING ACUTE ACCENT}\N{COMBINING DOT ABOVE}\N{MODIFIER LETTER APOSTROPHE}"
    "\u00e9\u00c9\u00df\u1e9e\u0130\u01c4\u6f22\u0391\u03a3\u03c2\u00b2\u0663\u2167\u00a0\u0085\u2028"
    "\N{KELVIN SIGN}\N{GRINNING FACE}\N{ZERO WIDTH JOINER}\N{SOFT HYPHEN}"
)


@given(st.lists(st.text(HARD) | st.text()))
def test_words_are_those_of_each_row_alone(rows):
    """Cut at once or one by one, with marks at the edges of rows, and rows beside each other."""
    assert_cut_plainly(words_of(rows), rows)


@given(st.lists(st.lists(st.text(HARD, max_size=20), max_size=5), max_size=4), st.data())
def test_words_of_a_column_however_it_is_kept(chunks, data):
    """In chunks, from the middle of a longer one, and of each type that strings have."""
    kind = data.draw(
        st.sampled_from(
            [
                pa.string(),
                pa.large_string(),
                pa.string_view(),
                pa.dictionary(pa.int32(), pa.string()),
            ]
        )
    )
    arrays = [pa.array(["before", *rows, "after"], pa.string()).cast(kind) for rows in chunks]
    column = pa.chunked_array([rows[1:-1] for rows in arrays], kind)
    rows = [row for some in chunks for row in some]
    begin = data.draw(st.integers(0, len(rows)))
    assert_cut_plainly(words_in(pa.table({"text": column}).slice(begin)), rows[begin:])


@pytest.mark.parametrize("letter", ["a", "\u00e9", "\u6f22"])
@pytest.mark.parametrize("length", [1, 7, 8, 9, 16, 17, 100_000])
def test_words_of_any_length(letter, length):
    """Of which two differ in the last letter alone, or in their length."""
    rows = [letter * length, letter * (length - 1) + "b", letter * length, letter * length + "b"]
    assert_cut_plainly(words_of(rows), rows)


@pytest.mark.parametrize("letter", ["e", "\u00e9"])
def test_words_of_more_text_than_is_cut_at_once(monkeypatch, letter):
    monkeypatch.setattr(cutting, "_PIECE", 300)
    monkeypatch.setattr(cutting, "_BLOCK", 100)
    rows = [f"{letter * (i % 7)} l\u00e4nger{letter}er'{i} x" * (i % 40) for i in range(200)]
    assert_cut_plainly(words_of(rows), rows)


def test_no_blank_decides_about_the_case_of_a_sigma():
    """The letter whose lower case depends on its neighbours, some of which count as absent."""
    rows = [f"\u0391\u03a3{blank}\u0391" for blank in map(chr, range(128))]
    assert_cut_plainly(words_of(rows), rows)
    assert {row.lower()[1] for row in rows if row[2] <= " "} == {"\u03c2"}


def test_words_of_every_ascii_character():
    rows = [f"{a}x{b}" for a in map(chr, range(128)) for b in map(chr, range(128))]
    assert words_of(rows).words == [word for row in rows for word in plainly(row)]


def test_words_of_many_rows_have_one_vocabulary():
    rows = [f"word{'abc'[i % 3]} {'é' * (i % 2)}" for i in range(3000)]
    assert words_of(rows).words == [word for row in rows for word in plainly(row)]


def test_words_know_their_rows():
    cut = words_of(["a b", "!", "c"])
    assert cut.words == ["a", "b", "c"]
    assert cut.rows.tolist() == [0, 0, 2]


def test_words_are_letters_only(prose):
    for word in words_of([*prose(0), "naïve façade ß Ǆ x9 _y"]).words:
        assert all(unicodedata.category(c).startswith("L") for c in re.sub("'", "", word))


def test_numbers_are_shared_and_in_order_of_appearance():
    (first, second), size = shared_numbers(words_of(["b a b"]), words_of(["c a"]))
    assert (first.tolist(), second.tolist(), size) == ([0, 1], [2, 1], 3)
    (first, second), size = shared_numbers(words_of([]), words_of(["a"]))
    assert (first.tolist(), second.tolist(), size) == ([], [0], 1)


@pytest.mark.parametrize("length", [1, 2, 4])
def test_runs_stay_within_a_row(length):
    rows = [["w"] * count for count in (0, 1, 2, 3, 4, 9)]
    cut = words_of(" ".join(row) for row in rows)
    starts = np.flatnonzero(run_begins(cut.rows, length))
    assert len(starts) == sum(max(0, len(row) - length + 1) for row in rows)
    assert all(len({*cut.rows[at : at + length].tolist()}) == 1 for at in starts)


def test_a_table_without_rows_needs_no_text(table):
    assert texts(table(["a"]).select([]).slice(0, 0)) == []


def test_held_out_is_validation_and_test_in_an_order_of_its_own(human, prose):
    rows = prose(4, rows=40)
    shuffled = random.Random(0).sample(rows, 40)
    drawn = texts(held_out(human(["t"], rows[:20], rows[20:]), 0))
    assert sorted(drawn) == sorted(rows)
    assert drawn != rows
    assert drawn == texts(held_out(human(["t"], shuffled[:5], shuffled[5:]), 0))
    assert drawn != texts(held_out(human(["t"], rows[:20], rows[20:]), 1))


def test_held_out_rows_keep_their_columns(human, prose):
    rows = prose(4, rows=40)
    known = human(["t"], rows[:20], rows[20:]).rows
    ids = pa.array([[len(text), index] for index, text in enumerate(texts(known))])
    drawn = held_out(HumanRows(known.append_column("token_ids", ids)), 0)
    assert drawn.num_rows == 40
    assert all(texts(known)[row["token_ids"][1]] == row["text"] for row in drawn.to_pylist())


def test_held_out_words_are_made_once_for_the_same_rows(human):
    rows = human([], ["a b"], ["c"])
    assert held_out_words(rows, 0) is held_out_words(rows, 0)
    assert held_out_words(rows, 0) is not held_out_words(human([], ["a b"], ["c"]), 0)
