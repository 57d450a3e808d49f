import json
import os
import re
import shutil

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from benchsuite_corpora.files import Files, FilesParameters

from benchsuite.api import UserError


def corpus(path, **parameters):
    return Files(FilesParameters(path=str(path), **parameters))


def write_jsonl(path, *records):
    path.write_text("".join(json.dumps(record) + "\n" for record in records))
    return path


def test_a_text_file_is_cut_into_documents_of_8_kib(tmp_path, context):
    path = tmp_path / "book.txt"
    path.write_text("".join(f"Paragraph {i} of a book.\n\n" for i in range(1000)))
    rows = corpus(path).rows(context)
    assert rows.schema == pa.schema(
        [(name, pa.string()) for name in ("document", "domain", "text", "split")]
    )
    assert rows["document"].unique().to_pylist() == [f"book.txt#000{i}" for i in (1, 2, 3, 4)]
    assert rows["domain"].unique().to_pylist() == ["book"]
    assert rows["split"].null_count == rows.num_rows
    assert max(len(text.encode()) for text in rows["text"].to_pylist()) <= 320
    assert "\n\n".join(rows["text"].to_pylist()) == path.read_text().strip()


def test_a_folder_is_read_in_order_without_what_does_not_belong(tmp_path, context):
    root = tmp_path / "corpus"
    for name in ("b.md", "a/z.rst", "a.txt", ".hidden.txt", ".git/x.txt", "LICENSE.txt", "p.png"):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(f"text of {name}")
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "o.txt").write_text("far away")
    (root / "folder").symlink_to(outside)
    (root / "c.txt").symlink_to(outside / "o.txt")
    rows = corpus(root).rows(context)
    names = ["a.txt", "a/z.rst", "b.md", "c.txt"]
    assert rows["document"].to_pylist() == [f"{name}#0001" for name in names]
    assert rows["domain"].to_pylist() == ["a", "z", "b", "c"]
    with_license = corpus(root, leave_out=[]).rows(context)
    assert "LICENSE" in with_license["domain"].to_pylist()


def test_what_project_gutenberg_adds_is_left_out(tmp_path, context):
    path = tmp_path / "book.txt"
    path.write_bytes(
        b"\xef\xbb\xbfThe Project Gutenberg eBook of X\r\n\r\n"
        b"*** START OF THE PROJECT GUTENBERG EBOOK X ***\r\n\r\nCall me X.\r\nThe end.\r\n\r\n"
        b"End of the Project Gutenberg EBook of X, by\r\nY\r\n\r\n"
        b"*** END OF THIS PROJECT GUTENBERG EBOOK X ***\r\nlicence\r\n"
    )
    assert corpus(path).rows(context)["text"].to_pylist() == ["Call me X.\nThe end."]


@pytest.mark.parametrize("maker", ["Produced by A and\nthe B team", "E-text prepared by C"])
def test_who_made_the_file_is_no_part_of_the_book(tmp_path, context, maker):
    path = tmp_path / "book.txt"
    start = "*** START OF THIS PROJECT GUTENBERG EBOOK X ***"
    path.write_text(f"{start}\n\n\n{maker}\n\n\nProduced by me.\n\nX.")
    assert corpus(path).rows(context)["text"].to_pylist() == ["Produced by me.\n\nX."]


def test_jsonl_and_parquet_of_the_same_records_give_the_same_rows(tmp_path, context):
    records = [
        {"body": "first", "kind": "mail", "by": 7, "use": "train", "more": [1]},
        {"body": "  ", "kind": "mail", "by": 7, "use": None, "more": []},
        {"body": None, "kind": "mail", "by": 8, "use": None, "more": []},
        {"body": "second", "kind": "blog", "by": 9, "use": None, "more": []},
        {"body": "third", "kind": "web", "by": 9, "use": "test", "more": []},
    ]
    fields = {"text": "body", "domain": "kind", "document": "by", "split": "use"}
    write_jsonl(tmp_path / "a.jsonl", *records)
    pq.write_table(pa.Table.from_pylist(records), tmp_path / "a.parquet", row_group_size=2)
    expected = [
        {"document": "7", "domain": "mail", "text": "first", "split": "train"},
        {"document": "9", "domain": "blog", "text": "second", "split": None},
        {"document": "9", "domain": "web", "text": "third", "split": "out-of-domain"},
    ]
    for name in ("a.jsonl", "a.parquet"):
        rows = corpus(tmp_path / name, out_of_domain=["web"], **fields).rows(context)
        assert rows.to_pylist() == expected


