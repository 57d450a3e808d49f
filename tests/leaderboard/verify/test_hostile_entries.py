"""Entries made to choke whoever reads them: each is refused in a sentence."""

import json
import os

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import real_board
import yaml
from made_up_board import note_files


def test_a_deep_record_is_refused(damaged):
    for deep in ("[" * 100_000, '{"a":' * 100_000):
        assert damaged(lambda entry, deep=deep: _record(entry, deep)).verdict == "refused"


def test_what_others_read_otherwise_is_refused(damaged):
    def twice(entry):
        text = (entry / "record.json").read_text()
        _record(entry, text.replace('"seeds":', '"seeds": [0], "seeds":', 1))

    def endless(entry):
        text = (entry / "record.json").read_text()
        _record(entry, text.replace('"more": 0', '"more": 1e999', 1))

    for damage, says in ((twice, "stands there twice"), (endless, "not finite")):
        report = damaged(damage)
        assert says in report.checks[0].findings[0].message


def large(record):
    record["generations"] = 10**18


def long(record):
    record["regimes"][2]["generations"] = 10**9


def many(record):
    record["regimes"] += record["regimes"] * 50


def listed(record):
    record["regimes"][0]["document"]["mixture"] *= 50_000


def repeated(record):
    record["suite"]["document"]["regimes"] = [f"r{number}" for number in range(100_000)]


@pytest.mark.parametrize("change", [large, long, many, listed, repeated])
def test_numbers_and_lists_that_take_forever_are_refused(damaged, change):
    """Lists are searched for what stands there twice, and each generation is looked at."""

    def damage(entry):
        record = json.loads((entry / "record.json").read_text())
        change(record)
        _record(entry, json.dumps(record))
        note_files(entry)

    assert damaged(damage).checks[0].findings


@pytest.mark.parametrize(
    "changes",
    [
        {"seeds": list(range(1000)), "generations": 1000},
        {
            "generations": 1000,
            "equal_quality": {
                "quality": {"metric": "theory/error"},
                "cost": [{"metric": "metrics/flops", "slice": str(n)} for n in range(500)],
                "curve": ["real", "replace"],
            },
        },
    ],
)
def test_aggregates_that_take_forever_are_refused(damaged, changes):
    def damage(entry):
        record = json.loads((entry / "record.json").read_text())
        record["suite"]["document"].update(changes)
        _record(entry, json.dumps(record))
        rows = pq.read_table(entry / "measurements.parquet").to_pylist()
        rows += [{**rows[0], "slice": str(number)} for number in range(5_000)]
        table = pa.Table.from_pylist(rows, pq.read_schema(entry / "measurements.parquet"))
        pq.write_table(table, entry / "measurements.parquet")
        note_files(entry)

    found = {made.check: made.findings for made in damaged(damage).checks}
    assert "more aggregates than" in found["aggregates"][0].message


def _record(entry, text):
    (entry / "record.json").write_text(text)


@pytest.mark.parametrize("name", ["record.json", "measurements.parquet", "entry.yaml"])
def test_files_of_100_megabytes_are_refused_unread(damaged, name):
    def damage(entry):
        with (entry / name).open("wb") as file:
            file.truncate(100 << 20)  # a hole: it takes no space

    assert "may hold at most" in damaged(damage).checks[0].findings[0].message


def test_other_files_of_100_megabytes_are_refused(damaged):
    def damage(entry):
        (entry / "cards").mkdir()
        with (entry / "cards" / "card.md").open("wb") as file:
            file.truncate(100 << 20)
        real_board.change_document(entry, files={**_files(entry), "cards/card.md": "0" * 64})

    messages = [f.message for made in damaged(damage).checks for f in made.findings]
    assert messages == ["cards/card.md has more than 32 MiB."]


def test_a_table_that_unpacks_to_much_is_refused(damaged):
    def damage(entry):
        path = entry / "measurements.parquet"
        table = pq.read_table(path)
        long = pa.array(["x" * 200_000] * table.num_rows)
        table = table.set_column(table.column_names.index("unit"), "unit", long)
        pq.write_table(table, path, compression="zstd")
        assert path.stat().st_size < 1 << 18
        note_files(entry)

    assert "unpacks to more than" in damaged(damage).checks[0].findings[0].message


@pytest.mark.parametrize(
    "name",
    [
        "../x",
        "/etc/passwd",
        "cards/../../x",
        "a\nb",
        "\u202ex",
        "cards/",
        "record.json\0",
        "plugin/x",
    ],
)
def test_names_that_lead_elsewhere_are_refused(damaged, name):
    def damage(entry):
        real_board.change_document(entry, files={**_files(entry), name: "0" * 64})

    assert damaged(damage).verdict == "refused"


def test_what_is_no_plain_file_is_refused_unopened(damaged):
    """To open a pipe is to wait for somebody to write."""
    for name in ("record.json", "entry.yaml", "cards"):

        def damage(entry, name=name):
            (entry / name).unlink(missing_ok=True)
            os.mkfifo(entry / name)

        assert damaged(damage).verdict == "refused"


def test_a_folder_of_many_files_is_refused(damaged):
    def damage(entry):
        (entry / "cards").mkdir()
        for number in range(500):
            (entry / "cards" / str(number)).touch()

    messages = [f.message for made in damaged(damage).checks for f in made.findings]
    assert any("at most 400 files" in message for message in messages)


def _files(entry):
    return yaml.safe_load((entry / "entry.yaml").read_text())["files"]
