"""A look at the site before it is published, on this machine alone."""

from __future__ import annotations

from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from benchsuite.errors import UserError


def server(folder: Path, port: int) -> ThreadingHTTPServer:
    """Return a server of a folder, reached from this machine alone; port 0 takes a free one.

    Raises `UserError` where the port is taken.
    """
    try:
        return ThreadingHTTPServer(("127.0.0.1", port), partial(_Quiet, directory=str(folder)))
    except OSError as failure:
        raise UserError(
            f"port {port} cannot be listened on ({failure.strerror}); give another with --port."
        ) from failure


class _Quiet(SimpleHTTPRequestHandler):
    def end_headers(self) -> None:
        self.send_header("X-Content-Type-Options", "nosniff")
        self.send_header("Cache-Control", "no-store")
        super().end_headers()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 (the base class's name)
        """Say nothing: the pages are looked at by the one who started it."""
