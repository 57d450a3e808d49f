"""`benchsuite verify`: what people and programmes are told, and exit codes."""

import json
import shutil
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import real_board
import yaml
from click.testing import CliRunner
from made_up_board import damage_record

from benchsuite.cli.verify import verify
from benchsuite.errors import UserError
from benchsuite.leaderboard.files import sha256_of
from benchsuite.leaderboard.verify.checks import CHECKS
from benchsuite.records.tables import SAMPLE_SCHEMA


def call(*arguments):
    return CliRunner().invoke(verify, list(map(str, arguments)), env={"COLUMNS": "200"})


def test_people_are_told_each_check_with_a_sentence(entry):
    done = call(entry)
    assert done.exit_code == 0
    assert done.output.startswith("hybrid-50 on bell/v1: passed, self-reported\n")
    assert "✓ aggregates    Comparisons, claims and means follow from the" in done.output


def test_programmes_are_told_the_same(entry, board_folder):
    bad = real_board.write_entry(board_folder, "bad", entry)
    (bad / "record.json").write_text("{")
    done = call("--json", entry, bad)
    assert done.exit_code == 1
    good, refused = json.loads(done.output)
    assert (good["entry"], good["board"], good["verdict"]) == ("hybrid-50", "bell/v1", "passed")
    assert (refused["entry"], refused["verdict"], refused["rerun"]) == ("bad", "refused", None)
    (reading,) = refused["checks"]
    assert reading["findings"][0]["level"] == "error"
    assert "record.json" in reading["findings"][0]["message"]


def test_what_is_flagged_fails_where_that_is_asked_for(entry):
    damage_record(entry, lambda r: r["environment"].update(git_dirty=True, source="0" * 64))
    assert call(entry).exit_code == 0
    done = call("--strict", entry)
    assert done.exit_code == 1
    assert "flagged, self-reported" in done.output
    assert "! environment" in done.output


def test_findings_are_annotations_where_that_is_asked_for(entry):
    damage_record(entry, lambda r: r["environment"].update(git_dirty=True, source="0" * 64))
    done = call("--annotate", entry)
    assert done.exit_code == 0
    warning, notice, last = done.output.splitlines()
    assert warning.startswith("::warning title=hybrid-50%3A environment::it ran from a source")
    assert notice.startswith("::notice title=hybrid-50%3A environment::it ran from another source")
    assert last == "hybrid-50 on bell/v1: flagged, self-reported"


def test_an_entry_gives_no_command_of_its_own(entry):
    """Each line that GitHub reads as a command is one of ours; what is in it is escaped."""
    title = "a%0A::stop-commands::x\n::error::y\n  ::add-mask::z"
    real_board.change_document(entry, title=title, board="%0A::set-output name=x::y", more=title)
    damage_record(entry, lambda r: r["regimes"].append({**r["regimes"][-1], "name": title}))
    done = call("--annotate", entry)
    assert done.exit_code == 1
    *found, last = done.output.splitlines()
    assert found
    assert all(line.startswith(("::error title=", "::warning title=")) for line in found)
    assert not any("%0A" in line for line in found)
    assert last == "hybrid-50 on bell/v1: refused, self-reported"


def test_samples_of_other_regimes_are_named_in_order(entry):
    names = ["zebra", "b", "a", "m", "c"]
    rows = [
        {"use": "training", "regime": name, "generation": 0, "seed": 0, "text": "x"}
        for name in names
    ]
    path = entry / "samples.parquet"
    pq.write_table(pa.Table.from_pylist(rows, schema=SAMPLE_SCHEMA), path)
    document = yaml.safe_load((entry / "entry.yaml").read_text())
    files = {**document["files"], path.name: sha256_of(path)}
    real_board.change_document(entry, files=files)
    (report,) = json.loads(call("--json", entry).output)
    (samples,) = [each for each in report["checks"] if each["check"] == "samples"]
    found = [finding["message"].split()[4].rstrip(",") for finding in samples["findings"]]
    assert found == sorted(names)


def test_boards_elsewhere_are_taken_instead(entry, board_folder, tmp_path):
    """As of a pull request: what lies beside the entry is not trusted."""
    trusted = tmp_path / "trusted"
    shutil.copytree(board_folder.parents[1], trusted)
    (board_folder / "board.yaml").write_text("mine: 1\n")
    assert isinstance(call(entry).exception, UserError)
    assert call("--boards", trusted, entry).exit_code == 0
    shutil.rmtree(trusted / "bell")
    assert "is no board" in str(call("--boards", trusted, entry).exception)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["nowhere"], "there is no folder"),
        (["--write"], "add --rerun random"),
        (["--rerun", "9"], "no such seed"),
    ],
)
def test_mistakes_are_one_sentence(entry, arguments, says):
    failure = call(entry, *arguments).exception
    assert isinstance(failure, UserError)
    assert says in str(failure)
    assert "\n" not in str(failure)


def test_a_refused_entry_is_not_trained_again(entry):
    damage_record(entry, lambda record: record.update(generations=9))
    done = call(entry, "--rerun", "1")
    assert done.exit_code == 1
    assert "hybrid-50 is refused, so it is not trained again." in done.output


def test_what_an_entry_says_moves_no_terminal(entry):
    real_board.change_document(entry, title="\x1b[2J[bold]x[/bold]\u202e", board="\x1b]0;x\x07")
    done = call(entry)
    assert done.exit_code == 1
    assert not {"\x1b", "\x07", "\u202e"} & set(done.output)


def test_an_entry_is_found_from_within(entry, monkeypatch):
    monkeypatch.chdir(entry)
    assert call(".").output.startswith("hybrid-50 on bell/v1: passed")
    assert call("../hybrid-50/").exit_code == 0


def test_every_check_is_in_the_documentation():
    page = (Path(__file__).parents[3] / "docs" / "leaderboards.md").read_text()
    for check in CHECKS:
        assert f"| `{check.name}` |" in page
