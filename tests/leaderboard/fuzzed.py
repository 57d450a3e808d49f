"""Anything in the place of anything: values for documents, cells for tables."""

import os

import pyarrow as pa
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st


def few(examples):
    """Settings of a test that takes long for each example, as many as HOSTILE_EXAMPLES says."""
    return settings(
        max_examples=int(os.environ.get("HOSTILE_EXAMPLES", examples)),
        deadline=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    )


NUMBERS = [2**63, -(2**64), 10**30, 10**400, -(10**400), 0, -1, 1e308, -1e308, 5e-324]
TEXTS = ["\u202e\x1b[31m", "a\nb", "../../x", "real", "x" * 10_000, "\ud800", "=1+1"]
SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.sampled_from(NUMBERS + TEXTS)
VALUES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=6,
)


def like(value):
    """Values that a schema takes in the place of one."""
    if isinstance(value, bool) or value is None:
        return st.sampled_from([True, False, None, 0.5, "real"])
    if isinstance(value, int):
        return st.integers() | st.sampled_from([0, -1, 10**18, 10**30, 10**308, 10**400])
    if isinstance(value, float):
        return st.floats(allow_nan=False, allow_infinity=False) | st.sampled_from([None, 10**400])
    if isinstance(value, str):
        return st.sampled_from(["", "real", "replace", "higher", "cost", "\u202e", "../../x"])
    if isinstance(value, list):
        return st.sampled_from([[], value * 2, value[::-1], value[1:], [None]])
    return st.sampled_from([{}, {**value, "more": 1}])


def paths(document, path=()):
    """Yield the path of every value in a document."""
    yield path
    if isinstance(document, dict | list):
        items = document.items() if isinstance(document, dict) else enumerate(document)
        for key, value in items:
            yield from paths(value, (*path, key))


def change(document, data):
    """Change up to three values of a document of keys; `data` draws which, and to what."""
    for _ in range(data.draw(st.integers(1, 3))):
        top = data.draw(st.sampled_from(sorted(document)))
        *keys, last = (top, *data.draw(st.sampled_from(list(paths(document[top])))))
        part = document
        for key in keys:
            part = part[key]
        part[last] = data.draw(like(part[last]) | VALUES)


CELLS = {
    "string": [None, "", "real", "\u202e", "=1", "x" * 10_000],
    "int": [None, 0, -1, 3, 2**31 - 1, -(2**31)],
    "double": [None, 0.0, -0.0, 1e308, -1e308, 5e-324, 0.5],
    "bool": [None, True, False],
    "list": [None, [], [None]],
}


def changed(table, data):
    """Return a table in which up to three columns have other cells; `data` draws them."""
    for _ in range(data.draw(st.integers(1, 3))):
        name = data.draw(st.sampled_from(table.column_names))
        at, column = table.column_names.index(name), table[name]
        kind = next(kind for kind in CELLS if str(column.type).startswith(kind))
        cells = column.to_pylist()
        some = data.draw(st.lists(st.integers(0, len(cells) - 1), min_size=1, max_size=5))
        cell = data.draw(st.sampled_from(CELLS[kind]))
        for number in range(len(cells)) if data.draw(st.booleans()) else some:
            cells[number] = cell
        table = table.set_column(at, table.field(at), pa.array(cells, column.type))
    return table
