"""A board of 1,000 entries: how long its site takes to make, and its table to be usable.

Made as `leaderboard build` makes it: entries are read, checked and scored. The table is usable
once it can be sorted, searched and filtered; `extra_info` has the milliseconds from the start of
loading to then.
"""

import shutil

import made_up_board
import made_up_site
import pytest
from in_browser import Watched, chromium

from benchsuite.leaderboard.scoring import stand
from benchsuite.leaderboard.site.build import write_site
from benchsuite.leaderboard.site.shown import read_boards

READY = "performance.getEntriesByName('table-ready')[0]?.startTime"


@pytest.fixture(scope="module")
def many(tmp_path_factory, request):
    """The folder of a board with 1,000 entries; with few where nothing is timed."""
    root = tmp_path_factory.mktemp("many")
    folder = made_up_board.write_board(root, ())
    first = made_up_board.write_entry(folder, "entry-0", regime="hybrid-50")
    document = (first / "entry.yaml").read_text()
    disabled = request.config.getoption("benchmark_disable")
    enabled = request.config.getoption("benchmark_enable")
    for number in range(1, 60 if disabled and not enabled else 1000):
        folder = first.with_name(f"entry-{number}")
        shutil.copytree(first, folder)
        (folder / "entry.yaml").write_text(document.replace("entry-0", folder.name))
    return root


def test_building(benchmark, many, tmp_path):
    out = tmp_path / "site"

    def build():
        shutil.rmtree(out, ignore_errors=True)
        out.mkdir()
        boards = read_boards(many, stand)
        write_site(boards, out)
        return boards

    (shown,) = benchmark.pedantic(build, rounds=1 if benchmark.disabled else 3)
    assert not shown.refusals
    assert len(list(out.glob("made/v1/entries/*/index.html"))) == len(shown.entries)


def test_table(benchmark, many, tmp_path):
    page = made_up_site.build(many, tmp_path / "site") / "made" / "v1" / "index.html"
    with chromium() as browser:
        ready = []

        def load():
            watched = Watched(browser)
            opened = watched.open(page)
            opened.wait_for_function(READY)
            ready.append(opened.evaluate(READY))
            watched.close()

        benchmark.pedantic(load, rounds=1 if benchmark.disabled else 9)
    if benchmark.stats:
        benchmark.extra_info["ms until usable"] = round(sorted(ready)[len(ready) // 2])
