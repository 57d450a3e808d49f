"""Whatever an entry holds, it is refused or checked in sentences; nothing else comes of it."""

import json
import os
import shutil
import time

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import real_board
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from made_up_board import note_files

from benchsuite.leaderboard.board import read_board
from benchsuite.leaderboard.verify.verify import verify

FEW = settings(
    max_examples=int(os.environ.get("HOSTILE_EXAMPLES", "40")),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.sampled_from([2**63, -(2**64), 10**400, 0, -1, 1e308, -1e308, 5e-324, float("nan")]),
    st.floats(),
    st.text(max_size=20),
    st.sampled_from(["\u202e\x1b[31m", "a\nb", "../../x", "real", "x" * 10_000, "\ud800"]),
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=6,
)


@pytest.fixture
def damaged(board_folder, entry):
    """Return a function that damages a fresh copy of the entry, and verifies that."""
    board = read_board(board_folder)
    whole = entry.with_name("whole")
    entry.rename(whole)

    def check(damage):
        shutil.rmtree(entry, ignore_errors=True)
        shutil.copytree(whole, entry)
        damage(entry)
        started = time.process_time()
        report, _ = verify(entry, board, ())
        assert time.process_time() - started < 20
        found = [finding.message for made in report.checks for finding in made.findings]
        for message in found:
            assert message.isprintable(), message
            assert len(message) <= 400
            assert "cannot be made" not in message, message
        json.loads(report.model_dump_json())
        return report

    return check


def paths(data, path=()):
    """Yield the path of every value in a JSON document."""
    yield path
    if isinstance(data, dict | list):
        for key, value in data.items() if isinstance(data, dict) else enumerate(data):
            yield from paths(value, (*path, key))


def get(data, path):
    for key in path:
        data = data[key]
    return data


def like(value):
    """Values that a schema takes in the place of one."""
    if isinstance(value, bool) or value is None:
        return st.sampled_from([True, False, None, 0.5, "real"])
    if isinstance(value, int):
        return st.integers() | st.sampled_from([0, -1, 1, 10**18, 2**62])
    if isinstance(value, float):
        return st.floats(allow_nan=False, allow_infinity=False) | st.none()
    if isinstance(value, str):
        return st.sampled_from(["", "real", "replace", "higher", "cost", "\u202e", "theory/spread"])
    if isinstance(value, list):
        return st.sampled_from([[], value * 2, value[::-1], value[1:]])
    return st.sampled_from([{}, {**value, "more": 1}])


def put(data, path, value):
    *keys, last = path
    for key in keys:
        data = data[key]
    data[last] = value


@FEW
@given(data=st.data())
def test_values_of_the_record_are_anything(damaged, data):
    def damage(entry):
        record = json.loads((entry / "record.json").read_text())
        top = data.draw(st.sampled_from(sorted(record)))
        changes = data.draw(st.integers(1, 3))
        for _ in range(changes):
            path = (top, *data.draw(st.sampled_from(list(paths(record[top])))))
            put(record, path, data.draw(like(get(record, path)) | VALUES))
        (entry / "record.json").write_text(json.dumps(record), "utf-8", "surrogatepass")
        note_files(entry)

    damaged(damage)


@FEW
@given(data=st.data())
def test_keys_of_entry_yaml_are_anything(damaged, data):
    def damage(entry):
        path = entry / "entry.yaml"
        document = yaml.safe_load(path.read_text())
        key = data.draw(st.sampled_from([*document, "plugin", "differs", "more"]))
        document[key] = data.draw(VALUES)
        path.write_text(yaml.safe_dump(document, allow_unicode=True), "utf-8", "surrogatepass")

    damaged(damage)


@FEW
@given(text=st.text(st.sampled_from("abf0:1-_.[]{}&*!?|>'\"%@#, \n\t\x00\u202e"), max_size=60))
def test_entry_yaml_is_anything(damaged, text):
    report = damaged(lambda entry: (entry / "entry.yaml").write_text(text))
    assert report.verdict == "refused"


@FEW
@given(
    tag=st.sampled_from(["int", "float", "timestamp", "binary", "set", "map", "null", "bool"]),
    text=st.text(st.sampled_from("0123456789:._-+eExTZabo= "), max_size=40) | st.just("9" * 5000),
)
def test_yaml_scalars_are_anything(damaged, tag, text):
    line = f"entry: !!{tag} {json.dumps(text)}\n"
    damaged(lambda entry: (entry / "entry.yaml").write_text(line))


@FEW
@given(data=st.data())
def test_files_have_other_bytes(damaged, data):
    name = data.draw(st.sampled_from(["record.json", "measurements.parquet", "entry.yaml"]))

    def damage(entry):
        path = entry / name
        content = bytearray(path.read_bytes())
        if data.draw(st.booleans()):
            del content[data.draw(st.integers(0, len(content) - 1)) :]
        for _ in range(data.draw(st.integers(0, 8))):
            if content:
                content[data.draw(st.integers(0, len(content) - 1))] = data.draw(
                    st.integers(0, 255)
                )
        path.write_bytes(content)
        if name != "entry.yaml":
            note_files(entry)

    damaged(damage)


COLUMNS = st.sampled_from(
    ["regime", "generation", "seed", "metric", "slice", "value", "lower", "n", "chance", "axis"]
)
CELLS = st.sampled_from([0.0, -0.0, 1e308, -1e308, 5e-324, 2.0**63, None, float("inf"), 0.5])


@FEW
@given(data=st.data())
def test_measurements_are_anything(damaged, data):
    def damage(entry):
        path = entry / "measurements.parquet"
        table = pq.read_table(path)
        for _ in range(data.draw(st.integers(1, 3))):
            name = data.draw(COLUMNS)
            at, column = table.column_names.index(name), table[name]
            if data.draw(st.booleans()):
                column = pa.array([data.draw(CELLS)] * table.num_rows, pa.float64())
            elif pa.types.is_floating(column.type):
                cells = column.to_pylist()
                for _ in range(5):
                    cells[data.draw(st.integers(0, len(cells) - 1))] = data.draw(CELLS)
                column = pa.array(cells, pa.float64())
            else:
                column = column.take(
                    data.draw(st.permutations(range(5))) * (table.num_rows // 5 + 1)
                )
                column = column.slice(0, table.num_rows)
            table = table.set_column(at, name, column)
        pq.write_table(table, path)
        note_files(entry)

    damaged(damage)


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
