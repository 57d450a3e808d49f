import hashlib
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import platformdirs
import pytest
from benchsuite_corpora.fetched import Fetched, FetchedParameters
from pydantic import ValidationError

from benchsuite.api import DATA_ROOT, UserError

TEXT = b"First Citizen:\nSpeak.\n\nAll:\nSpeak, speak.\n"
SHA256 = hashlib.sha256(TEXT).hexdigest()


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


@pytest.fixture
def published(tmp_path):
    """A folder that is published, and its URL."""
    folder = tmp_path / "published"
    folder.mkdir()
    (folder / "play.txt").write_bytes(TEXT)
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=folder)) as server:
        serving = threading.Thread(target=server.serve_forever, args=[0.01])
        serving.start()
        yield folder, f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        serving.join()


@pytest.fixture(autouse=True)
def places(tmp_path, monkeypatch):
    """An empty cache and data root; the data root."""
    monkeypatch.setattr(platformdirs, "user_cache_path", lambda _: tmp_path / "cache")
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv(DATA_ROOT, str(tmp_path / "data"))
    (tmp_path / "data" / "human").mkdir(parents=True)
    return tmp_path / "data"


def corpus(url="http://127.0.0.1:9/play.txt", **parameters):
    given = {"url": url, "sha256": SHA256, "file": "human/play.txt", **parameters}
    return Fetched(FetchedParameters(**given))


def test_the_data_root_comes_first(places, context):
    (places / "human" / "play.txt").write_bytes(TEXT)
    rows = corpus(label="plays").rows(context)
    assert rows.to_pylist() == [
        {"document": "play.txt#0001", "domain": "plays", "text": TEXT.decode().strip()}
        | {"split": None}
    ]
    assert corpus().rows(context)["domain"].to_pylist() == ["play"]


def test_a_book_loses_its_frame_as_a_local_one_does(places, context):
    framed = (
        b"*** START OF THE PROJECT GUTENBERG EBOOK PLAY ***\n\nProduced by me\n\n"
        + TEXT
        + b"*** END OF THE PROJECT GUTENBERG EBOOK PLAY ***\nlicence\n"
    )
    (places / "human" / "play.txt").write_bytes(framed)
    rows = corpus(sha256=hashlib.sha256(framed).hexdigest()).rows(context)
    assert rows["text"].to_pylist() == [TEXT.decode().strip()]


def test_it_is_fetched_once(published, context):
    folder, url = published
    wanted = corpus(f"{url}/play.txt")
    first = wanted.rows(context)
    (folder / "play.txt").unlink()
    assert wanted.rows(context) == first
    assert first["text"].to_pylist() == [TEXT.decode().strip()]


def test_without_a_data_root_it_is_fetched(published, context, monkeypatch):
    monkeypatch.delenv(DATA_ROOT)
    assert corpus(f"{published[1]}/play.txt").rows(context).num_rows == 1


def refusal(wanted, context):
    with pytest.raises(UserError) as refused:
        wanted.rows(context)
    assert "\n" not in str(refused.value)
    return str(refused.value)


def test_without_a_network_it_says_how_to_go_without(context):
    sentence = refusal(corpus(), context)
    assert "http://127.0.0.1:9/play.txt cannot be fetched (ConnectionError)" in sentence
    assert f"put the file at human/play.txt below the folder that {DATA_ROOT} names" in sentence


def test_a_file_without_text(places, context):
    (places / "human" / "play.txt").write_bytes(b"\n")
    empty = corpus(sha256=hashlib.sha256(b"\n").hexdigest())
    assert "has no text" in refusal(empty, context)


@pytest.mark.parametrize(
    "file", ["/etc/passwd", "../up.txt", "a/../../b", "a//b", "./a", "a\\b", "c:/a", ".", ""]
)
def test_no_path_leaves_the_data_root(file):
    with pytest.raises(ValidationError):
        corpus(file=file)


@pytest.mark.parametrize(
    "wrong",
    [
        {"url": "file:///etc/passwd"},
        {"url": "ftp://host/x"},
        {"sha256": "abc"},
        {"sha256": "A" * 64},
    ],
)
def test_what_fixes_the_file_is_checked(wrong):
    with pytest.raises(ValidationError):
        corpus(**wrong)


def test_the_fingerprint_needs_no_file():
    assert corpus().fingerprint() == SHA256
