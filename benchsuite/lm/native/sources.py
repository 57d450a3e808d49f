"""Which sources the kernels are made of, and how; for the build, and for what loads them.

The build runs this file where nothing else of benchsuite can be imported.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

LIBRARY = "kernels.so"

FLAGS = (
    "-std=gnu11",
    "-D_GNU_SOURCE",
    "-O3",
    "-march=x86-64-v4",
    "-mavx512bf16",
    "-ffp-contract=off",
    "-shared",
    "-fPIC",
)
"""The instructions are named, and products and sums stay apart unless the source joins them: a
library means the same bits wherever it was compiled."""


def digest(folder: Path) -> str:
    """Return the SHA-256 over the names and contents of a folder's C sources, and the flags."""
    sha256 = hashlib.sha256(" ".join(FLAGS).encode())
    for path in sorted([*folder.glob("*.c"), *folder.glob("*.h")]):
        content = hashlib.sha256(path.read_bytes()).hexdigest()
        sha256.update(f"{path.name}\0{content}\n".encode())
    return sha256.hexdigest()
