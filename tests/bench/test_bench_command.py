"""`benchsuite bench`: what it says to those who ask for what there is not."""

import json
import subprocess
import sys

import pytest


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["trian"], "there is no part trian, did you mean train?"),
        (["train", "--shapes", "1.2M"], "there is no shape 1.2M, did you mean 1.1M?"),
        (["train", "--json", "nowhere/found.json"], "there is no folder nowhere"),
    ],
)
def test_mistakes_are_one_sentence(command_line, arguments, said):
    failed = command_line("bench", *arguments, exit_code=2)
    assert failed.stderr.startswith("Error: ")
    assert said in failed.stderr
    assert failed.stderr.count("\n") == 1
    assert not failed.stdout


def test_help_imports_nothing_heavy():
    script = (
        "import sys; from benchsuite.cli import cli\n"
        "try:\n    cli(['bench', '--help'])\nexcept SystemExit as end:\n    assert not end.code\n"
        "assert not {'torch', 'transformers', 'lm_eval'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", script], check=True, capture_output=True)


def test_a_quick_round_is_printed_and_written(command_line):
    done = command_line("bench", "score", "--quick", "--shapes", "0.24M", "--json", "found.json")
    assert "sentences/s" in done.stdout
    assert "round 1 of 1" in done.stderr
    found = json.loads((command_line.folder / "found.json").read_text())
    assert [each["part"] for each in found["comparisons"]] == ["score"]
    assert found["command"].endswith("bench score --quick --shapes 0.24M --json found.json")
