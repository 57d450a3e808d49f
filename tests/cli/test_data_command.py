import hashlib

import platformdirs
import pytest
from click.testing import CliRunner

from benchsuite.cli.data import data
from benchsuite.data import catalogue as catalogue_module
from benchsuite.data.catalogue import DataSet
from benchsuite.data.published import DATA_ROOT
from benchsuite.errors import UserError

CONTENT = {"good.txt": b"good", "better.txt": b"better"}


@pytest.fixture
def root(tmp_path, monkeypatch):
    """A data root with a set of two files; nothing is published."""
    made = DataSet(
        name="sets/made",
        summary="Made up.",
        licence="CC0",
        origin="nobody",
        repository="acme/sets",
        revision="0" * 40,
        derived="write them",
        files=[
            {"file": name, "bytes": len(text), "sha256": hashlib.sha256(text).hexdigest()}
            for name, text in CONTENT.items()
        ],
    )
    monkeypatch.setattr(catalogue_module, "catalogue", lambda: {made.name: made})
    monkeypatch.setattr(platformdirs, "user_cache_path", lambda _: tmp_path / "cache")
    monkeypatch.setenv(DATA_ROOT, "")
    monkeypatch.setenv("COLUMNS", "160")
    for name, text in CONTENT.items():
        (tmp_path / "sets" / "made").mkdir(parents=True, exist_ok=True)
        (tmp_path / "sets" / "made" / name).write_bytes(text)
    return tmp_path


def run(*arguments):
    return CliRunner().invoke(data, [str(argument) for argument in arguments])


def test_list_has_one_line_a_set(root):
    (line,) = (line for line in run("list").output.splitlines() if "sets/made" in line)
    assert all(word in line for word in ("CC0", "2", "0.0 kB", "to make", "Made up."))
    found = run("list", "--data-root", root).output
    assert "data root" in found
    (root / "sets" / "made" / "good.txt").unlink()
    assert "1 to make, 1 data root" in run("list", "--data-root", root).output


def test_get_prints_where_files_are(root):
    found = run("get", "made", "--data-root", root).output.splitlines()
    assert found == [str(root / "sets" / "made" / name) for name in CONTENT]


def test_get_of_what_cannot_be_had(root):
    failure = run("get", "sets/made").exception
    assert isinstance(failure, UserError)
    assert "sets/made/good.txt is not there" in str(failure)
    assert isinstance(run("get", "mode").exception, UserError)


def test_verify_tells_good_damaged_and_missing(root):
    assert run("verify", "--data-root", root).output == "sets/made: 2 verified\n"
    (root / "sets" / "made" / "good.txt").write_bytes(b"evil")
    (root / "sets" / "made" / "better.txt").unlink()
    found = run("verify", "--data-root", root)
    assert "sets/made: 1 damaged, 1 missing" in found.output
    assert str(found.exception).startswith("1 damaged and 1 missing files")


def test_missing_sets_are_no_fault_unless_named(root):
    assert run("verify").exit_code == 0
    assert isinstance(run("verify", "made").exception, UserError)
