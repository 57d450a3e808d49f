"""The site in a real browser, opened from disk."""

import json
import re

import made_up_board
import made_up_site
import pyarrow.parquet as pq
import pytest
from in_browser import Watched, chromium, see

from benchsuite.stats.paired import paired_difference

KINDS = [
    "../../index.html",
    "index.html",
    "compare.html",
    "entries/hostile/index.html",
    "metrics/metrics-flops.html",
]
NAMES = "#entries tbody th a"


@pytest.fixture(scope="module")
def browser():
    with chromium() as found:
        yield found


@pytest.fixture(scope="module")
def desk(browser):
    watched = Watched(browser, viewport={"width": 1200, "height": 900})
    yield watched
    watched.close()


@pytest.fixture
def page(desk, board):
    page = desk.open(board / "index.html")
    yield page
    page.close()


@pytest.fixture(scope="module")
def places(boards):
    (shown,) = made_up_site.read(boards)
    return shown.places


def sorted_names(places, key):
    return [place.entry for place in sorted(places, key=key)]


def test_a_column_is_sorted_by_mouse_and_by_keyboard(page, places):
    see(page.locator(NAMES)).to_have_text([place.entry for place in places])
    creativity = page.get_by_role("columnheader", name="Creativity")
    creativity.click()
    down = sorted_names(places, lambda place: -place.axes["creativity"].value)
    see(page.locator(NAMES)).to_have_text(down)
    see(creativity).to_have_attribute("aria-sort", "descending")
    creativity.locator("[role=button]").focus()
    page.keyboard.press("Enter")
    see(page.locator(NAMES)).to_have_text(down[::-1])
    see(creativity).to_have_attribute("aria-sort", "ascending")


def test_entries_are_searched_in_their_text_alone(page):
    page.get_by_label("Search").fill("hybrid-50 does")
    see(page.locator(NAMES)).to_have_text(["hybrid-50"])
    page.get_by_label("Search").fill("href")
    see(page.get_by_text("No entry is like that.")).to_be_visible()


def test_entries_are_filtered_by_division_and_verification(page, places):
    page.get_by_role("combobox", name="Division").select_option("open")
    see(page.locator(NAMES)).to_have_text(["open-one"])
    page.get_by_role("combobox", name="Division").select_option("all")
    see(page.locator(NAMES)).to_have_count(len(places))
    page.get_by_role("combobox", name="Verification").select_option("verified")
    see(page.locator(NAMES)).to_have_count(0)


def test_columns_are_chosen(page):
    heads = page.locator("#entries thead th")
    before = 4 + 5 + 2
    page.get_by_text("Columns", exact=True).click()
    page.get_by_role("group", name="Δ to the control").get_by_role("button").click()
    see(heads).to_have_count(before + 6)
    page.get_by_role("checkbox", name="Bias").uncheck()
    see(page.get_by_role("columnheader", name="Bias")).to_have_count(0)
    assert len({row.count("\t") for row in page.locator("#entries tr").all_inner_texts()}) == 1


def test_curves_of_several_entries_lie_over_each_other(page, places):
    last = places[-1].entry
    part = page.locator(".curves")
    part.scroll_into_view_if_needed()
    lines = part.locator("svg .mark-line path")
    page.wait_for_selector(".curves[data-drawn]")
    before = lines.count()
    assert before == 5
    name = part.get_by_label("Another entry")
    name.fill(last)
    name.press("Enter")
    page.wait_for_selector(f".curves[data-drawn$={last}]")
    see(lines).to_have_count(before + 1)
    part.get_by_role("button", name=f"Take {last} away").click()
    page.wait_for_selector(f".curves:not([data-drawn$={last}])")
    see(lines).to_have_count(before)
    name.fill("<img src=x>")
    part.get_by_role("button", name="Draw it too").click()
    see(part.get_by_text("There is no entry <img src=x>.")).to_be_visible()


def test_the_frontier_is_drawn_over_the_axes_that_are_chosen(page, places):
    part = page.locator(".frontier")
    part.scroll_into_view_if_needed()
    page.wait_for_selector(".frontier[data-points]")
    assert part.locator("svg .mark-symbol path").count() == len(places)
    part.get_by_role("combobox", name="Across").select_option("Bias")
    page.wait_for_function(
        "document.querySelector('.frontier figcaption').textContent.includes('Bias')"
    )
    assert "Score (points) against Bias (points)" in part.locator("figcaption").inner_text()


def last_values(board, name):
    """The values of an entry at its last generation by measurement, then seed, from its table."""
    table = pq.read_table(board / "entries" / name / "measurements.parquet").to_pylist()
    return {
        row["seed"]: row["value"]
        for row in table
        if (row["regime"], row["metric"], row["slice"], row["generation"])
        == (name, "metrics/rare-token-loss", "rare half", 3)
    }


