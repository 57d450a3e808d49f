"""Sets of benchsuite's catalogue as data sets for lm-eval."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator
from typing import Any

from datasets import Dataset, DatasetDict

from benchsuite.api import dataset


def rows(name: str, files: Iterable[str], **_metadata: object) -> DatasetDict:
    """Return the rows of some files of a set as the split `test`.

    The files are found in the data root, or fetched once, and verified. Raises `UserError`.
    """
    found = [row for file in files for row in _read(file, dataset(name).read(file).decode())]
    return DatasetDict({"test": Dataset.from_list(found)})


def _read(file: str, text: str) -> Iterator[dict[str, Any]]:
    if file.endswith(".csv"):
        yield from csv.DictReader(io.StringIO(text, newline=""))
    else:
        yield from map(json.loads, text.splitlines())
