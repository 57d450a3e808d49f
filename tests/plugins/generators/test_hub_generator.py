"""Rows streamed from a dataset, with a local folder in the place of the hub."""

import json
import sys

import pytest
from benchsuite_generators.hub import Hub, HubParameters
from made_requests import context, request
from pydantic import ValidationError

from benchsuite.api import UserError

COMMIT = "0123456789abcdef0123456789abcdef01234567"


@pytest.fixture
def hub(tmp_path, monkeypatch):
    """`datasets` with a folder in the place of the hub; returns the calls it was asked for."""
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    datasets = pytest.importorskip("datasets")
    load, calls = datasets.load_dataset, []
    folder = tmp_path / "dataset"
    folder.mkdir()
    for shard in range(4):
        records = [
            {"text": f"text {shard} {i}", "prompt": f"p{i}", "format": "story", "id": i}
            for i in range(50)
        ]
        lines = "".join(json.dumps(record) + "\n" for record in records)
        (folder / f"train-{shard}.jsonl").write_text(lines)

    def load_folder(name, config, **rest):
        calls.append((name, config, rest))
        return load(str(folder), config, **rest, cache_dir=str(tmp_path / "cache"))

    monkeypatch.setattr(datasets, "load_dataset", load_folder)
    return calls


def generator(**parameters):
    return Hub(HubParameters(**{"dataset": "owner/name", "revision": COMMIT, **parameters}))


def texts(amount, seed=0, unit="rows", **parameters):
    rows = generator(**parameters).generate(request(amount, unit), context(seed))
    return rows["text"].to_pylist()


def test_rows_are_drawn_by_the_seed_from_all_files(hub):
    drawn = texts(200)
    assert len(set(drawn)) == 200
    assert drawn != sorted(drawn)
    assert texts(200) == drawn != texts(200, seed=1)
    assert texts(30) == drawn[:30]
    assert len(texts(90, unit="tokens")) == 23  # of 3 words and an end
    expected = {"split": "train", "revision": COMMIT, "streaming": True}
    assert hub[0] == ("owner/name", None, expected)


def test_no_more_is_read_than_it_takes(hub, monkeypatch):
    import datasets

    shuffle, read = datasets.IterableDataset.shuffle, []

    def counted(self, **how):
        def note(record):
            read.append(record["text"])
            return record

        return shuffle(self.map(note), **how)

    monkeypatch.setattr(datasets.IterableDataset, "shuffle", counted)
    monkeypatch.setattr("benchsuite_generators.made_elsewhere._AT_ONCE", 4)
    assert len(texts(8, buffer=2)) == 8
    assert 8 <= len(read) < 50


def test_columns_of_a_dataset_are_mapped_and_kept(hub):
    made = generator(prompt="prompt", keep=["format", "id"])
    rows = made.generate(request(5), context())
    assert rows.column_names == ["text", "prompt", "provenance"]
    for row in rows.to_pylist():
        number = int(row["text"].split()[2])
        assert row["prompt"] == f"p{number}"
        assert json.loads(row["provenance"]) == {"format": "story", "id": number}


@pytest.mark.parametrize(
    ("parameters", "amount", "sentence"),
    [
        ({"text": "body"}, 1, "has no field 'body'; there is text, prompt, format, id."),
        ({"text": "id"}, 1, "'id' must be a string, not int."),
        ({"split": "dev"}, 1, f"owner/name at {COMMIT} cannot be loaded: "),
        ({"longest": 1}, 1, "dataset owner/name has 0 rows (200 too long left out) of 0 rows"),
        ({}, 201, "dataset owner/name has 200 rows of 200 rows in all, and 201 are asked for"),
    ],
)
def test_what_is_wrong_with_a_dataset_is_said(hub, parameters, amount, sentence):
    with pytest.raises(UserError) as caught:
        texts(amount, **parameters)
    assert sentence in str(caught.value)
    assert "\n" not in str(caught.value)


def test_it_says_how_to_go_without_the_hub(monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, "datasets", None)
    with pytest.raises(UserError, match=r"pip install benchsuite\[hub\]`; to go without the hub,"):
        texts(1)
    with pytest.raises(UserError, match=r"is a local path, .* use generators/file"):
        texts(1, dataset=str(tmp_path))


def test_a_branch_fixes_no_rows():
    with pytest.raises(ValidationError, match="'main' is a branch and moves"):
        generator(revision="main")
