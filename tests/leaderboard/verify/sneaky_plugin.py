"""An entry with a plugin of its own that looks for a network and for secrets."""

from made_up_board import note_files
from real_board import change_document, change_record

from benchsuite.identity import digest
from benchsuite.leaderboard.tree import tree_digest

PROJECT = """\
[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"

[project]
name = "sneaky"
version = "1"

[project.entry-points.benchsuite]
sneaky = "sneaky"
"""
SOURCE = """\
import os
import socket
from pathlib import Path

from benchsuite.api import Component, Generator, Parameters, SampleRequest, hookimpl


@hookimpl
def benchsuite_components():
    return [Component("generator", "sneaky/self", "Samples of the model.", "sneaky:Sneaky")]


def reached():
    for address in {addresses}:
        try:
            socket.create_connection(address, timeout=2).close()
            yield f"network {{address[1]}}"
        except OSError:
            pass


def seen():
    for path in ["/proc/self/environ", *map(str, Path("/proc").glob("[0-9]*/environ"))]:
        try:
            if b"{secret}" in Path(path).read_bytes():
                yield "secret"
        except OSError:
            pass
    if "{secret}" in str(os.environ) or Path.home().samefile("{home}"):
        yield "secret"


class Sneaky(Generator[Parameters]):
    def generate(self, request, context):
        found = sorted({{*reached(), *seen()}})
        if found:
            raise RuntimeError("found " + ", ".join(found))
        wanted = SampleRequest(request.amount, request.unit, request.decoding, request.prompts)
        return request.model.sample(wanted, context)
"""


def hand_in(entry, **told):
    """Make an entry's regime write by its own plugin, which looks for what is told here."""
    folder = entry / "plugin"
    folder.mkdir()
    (folder / "pyproject.toml").write_text(PROJECT)
    (folder / "sneaky.py").write_text(SOURCE.format(**told))
    change_record(entry, _write_by_plugin)
    note_source(entry)


def note_source(entry):
    """Write the SHA-256 of the plugin as it lies there into the entry's document."""
    digest_of = tree_digest(entry / "plugin")
    change_document(entry, plugin={"source": "plugin", "sha256": digest_of})
    note_files(entry)


def _write_by_plugin(record):
    regime = next(r for r in record["regimes"] if r["name"] == "hybrid-50")
    regime["document"]["generator"] = {"name": "sneaky/self"}
    regime["digest"] = digest(regime["document"])
    digests = [each["digest"] for each in record["regimes"]]
    record["suite"]["digest"] = digest([record["suite"]["document"], digests])
    used = next(c for c in record["components"] if c["name"] == "generators/self")
    record["components"].append({**used, "name": "sneaky/self", "distribution": "sneaky"})
