"""An entry that is damaged in any way is refused or shown; the others are shown whatever it is."""

import json
import shutil
import tempfile
from pathlib import Path

import made_up_board
import made_up_site
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import yaml
from fuzzed import VALUES, change, changed, few
from hypothesis import given
from hypothesis import strategies as st

from benchsuite.leaderboard.board import read_board
from benchsuite.leaderboard.entry import read_entries
from benchsuite.leaderboard.scoring import stand
from benchsuite.leaderboard.site import build as building
from benchsuite.leaderboard.site.build import write_site
from benchsuite.leaderboard.site.shown import read_boards
from benchsuite.leaderboard.sound import sound_entries

WHOLE, HARMED = "hybrid-50", "self-graded"


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    root = tmp_path_factory.mktemp("whole")
    folder = made_up_board.write_board(root, (WHOLE, HARMED))
    made_up_site.add_samples(folder / "entries" / HARMED, HARMED)
    return root


@pytest.fixture
def built(whole, tmp_path, monkeypatch):
    """A function that damages an entry of a fresh board by `damage(folder)`, and builds that.

    With and without checks, which keep much from the pages. Returns the sites' boards.
    """
    monkeypatch.setattr(building, "_write_assets", lambda _: None)

    def build(damage):
        folder = Path(tempfile.mkdtemp(dir=tmp_path))
        shutil.copytree(whole, folder / "boards")
        damage(folder / "boards" / "made" / "v1" / "entries" / HARMED)
        found = []
        for read in (sound_entries, read_entries):
            site = folder / read.__name__
            (shown,) = write_site(read_boards(folder / "boards", stand, read), site)
            board = site / "made" / "v1"
            assert (board / "entries" / WHOLE / "index.html").is_file()
            assert {path.name for path in (board / "entries").iterdir()} == shown.entries.keys()
            for refusal in shown.refusals:
                assert refusal.reason.isprintable(), refusal.reason
                assert len(refusal.reason) <= 1000, refusal.reason
            found.append(shown)
        shutil.rmtree(folder)
        return found

    return build


def refused(built, damage):
    """Return why an entry is refused, with and without checks."""
    boards = built(damage)
    assert [[*shown.entries] for shown in boards] == [[WHOLE], [WHOLE]]
    return [shown.refusals[0].reason for shown in boards]


def damaging(name, harm):
    """Return what damages a table of an entry by `harm(table)`, and notes its new SHA-256."""

    def damage(entry):
        pq.write_table(harm(pq.read_table(entry / name)), entry / name)
        made_up_board.note_files(entry)

    return damage


def recording(harm):
    return lambda entry: made_up_board.damage_record(entry, harm)


def test_a_sound_entry_is_shown(built):
    for shown in built(lambda _: None):
        assert shown.entries.keys() == {WHOLE, HARMED}
        assert not shown.refusals


@pytest.mark.parametrize("count", ["tokens", "flops", "peak_memory"])
def test_costs_that_no_float_holds_are_refused(built, count):
    def harm(record):
        record["costs"][0]["cost"][count] = 10**400

    for reason in refused(built, recording(harm)):
        assert "is larger than 1e+30" in reason


def test_a_share_that_no_float_holds_is_refused(built):
    def harm(record):
        record["regimes"][-1]["document"]["mixture"][0]["share"] = 10**400

    for reason in refused(built, recording(harm)):
        assert "is larger than 1e+30" in reason


def test_a_name_of_a_regime_that_is_no_name_is_refused(built):
    def harm(record):
        record["regimes"][0]["name"] = "../../real"

    for reason in refused(built, recording(harm)):
        assert "regimes.0.name" in reason


def test_grades_that_are_not_there_are_passed_over(built):
    def harm(table):
        at = table.column_names.index("grades")
        cells = pa.array([[None]] * table.num_rows, table.schema.field("grades").type)
        return table.set_column(at, table.field(at), cells)

    for shown in built(damaging("samples.parquet", harm)):
        assert shown.entries.keys() == {WHOLE, HARMED}


def test_another_record_than_the_one_named_is_refused(whole, tmp_path):
    root = Path(shutil.copytree(whole, tmp_path / "boards"))
    path = root / "made" / "v1" / "entries" / HARMED / "record.json"
    path.write_text(path.read_text() + "\n")
    (shown,) = read_boards(root, stand)
    (refusal,) = shown.refusals
    assert "record.json is not the file whose SHA-256 entry.yaml gives" in refusal.reason


def test_an_entry_without_a_seed_is_refused(built):
    boards = built(
        damaging(
            "measurements.parquet",
            lambda table: table.filter([s != 4 for s in table["seed"].to_pylist()]),
        )
    )
    assert "missing for the seed 4" in boards[0].refusals[0].reason
    assert not boards[1].refusals


def test_an_entry_whose_page_cannot_be_written_is_refused_and_the_rest_ranked(built, monkeypatch):
    write = building._write_entry

    def fail(shown, entry, place, pages):
        write(shown, entry, place, pages)
        if entry.name == HARMED:
            raise ZeroDivisionError("a\nbug")

    monkeypatch.setattr(building, "_write_entry", fail)
    for shown in built(lambda _: None):
        (refusal,) = shown.refusals
        assert refusal.reason.endswith(f"{HARMED}: cannot be shown: ZeroDivisionError: a\\nbug.")
        assert [place.entry for place in shown.standing.places] == [WHOLE]


def test_an_entry_that_cannot_be_ranked_is_refused(whole):
    def fails(board, entries):
        if any(entry.name == HARMED for entry in entries):
            raise FloatingPointError("overflow")
        return stand(board, entries)

    (shown,) = read_boards(whole, fails)
    assert [*shown.entries] == [WHOLE]
    assert shown.refusals[0].reason.endswith("cannot be ranked: FloatingPointError: overflow.")


def test_a_check_that_fails_refuses(whole, monkeypatch):
    from benchsuite.leaderboard import sound
    from benchsuite.leaderboard.verify.finding import Check

    def fails(case):
        yield from ()
        raise KeyError(case.entry.name)

    monkeypatch.setattr(sound, "CHECKS", (Check("made up", "", fails),))
    entries, refusals = sound_entries(read_board(whole / "made" / "v1"))
    assert not entries
    assert "the check made up cannot be made: KeyError" in refusals[0].reason


@few(12)
@given(data=st.data())
def test_values_of_the_record_are_anything(built, data):
    def damage(entry):
        record = json.loads((entry / "record.json").read_text())
        change(record, data)
        (entry / "record.json").write_text(json.dumps(record), "utf-8", "surrogatepass")
        made_up_board.note_files(entry)

    built(damage)


@few(12)
@given(data=st.data())
def test_keys_of_entry_yaml_are_anything(built, data):
    def damage(entry):
        path = entry / "entry.yaml"
        document = yaml.safe_load(path.read_text())
        document[data.draw(st.sampled_from([*document, "plugin", "differs"]))] = data.draw(VALUES)
        path.write_text(yaml.safe_dump(document, allow_unicode=True), "utf-8", "surrogatepass")

    built(damage)


@few(12)
@given(data=st.data())
@pytest.mark.parametrize("name", ["measurements.parquet", "samples.parquet"])
def test_cells_of_tables_are_anything(built, name, data):
    built(damaging(name, lambda table: changed(table, data)))
