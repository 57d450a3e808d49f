import csv
import gzip
import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from benchsuite_data_report import formats
from benchsuite_data_report.rows import Reading, Source
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from benchsuite.errors import UserError

TEXTS = ["One, two.", 'a "quoted"\nline', "h\u00e9 \U0001f600", "last"]


def read(path, text="text", *, lines=False):
    reading = Reading(Source([path], text, lines), ["model"], lambda _: None)
    batches = list(reading.batches())
    return [each for batch in batches for each in batch.texts], reading


def test_every_format_gives_the_same_rows(tmp_path):
    rows = [{"text": text, "model": "m"} for text in TEXTS]
    lines = "".join(json.dumps(row) + "\n" for row in rows)
    (tmp_path / "a.jsonl").write_text(lines)
    (tmp_path / "a.jsonl.gz").write_bytes(gzip.compress(lines.encode()))
    pq.write_table(pa.Table.from_pylist(rows), tmp_path / "a.parquet")
    for name, dialect in (("a.csv", "excel"), ("a.tsv", "excel-tab")):
        with (tmp_path / name).open("w", newline="") as file:
            writer = csv.DictWriter(file, ["text", "model"], dialect=dialect)
            writer.writeheader()
            writer.writerows(rows)
    for name in ("a.jsonl", "a.jsonl.gz", "a.parquet", "a.csv", "a.tsv"):
        found, reading = read(tmp_path / name)
        assert found == TEXTS, name
        assert not reading.invalid


def test_plain_text_is_cut_into_paragraphs_or_lines(tmp_path):
    (tmp_path / "a.txt").write_text("one\ntwo\n\n\nthree\n")
    assert read(tmp_path / "a.txt")[0] == ["one\ntwo", "three"]
    assert read(tmp_path / "a.txt", lines=True)[0] == ["one", "two", "three"]


def test_what_is_no_row_is_counted_by_its_reason(tmp_path, monkeypatch):
    monkeypatch.setattr(formats, "LONGEST_LINE", 2**21)
    lines = [
        b"\xff\xfe",
        b"{broken",
        b"[1]",
        b"[" * 100_000,
        b'{"text": 1}',
        b'{"text": null}',
        b'{"other": "x"}',
        b'{"text": " \\n"}',
        b'{"text": "\\ud800"}',
        b'{"text": "' + b"x" * (2**20 + 1) + b'"}',
        b'{"text": "' + b"x" * 2**21 + b'"}',
        b'{"text": "good"}',
    ]
    (tmp_path / "a.jsonl").write_bytes(b"\n".join(lines))
    found, reading = read(tmp_path / "a.jsonl")
    assert found == ["good"]
    assert sorted(reading.invalid.values()) == [1, 1, 1, 1, 2, 2, 3]
    assert reading.invalid["not a JSON object"] == 3
    assert reading.invalid["not valid UTF-8"] == 2


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.binary(max_size=300), st.sampled_from(["jsonl", "csv", "tsv", "txt", "jsonl.gz"]))
def test_no_bytes_end_in_a_traceback(tmp_path, content, suffix):
    path = tmp_path / f"a.{suffix}"
    path.write_bytes(content)
    try:
        found, reading = read(path)
    except UserError:
        return
    assert len(found) == reading.rows
    assert all(text.encode() for text in found)


def test_files_that_cannot_be_read(tmp_path):
    (tmp_path / "a.json").write_text("[]")
    with pytest.raises(UserError, match="ends in none of"):
        read(tmp_path / "a.json")
    (tmp_path / "a.parquet").write_bytes(b"PAR1")
    with pytest.raises(UserError, match="cannot be read as Parquet"):
        read(tmp_path / "a.parquet")
    pq.write_table(pa.table({"body": ["x"]}), tmp_path / "a.parquet")
    with pytest.raises(UserError, match="no column 'text', only 'body'"):
        read(tmp_path / "a.parquet")
    (tmp_path / "b.jsonl").write_text('{"body": "x"}\n')
    with pytest.raises(UserError, match="its columns are 'body'"):
        read(tmp_path / "b.jsonl")[1].check_some()
    (tmp_path / "c.jsonl").write_text("")
    with pytest.raises(UserError, match="the file is empty"):
        read(tmp_path / "c.jsonl")[1].check_some()


def test_parquet_text_that_is_not_utf8_is_counted(tmp_path):
    bad = pa.Array.from_buffers(
        pa.string(),
        2,
        [None, pa.py_buffer(b"\0\0\0\0\2\0\0\0\4\0\0\0"), pa.py_buffer(b"ok\xff\xff")],
    )
    pq.write_table(pa.table({"text": bad}), tmp_path / "a.parquet")
    found, reading = read(tmp_path / "a.parquet")
    assert found == ["ok"]
    assert reading.invalid == {"not valid UTF-8": 1}
