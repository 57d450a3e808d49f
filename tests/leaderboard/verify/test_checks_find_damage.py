"""Each check finds the damage that it is for, in an entry of a real run; the whole entry passes."""

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import real_board
import yaml
from real_board import change_document, change_record, change_rows, checked

from benchsuite.identity import digest
from benchsuite.leaderboard.files import sha256_of
from benchsuite.leaderboard.tree import tree_digest
from benchsuite.leaderboard.verify.checks import CHECKS
from benchsuite.records.tables import SAMPLE_SCHEMA

SCORED = "theory/error"


def test_a_real_entry_passes_without_a_finding(entry):
    report, found = checked(entry)
    assert report.verdict == "passed"
    assert report.state == "self-reported"
    assert found == []
    assert len(report.checks) == len(CHECKS) + 1


def of_check(found, name):
    return [message for check, level, message in found if check == name and level == "error"]


def signed(record):
    digests = [regime["digest"] for regime in record["regimes"]]
    record["suite"]["digest"] = digest([record["suite"]["document"], digests])


def suite(key, value):
    """Change the suite, and its digest with it."""

    def change(record):
        record["suite"]["document"][key] = value
        signed(record)

    return change


def regime(name, key, value):
    """Change a regime, and its digest with it."""

    def change(record):
        found = next(r for r in record["regimes"] if r["name"] == name)
        found["document"][key] = value
        found["digest"] = digest(found["document"])
        signed(record)

    return change


def put(*path):
    *keys, last, value = path

    def change(record):
        for key in keys:
            record = record[key]
        record[last] = value

    return change


def drop(key, name):
    return lambda record: record.update({key: [r for r in record[key] if r["name"] != name]})


def twin(record):
    record["regimes"].append({**record["regimes"][-1], "name": "other"})


def unknown_source(record):
    record["environment"].update(source=None, git_dirty=True)


def record_changes():
    yield "suite", suite("learner", {"name": "theory/normal-fit"}), "open division"
    yield "suite", suite("budget", {"tokens": None, "rows": 50}), "open division"
    yield "suite", suite("held_out", {"share": 0.1, "bytes": 2000000}), "no division"
    yield "suite", suite("seeds", [0, 1]), "seeds"
    yield "suite", suite("more", 1), "no suite document"
    yield "suite", put("suite", "digest", "0" * 64), "digest"
    yield "suite", put("suite", "version", 2), "version"
    yield "suite", put("corpus", "digest", "0" * 64), "human rows"
    yield "regimes", regime("real", "summary", "Another."), "not the board's real"
    yield "regimes", put("regimes", 2, "document", "summary", "Another."), "not that of its"
    yield "regimes", regime("hybrid-50", "generations", 1), "says of hybrid-50"
    yield "regimes", regime("hybrid-50", "mixture", []), "no regime document"
    yield "regimes", regime("hybrid-50", "division", "open"), "open division"
    yield "regimes", twin, "run beside"
    yield "regimes", put("regimes", 2, "generations", 1), "ends with generation 1"
    yield "regimes", put("regimes", 2, "against", "replace"), "no control"
    yield "components", drop("components", "theory/error"), "lack it"
    yield "components", put("components", 0, "source", "unknown"), "SHA-256"
    yield "components", put("components", 0, "version", "7"), "version 7"
    yield "environment", put("failures", [{"step": "train x", "reason": "no"}]), "failed"
    yield "environment", unknown_source, "which source"
    yield "metrics", put("metrics", 0, "best", "higher"), "best of"
    yield "metrics", drop("metrics", SCORED), "was not measured"
    yield "aggregates", put("comparisons", 30, "difference", 0.5), "difference"
    yield "aggregates", put("comparisons", []), "missing"
    yield "aggregates", put("agreements", 0, "measured", 0.5), "exact value"
    yield "costs", put("costs", []), "what training cost"
    yield "costs", put("costs", 2, "cost", "tokens", 100), "less than the board's"
    yield "costs", put("costs", 2, "cost", "flops", 10**9), "operations a token"
    yield "costs", put("costs", 2, "cost", "flops", 10**30), "1e+30 operations"
    yield "costs", put("costs", 2, "cost", "tokens", -1), "less than nothing"


@pytest.mark.parametrize(
    ("name", "change", "says"),
    [pytest.param(*each, id=f"{i}-{each[0]}") for i, each in enumerate(record_changes())],
)
def test_damage_to_the_record_is_found(entry, name, change, says):
    change_record(entry, change)
    report, found = checked(entry)
    assert report.verdict == "refused"
    assert any(says in message for message in of_check(found, name)), found
    assert not any("cannot be made" in message for _, _, message in found), found


@pytest.mark.parametrize(
    ("key", "value", "says"),
    [("precision", "fp8", "in fp8 by"), ("kernels", "native-0", "by native-0, the board on")],
)
def test_another_way_to_compute_is_noted(entry, key, value, says):
    change_record(entry, put("environment", key, value))
    report, found = checked(entry)
    assert report.verdict == "passed"
    ((_, level, message),) = [each for each in found if each[0] == "environment"]
    assert level == "note"
    assert says in message


def where(change, **where):
    """Change the rows that have these values."""
    return lambda row: change(row) if all(row[k] == v for k, v in where.items()) else row


def new(**values):
    return lambda row: {**row, **values}


