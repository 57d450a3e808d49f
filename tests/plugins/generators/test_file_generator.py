"""Rows from a file: formats, columns, drawing, and files that are not what they should be."""

import json
import os

import fsspec
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq
import pytest
from benchsuite_generators.file import File, FileParameters
from made_requests import context, request
from pydantic import ValidationError

from benchsuite.api import UserError

RECORDS = [
    {"content": f'row {i}, "said"\nby one', "model": "big", "license": "cc0", "n": i}
    for i in range(10)
]


def write(path, records):
    table = pa.Table.from_pylist(records)
    if path.suffix == ".parquet":
        pq.write_table(table, path)
    elif path.suffix == ".csv":
        pyarrow.csv.write_csv(table, path)
    else:
        path.write_text("".join(json.dumps(record) + "\n" for record in records))
    return path


@pytest.fixture(params=[".jsonl", ".ndjson", ".csv", ".parquet"])
def path(request, tmp_path):
    return write(tmp_path / f"rows{request.param}", RECORDS)


def generator(path, **parameters):
    return File(FileParameters(path=str(path), **{"text": "content", **parameters}))


def texts(path, amount, seed=0, unit="rows", **parameters):
    made = generator(path, **parameters).generate(request(amount, unit), context(seed))
    return made["text"].to_pylist()


def test_rows_are_drawn_once_each_by_the_seed(path):
    drawn = texts(path, 10)
    assert sorted(drawn) == [record["content"] for record in RECORDS] != drawn
    assert texts(path, 10) == drawn
    assert texts(path, 4) == drawn[:4]
    assert texts(path, 10, seed=1) != drawn


def test_columns_are_mapped_and_kept(path):
    made = generator(path, model="model", prompt="license", keep=["license", "n"])
    rows = made.generate(request(10), context())
    assert rows.column_names == ["text", "prompt", "model", "provenance"]
    for row in rows.to_pylist():
        number = int(row["text"].split()[1].rstrip(","))
        as_read = str(number) if path.suffix == ".csv" else number
        assert json.loads(row["provenance"]) == {"license": "cc0", "n": as_read}
        assert (row["prompt"], row["model"]) == ("cc0", "big")
    assert generator(path).generate(request(1), context()).column_names == ["text"]


def test_all_formats_give_the_same_rows(tmp_path):
    drawn = [
        texts(write(tmp_path / f"a.{suffix}", RECORDS), 6) for suffix in ("jsonl", "csv", "parquet")
    ]
    assert drawn[0] == drawn[1] == drawn[2]
    unnamed = (tmp_path / "a.csv").rename(tmp_path / "a.data")
    assert texts(unnamed, 6, format="csv") == drawn[0]


def test_enough_is_counted_in_tokens_with_the_end_of_a_row(tmp_path):
    path = write(tmp_path / "a.jsonl", [{"content": "three more words"}] * 500)
    for amount, rows in [(1, 1), (4, 1), (5, 2), (1200, 300), (2000, 500)]:
        assert len(texts(path, amount, unit="tokens")) == rows
    with pytest.raises(UserError, match=r"has 500 rows of 2,000 tokens in all, and 2,001 are"):
        texts(path, 2001, unit="tokens")


