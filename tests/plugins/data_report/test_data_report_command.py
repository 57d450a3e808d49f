import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from benchsuite_data_report.page import render
from data_report_texts import assessed, sentences, write

from benchsuite.cli import cli

EVIL = "<script>alert(1)</script><img src=x onerror=alert(2)>\u202e"


def test_the_page_is_one_inert_file(tmp_path):
    folder = tmp_path / "<b>a"
    folder.mkdir()
    path = folder / "<script>alert(3).jsonl"
    texts = [*sentences(1, 40), *[f"{EVIL} {text}" for text in sentences(3, 3) * 2], "{{ 7*7 }}"]
    write(path, texts, model=EVIL)
    page = render(assessed(path, write(tmp_path / "h.jsonl", sentences(2, 50)), command=EVIL))
    assert "<script" not in page
    assert "<img" not in page
    assert "\u202e" not in page
    assert "&lt;script&gt;alert(1)" in page
    assert "default-src 'none'" in page
    assert not re.findall(r'(?:src|href)="(?!#|data:,")[^"]*"', page)
    assert page.count("<svg") >= 3
    assert ">None<" not in page
    for name in ("quality", "duplicates", "tail", "personal", "provenance"):
        assert page.count(f'id="{name}"') == 1


def test_the_command_prints_verdicts_and_writes_the_page(tmp_path, command_line):
    write(tmp_path / "a.jsonl", sentences(1, 120) * 2)
    found = command_line("data", "report", "a.jsonl")
    assert "Duplicates" in found.stdout
    assert "fail" in found.stdout
    assert (tmp_path / "data-report.html").read_text().startswith("<!doctype html>")
    found = command_line("data", "report", "a.jsonl", "--json", "--strict", exit_code=1)
    assert json.loads(found.stdout)["verdict"] == "fail"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["a.jsonl", "--text", "body"], "its columns are 'text'"),
        (["a.jsonl", "--out", "no/where.html"], "there is no folder no"),
        (["a.jsonl", "--against", "blimpp"], "did you mean"),
        (["nothing.jsonl"], "does not exist"),
    ],
)
def test_mistakes_are_one_sentence(tmp_path, monkeypatch, arguments, said):
    from click.testing import CliRunner

    monkeypatch.chdir(tmp_path)
    write(tmp_path / "a.jsonl", ["x y"])
    found = CliRunner().invoke(cli, ["data", "report", *arguments])
    assert found.exit_code
    assert said in f"{found.exception}{found.output}".replace("\n", " ")


def test_the_command_stands_below_data():
    from click.testing import CliRunner

    listed = CliRunner().invoke(cli, ["data", "--help"]).output
    assert re.search(r"^  report +Assess a synthetic", listed, re.MULTILINE)
    assert "data report" not in CliRunner().invoke(cli, ["--help"]).output
    failure = CliRunner().invoke(cli, ["data", "reprot"]).exception
    assert str(failure) == "there is no command data reprot, did you mean report?"


# The peak of this very programme: getrusage would tell that of the process it was forked from.
_STATUS = Path("/proc/self/status")
_PEAK = """
import sys
sys.path.insert(0, sys.argv[1])
from pathlib import Path
from data_report_texts import assessed
assessed(Path(sys.argv[2]), sample=100)
status = dict(line.split(":", 1) for line in open("/proc/self/status"))
print(status["VmHWM"].split()[0])
"""


@pytest.mark.skipif(not _STATUS.exists(), reason="only Linux tells a process's peak")
def test_memory_does_not_grow_with_the_file(tmp_path):
    small, large = tmp_path / "small.jsonl", tmp_path / "large.jsonl"
    line = [json.dumps({"text": text}) for text in sentences(1, 200, length=400)]
    for path, rows in ((small, 1_500), (large, 12_000)):
        # Every row is another one: equal ones would take no room.
        path.write_text("".join(f'{line[i % 200][:-2]} {i}"}}\n' for i in range(rows)))
    assert large.stat().st_size > 2e7
    peaks = [
        int(
            subprocess.run(
                [sys.executable, "-c", _PEAK, str(Path(__file__).parent), str(path)],
                capture_output=True, text=True, check=True,
            ).stdout
        )
        for path in (small, large)
    ]  # fmt: skip
    assert peaks[1] - peaks[0] < 0.4 * (large.stat().st_size - small.stat().st_size) / 1024
