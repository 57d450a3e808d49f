"""Answers kept on disk, each from the moment it arrives, with what they cost."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from threading import Lock
from typing import Any, Self

from pydantic import ValidationError

from benchsuite.api import UserError
from benchsuite_endpoints.answers import Answer

_TABLES = """
PRAGMA journal_mode = WAL;
PRAGMA synchronous = NORMAL;
CREATE TABLE IF NOT EXISTS answers (key TEXT PRIMARY KEY, answer TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS payments (
    endpoint TEXT PRIMARY KEY, read INTEGER NOT NULL, written INTEGER NOT NULL
);
"""
_PAY = """
INSERT INTO payments VALUES (?, ?, ?) ON CONFLICT (endpoint) DO UPDATE
SET read = read + excluded.read, written = written + excluded.written
"""
_SECONDS = 60
"""How long another process may write."""


class Cache:
    """A SQLite file of answers by key, and of tokens paid for by endpoint; for several threads.

    An answer and its payment are written in one transaction. What is written outlives the
    process, however that ends. If the machine goes down, the last of it may be lost: a sync to
    the disk for each answer would hold up a quick endpoint. Raises `UserError` where the file
    cannot be used.
    """

    def __init__(self, path: Path) -> None:
        self.path, self._lock = path, Lock()
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._database = sqlite3.connect(path, timeout=_SECONDS, check_same_thread=False)
        except (OSError, sqlite3.Error) as failure:
            raise self._unusable(failure) from failure
        try:
            self._database.executescript(_TABLES)
        except sqlite3.Error as failure:
            self._database.close()
            raise self._unusable(failure) from failure

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._database.close()

    def find(self, keys: Iterable[str]) -> dict[str, Answer]:
        """Return the answers that are there, by key; one that cannot be read is not there."""
        found = {}
        for key in keys:
            for (text,) in self._query("SELECT answer FROM answers WHERE key = ?", key):
                try:
                    found[key] = Answer.model_validate_json(text)
                except ValidationError:
                    continue
        return found

    def paid(self, endpoint: str) -> tuple[int, int]:
        """Return the tokens read and written that were paid for at an endpoint."""
        rows = self._query("SELECT read, written FROM payments WHERE endpoint = ?", endpoint)
        read, written = rows[0] if rows else (0, 0)
        return int(read), int(written)

    def keep(self, key: str, answer: Answer, endpoint: str) -> None:
        """Write an answer and what it cost."""
        keep = ("INSERT OR REPLACE INTO answers VALUES (?, ?)", (key, answer.model_dump_json()))
        self._write(keep, (_PAY, (endpoint, answer.read, answer.written)))

    def pay(self, endpoint: str, read: int, written: int) -> None:
        """Write down what was paid without an answer."""
        self._write((_PAY, (endpoint, read, written)))

    def _query(self, statement: str, *values: str) -> list[Any]:
        try:
            with self._lock, closing(self._database.execute(statement, values)) as cursor:
                return cursor.fetchall()
        except sqlite3.Error as failure:
            raise self._unusable(failure) from failure

    def _write(self, *statements: tuple[str, tuple[str | int, ...]]) -> None:
        try:
            with self._lock, self._database:
                for statement, values in statements:
                    self._database.execute(statement, values)
        except sqlite3.Error as failure:
            raise self._unusable(failure) from failure

    def _unusable(self, failure: Exception) -> UserError:
        reason = str(failure).rstrip(".")
        return UserError(
            f"the answers in {self.path} cannot be used ({reason}); name another file as cache."
        )
