"""Plain `verify` runs nothing of an entry that brings code: the interpreter tells what runs."""

import sys
from contextlib import contextmanager

import pytest
import sneaky_plugin
from click.testing import CliRunner

from benchsuite.cli.verify import verify

PROCESSES = ("subprocess.Popen", "os.exec", "os.fork", "os.forkpty", "os.posix_spawn", "os.system")
heard = []
"""The list that events are noted in, while somebody listens."""


def hear(event, arguments):
    """Note what starts a process, is imported or executed; PEP 578. A hook stays for good."""
    for found in heard:
        if event in PROCESSES:
            found.append((event, str(arguments[0])))
        elif event == "import":
            found.append((event, f"{arguments[0]} {arguments[1]}"))
        elif event == "exec":
            found.append((event, getattr(arguments[0], "co_filename", "")))


@pytest.fixture(scope="module", autouse=True)
def hook():
    sys.addaudithook(hear)


@contextmanager
def listening():
    heard.append([])
    try:
        yield heard[0]
    finally:
        heard.clear()


def of_entry(found, entry):
    """Return what ran of an entry: processes, and code or modules of its folder."""
    return [
        (event, what)
        for event, what in found
        if event in PROCESSES or "sneaky" in what or str(entry) in what
    ]


@pytest.fixture
def sneaky(entry, tmp_path):
    """An entry whose plugin leaves a mark wherever it is run: imported, built or started."""
    sneaky_plugin.hand_in(entry, addresses=[], secret="nothing", home=tmp_path)  # noqa: S106
    mark = tmp_path / "mark"
    for name in ("sneaky.py", "setup.py", "conftest.py", "sitecustomize.py", "__init__.py"):
        path = entry / "plugin" / name
        before = path.read_text() if path.exists() else ""
        path.write_text(f"open({str(mark)!r}, 'w').close()\n{before}")
    sneaky_plugin.note_source(entry)
    return entry


def test_plain_verify_runs_nothing_of_an_entry(sneaky, tmp_path, monkeypatch):
    monkeypatch.chdir(sneaky / "plugin")
    with listening() as found:
        done = CliRunner().invoke(verify, [str(sneaky)])
    assert done.exit_code == 0, done.output
    assert "✓ plugin" in done.output, "it was looked at"
    assert of_entry(found, sneaky) == []
    assert not (tmp_path / "mark").exists()
    assert "sneaky" not in sys.modules


def test_what_would_be_run_is_heard(sneaky, tmp_path, monkeypatch):
    """So the test above can fail."""
    monkeypatch.syspath_prepend(sneaky / "plugin")
    with listening() as found:
        __import__("sneaky")
        __import__("subprocess").run(["true"], check=True)
    del sys.modules["sneaky"]
    events = {event for event, _ in of_entry(found, sneaky)}
    assert {"import", "exec", "subprocess.Popen"} <= events
    assert (tmp_path / "mark").exists()
