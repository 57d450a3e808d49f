"""What lies beside the pages: data as scripts, downloads, libraries, the folder itself."""

import csv
import hashlib
import json
import re
from urllib.request import urlopen

import made_up_board
import made_up_site
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import t as students_t

from benchsuite.errors import UserError
from benchsuite.leaderboard.board import read_board
from benchsuite.leaderboard.entry import read_entries
from benchsuite.leaderboard.scoring.published import text_of
from benchsuite.leaderboard.site import brought, libraries
from benchsuite.leaderboard.site.brought import samples
from benchsuite.leaderboard.site.folder import MARK, replacing
from benchsuite.leaderboard.site.regimes import tell
from benchsuite.leaderboard.site.scripts import script
from benchsuite.leaderboard.site.series import series
from benchsuite.leaderboard.site.serve import server
from benchsuite.leaderboard.site.table import POINTS, cell
from benchsuite.leaderboard.standing import Estimate
from benchsuite.records.export import comma_separated
from benchsuite.records.export.comma_separated import guarded
from benchsuite.stats.paired import t_quantiles


def given_by(text):
    """What a data script gives."""
    return json.loads(re.fullmatch(r"benchsuite\.give\(\.\.\.(.*)\);\n", text)[1])


def rows_of(path):
    return list(csv.DictReader(path.read_text("utf-8").splitlines()))


def test_data_scripts_cannot_be_ended_by_what_they_hold():
    text = script("key", {"title": made_up_site.ENDS})
    assert "<" not in text
    assert text.isascii()
    assert given_by(text) == ["key", {"title": made_up_site.ENDS}]


@given(st.recursive(st.text() | st.floats(allow_nan=False, allow_infinity=False), st.lists))
def test_data_scripts_hold_any_text(value):
    text = script("key", value)
    assert "<" not in text
    assert text.isascii()
    assert given_by(text) == ["key", value]


def test_an_entry_cannot_change_how_others_are_written():
    huge = Estimate(value=-1e300, lower=-1e301, upper=0.5)
    assert cell(huge, POINTS).text == "\u22121e+300"
    assert cell(Estimate(value=12.345), POINTS).text == "12.3"


def test_generations_and_seeds_that_are_not_the_board_s_are_passed_over(tmp_path):
    folder = made_up_board.write_board(tmp_path, ("hybrid-50",))
    path = folder / "entries" / "hybrid-50" / "measurements.parquet"
    rows = pq.read_table(path).to_pylist()
    more = [{**rows[0], "regime": "hybrid-50", "generation": n} for n in (-1, 4, 2**31 - 1)]
    more += [{**rows[0], "regime": "hybrid-50", "seed": 99}]
    schema = pq.read_schema(path)
    pq.write_table(pa.Table.from_pylist(rows + more, schema=schema), path)
    (shown,) = made_up_site.read(tmp_path)
    points = series(shown.entries["hybrid-50"].run, "hybrid-50", shown)
    assert [point.generation for point in points[0]] == [0, 1, 2, 3]
    assert all(set(point.seeds) <= set(made_up_board.SEEDS) for each in points for point in each)


def test_an_entry_s_script_holds_its_measurements(board):
    _, value = given_by((board / "entries" / "hybrid-50" / "data.js").read_text())
    folder = board / "entries" / "hybrid-50"
    table = pq.read_table(folder / "measurements.parquet").to_pylist()
    expected = {
        str(row["seed"]): row["value"]
        for row in table
        if (row["regime"], row["metric"], row["slice"], row["generation"])
        == ("hybrid-50", "metrics/bits-per-byte", "in-domain", 3)
    }
    assert len(value["series"]) == 7
    last = value["series"][0][-1]
    assert last["generation"] == 3
    assert last["seeds"] == expected
    assert last["mean"] == pytest.approx(sum(expected.values()) / 5)


def test_downloads_hold_what_was_handed_in(board, boards):
    folder = board / "entries" / "hybrid-50"
    handed_in = boards / "made" / "v1" / "entries" / "hybrid-50"
    for name in ("record.json", "measurements.parquet"):
        assert (folder / name).read_bytes() == (handed_in / name).read_bytes()
    rows = rows_of(folder / "measurements.csv")
    table = pq.read_table(folder / "measurements.parquet")
    assert len(rows) == table.num_rows
    assert [float(row["value"]) for row in rows] == table["value"].to_pylist()


def test_text_of_an_entry_is_no_formula_in_a_spreadsheet(board):
    rows = rows_of(board / "entries" / "hostile" / "measurements.csv")
    assert {row["unit"] for row in rows} == {"'=1+1"}


@pytest.mark.parametrize("text", ["\uff1dcmd()", "\n=1", "'=1", "@x"])
def test_a_site_guards_cells_as_an_export_does(text):
    table = pa.table({"unit": [text, "bits"], "value": [-1.0, 2.0]})
    assert guarded(table).to_pylist() == [
        {"unit": f"'{text}", "value": -1.0},
        {"unit": "bits", "value": 2.0},
    ]
    assert brought.guarded is guarded is comma_separated.guarded


def test_cards_are_offered_as_text_and_links_are_passed_over(board):
    names = {path.name for path in (board / "entries" / "hostile" / "cards").iterdir()}
    assert names == {"model.txt", "data.croissant.json"}


def test_the_standing_is_there_for_other_tools(board, boards):
    (shown,) = made_up_site.read(boards)
    exact = made_up_site.stand(shown.board, list(shown.entries.values()))
    assert (board / "standing.json").read_text() == text_of(exact)
    rows = rows_of(board / "standing.csv")
    assert [row["entry"] for row in rows] == [place.entry for place in exact.places]
    for row, place in zip(rows, exact.places, strict=True):
        assert row["score value"] == str(float(f"{place.score.value:.9g}"))


