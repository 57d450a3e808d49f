import os
from pathlib import Path

import pytest
from pydantic import ValidationError

from benchsuite.data.catalogue import DataSet, catalogue, dataset
from benchsuite.data.published import DATA_ROOT
from benchsuite.errors import UserError

ENTRY = {
    "name": "sets/pairs",
    "summary": "Pairs.",
    "licence": "CC0",
    "origin": "human",
    "repository": "acme/sets",
    "revision": "0" * 40,
    "files": [{"file": "a b.csv", "path": "data/a b.csv", "bytes": 3, "sha256": "1" * 64}],
}
KINDS = {"human", "bias", "generalization", "facts", "creativity"}


def test_what_is_catalogued():
    sets = catalogue()
    assert {name.partition("/")[0] for name in sets} == KINDS
    assert {"bias/crows_pairs", "generalization/blimp", "human/tinyshakespeare"} <= sets.keys()
    assert len(sets["generalization/blimp"].files) == 67
    for found in sets.values():
        assert found.summary.endswith(".")
        assert found.licence
        for file in found.published.values():
            assert file.url is None or file.url.startswith("https://")
            assert bool(file.url) != bool(file.otherwise)
    files = [file.file for found in sets.values() for file in found.published.values()]
    assert len(set(files)) == len(files)


def test_a_url_is_made_of_repository_revision_and_path():
    (file,) = DataSet.model_validate(ENTRY).published.values()
    revision = "0" * 40
    assert file.url == f"https://raw.githubusercontent.com/acme/sets/{revision}/data/a%20b.csv"
    assert (file.file, file.size) == ("sets/pairs/a b.csv", 3)


def test_a_derived_file_says_from_what():
    files = [{"file": "a.csv", "bytes": 3, "sha256": "1" * 64}]
    (file,) = DataSet.model_validate(
        ENTRY | {"files": files, "derived": "join the halves"}
    ).published.values()
    assert file.url is None
    assert file.otherwise == f"from https://github.com/acme/sets at {'0' * 40}: join the halves"


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": "../sets"},
        {"name": "/sets"},
        {"files": []},
        {"files": ENTRY["files"] * 2},
        {"files": [ENTRY["files"][0] | {"path": None}]},
        {"files": [ENTRY["files"][0] | {"file": "../a.csv"}]},
        {"files": [ENTRY["files"][0] | {"sha256": "A" * 64}]},
        {"revision": "main"},
        {"mirror": "x"},
    ],
)
def test_what_is_wrong_with_an_entry_is_refused(wrong):
    with pytest.raises(ValidationError):
        DataSet.model_validate(ENTRY | wrong)


def test_the_digest_is_that_of_names_and_contents():
    other = [ENTRY["files"][0] | {"sha256": "2" * 64}]
    digests = {DataSet.model_validate(ENTRY | {"files": f}).digest for f in (ENTRY["files"], other)}
    assert len(digests) == 2
    assert DataSet.model_validate(ENTRY | {"summary": "Else."}).digest in digests


def test_sets_have_short_names_and_an_unknown_one_names_the_nearest():
    assert dataset("blimp") is dataset("generalization/blimp")
    with pytest.raises(UserError, match="there is no data set blmp, did you mean"):
        dataset("blmp")


@pytest.mark.skipif(DATA_ROOT not in os.environ, reason=f"{DATA_ROOT} names no data root")
@pytest.mark.parametrize("name", catalogue())
def test_real_files_are_those_of_the_catalogue(name):
    for file in dataset(name).published.values():
        if not Path(os.environ[DATA_ROOT], file.file).exists():
            pytest.skip(f"{file.file} is not in the data root")
        assert file.locate().stat().st_size == file.size
