"""Reading boards and entries: what is well formed is read, what is not is refused alone."""

import json

import made_up_board as made
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from benchsuite.errors import UserError
from benchsuite.leaderboard.board import find_board, read_board
from benchsuite.leaderboard.entry import read_entries
from benchsuite.leaderboard.run import read_run


def test_a_board_and_its_entries_are_read_in_order_of_names(made_board):
    board = read_board(made_board)
    entries, refusals = read_entries(board)
    assert [entry.name for entry in entries] == sorted(made.ENTRIES)
    assert not refusals
    assert board.name == "made/v1"
    assert {r.name for r in board.baselines.record.regimes} == {"real", "replace"}


def test_a_board_is_found_by_name_and_its_newest_version(tmp_path):
    for version in (2, 10):
        made.write_board(tmp_path, (), {**made.BOARD, "version": version})
    assert find_board("made", tmp_path).name == "v10"
    assert find_board("made/v2", tmp_path).name == "v2"
    with pytest.raises(UserError, match=r"there are: made\."):
        find_board("nano", tmp_path)


def refused(board_folder):
    entries, refusals = read_entries(read_board(board_folder))
    assert len(entries) == len(made.ENTRIES) - 1
    (refusal,) = refusals
    assert "\n" not in refusal.reason
    return refusal.reason


def test_a_truncated_record_is_refused_alone(made_board):
    path = made_board / "entries" / "hybrid-50" / "record.json"
    path.write_text(path.read_text()[:1000])
    assert "record.json" in refused(made_board)


def test_a_value_that_is_not_finite_is_refused(made_board):
    path = made_board / "entries" / "hybrid-50" / "measurements.parquet"
    table = pq.read_table(path)
    at = table.column_names.index("value")
    values = [float("nan"), *table["value"].to_pylist()[1:]]
    pq.write_table(table.set_column(at, "value", pa.array(values)), path)
    assert "not finite" in refused(made_board)


def test_a_measurement_that_stands_there_twice_is_refused(made_board):
    path = made_board / "entries" / "hybrid-50" / "measurements.parquet"
    table = pq.read_table(path)
    pq.write_table(pa.concat_tables([table, table.slice(0, 1)]), path)
    assert "measured twice" in refused(made_board)


def test_a_name_that_leads_elsewhere_is_refused(made_board):
    folder = made_board / "entries" / "hybrid-50"
    text = (folder / "entry.yaml").read_text()
    (folder / "entry.yaml").write_text(text.replace("entry: hybrid-50", "entry: ../../x"))
    assert "entry" in refused(made_board)


def test_a_link_to_another_file_is_refused(made_board, tmp_path):
    path = made_board / "entries" / "hybrid-50" / "record.json"
    path.rename(tmp_path / "elsewhere.json")
    path.symlink_to(tmp_path / "elsewhere.json")
    assert "no such file" in refused(made_board)


def test_a_yaml_bomb_is_refused(made_board):
    bomb = "a: &a [x, x]\nb: &b [*a, *a]\n"
    (made_board / "entries" / "hybrid-50" / "entry.yaml").write_text(bomb)
    assert "aliases" in refused(made_board)


def test_a_record_with_an_unknown_key_is_refused(made_board):
    path = made_board / "entries" / "hybrid-50" / "record.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "more": 1}))
    assert "more" in refused(made_board)


def test_a_real_run_is_read(real_run):
    run = read_run(real_run)
    assert {r.name for r in run.record.regimes} == {"real", "replace", "hybrid-50"}
    assert set(run.measurements["seed"].to_pylist()) == {0, 1, 2}
