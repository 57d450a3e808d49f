"""Real Chromium, driven by playwright: what a page says and asks for is watched."""

import shutil
from contextlib import contextmanager

import pytest

FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--no-first-run",
]


@contextmanager
def chromium():
    """Start the system's Chromium, or skip and say why."""
    api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        pytest.skip("there is no chromium on this system")
    with api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


def see(found):
    """Expect something of a page, in a while."""
    from playwright.sync_api import expect

    return expect(found)


class Watched:
    """A context of a browser in which nothing may go wrong unseen."""

    def __init__(self, browser, **options):
        self.context = browser.new_context(**options)
        self.context.set_default_timeout(20_000)
        self.wrong = []

    def open(self, path, fragment=""):
        page = self.context.new_page()
        page.on("console", lambda message: self.wrong.append(f"{path}: {message.text}"))
        page.on("pageerror", lambda error: self.wrong.append(f"{path}: {error}"))
        page.on("dialog", lambda dialog: self.wrong.append(f"{path}: {dialog.message}"))
        page.on("request", self._requested)
        page.goto(path.as_uri() + fragment)
        return page

    def _requested(self, request):
        if not request.url.startswith(("file:", "data:")):
            self.wrong.append(f"asked for {request.url}")

    def close(self):
        self.context.close()
        assert self.wrong == []
