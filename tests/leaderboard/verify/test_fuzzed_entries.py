"""Entries changed at random: refused or checked in sentences; nothing else comes of them."""

import json
import os

import pyarrow as pa
import pyarrow.parquet as pq
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from made_up_board import note_files

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
