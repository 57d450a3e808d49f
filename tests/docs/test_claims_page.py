"""The page of claims: its table is the record's, and it knows every claim of the suite."""

import re
from pathlib import Path

import yaml

from benchsuite.cli.claims import BEGIN, END, placed
from benchsuite.plugins.registry import installed
from benchsuite.records.read import read_record
from benchsuite.records.report.claims import markdown
from benchsuite.suites.claims import Claim
from benchsuite.suites.resolve import resolve

ROOT = Path(__file__).parents[2]
PAGE, RECORD = ROOT / "docs" / "claims.md", ROOT / "leaderboards" / "claims" / "record.json"


def test_the_table_is_what_the_record_gives():
    text = PAGE.read_text(encoding="utf-8")
    if RECORD.exists():
        record = read_record(RECORD)
        assert text == placed(text, markdown(record), PAGE)
        assert record.suite.name == "claims"
        assert len(record.seeds) >= 3
    else:
        table = text.partition(BEGIN)[2].partition(END)[0]
        assert table == "\nThe run is pending: there is no record yet, and so no figures.\n\n"


def test_the_example_is_a_claim():
    (example,) = re.findall(
        r"^```yaml\n(.*?)^```$", PAGE.read_text("utf-8"), re.MULTILINE | re.DOTALL
    )
    (claim,) = yaml.safe_load(example)["claims"]
    assert Claim.model_validate(claim).contrasts[0].generations(2) == [1, 2]


def test_every_claim_is_explained():
    suite = resolve("claims", installed()).suite
    section = PAGE.read_text(encoding="utf-8").partition("## The claims")[2]
    for claim in suite.claims:
        assert f"\n| `{claim.claim}` | " in section
