"""YAML documents that remember where each value stands."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from benchsuite.errors import UserError, nearest

Key = tuple[str | int, ...]
M = TypeVar("M", bound=BaseModel)

_LARGEST = 1 << 20
_DEEPEST = 100


@dataclass
class Document:
    """Plain data, and the line (from 1) of each key path in the file it came from.

    `sources` says where values came from that a command line put in.
    """

    name: str
    data: Any
    lines: dict[Key, int] = field(default_factory=dict)
    sources: dict[Key, str] = field(default_factory=dict)

    def where(self, key: Key) -> str:
        """Return `file:line` of a key path, or of the nearest part of it that the file holds."""
        while key and key not in self.lines and key not in self.sources:
            for put_in, source in self.sources.items():
                if put_in[: len(key)] == key:
                    return source
            key = key[:-1]
        if key in self.sources:
            return self.sources[key]
        return f"{self.name}:{self.lines[key]}" if key in self.lines else self.name


def read(path: Path) -> Document:
    """Read one YAML mapping. Raises `UserError` with file and line for anything else."""
    try:
        if path.stat().st_size > _LARGEST:
            raise UserError(f"{path}: a document may hold at most 1 MiB.")
        text = path.read_text(encoding="utf-8")
    except OSError as failure:
        raise UserError(f"{path}: cannot be read: {failure.strerror}.") from failure
    except UnicodeDecodeError as failure:
        raise UserError(f"{path}: is not UTF-8 text (byte {failure.start}).") from failure
    return parse(text, str(path))


def parse(text: str, name: str) -> Document:
    """Parse one YAML mapping; aliases and repeated keys are refused."""
    document = Document(name, None)
    try:
        depth = 0
        for event in yaml.parse(text, yaml.SafeLoader):
            assert event.start_mark is not None, "the loader marks every event"
            at = event.start_mark.line + 1
            if isinstance(event, yaml.AliasEvent):
                raise UserError(f"{name}:{at}: aliases are not allowed.")
            depth += isinstance(event, yaml.CollectionStartEvent)
            depth -= isinstance(event, yaml.CollectionEndEvent)
            if depth > _DEEPEST:
                raise UserError(f"{name}:{at}: the document is nested too deeply.")
        node = yaml.compose(text, yaml.SafeLoader)
    except yaml.YAMLError as failure:
        mark = getattr(failure, "problem_mark", None)
        line = f":{mark.line + 1}" if mark else ""
        problem = getattr(failure, "problem", None) or getattr(failure, "reason", "the text")
        raise UserError(f"{name}{line}: this is not YAML: {problem}.") from failure
    if not isinstance(node, yaml.MappingNode):
        raise UserError(f"{name}: the document must be a mapping of keys to values.")
    document.data = _construct(node, (), document)
    return document


def _construct(node: yaml.Node, key: Key, document: Document) -> Any:
    """Turn a node into plain data, noting lines."""
    document.lines[key] = node.start_mark.line + 1
    if isinstance(node, yaml.MappingNode):
        data: dict[str, Any] = {}
        for name_node, value_node in node.value:
            if not isinstance(name_node, yaml.ScalarNode):
                line = name_node.start_mark.line + 1
                raise UserError(f"{document.name}:{line}: a key must be a plain name.")
            name = str(name_node.value)
            if name in data:
                line = name_node.start_mark.line + 1
                raise UserError(f"{document.name}:{line}: the key {name} stands here twice.")
            data[name] = _construct(value_node, (*key, name), document)
            document.lines[(*key, name)] = name_node.start_mark.line + 1
        return data
    if isinstance(node, yaml.SequenceNode):
        return [_construct(item, (*key, i), document) for i, item in enumerate(node.value)]
    return _scalar(node, key, document)


def _scalar(node: yaml.Node, key: Key, document: Document) -> Any:
    try:
        return yaml.SafeLoader("").construct_object(node)
    except (
        yaml.YAMLError,
        ValueError,
        TypeError,
        ArithmeticError,
        LookupError,
        AttributeError,
    ) as failure:
        raise UserError(f"{document.where(key)}: {node.value} is not a plain value.") from failure


def validate(model: type[M], document: Document, under: Key = (), data: Any = None) -> M:
    """Return `data` (by default the document's) as a model.

    Raises `UserError`: `file:line`, the key, what is wrong and what would be right. `under`
    is the key path at which `data` stands in the document.
    """
    given = document.data if data is None else data
    try:
        return model.model_validate(given)
    except ValidationError as failure:
        raise UserError(_sentence(model, failure, document, under, given)) from failure


def _sentence(
    model: type[BaseModel], failure: ValidationError, document: Document, under: Key, given: Any
) -> str:
    """Say one of pydantic's complaints: an unknown key first, which may explain a missing one."""
    error = min(failure.errors(), key=lambda error: error["type"] != "extra_forbidden")
    location = _present(error["loc"], given)
    if error["type"] == "missing":
        location = (*location, error["loc"][-1])
    where, name = document.where((*under, *location)), ".".join(map(str, (*under, *location)))
    if error["type"] == "extra_forbidden":
        return f"{where}: unknown key {name}{nearest(str(location[-1]), _keys(model, location))}"
    if error["type"] == "missing":
        return f"{where}: the key {name} is missing."
    message = error["msg"].removeprefix("Value error, ").rstrip(".")
    if error["type"] == "value_error":
        return f"{where}: {f'{name}: ' if name else ''}{message}."
    return f"{where}: {name} is {error['input']!r}: {message[0].lower()}{message[1:]}."


def _present(location: Key, given: Any) -> Key:
    """Return the parts of a location that the data has: pydantic adds names of its own to some."""
    present: Key = ()
    for part in location:
        try:
            given = given[part]
        except (LookupError, TypeError):
            continue
        present = (*present, part)
    return present


def _keys(model: type[BaseModel], location: Key) -> list[str]:
    """Names that are allowed at the place of an unknown key, as far as the model tells."""
    current: Any = model
    for part in location[:-1]:
        if isinstance(part, str) and part in getattr(current, "model_fields", {}):
            annotation = current.model_fields[part].annotation
            options = [annotation, *getattr(annotation, "__args__", ())]
            current = next((o for o in options if hasattr(o, "model_fields")), current)
    return list(current.model_fields)
