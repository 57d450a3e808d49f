"""Several corpora as one: their rows, domains and splits, and what identifies them."""

import pytest
from benchsuite_corpora.several import Several, SeveralParameters
from pydantic import ValidationError

from benchsuite.errors import UserError


@pytest.fixture
def folders(tmp_path):
    for domain in ("prose", "verse"):
        (tmp_path / domain).mkdir()
        for number in range(3):
            text = f"The {number}th line of {domain}.\n"
            (tmp_path / domain / f"{domain}.{number}.txt").write_text(text)
    return [{"name": "corpora/files", "path": str(tmp_path / d)} for d in ("prose", "verse")]


def several(corpora, **changes):
    return Several(SeveralParameters(corpora=corpora, **changes))


def test_rows_stand_one_corpus_after_the_other(folders, context):
    rows = several(folders).rows(context)
    alone = [several([folder]).rows(context)["text"].to_pylist() for folder in folders]
    assert rows["text"].to_pylist() == alone[0] + alone[1]
    assert rows["split"].null_count == rows.num_rows


def test_a_domain_may_be_kept_out(folders, context):
    rows = several(folders, out_of_domain=("verse.1",)).rows(context).to_pylist()
    kept_out = {row["domain"] for row in rows if row["split"] == "out-of-domain"}
    assert kept_out == {"verse.1"}
    assert sum(row["split"] is None for row in rows) == 5
    with pytest.raises(UserError, match="no text has the domain 'odes'"):
        several(folders, out_of_domain=("odes",)).rows(context)


def test_of_a_domain_that_is_kept_out_only_so_much_is_taken(folders, context):
    whole = several(folders, out_of_domain=("verse.1",)).rows(context)
    (text,) = [row["text"] for row in whole.to_pylist() if row["domain"] == "verse.1"]
    size = len(text.encode())
    twice = [folders[1], folders[0], folders[1]]  # the first corpus once more, at the end
    for most, held in ((size, 1), (size + 1, 2)):
        some = several(twice, out_of_domain=("verse.1",), out_of_domain_bytes=most)
        rows = some.rows(context).to_pylist()
        assert [row["text"] for row in rows if row["domain"] == "verse.1"] == [text] * held
        assert len(rows) == 7 + held


def test_any_corpus_s_content_is_part_of_its_identity(folders, tmp_path):
    before = several(folders).fingerprint()
    assert several(folders).fingerprint() == before
    assert several(folders[::-1]).fingerprint() != before
    (tmp_path / "verse" / "verse.0.txt").write_text("Another line.\n")
    assert several(folders).fingerprint() != before


def test_what_is_no_corpus_is_refused(folders):
    with pytest.raises(ValidationError, match="no parameter 'paths'"):
        several([{"name": "corpora/files", "paths": "x"}])
    with pytest.raises(ValidationError, match="a list"):
        several("corpora/files")