def test_empty_and_long_rows_are_left_out_and_told(tmp_path):
    contents = ["", "  ", None, "x" * 11, "good", "fine"]
    path = write(tmp_path / "a.jsonl", [{"content": content} for content in contents])
    assert sorted(texts(path, 2, longest=10)) == ["fine", "good"]
    with pytest.raises(
        UserError,
        match=r"a\.jsonl has 2 rows \(3 empty, 1 too long left out\) of 2 rows in all, and 3 are",
    ):
        texts(path, 3, longest=10)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b'{"content": 3}\n', "a.jsonl:1: 'content' must be a string, not int."),
        (b'{"content": "a"}\n{"content": "\\ud800"}\n', "a.jsonl:2: 'content' has half a surr"),
        (b'{"content": "\xff"}\n', "a.jsonl is not UTF-8 at byte 13; convert it to UTF-8."),
        (b'{"text": "a"}\n', "a.jsonl:1 has no field 'content'; there is text."),
        (b"[1]\n", "a.jsonl:1 is not a JSON object; write one object a line."),
        (b"{\n", "a.jsonl:1 is not JSON"),
        (b"[" * 100_000, "a.jsonl:1 is not JSON"),
        (b"", "a.jsonl has 0 rows of 0 rows in all, and 1 are asked for"),
    ],
)
def test_what_is_wrong_is_said_in_one_sentence(tmp_path, content, sentence):
    (tmp_path / "a.jsonl").write_bytes(content)
    with pytest.raises(UserError) as caught:
        texts(tmp_path / "a.jsonl", 1)
    assert sentence in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("suffix", "content", "sentence"),
    [
        ("csv", b"content,b\na\n", "a.csv cannot be read as CSV (CSV parse error"),
        ("csv", b"b,c\na,d\n", "a.csv has no field 'content'; there is b, c."),
        (
            "csv",
            b"content\n\xff\n",
            "a.csv cannot be read as CSV (In CSV column #0: Row #2: CSV conversion",
        ),
        ("csv", b"", "a.csv cannot be read as CSV (Empty CSV file"),
        ("parquet", b"PAR1 and no more", "a.parquet cannot be read as Parquet"),
        ("txt", b"a", "a.txt does not end in .jsonl, .csv or .parquet; say its format."),
    ],
)
def test_files_that_are_not_what_they_seem(tmp_path, suffix, content, sentence):
    (tmp_path / f"a.{suffix}").write_bytes(content)
    with pytest.raises(UserError) as caught:
        texts(tmp_path / f"a.{suffix}", 1)
    assert sentence in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_parquet_column_of_numbers_is_no_text(tmp_path):
    path = write(tmp_path / "a.parquet", [{"content": 1}])
    with pytest.raises(UserError, match=r"a\.parquet:1: 'content' must be a string, not int"):
        texts(path, 1)


def test_files_are_bounded(tmp_path):
    path = write(tmp_path / "a.jsonl", [{"content": "x" * 60_000}] * 20)
    with pytest.raises(UserError, match=r"a\.jsonl holds more than 1 MiB; raise most_mib"):
        texts(path, 1, most_mib=1)
    assert len(texts(path, 20, most_mib=2)) == 20
    squeezed = write(tmp_path / "a.parquet", [{"content": "x" * 60_000}] * 20)
    assert squeezed.stat().st_size < 2**19
    with pytest.raises(UserError, match=r"a\.parquet holds more than 1 MiB"):
        texts(squeezed, 1, most_mib=1)


def test_any_file_system_of_fsspec_will_do(tmp_path):
    system = fsspec.filesystem("memory")
    with system.open("/made/rows.jsonl", "wb") as file:
        file.write(write(tmp_path / "a.jsonl", RECORDS).read_bytes())
    try:
        assert texts("memory://made/rows.jsonl", 10) == texts(tmp_path / "a.jsonl", 10)
        before = generator("memory://made/rows.jsonl").fingerprint()
        assert before == generator("memory://made/rows.jsonl").fingerprint()
        with system.open("/made/rows.jsonl", "wb") as file:
            file.write(b"{}")
        assert generator("memory://made/rows.jsonl").fingerprint() != before
    finally:
        system.rm("/made", recursive=True)


def test_the_fingerprint_follows_the_content_alone(tmp_path):
    one, same = (write(tmp_path / name, RECORDS) for name in ("a.jsonl", "b.jsonl"))
    os.utime(same, (1, 1))
    before = generator(one).fingerprint()
    assert before == generator(same).fingerprint()
    text = one.read_text()
    one.write_text(text.replace("cc0", "cc1", 1))
    assert generator(one).fingerprint() != before


def test_a_file_that_is_not_there_is_named_when_the_plan_is_made(tmp_path):
    for missing in (tmp_path / "none.jsonl", tmp_path, "memory://none.jsonl"):
        with pytest.raises(UserError, match="is no file; set path to one"):
            generator(missing).fingerprint()
    with pytest.raises(UserError, match=r"nosuch://a\.jsonl cannot be read: Protocol not known"):
        generator("nosuch://a.jsonl").fingerprint()


@pytest.mark.parametrize(
    ("parameters", "complaint"),
    [
        ({"path": "https://user:key@host/a.csv"}, "would stand in records"),
        ({"path": "s3://[/a.csv"}, "write a path, or a URL"),
        ({"keep": ["a", "a"]}, "name each column to keep once"),
        ({"format": "xlsx"}, "Input should be 'jsonl', 'csv' or 'parquet'"),
        ({"longest": 10**9}, "less than or equal to"),
    ],
)
def test_parameters_of_a_file_are_checked(parameters, complaint):
    with pytest.raises(ValidationError, match=complaint):
        FileParameters(**{"path": "a.jsonl", **parameters})
