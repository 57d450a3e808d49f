"""The learner `transformers`: parameters, tokens, and a whole suite."""

import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from benchsuite_learners.transformers_learner import TransformersParameters
from made_up_bases import CONTEXT, TEXTS, learner, table
from pydantic import ValidationError

from benchsuite.lm.tokenizer import TextTokenizer
from benchsuite.plugins.registry import installed

# -- parameters and registration ------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({}, "base"),
        ({"base": ""}, "at least 1 character"),
        ({"base": "x", "length": 1}, "greater than or equal to 2"),
        ({"base": "x", "micro_batch": 0}, "greater than or equal to 1"),
        ({"base": "x", "learning_rate": 0}, "greater than 0"),
        ({"base": "x", "width": 80}, "Extra inputs are not permitted"),
    ],
)
def test_parameters_that_train_nothing_are_refused(given, said):
    with pytest.raises(ValidationError, match=said):
        TransformersParameters(**given)


def test_it_is_registered_and_every_parameter_explained():
    (found,) = [r for r in installed().components() if r.component.name == "learners/transformers"]
    assert "transformers" in found.component.packages
    assert all(field.description for field in TransformersParameters.model_fields.values())


# -- tokens ---------------------------------------------------------------------------------


def test_rows_are_counted_with_their_end(gpt2, tmp_path):
    made = learner(gpt2)
    made.fit_tokenizer(table(TEXTS), tmp_path, CONTEXT)
    texts = ["the cat", "", "the <|boundary|> é", "x" * 50]
    rows = made.tokenize(table(texts), tmp_path)
    opened = TextTokenizer.load(gpt2)
    assert rows["token_ids"].to_pylist() == opened.encode(texts)
    assert rows["tokens"].to_pylist() == [len(ids) + 1 for ids in opened.encode(texts)]
    assert rows["tokens"].type == pa.int32()
    assert made.tokenize(table([]), tmp_path).num_rows == 0


# -- a whole suite --------------------------------------------------------------------------


def test_a_suite_trains_on_from_a_base(command_line, tiny_suite, bases, tmp_path):
    text = tiny_suite.read_text()
    given, _, rest = text.partition("learner:\n")
    rest = rest[rest.index("budget:") :]
    new = f"learner: {{name: learners/transformers, base: {bases['llama']}, length: 32}}\n"
    suite = tmp_path / "on.yaml"
    suite.write_text(given + new + rest.replace("4096", "1024").replace("2048", "512"))
    arguments = ("--seeds", "1", "--generations", "1", "--regime", "replace", "--out", "out")
    command_line("run", str(suite), *arguments, "--workers", "1")
    rows = pq.read_table(tmp_path / "out" / "measurements.parquet").to_pylist()
    bits = [r["value"] for r in rows if r["metric"] == "metrics/bits-per-byte"]
    assert bits
    assert all(0 < value < 12 for value in bits)
    record = json.loads((tmp_path / "out" / "record.json").read_text())
    assert not record["failures"]
    (learner_used,) = [c for c in record["components"] if c["kind"] == "learner"]
    assert learner_used["name"] == "learners/transformers"
