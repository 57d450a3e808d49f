"""`benchsuite claims`: from a record to a page."""

import pytest
from click.testing import CliRunner
from made_up_claims import METRIC, contrast, measured, suite
from made_up_run import make_run

from benchsuite.cli import cli
from benchsuite.errors import UserError
from benchsuite.records.claims import judge_claims
from benchsuite.records.report.claims import markdown

PAGE = "# Claims\n\n<!-- claims: begin -->\nold\n<!-- claims: end -->\n\nThe end.\n"


@pytest.fixture
def record(tmp_path):
    claims = judge_claims(measured(lambda *_: (1.0, 10)), suite(contrast()), [METRIC])
    made = make_run(claims=claims).record
    (tmp_path / "record.json").write_text(made.model_dump_json())
    return made


def claims(*arguments):
    return CliRunner().invoke(cli, ["claims", *map(str, arguments)], catch_exceptions=True)


def refusal(*arguments):
    error = claims(*arguments).exception
    assert isinstance(error, UserError)
    assert "\n" not in str(error)
    return str(error)


def test_it_prints_the_table(record, tmp_path):
    for path in (tmp_path, tmp_path / "record.json"):
        assert claims(path).output == markdown(record)


def test_it_puts_the_table_between_the_markers_again_and_again(record, tmp_path):
    page = tmp_path / "page.md"
    page.write_text(PAGE)
    for _ in range(2):
        assert claims(tmp_path, "--page", page).exit_code == 0
        assert page.read_text() == PAGE.replace("old", f"\n{markdown(record)}")


def test_what_it_cannot_read_or_write(record, tmp_path):
    assert "none.json: cannot be read" in refusal(tmp_path / "none.json")
    (tmp_path / "other.json").write_text('{"command": 3}')
    assert "give a record.json of schema version" in refusal(tmp_path / "other.json")
    (tmp_path / "other.json").write_text("{")
    assert "other.json: the file: " in refusal(tmp_path / "other.json")
    assert "cannot be written" in refusal(tmp_path, "--page", tmp_path / "none.md")
    (tmp_path / "bare.md").write_text("# Claims\n")
    assert "there are no lines <!-- claims: begin -->" in refusal(
        tmp_path, "--page", tmp_path / "bare.md"
    )
    (tmp_path / "record.json").write_text(make_run().record.model_dump_json())
    assert "the suite quickstart makes no claims." in refusal(tmp_path)
