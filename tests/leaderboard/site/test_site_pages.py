"""The pages of a site as files: complete, linked, escaped, and the same each time."""

import json
import os
import re
import subprocess
import sys
from html import unescape
from urllib.parse import unquote, urlsplit

import made_up_board
import made_up_site
import pytest
import yaml
from html_page import Page

from benchsuite.suites.regime import Regime


@pytest.fixture(scope="module")
def pages(site):
    """Every page by its path, parsed."""
    return {path: Page(path.read_text("utf-8")) for path in sorted(site.rglob("*.html"))}


def test_there_is_a_page_for_each_board_entry_and_metric(site, board):
    names = [*made_up_board.ENTRIES, "open-one", "hostile"]
    assert {path.name for path in (board / "entries").iterdir()} == set(names)
    assert all((board / "entries" / name / "index.html").is_file() for name in names)
    assert len(list((board / "metrics").glob("*.html"))) == 7
    assert (site / "index.html").is_file()


def test_every_link_leads_to_a_file_of_the_site(site, pages):
    ids = {path: {one["id"] for _, one in page.tags if "id" in one} for path, page in pages.items()}
    for path, page in pages.items():
        for tag, attributes in page.tags:
            link = attributes.get("href") or attributes.get("src")
            if link is None or link == "data:,":
                continue
            parts = urlsplit(link)
            assert not parts.scheme, (path, link)
            assert not parts.netloc, (path, link)
            target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            assert target.is_file(), (path, tag, link)
            assert target.is_relative_to(site)
            if parts.fragment and "=" not in parts.fragment:
                assert parts.fragment in ids[target], (path, link)


def test_nothing_of_an_entry_becomes_markup(site, pages):
    tags = {tag for page in pages.values() for tag, _ in page.tags}
    assert "img" not in tags
    for path, page in pages.items():
        for tag, attributes in page.tags:
            assert not [name for name in attributes if name.startswith("on")], (path, tag)
            assert tag != "script" or set(attributes) <= {"src", "defer"}
        text = path.read_text("utf-8")
        assert not re.search("[\u202a-\u202e\u2066-\u2069\u200e\u200f\x07]", text)
        assert str(7 * 191) not in text


def test_hostile_text_is_shown_as_it_is(board):
    text = unescape((board / "entries" / "hostile" / "index.html").read_text("utf-8"))
    for hostile in (made_up_site.SCRIPT, made_up_site.ATTRIBUTE, "⟨U+202E⟩", made_up_site.LONG):
        assert hostile in text


def test_policy_lets_nothing_in_from_elsewhere(pages):
    for page in pages.values():
        (policy,) = [
            one["content"]
            for one in page.all("meta")
            if one.get("http-equiv") == "Content-Security-Policy"
        ]
        assert policy.startswith("default-src 'none'; script-src 'self' file:; ")
        assert "http" not in policy
        assert "unsafe-eval" not in policy


def test_the_table_holds_everything_without_scripts(board, boards):
    page = Page((board / "index.html").read_text("utf-8"))
    (shown,) = made_up_site.read(boards)
    head, *rows = page.cells(0)
    assert [row[1].split()[0] for row in rows] == [place.entry for place in shown.places]
    assert all(len(row) == len(head) for row in rows)
    assert rows[0][0] == "1 (1\u20132)"
    place = shown.places[0]
    score = place.score
    assert rows[0][4] == f"{score.value:.1f} [{score.lower:.1f}, {score.upper:.1f}]"
    differences = [i for i, cell in enumerate(head) if cell.startswith("Δ to control")]
    assert len(differences) == 1 + len(place.metrics)
    written = float(rows[0][differences[1]].split()[0].replace("\u2212", "-"))
    assert written == pytest.approx(place.metrics[0].difference.value, abs=5e-4)
    assert any("open" in row for row in rows)


def test_tables_say_what_they_are(pages):
    for path, page in pages.items():
        tags = [tag for tag, _ in page.tags]
        assert tags.count("caption") == tags.count("table"), path
        assert all("scope" in attributes for attributes in page.all("th")), path


def test_what_is_refused_is_named_and_the_rest_is_there(board):
    page = Page((board / "index.html").read_text("utf-8"))
    refused = page.sections["refused"]
    assert "broken" in refused
    assert "entries/broken/record.json" in refused
    assert not (board / "entries" / "broken").exists()


def test_a_folder_with_a_hostile_name_is_refused_as_text(tmp_path):
    folder = made_up_board.write_board(tmp_path / "boards", ("hybrid-50",))
    (folder / "entries" / '"><img src=x onerror=alert(1)>').mkdir()
    site = made_up_site.build(tmp_path / "boards", tmp_path / "out")
    page = Page((site / "made" / "v1" / "index.html").read_text("utf-8"))
    assert "onerror=alert(1)" in page.sections["refused"]
    assert "img" not in {tag for tag, _ in page.tags}


