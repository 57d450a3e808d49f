"""Commands that need no training."""

import json
import subprocess
import sys

import pytest
from pydantic import BaseModel

from benchsuite.records import record

HEAVY = {"torch", "transformers", "datasets", "lm_eval"}


@pytest.mark.parametrize("arguments", [["--help"], ["list"], ["list", "metric"], ["run", "--help"]])
def test_listing_imports_nothing_heavy(arguments):
    script = (
        "import sys; from benchsuite.cli import cli; sys.argv[1:] = sys.argv[1:]\n"
        "try:\n    cli(sys.argv[1:])\nexcept SystemExit as end:\n    assert not end.code\n"
        "print('IMPORTED', *sorted(sys.modules))"
    )
    command = [sys.executable, "-c", script, *arguments]
    printed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    imported = printed.partition("IMPORTED ")[2].split()
    assert "benchsuite_metrics" in imported  # plugins are registered ...
    assert not HEAVY.intersection(imported)  # ... without what they compute with


def test_help_names_every_command(command_line):
    printed = command_line("--help").stdout
    for name in ("run", "plan", "list", "show", "claims", "verify", "schema", "bench"):
        assert f"\n  {name} " in printed


def test_list_takes_a_kind(command_line):
    printed = command_line("list", "grader").stdout
    assert "graders/self-likelihood" in printed
    assert "metrics/" not in printed


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("metrics/novelty", ["provided by  benchsuite", "n: int, default 4"]),
        ("files", ["corpora/files", "path: str, required"]),
        ("self-graded", ["graders/self-likelihood", "best: 0.5"]),
        ("quickstart", ["corpora/pydocs"]),
        ("real", ["new weights in every generation", "0  ████", "100 % human text"]),
        ("accumulate-growing", ["open: free to train on more", "66.7 % text of generations 0 to"]),
        ("real-quarter", ["25 % of a budget", "of the suite's budget"]),
        ("real-repeated", ["50 % the same again", "█▓"]),
        ("prompted-by-real", ["the first 64 tokens of human", "arXiv:2305.17493"]),
        ("verified", ["true_positive_rate 0.9", "grades of 1 on, counting on"]),
    ],
)
def test_show_explains(command_line, name, expected):
    printed = command_line("show", name).stdout
    for text in expected:
        assert text in printed.replace("\u00a0", " ")
    assert "\x1b" not in printed  # nobody looks, so plain text


def test_show_checks_a_regime_of_ones_own(command_line):
    mine = command_line.folder / "mine.yaml"
    mine.write_text(
        "regime: mine\nversion: 1\nsummary: Mine.\ngenerator: self\n"
        "mixture: [{source: synthetic-last, share: 1}]\n"
    )
    first = command_line("show", "mine.yaml").stdout
    mine.write_text("# with a comment\n" + mine.read_text().replace("share: 1", "share: 1.0"))
    assert command_line("show", "mine.yaml").stdout == first
    mine.write_text(mine.read_text().replace("share: 1.0", "share: 2"))
    done = command_line("show", "mine.yaml", exit_code=2)
    assert done.stderr.startswith("Error: mine.yaml:6: mixture.0.share: a share is a number above")


@pytest.mark.parametrize("document", ["suite", "regime", "record"])
def test_schema_is_json_schema(command_line, document):
    schema = json.loads(command_line("schema", document).stdout)
    assert schema["type"] == "object"
    assert schema["additionalProperties"] is False


def test_every_field_of_the_record_is_documented():
    models = [m for m in vars(record).values() if isinstance(m, type) and issubclass(m, BaseModel)]
    bare = [
        (model.__name__, name)
        for model in models
        for name, field in model.model_fields.items()
        if not field.description
    ]
    assert len(models) > 10
    assert not bare


def test_plan_counts_and_estimates(command_line, tiny_suite):
    plan = json.loads(command_line("plan", str(tiny_suite), "--json").stdout)
    kinds = [step["kind"] for step in plan["steps"]]
    assert kinds.count("train") == 2 * (1 + 2 * 4)
    assert not any(step["in_store"] for step in plan["steps"])
    assert {cost["kind"] for cost in plan["estimate"]} == set(kinds)
    assert sum(cost["seconds"] for cost in plan["estimate"]) > 0
    assert "a rough guess" in command_line("plan", str(tiny_suite)).stdout
