"""Measurements as comma-separated values: read back by others, and no spreadsheet runs them."""

import csv
import io

import pyarrow as pa
import pyarrow.csv
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_up_export import make_exported_run, measured, row

from benchsuite.records.export.comma_separated import files
from benchsuite.records.tables import MEASUREMENT_SCHEMA


def text_of(table):
    ((name, text),) = files(table)
    assert name == "measurements.csv"
    return text


def test_pyarrow_reads_the_same_table_back():
    _, table = make_exported_run()
    options = pa.csv.ConvertOptions(column_types=MEASUREMENT_SCHEMA)
    parse = pa.csv.ParseOptions(newlines_in_values=True)
    text = text_of(table)
    read = pa.csv.read_csv(io.BytesIO(text.encode()), parse_options=parse, convert_options=options)
    assert read.equals(table)
    assert text.count("\r\n") == text.count("\n") == table.num_rows + 1


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "'"])
def test_text_that_begins_like_a_formula_is_guarded(start):
    table = measured(row("replace", f'{start}cmd|" /C calc"!A0', -0.5, -1.0, 0.0, 3))
    text = text_of(table)
    assert f"'{start}cmd" in text
    assert ",-0.5,-1.0,0.0,3," in text  # numbers stay numbers


@settings(max_examples=50, deadline=None)
@given(st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=20))
def test_whatever_text_is_measured_comes_back_once_the_guard_is_off(slice_):
    ours = csv.reader(
        io.StringIO(text_of(measured(row("replace", slice_, 1, 0, 2, 3))), newline="")
    )
    header, cells = list(ours)
    cell = dict(zip(header, cells, strict=True))["slice"]
    assert (cell.removeprefix("'")) == slice_
    assert not cell.startswith(("=", "+", "-", "@"))
