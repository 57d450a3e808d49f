"""Finding suite, regime and collection documents: those that come with benchsuite, and files."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from benchsuite.errors import UserError, nearest
from benchsuite.suites.documents import Document, parse, read

_HERE = Path(__file__).parent
_FOLDERS = {
    "suite": _HERE / "shipped",
    "regime": _HERE / "regimes",
    "collection": _HERE / "collections",
}


def shipped(kind: str) -> dict[str, Path]:
    """Return the documents of a kind (suite, regime or collection) that come along."""
    return {path.stem: path for path in sorted(_FOLDERS[kind].glob("*.yaml"))}


def find(kind: str | Sequence[str], name: str, beside: Path = Path()) -> Document:
    """Return the document of a shipped name, or of a YAML file; `beside` is where paths start.

    It may be of several kinds. Raises `UserError` for an unknown name, with the nearest one.
    """
    kinds = [kind] if isinstance(kind, str) else list(kind)
    known = {name: path for each in kinds for name, path in shipped(each).items()}
    said = " or ".join(reversed(kinds))
    if name in known:
        return parse(known[name].read_text(encoding="utf-8"), f"{name}.yaml")
    if not name.endswith((".yaml", ".yml")):
        raise UserError(f"there is no {said} {name}{nearest(name, known)}")
    path = beside / name
    if not path.is_file():
        raise UserError(f"there is no {said} file {path}; write a shipped name or a path to one.")
    return read(path)


def home(kind: str, name: str) -> Path:
    """Return the folder that a document's paths start from: its own."""
    return _FOLDERS[kind] if name in shipped(kind) else Path(name).parent


def summary(kind: str, name: str) -> str:
    """Return the one-sentence summary of a shipped document."""
    return str(find(kind, name).data["summary"])
