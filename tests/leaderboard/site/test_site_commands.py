"""The commands that make and show the site."""

import sys
from types import ModuleType

import made_up_site
import pytest
from click.testing import CliRunner

from benchsuite.cli import cli
from benchsuite.errors import UserError


@pytest.fixture(autouse=True)
def _made_up_places(monkeypatch):
    scoring = ModuleType("benchsuite.leaderboard.scoring")
    scoring.stand = made_up_site.stand
    monkeypatch.setitem(sys.modules, scoring.__name__, scoring)


def test_build_writes_a_site_and_names_what_it_refuses(boards, tmp_path):
    out = tmp_path / "site"
    done = CliRunner().invoke(cli, ["leaderboard", "build", str(boards), "--out", str(out)])
    assert done.exit_code == 0, done.output
    assert f"3 entries on {out / 'index.html'}" in done.stdout
    refused = [line for line in done.stderr.splitlines() if line.startswith("Refused: ")]
    assert len(refused) == 3
    assert "broken/record.json" in refused[0]
    assert "hostile: " in refused[1]
    assert "open-one: differs names budget, which is as the board has it." in refused[2]
    assert (out / "made" / "v1" / "index.html").is_file()


def test_build_leaves_nothing_where_there_is_no_board(tmp_path):
    out = tmp_path / "site"
    done = CliRunner().invoke(cli, ["leaderboard", "build", str(tmp_path), "--out", str(out)])
    assert isinstance(done.exception, UserError)
    assert not list(tmp_path.iterdir())


def test_the_group_lists_its_commands():
    done = CliRunner().invoke(cli, ["leaderboard", "--help"])
    assert "build" in done.stdout
    assert "serve" in done.stdout