def test_samples_that_cannot_be_read_leave_the_entry_its_page(tmp_path):
    folder = made_up_board.write_board(tmp_path, ("hybrid-50",))
    (folder / "entries" / "hybrid-50" / "samples.parquet").write_bytes(b"PAR1 and no more")
    (shown,) = made_up_site.read(tmp_path)
    problem = samples(shown.entries["hybrid-50"], shown).problem
    assert problem.startswith("entries/hybrid-50/samples.parquet: is no readable Parquet file")


def test_samples_that_are_a_link_are_not_copied(tmp_path):
    folder = made_up_board.write_board(tmp_path / "boards", ("hybrid-50",))
    secret = tmp_path / "secret"
    secret.write_text("a secret")
    (folder / "entries" / "hybrid-50" / "samples.parquet").symlink_to(secret)
    site = made_up_site.build(tmp_path / "boards", tmp_path / "out")
    page = site / "made" / "v1" / "entries" / "hybrid-50"
    assert "The samples cannot be shown" in (page / "index.html").read_text("utf-8")
    assert not [path for path in page.iterdir() if b"a secret" in path.read_bytes()]


def test_a_regime_is_drawn_generation_by_generation(boards):
    entries, _ = read_entries(read_board(boards / "made" / "v1"))
    entry = next(entry for entry in entries if entry.name == "hybrid-50")
    told = tell(entry.run.record.regimes[-1])
    assert [piece.classes for piece in told.mixes[0]] == ["human-fixed"]
    assert [piece.size for piece in told.mixes[1]] == [0.5, 0.5]
    assert told.longest == 1
    assert "learns from" in told.knobs


def test_a_regime_of_another_version_is_shown_as_it_is(boards):
    entries, _ = read_entries(read_board(boards / "made" / "v1"))
    regime = entries[0].run.record.regimes[-1]
    told = tell(regime.model_copy(update={"document": {"mixture": 3}}))
    assert told.mixes == []
    assert "mixture: 3" in told.described.document


def test_quantiles_are_student_s():
    assert t_quantiles(5) == pytest.approx([students_t.ppf(0.975, n) for n in (1, 2, 3, 4)])
    together = t_quantiles(3, comparisons=10)
    assert together == pytest.approx([students_t.ppf(1 - 0.0025, n) for n in (1, 2)])


@pytest.mark.parametrize("library", [libraries.vega, libraries.datatables])
def test_libraries_are_classic_scripts(library):
    text = library()
    assert text.startswith("(() => {")
    assert not re.search(r"^(import|export)\b|\bexport\{", text, re.MULTILINE)


def test_licences_are_shipped_with_the_libraries(site):
    text = (site / "assets" / "licences.txt").read_text("utf-8")
    assert text.count("Redistribution and use in source and binary forms") == 1
    assert text.count("MIT License") == 1
    assert "datatables.net/license" in (site / "assets" / "datatables.js").read_text("utf-8")


def test_without_itables_the_error_says_what_to_install(monkeypatch):
    def missing(name):
        raise ModuleNotFoundError(name)

    monkeypatch.setattr(libraries, "files", missing)
    with pytest.raises(UserError, match=r"benchsuite\[site\]"):
        libraries.datatables()


def test_a_site_is_replaced_at_once_or_not_at_all(tmp_path):
    out = tmp_path / "site"
    with replacing(out) as folder:
        (folder / "a.html").write_text("old")
    with pytest.raises(ZeroDivisionError), replacing(out) as folder:
        (folder / "a.html").write_text(f"half {1 / 0}")
    assert (out / "a.html").read_text() == "old"
    with replacing(out) as folder:
        (folder / "b.html").write_text("new")
    assert {path.name for path in out.iterdir()} == {"b.html", MARK}
    assert (out / MARK).read_text() == f"{hashlib.sha256(b'new').hexdigest()}  b.html\n"
    assert [path.name for path in tmp_path.iterdir()] == ["site"]


def test_what_is_no_site_is_not_replaced(tmp_path):
    (tmp_path / "thesis.tex").touch()
    with pytest.raises(UserError, match="is no site"), replacing(tmp_path):
        pass
    assert (tmp_path / "thesis.tex").exists()


def test_a_folder_without_boards_is_an_error(tmp_path):
    with pytest.raises(UserError, match="there are no boards"):
        made_up_site.read(tmp_path)


def test_two_boards_of_one_name_are_an_error(tmp_path):
    made_up_board.write_board(tmp_path, ())
    (tmp_path / "made").rename(tmp_path / "other")
    made_up_board.write_board(tmp_path, ())
    with pytest.raises(UserError, match="two boards are called made/v1"):
        made_up_site.read(tmp_path)


def test_a_board_that_scores_what_was_not_measured_is_an_error(tmp_path):
    scoring = {**made_up_board.BOARD["scoring"], "cost": {"metric": "metrics/heat"}}
    made_up_board.write_board(tmp_path, (), {**made_up_board.BOARD, "scoring": scoring})
    with pytest.raises(UserError, match="did not measure metrics/heat"):
        made_up_site.build(tmp_path, tmp_path / "out")


def test_the_site_is_served_to_this_machine_alone(site):
    from threading import Thread

    with server(site, 0) as found:
        assert found.server_address[0] == "127.0.0.1"
        thread = Thread(target=found.serve_forever)
        thread.start()
        try:
            with urlopen(f"http://127.0.0.1:{found.server_port}/index.html") as answer:
                assert b"Leaderboards" in answer.read()
                assert answer.headers["X-Content-Type-Options"] == "nosniff"
            with pytest.raises(UserError, match="--port"):
                server(site, found.server_port)
        finally:
            found.shutdown()
            thread.join()
