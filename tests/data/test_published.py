import hashlib
import os

import pytest

from benchsuite.data.published import DATA_ROOT, Published
from benchsuite.errors import UserError

TEXT = b"one\ntwo\n"
SHA256 = hashlib.sha256(TEXT).hexdigest()


def published(url="http://127.0.0.1:9/pairs.csv", **other):
    return Published(**{"file": "sets/pairs.csv", "sha256": SHA256, "url": url, **other})


def refusal(act):
    with pytest.raises(UserError) as refused:
        act()
    assert "\n" not in str(refused.value)
    return str(refused.value)


def test_the_data_root_comes_first(root):
    (root / "sets" / "pairs.csv").write_bytes(TEXT)
    assert published().place() == "data root"
    assert published(size=len(TEXT)).read() == TEXT
    assert published().locate() == root / "sets" / "pairs.csv"


def test_it_is_fetched_once_into_the_cache(root, server):
    folder, url = server
    (folder / "pairs.csv").write_bytes(TEXT)
    wanted = published(f"{url}/pairs.csv")
    assert wanted.place() == "nowhere"
    assert wanted.read() == TEXT
    (folder / "pairs.csv").unlink()
    assert wanted.place() == "cache"
    assert wanted.read() == TEXT
    wanted.locate().write_bytes(b"spoilt")
    (folder / "pairs.csv").write_bytes(TEXT)
    assert wanted.read() == TEXT


def test_another_file_in_the_data_root_is_refused(root):
    (root / "sets" / "pairs.csv").write_bytes(b"ONE\nTWO\n")
    other = hashlib.sha256(b"ONE\nTWO\n").hexdigest()
    for act in (published().read, published().locate):
        said = f"{root}/sets/pairs.csv has the SHA-256 {other}, and the published file {SHA256}"
        assert said in refusal(act)
    assert "has 8 bytes and the published file 9" in refusal(published(size=9).place)


def test_another_file_at_the_url_is_refused_and_not_kept(root, server, tmp_path):
    folder, url = server
    (folder / "pairs.csv").write_bytes(b"another")
    sentence = refusal(published(f"{url}/pairs.csv").read)
    assert f"what {url}/pairs.csv gives has not the SHA-256 {SHA256}" in sentence
    assert not [path for path in (tmp_path / "cache").rglob("*") if path.is_file()]


def test_a_url_that_is_gone(root, server):
    sentence = refusal(published(f"{server[1]}/none.csv").read)
    assert "none.csv cannot be fetched (404 File not found)" in sentence


def test_without_a_network_it_says_which_file_and_where_to_put_it(root):
    sentence = refusal(published().read)
    assert "http://127.0.0.1:9/pairs.csv cannot be fetched (ConnectionError)" in sentence
    assert f"put the file at sets/pairs.csv below the folder that {DATA_ROOT} names" in sentence


def test_what_has_no_url_says_what_to_make_it_from(root):
    sentence = refusal(published(None, otherwise="from the original: join the halves").read)
    assert "sets/pairs.csv is not there" in sentence
    assert f"below the folder that {DATA_ROOT} names, made from the original: join" in sentence


def test_a_data_root_that_is_none(root, monkeypatch):
    monkeypatch.setenv(DATA_ROOT, str(root / "nowhere"))
    assert f"the data root {root}/nowhere ({DATA_ROOT}) is no folder" in refusal(published().read)


def test_without_a_data_root_the_cache_is_asked(root, server, monkeypatch):
    (server[0] / "pairs.csv").write_bytes(TEXT)
    monkeypatch.delenv(DATA_ROOT)
    assert published(f"{server[1]}/pairs.csv").read() == TEXT


@pytest.mark.parametrize(
    "file", ["/etc/passwd", "../up", "a/../../b", "a//b", "./a", "a\\b", "c:/a", ".", "", "a\0b"]
)
def test_no_path_leaves_the_data_root(file):
    with pytest.raises(ValueError, match="names and single slashes"):
        published(file=file)


def outside_link(place, outside):
    place.symlink_to(outside)


def folder_outside(place, outside):
    place.parent.rmdir()
    place.parent.symlink_to(outside.parent)


def itself(place, _):
    place.symlink_to(place)


def broken_link(place, _):
    place.symlink_to(place.with_name("none"))


def folder(place, _):
    place.mkdir()


def pipe(place, _):
    os.mkfifo(place)


@pytest.mark.parametrize(
    ("hostile", "said"),
    [
        (outside_link, "leads out of the data root"),
        (folder_outside, "leads out of the data root"),
        (itself, "cannot be read"),
        (broken_link, "cannot be read"),
        (folder, "is no file"),
        (pipe, "is no file"),
    ],
)
def test_hostile_entries_of_a_data_root_are_refused(root, tmp_path, hostile, said):
    outside = tmp_path / "outside" / "pairs.csv"
    outside.parent.mkdir()
    outside.write_bytes(TEXT)
    hostile(root / "sets" / "pairs.csv", outside)
    for act in (published().read, published().locate, published().place):
        assert said in refusal(act)


def test_links_within_the_data_root_are_followed(root):
    (root / "all.csv").write_bytes(TEXT)
    (root / "sets" / "pairs.csv").symlink_to(root / "all.csv")
    assert published().read() == TEXT
