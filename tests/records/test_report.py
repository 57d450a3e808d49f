import re
import subprocess
import sys
from itertools import pairwise

import pyarrow as pa
import pytest
from html_page import Page
from made_up import METRICS, REGIMES

from benchsuite.records.report.page import render, write_report


@pytest.fixture(scope="module")
def html(run):
    return render(run.record, run.measurements, run.samples)


@pytest.fixture(scope="module")
def page(html):
    return Page(html)


def test_it_is_one_file_that_asks_for_nothing(html, page):
    for name in ("src", "srcset", "data", "action", "xlink:href", "background"):
        assert not [a for _, a in page.tags if name in a]
    links = [a["href"] for _, a in page.tags if "href" in a]
    assert all(link.startswith("#") or link == "data:," for link in links)
    assert not page.all("script")
    assert "@import" not in html
    assert set(re.findall(r"url\((.)", html)) <= {"#"}
    policy = next(a["content"] for a in page.all("meta") if "http-equiv" in a)
    assert policy.startswith("default-src 'none'; style-src 'unsafe-inline'; img-src data:")


def test_the_same_run_gives_the_same_bytes(run, tmp_path):
    first, second = tmp_path / "first.html", tmp_path / "second.html"
    for path in (first, second):
        write_report(run.record, run.measurements, run.samples, path)
    assert first.read_bytes() == second.read_bytes()


def test_sections_stand_in_reading_order(page):
    assert list(dict.fromkeys(s for s in page.sections if not s.startswith("axis-"))) == [
        "outcome",
        "regimes",
        "generations",
        "texts",
        "costs",
        "again",
        "definitions",
    ]
    axes = [s.removeprefix("axis-") for s in page.sections if s.startswith("axis-")]
    assert axes == ["generalization", "creativity", "bias", "cost"]


def test_headings_descend_one_level_at_a_time(page):
    levels = [int(tag[1]) for tag, _ in page.tags if re.fullmatch(r"h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(b - a <= 1 for a, b in pairwise(levels))


def test_ids_are_unique_and_links_lead_somewhere(page):
    ids = [a["id"] for _, a in page.tags if "id" in a]
    assert len(ids) == len(set(ids))
    wanted = {a["href"][1:] for a in page.all("a")}
    wanted |= {a["aria-labelledby"] for _, a in page.tags if "aria-labelledby" in a}
    assert wanted <= set(ids)


def test_it_says_what_was_run(html):
    assert "5 regimes · 3 generations after generation 0 · 2 seeds" in html
    assert "102,400 tokens a generation" in html
    assert "2025-03-14, 15:09 UTC" in html


def test_outcome_has_a_row_for_each_regime_and_a_column_for_each_axis(page):
    header, *rows = page.cells(0)
    assert [cell.split()[0] for cell in header[1:]] == [
        "generalization",
        "creativity",
        "bias",
        "cost",
    ]
    assert "bits/byte · lower is better" in header[1]
    assert "nats · closest to zero is best" in header[3]
    assert [row[0] for row in rows] == list(REGIMES[1:])


def test_outcome_gives_difference_interval_and_verdict_in_words(run, page):
    _, replace, *_ = page.cells(0)
    found = next(
        c
        for c in run.record.comparisons
        if (c.regime, c.generation, c.slice) == ("replace", 3, "in-domain")
    )
    assert f"{found.difference:+.3f} [{found.lower:+.3f}, {found.upper:+.3f}]" in replace[1]
    assert "✕ worse" in replace[1]
    assert f"{found.value:.3f} against {found.control:.3f}" in replace[1]


def test_reading_help_knows_the_number_of_seeds(page):
    assert "with two seeds it is wide" in page.sections["outcome"]


def test_mixtures_are_told_in_words(page):
    said = " ".join(page.sections["regimes"].split())
    assert "50 % human text" in said.replace("\xa0", " ")
    assert "One pool, from which the budget is drawn." in said
    assert "self-likelihood keeps the best 50 %" in said.replace("\xa0", " ")


def test_every_compared_slice_is_drawn_once_and_labelled(page):
    drawn = [a for a in page.all("svg") if a.get("role") == "img"]
    assert len(drawn) == sum(len(set(m.slices) - set(m.context)) for m in METRICS)
    assert all(a["viewbox"] and a["aria-label"] for a in drawn)
    assert sum("tail-coverage" in a["aria-label"] for a in drawn) == 1


def test_context_is_shown_as_numbers(page):
    assert "distinct, samples" in page.sections["axis-creativity"]
    assert "for context, never compared" in page.sections["axis-creativity"]


def test_drawings_name_human_text_and_hold_no_colour_of_their_own(html):
    drawings = re.findall(r'<svg role="img".*?</svg>', html, re.DOTALL)
    assert sum("human text" in drawing for drawing in drawings) == 5
    assert not re.search(r'(?:fill|stroke)="#', "".join(drawings))


def test_costs_are_summed_in_units_for_people(page):
    assert "62.0 TFLOP" in page.sections["costs"]
    assert "700 MiB" in page.sections["costs"]
    assert "4.01 min" in page.sections["costs"]


def test_provenance_names_command_and_digests(run, page):
    again = page.sections["again"]
    for text in (run.record.command, run.record.suite.digest, run.record.corpus.digest):
        assert text in again
    assert all(regime.digest in again for regime in run.record.regimes)


def test_definitions_are_printed_as_written(run, page):
    assert run.record.metrics[0].definition in page.sections["definitions"]


def test_samples_stand_side_by_side_and_are_cut(run):
    long = pa.array(["x" * 5000] * run.samples.num_rows)
    samples = run.samples.set_column(run.samples.column_names.index("text"), "text", long)
    html = render(run.record, run.measurements, samples)
    assert max(len(found) for found in re.findall("x+", html)) == 320
    header = next(row for row in Page(html).tables if "Generation 0 " in row[0])[0]
    assert [cell.strip() for cell in header] == [f"Generation {g}" for g in range(4)]


def test_graded_rows_show_scores_kept_and_dropped(page):
    texts = " ".join(page.sections["texts"].split())
    assert "self-graded kept at generation 3" in texts
    assert texts.count("✓ kept self-likelihood") == 2
    assert texts.count("✕ dropped self-likelihood \u22124.5") == 1


def test_importing_the_page_loads_no_torch():
    check = "import sys, benchsuite.records.report.page; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", check], check=False).returncode == 0