def test_two_entries_are_compared_by_paired_differences(desk, board):
    page = desk.open(board / "compare.html", "#a=hybrid-50&b=self-graded")
    row = page.get_by_role("row", name=re.compile("^rare-token-loss"))
    row.wait_for()
    a, b = (last_values(board, name) for name in ("hybrid-50", "self-graded"))
    expected = paired_difference([a[seed] for seed in a], [b[seed] for seed in a])
    cells = [text.replace("\u2212", "-") for text in row.locator("td").all_inner_texts()]
    written = [float(number) for number in re.findall(r"[-+]?\d+\.\d+", cells[2])]
    assert written == pytest.approx([*expected], abs=6e-4)
    assert "A better" in cells[3]
    page.get_by_role("combobox", name="A", exact=True).select_option("open-one")
    page.get_by_text("A is open-one, B is self-graded").wait_for()
    assert "a=open-one" in page.url
    page.close()


def test_an_entry_without_the_last_generation_is_not_compared_by_another(browser, tmp_path):
    folder = made_up_board.write_board(tmp_path / "boards", ("hybrid-50", "self-graded"))
    path = folder / "entries" / "self-graded" / "measurements.parquet"
    table = pq.read_table(path)
    rows = zip(*(table[name].to_pylist() for name in ("metric", "generation")), strict=True)
    there = [row != ("metrics/rare-token-loss", 3) for row in rows]
    pq.write_table(table.filter(there), path)
    site = made_up_site.build(tmp_path / "boards", tmp_path / "site")
    desk = Watched(browser)
    page = desk.open(site / "made/v1/compare.html", "#a=hybrid-50&b=self-graded")
    row = page.get_by_role("row", name=re.compile("^rare-token-loss"))
    see(row.locator("td")).to_have_text(["B has no value here."])
    other = page.get_by_role("row", name=re.compile("^tail-coverage"))
    see(other.locator("td")).to_have_count(4)
    desk.close()


def test_an_address_that_names_no_entry_says_so(desk, board):
    page = desk.open(board / "compare.html", "#a=hybrid-50&b=replace")
    see(page.get_by_text("There is no entry replace.", exact=True)).to_be_visible()
    page.get_by_role("combobox", name="B", exact=True).select_option("open-one")
    page.get_by_text("A is hybrid-50, B is open-one").wait_for()
    see(page.locator("#unknown")).to_have_text("")
    page.close()


def test_two_entries_that_are_one_do_not_differ(desk, board):
    page = desk.open(board / "compare.html", "#a=hybrid-50&b=hybrid-50")
    page.get_by_text("A is hybrid-50, B is hybrid-50").wait_for()
    verdicts = page.locator("#compare .verdict").all_inner_texts()
    assert {verdict.strip("? ") for verdict in verdicts} == {"unclear"}
    page.close()


def test_hostile_text_runs_nowhere(desk, board):
    for path in ("index.html", "entries/hostile/index.html", "compare.html"):
        page = desk.open(board / path, "#a=hostile&b=<script>")
        page.wait_for_load_state("load")
        for part in page.locator(".curves").all():
            part.scroll_into_view_if_needed()
        page.wait_for_selector(".curves[data-drawn]")
        assert page.evaluate("window.hacked") is None
        page.close()
    assert desk.wrong == []


def test_on_a_phone_only_tables_scroll_sideways(browser, board):
    phone = Watched(browser, viewport={"width": 390, "height": 800}, is_mobile=True)
    for path in KINDS:
        page = phone.open(board / path)
        assert page.evaluate("document.documentElement.scrollWidth") == 390, path
        page.close()
    phone.close()


def test_without_scripts_the_table_is_there_and_what_needs_them_is_not(browser, board, places):
    bare = Watched(browser, java_script_enabled=False)
    page = bare.open(board / "index.html")
    see(page.locator(NAMES)).to_have_text([place.entry for place in places])
    assert page.get_by_role("columnheader", name="Δ to control").first.is_visible()
    assert not page.get_by_label("Search").is_visible()
    assert page.get_by_text("The curves are drawn by a script.").is_visible()
    bare.close()


def test_the_dark_page_is_dark(browser, board):
    colours = []
    for scheme in ("light", "dark"):
        context = Watched(browser, color_scheme=scheme)
        page = context.open(board / "index.html")
        style = "getComputedStyle(document.body)"
        found = page.evaluate(f"[{style}.backgroundColor, {style}.color]")
        colours.append([sum(map(int, re.findall(r"\d+", one))) for one in found])
        context.close()
    (paper, ink), (dark_paper, dark_ink) = colours
    assert paper > ink
    assert dark_paper < dark_ink


def test_the_keyboard_reaches_everything(page):
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    reached = []
    for _ in range(40):
        page.keyboard.press("Tab")
        reached.append(page.evaluate(REACHED))
    seen = json.dumps(reached)
    for name in ("search", "division", "verification", "SUMMARY", "dt-column-order", "name"):
        assert name in seen
    assert all(one["outlined"] for one in reached), reached


REACHED = """(() => {
    const element = document.activeElement;
    const style = getComputedStyle(element);
    return {
        what: `${element.tagName} ${element.id} ${element.className}`,
        outlined: element === document.body || style.outlineStyle !== "none",
    };
})()"""