def row_changes():
    own = {"regime": "hybrid-50", "metric": SCORED, "seed": 1, "generation": 2}

    yield "complete", where(lambda row: None, **own), "missing for the seed 1"
    yield "complete", where(new(generation=9), **own), "no such generation"
    yield "complete", where(new(seed=9), **own), "for the seed 9"
    yield "complete", where(new(regime="other"), **own), "does not know it"
    yield "complete", where(lambda row: None, **{**own, "regime": "real"}), "of real"
    yield "metrics", where(new(unit="m"), **own), "another axis, unit"
    yield "metrics", where(new(higher_is_better=True), **own), "another axis, unit"
    yield "measurements", where(new(n=0), **own), "0 things"
    yield "measurements", where(new(lower=1.0), **own), "one end"
    yield "measurements", where(new(lower=1.0, upper=0.0), **own), "above its end"
    yield "measurements", where(new(informative=True), **own), "informative"
    yield "contamination", where(new(contaminated=True), **own), "too much of its text"
    yield "aggregates", where(lambda row: new(value=row["value"] * 0.99)(row), **own), "comparison"
    flops = {"regime": "hybrid-50", "metric": "metrics/flops", "seed": 1, "generation": 2}
    yield "costs", where(new(value=9e9), **flops, slice="all"), "sum of its parts"
    yield "costs", where(new(value=9e9), **flops, slice="train"), "operations a token"
    tokens = {**flops, "metric": "metrics/tokens"}
    yield "costs", where(new(value=20.0), **tokens, slice="train"), "on less than the board's"


@pytest.mark.parametrize(
    ("name", "change", "says"),
    [pytest.param(*each, id=f"{i}-{each[0]}") for i, each in enumerate(row_changes())],
)
def test_damage_to_measurements_is_found(entry, name, change, says):
    change_rows(entry, change)
    report, found = checked(entry)
    assert report.verdict == "refused"
    assert any(says in message for message in of_check(found, name)), found


def test_a_file_that_is_changed_added_or_missing_is_found(entry):
    (entry / "record.json").write_text((entry / "record.json").read_text() + "\n")
    (entry / "run.sh").write_text("echo\n")
    change_document(entry, files={**documented(entry), "cards/card.md": "0" * 64})
    _, found = checked(entry)
    messages = " ".join(of_check(found, "files"))
    for says in ("record.json is not the file", "run.sh is not named", "cards/card.md is named"):
        assert says in messages


def test_what_must_be_named_is(entry):
    change_document(entry, files={"record.json": documented(entry)["record.json"]})
    assert of_check(checked(entry)[1], "files") == [
        "measurements.parquet is not named in entry.yaml.",
        "the SHA-256 of measurements.parquet is missing in entry.yaml.",
    ]


def documented(entry):
    return yaml.safe_load((entry / "entry.yaml").read_text())["files"]


def test_links_are_found_and_not_followed(entry, tmp_path):
    (tmp_path / "secret").write_text("x")
    (entry / "cards").symlink_to(tmp_path)
    _, found = checked(entry)
    assert of_check(found, "files") == ["cards is a link, or no plain file."]


def test_plugin_source_is_all_in_the_open(entry):
    folder = entry / "plugin"
    folder.mkdir()
    (folder / "plug.py").write_text("x = 1\n")
    _, found = checked(entry)
    assert "names no source" in of_check(found, "plugin")[0]
    change_document(entry, plugin={"source": "plugin", "sha256": tree_digest(folder)})
    assert checked(entry)[1] == []
    (folder / ".hidden.py").write_text("x = 2\n")
    assert ".hidden.py is hidden" in of_check(checked(entry)[1], "plugin")[0]
    (folder / ".hidden.py").unlink()
    (folder / "plug.py").write_text("x = 3\n")
    assert "SHA-256" in of_check(checked(entry)[1], "plugin")[0]


@pytest.mark.parametrize("title", ["Real\u202eyltsenoh", "A\u200btitle", "\x1b[2Jcleared"])
def test_words_that_hide_are_found(entry, title):
    change_document(entry, title=title)
    _, found = checked(entry)
    assert of_check(found, "words")
    assert all(message.isprintable() for _, _, message in found)


def test_a_title_like_anothers_is_found(entry, board_folder):
    real_board.write_entry(board_folder, "second", entry, title="Ｗhat  HYBRID-50 does")  # noqa: RUF001
    _, found = checked(entry)
    assert "entry second" in of_check(found, "words")[0]
    flags = [message for check, level, message in found if (check, level) == ("copies", "flag")]
    assert flags == ["its numbers are those of the entry second, all of them."]


def test_samples_of_another_regime_are_found(entry):
    row = {"use": "training", "regime": "real", "generation": 0, "seed": 0, "text": "x"}
    path = entry / "samples.parquet"
    pq.write_table(pa.Table.from_pylist([row], schema=SAMPLE_SCHEMA), path)
    change_document(entry, files={**documented(entry), path.name: sha256_of(path)})
    assert of_check(checked(entry)[1], "samples") == [
        "samples.parquet has rows of real, and entered is hybrid-50."
    ]


def test_an_open_entry_says_exactly_what_differs(entry):
    change_record(entry, suite("budget", {"tokens": None, "rows": 50}))
    change_document(entry, division="open", differs=["learner.variance"])
    assert of_check(checked(entry)[1], "suite") == [
        "budget.rows of the suite is not the board's, and differs does not name it.",
        "differs names learner.variance, which is as the board has it.",
    ]
    change_document(entry, differs=["budget.rows"])
    assert of_check(checked(entry)[1], "suite") == []