@pytest.mark.parametrize("name", ["mail.jsonl", "mail.parquet"])
def test_records_are_documents_unless_a_field_names_them(tmp_path, context, name):
    records = [{"text": "one"}, {"text": "two"}]
    if name.endswith("jsonl"):
        write_jsonl(tmp_path / name, *records)
    else:
        pq.write_table(pa.Table.from_pylist(records), tmp_path / name)
    rows = corpus(tmp_path / name).rows(context)
    assert rows["document"].to_pylist() == [f"{name}:1", f"{name}:2"]
    assert rows["domain"].to_pylist() == ["mail", "mail"]


def test_progress_counts_files(tmp_path, context):
    for name in ("a.txt", "b.txt"):
        (tmp_path / name).write_text(name)
    seen = []
    watched = type(context)(0, context.device, lambda done, total: seen.append((done, total)))
    corpus(tmp_path).rows(watched)
    assert seen == [(0, 2), (1, 2), (2, 2)]


def test_the_fingerprint_follows_names_and_contents_alone(tmp_path):
    here, there = tmp_path / "here", tmp_path / "there"
    here.mkdir()
    (here / "a.txt").write_text("a")
    shutil.copytree(here, there)
    (there / "ignored.png").write_text("no text")
    first = corpus(here).fingerprint()
    assert corpus(there).fingerprint() == first
    (there / "a.txt").write_text("b")
    assert corpus(there).fingerprint() != first
    (there / "a.txt").write_text("a")
    (there / "a.txt").rename(there / "b.txt")
    assert corpus(there).fingerprint() != first


def test_a_name_that_is_not_unicode_is_no_obstacle(tmp_path, context):
    try:
        (tmp_path / os.fsdecode(b"caf\xe9.txt")).write_text("text")
    except OSError:
        pytest.skip("this file system takes Unicode names only")
    assert corpus(tmp_path).rows(context)["domain"].to_pylist() == ["caf\ufffd"]
    assert corpus(tmp_path).fingerprint()