def test_the_same_entries_give_the_same_bytes(boards, site, tmp_path):
    again = made_up_site.build(boards.rename(boards.with_name("elsewhere")), tmp_path / "out")
    boards.with_name("elsewhere").rename(boards)
    files = sorted(path.relative_to(site) for path in site.rglob("*") if path.is_file())
    assert files == sorted(p.relative_to(again) for p in again.rglob("*") if p.is_file())
    for path in files:
        assert (site / path).read_bytes() == (again / path).read_bytes(), path


def test_an_entry_page_says_what_was_done(board):
    page = Page((board / "entries" / "self-graded" / "index.html").read_text("utf-8"))
    done = page.sections["done"]
    assert "text of generation 2" in done
    assert "graders/self-likelihood" in done
    assert "benchsuite run quickstart" in page.sections["again"]
    assert "--rerun random" in page.sections["again"]
    assert "Generation 3" in page.sections["texts"]
    assert "loop terminates" in page.sections["texts"]
    assert "train" in page.sections["costs"]


def with_command(board, words, *more):
    """Write an entry whose record was made by a command; `more` are regimes run beside it."""
    entry = made_up_board.write_entry(board, "mine", regime="hybrid-50")

    def change(record):
        record["command"] = f"benchsuite run leaderboards/made/v1/suite.yaml {words}"
        record["regimes"] += [{**record["regimes"][0], "name": name} for name in more]

    made_up_board.damage_record(entry, change)
    return entry


def again(root, tmp_path):
    """The section of the entry's page that says how to get it again, and the page's folder."""
    page = made_up_site.build(root, tmp_path / "out") / "made" / "v1" / "entries" / "mine"
    return Page((page / "index.html").read_text("utf-8")).sections["again"], page


def test_the_command_names_a_document_that_the_page_offers(tmp_path):
    folder = made_up_board.write_board(tmp_path / "boards", ())
    entry = with_command(folder, "--regime replace --regime '../my own/<b>.yaml' --out x")
    section, page = again(tmp_path / "boards", tmp_path)
    assert "suite.yaml --regime replace --regime regime.yaml --out x" in section
    record = json.loads((entry / "record.json").read_text())
    document = yaml.safe_load((page / "regime.yaml").read_text("utf-8"))
    assert document == record["regimes"][-1]["document"]
    Regime.model_validate(document)


def test_a_regime_s_own_control_is_offered_too(tmp_path):
    folder = made_up_board.write_board(tmp_path / "boards", ())
    with_command(folder, "--regime replace --regime=a.yaml --regime b.yml", "own-control")
    section, page = again(tmp_path / "boards", tmp_path)
    assert "--regime replace --regime=regime.yaml --regime control.yaml" in section
    assert (page / "control.yaml").is_file()


def test_a_command_that_names_no_file_stays_as_it_is(tmp_path):
    folder = made_up_board.write_board(tmp_path / "boards", ())
    with_command(folder, "--regime replace --regime hybrid-50")
    section, page = again(tmp_path / "boards", tmp_path)
    assert "suite.yaml --regime replace --regime hybrid-50" in section
    assert (page / "regime.yaml").is_file()


BUILD = """
import sys
from pathlib import Path
from benchsuite.leaderboard.scoring import stand
from benchsuite.leaderboard.site.build import write_site
from benchsuite.leaderboard.site.shown import read_boards
write_site(read_boards(Path(sys.argv[1]), stand), Path(sys.argv[2]))
"""


def test_another_process_with_another_hash_seed_writes_the_same_bytes(boards, tmp_path):
    made = [tmp_path / seed for seed in ("1", "2")]
    running = [
        subprocess.Popen(
            [sys.executable, "-c", BUILD, str(boards), str(out)],
            env={**os.environ, "PYTHONHASHSEED": out.name},
        )
        for out in made
    ]
    assert [one.wait(120) for one in running] == [0, 0]
    one, other = (
        {path.relative_to(out): path.read_bytes() for path in out.rglob("*") if path.is_file()}
        for out in made
    )
    assert len(one) > len(made_up_board.ENTRIES)
    assert one == other


def test_a_metric_page_defines_it(board):
    page = Page((board / "metrics" / "metrics-rare-token-loss.html").read_text("utf-8"))
    assert "log₂" in page.sections["definition"]
    assert "hybrid-50" in " ".join(map(str, page.cells(0)))


def test_an_empty_board_is_a_page(tmp_path):
    made_up_board.write_board(tmp_path / "boards", ())
    site = made_up_site.build(tmp_path / "boards", tmp_path / "out")
    assert "There are no entries yet" in (site / "made" / "v1" / "index.html").read_text("utf-8")
