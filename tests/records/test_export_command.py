"""`benchsuite export`: files in place, the same again, and no others than those named."""

import json

import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner
from made_up_export import make_exported_run, measured, row

from benchsuite.cli import cli
from benchsuite.errors import UserError
from benchsuite.records.export.checkpoint import slug
from benchsuite.records.export.write import write_files

FORMATS = ("every-eval-ever", "lm-eval", "csv")


@pytest.fixture
def run_folder(tmp_path, monkeypatch):
    """The folder of a run, below the working directory."""
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "runs" / "mine"
    write(folder, *make_exported_run())
    return folder


def write(folder, record, table):
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "record.json").write_text(record.model_dump_json())
    pq.write_table(table, folder / "measurements.parquet")


def export(*arguments):
    return CliRunner().invoke(cli, ["export", *map(str, arguments)])


def refusal(*arguments):
    error = export(*arguments).exception
    assert isinstance(error, UserError)
    assert "\n" not in str(error)
    return str(error)


def contents(folder):
    return {path: path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


@pytest.mark.parametrize("form", FORMATS)
def test_a_run_is_exported_and_again_byte_for_byte(run_folder, tmp_path, form):
    done = export(run_folder, "--format", form)
    assert done.exit_code == 0, done.exception
    where = tmp_path / "exports" / "mine" / form
    first = contents(where)
    assert len(first) == (1 if form == "csv" else 8)
    assert done.output.startswith(f"{make_exported_run()[1].num_rows} measurements: ")
    export(run_folder, "--format", form)
    assert contents(where) == first


@pytest.mark.parametrize("form", FORMATS)
def test_files_that_are_there_stay(run_folder, tmp_path, form):
    out = tmp_path / "out"
    out.mkdir()
    (out / "other.json").write_text("mine")
    export(run_folder, "--format", form, "--out", out)
    assert (out / "other.json").read_text() == "mine"


def test_who_ran_it(run_folder, tmp_path):
    export(run_folder, "--format", "every-eval-ever", "--organization", 'A "lab"', "--out", "out")
    for text in contents(tmp_path / "out").values():
        source = json.loads(text)["source_metadata"]
        assert source["source_organization_name"] == 'A "lab"'
    assert "lm-eval has no place" in refusal(
        run_folder, "--format", "lm-eval", "--organization", "me"
    )


HOSTILE = ["../../../etc/passwd", "/etc/x", "", ".", "a\nb", "=1+1", "CON:"]


@pytest.mark.parametrize("name", HOSTILE)
def test_a_regime_of_a_hostile_name_is_refused(tmp_path, name):
    record, _ = make_exported_run()
    regime = record.regimes[1].model_copy(update={"name": name})
    write(tmp_path / "run", record.model_copy(update={"regimes": [regime]}), measured())
    assert "regimes.0.name: string should match" in refusal(tmp_path / "run", "--format", "csv")


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_stays_text(tmp_path, form, name):
    record, _ = make_exported_run()
    regime = record.regimes[1]
    suite = record.suite.model_copy(update={"name": name})
    changed = record.model_copy(update={"regimes": [regime], "suite": suite})
    write(tmp_path / "run", changed, measured(row(regime.name, f"{name} {name}", 1.0, 0.0, 2.0, 3)))
    done = export(tmp_path / "run", "--format", form, "--out", tmp_path / "deep" / "out")
    assert done.exit_code == 0, done.exception
    files = contents(tmp_path / "deep")
    assert len(files) == 1
    assert len(contents(tmp_path)) == 3
    ((path, text),) = files.items()
    parts = path.relative_to(tmp_path / "deep" / "out").parts
    assert all(part == slug(part) and not part.startswith(".") for part in parts)
    if form == "every-eval-ever":
        assert json.loads(text)["model_info"]["additional_details"]["suite"] == name


def test_names_that_are_alike_have_files_of_their_own():
    names = ["a", "a/", "a?", "A", "", "/", "x" * 200, "x" * 201]
    assert len({slug(name) for name in names}) == len(names)
    assert slug("hybrid-50.v2") == "hybrid-50.v2"


def test_a_table_of_another_run_is_refused(tmp_path):
    record, _ = make_exported_run()
    for change in ({"regime": "elsewhere"}, {"metric": "acme/other"}):
        table = measured({**row("replace", "a acc", 1.0, 0.0, 2.0, 3), **change})
        write(tmp_path, record, table)
        for form in ("lm-eval", "every-eval-ever"):
            said = refusal(tmp_path, "--format", form, "--out", tmp_path / "out")
            assert "give the files of one run" in said
    assert not (tmp_path / "out").exists()


def test_what_is_no_run(run_folder, tmp_path):
    assert "is no folder" in refusal(tmp_path / "none", "--format", "csv")
    (run_folder / "measurements.parquet").unlink()
    assert "measurements.parquet" in refusal(run_folder, "--format", "csv")
    (run_folder / "record.json").unlink()
    assert "record.json: cannot be read" in refusal(run_folder, "--format", "csv")
    assert export(run_folder, "--format", "xml").exit_code == 2


def test_a_place_that_cannot_be_written(run_folder, tmp_path):
    (tmp_path / "file").touch()
    assert "cannot be written" in refusal(run_folder, "--format", "csv", "--out", "file/inner")


def test_nothing_is_written_where_one_file_cannot_be_made(tmp_path):
    def broken():
        yield "a.json", "{}"
        raise UserError("no.")

    with pytest.raises(UserError):
        write_files(broken(), tmp_path)
    assert not list(tmp_path.iterdir())
