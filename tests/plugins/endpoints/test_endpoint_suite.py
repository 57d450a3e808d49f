"""A whole run: rows that an endpoint writes and judges, and rows of a file."""

import json

import pyarrow.parquet as pq
import pytest
from endpoint_server import question

SUITE = """\
suite: elsewhere
version: 1
summary: Rows made elsewhere.
corpus: {{name: files, path: {corpus}, document: document, domain: domain}}
learner: {{name: llama, vocabulary: 300, width: 8, layers: 1, heads: 2, length: 32}}
budget: {{tokens: 2048}}
generations: 1
seeds: 1
control: real
regimes: [real, rephrased.yaml, filed.yaml]
samples: {{budget: {{tokens: 256}}, generator: self}}
metrics: [tokens]
headline: {{cost: {{metric: metrics/tokens, slice: train}}}}
"""
REGIME = """\
regime: {name}
version: 1
summary: Rows made elsewhere.
generator: {generator}
graders: {graders}
mixture: [{{source: synthetic-last, share: 1.0}}]
"""


@pytest.fixture
def suite(endpoint, tmp_path, corpus):
    lines = [json.loads(line) for line in corpus.read_text().splitlines()]
    rows = [{"content": line["text"], "by": "somebody"} for line in lines]
    (tmp_path / "rows.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    asking = {
        "url": endpoint.url,
        "model": "tiny",
        "key_variable": "HOME",
        "cache": str(tmp_path / "answers.sqlite"),
    }
    writer = {"name": "endpoints/writer", **asking, "template": "Say it anew: {text}"}
    judge = {"grader": {"name": "endpoints/judge", **asking}, "keep": {"best": 0.5}}
    filed = {"name": "generators/file", "path": "rows.jsonl", "text": "content", "model": "by"}
    for name, generator, graders in [("rephrased", writer, [judge]), ("filed", filed, [])]:
        text = REGIME.format(
            name=name, generator=json.dumps(generator), graders=json.dumps(graders)
        )
        (tmp_path / f"{name}.yaml").write_text(text)
    (tmp_path / "elsewhere.yaml").write_text(SUITE.format(corpus=corpus))
    endpoint.reply = lambda body: (
        f"Score: {1 + len(question(body)) % 5}"
        if "Rate the quality" in question(body)
        else question(body).removeprefix("Say it anew: ")
    )
    return "elsewhere.yaml"


def test_a_run_of_rows_made_elsewhere(endpoint, suite, command_line, tmp_path):
    command_line("run", suite, "--out", "out", "--store", "store", "--workers", "1")
    record = json.loads((tmp_path / "out" / "record.json").read_bytes())
    assert not record["failures"]
    (rephrased,) = [r["document"] for r in record["regimes"] if r["name"] == "rephrased"]
    assert rephrased["generator"]["url"] == endpoint.url
    stored = list((tmp_path / "store").rglob("rows.parquet"))
    tables = [pq.read_table(path) for path in stored]
    by_name = {t["generator"][0].as_py(): t for t in tables if "generator" in t.column_names
               and t["generator"][0].as_py()}  # fmt: skip
    written = by_name["endpoints/writer"]
    assert {len(parents) for parents in written["parents"].to_pylist()} == {1}
    assert set(written["model"].to_pylist()) == {"tiny-2026"}
    assert set(by_name["generators/file"]["model"].to_pylist()) == {"somebody"}
    for path in (path for path in (tmp_path / "out").rglob("*") if path.is_file()):
        assert b"answers.sqlite" not in path.read_bytes()
        assert b"key_variable" not in path.read_bytes()