BROKEN = {
    "missing.txt": (None, {}, "missing.txt is no file or folder; set corpus.path to one."),
    "empty.txt": (b" \n", {}, "empty.txt has no text"),
    "latin.txt": (b"caf\xe9", {}, "latin.txt is not UTF-8 at byte 3"),
    "latin.jsonl": (b'{"text": "a"}\n{"text": "\xe9"}', {}, "latin.jsonl is not UTF-8 at byte 24"),
    "cut.jsonl": (b'{"text": "a"}\n\n{"text": ', {}, "cut.jsonl:3 is not JSON"),
    "deep.jsonl": (b"[" * 100_000, {}, "deep.jsonl:1 is not JSON"),
    "list.jsonl": (b"[1]", {}, "list.jsonl:1 is not a JSON object"),
    "other.jsonl": (
        b'{"body": "a", "id": 1}',
        {},
        "other.jsonl:1 has no field 'text'; there is body, id.",
    ),
    "number.jsonl": (b'{"text": 1}', {}, "number.jsonl:1: 'text' must be a string, not int."),
    "half.jsonl": (b'{"text": "a\\ud800"}', {}, "half.jsonl:1: 'text' has half a surrogate pair"),
    "domain.jsonl": (b'{"text": "a", "d": null}', {"domain": "d"}, "domain.jsonl:1: 'd' must be"),
    "split.jsonl": (
        b'{"text": "a", "s": "dev"}',
        {"split": "s"},
        "split.jsonl:1: 'dev' is no split",
    ),
    "noise.parquet": (b"PAR1 but not really", {}, "noise.parquet cannot be read as Parquet"),
    "all.json": (b'{"text": "a"}', {}, "all.json is one JSON document"),
    "typo.txt": (b"a", {"out_of_domain": ["web"]}, "no text has the domain 'web'"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_what_is_wrong_is_said_in_one_sentence(tmp_path, context, name):
    content, parameters, sentence = BROKEN[name]
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(UserError, match=re.escape(sentence)) as caught:
        corpus(tmp_path / name, **parameters).rows(context)
    assert "\n" not in str(caught.value)


def test_parquet_without_the_column_names_those_there_are(tmp_path, context):
    path = tmp_path / "a.parquet"
    pq.write_table(pa.table({"body": ["a"], "id": [1]}), path)
    with pytest.raises(UserError, match=r"a\.parquet has no field 'text'; there is body, id\."):
        corpus(path).rows(context)
    with pytest.raises(UserError, match=r"a\.parquet:1: 'id' must be a string"):
        corpus(path, text="id").rows(context)


def test_damaged_parquet_is_reported(tmp_path, context):
    path = tmp_path / "a.parquet"
    pq.write_table(pa.table({"text": [f"text {i}" for i in range(9999)]}), path)
    content = bytearray(path.read_bytes())
    content[4:64] = b"\xff" * 60  # the first page's header; the footer stays whole
    path.write_bytes(content)
    with pytest.raises(UserError, match=r"a\.parquet cannot be read as Parquet"):
        corpus(path).rows(context)


@pytest.mark.parametrize("path", ["x" * 5000, "~no_such_user/x", "a\0b"])
def test_an_impossible_path_is_reported(context, path):
    for ask in (corpus(path).fingerprint, lambda: corpus(path).rows(context)):
        with pytest.raises(UserError):
            ask()


def test_an_empty_folder_and_a_broken_link_are_reported(tmp_path, context):
    with pytest.raises(UserError, match=r"has no file that ends in \.txt, \.md"):
        corpus(tmp_path).rows(context)
    (tmp_path / "a.txt").symlink_to(tmp_path / "gone.txt")
    for ask in (corpus(tmp_path).fingerprint, lambda: corpus(tmp_path).rows(context)):
        with pytest.raises(UserError, match=r"a\.txt cannot be read: No such file"):
            ask()


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is closed to root")
def test_a_file_one_may_not_read_is_reported(tmp_path, context):
    (tmp_path / "a.txt").touch(mode=0)
    with pytest.raises(UserError, match=r"a\.txt cannot be read: Permission denied"):
        corpus(tmp_path).rows(context)


def test_tiny_shakespeare_can_be_split(human_data, context):
    rows = corpus(human_data / "tinyshakespeare").rows(context)
    documents = rows["document"].unique().to_pylist()
    assert documents[0] == "input.txt#0001"
    assert len(documents) > 100
    assert rows["text"][0].as_py().startswith("First Citizen:\nBefore we proceed")
    kept = sum(len("".join(text.split())) for text in rows["text"].to_pylist())
    whole = (human_data / "tinyshakespeare" / "input.txt").read_text()
    assert kept == len("".join(whole.split()))


def test_books_lose_their_frame(human_data, context):
    rows = corpus(human_data / "gutenberg" / "pg11.txt").rows(context)
    text = "\n".join(rows["text"].to_pylist())
    assert "Alice was beginning to get very tired" in text
    assert "PROJECT GUTENBERG" not in text.upper()


def test_no_book_keeps_a_licence(human_data, context):
    books = corpus(human_data / "gutenberg").rows(context)
    assert len(set(books["domain"].to_pylist())) == 15
    for text in books["text"].to_pylist():
        assert "gutenberg.org" not in text
        assert "*** " not in text
        assert not text.startswith("Produced by")


def test_web_text_keeps_its_genres(human_data, context):
    rows = corpus(human_data / "ewt_web", domain="genre", out_of_domain=["email"]).rows(context)
    assert set(rows["domain"].to_pylist()) > {"email"}
    pairs = set(zip(rows["domain"].to_pylist(), rows["split"].to_pylist(), strict=True))
    assert all((split == "out-of-domain") == (domain == "email") for domain, split in pairs)
