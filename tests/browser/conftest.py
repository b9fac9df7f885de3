"""A real browser before a real desk: Chromium, watched for what it asks for and complains about."""

import os
import shutil
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect, sync_playwright

from tests.browser.steps import kept_by
from tests.conftest import unavailable
from tests.people import OWN_PAGE

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MACOS = [f"/Applications/{name}.app/Contents/MacOS/{name}" for name in ("Google Chrome", "Chromium")]
QUIETLY = [
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def installed(own):
    """The Chromium of this machine, or Playwright's `own` where that was fetched."""
    found = [shutil.which(name) for name in NAMES] + [path for path in (*MACOS, own) if Path(path).exists()]
    return next(filter(None, found), None)


@pytest.fixture(scope="session")
def chromium():
    with sync_playwright() as playwright:
        path = installed(playwright.chromium.executable_path)
        if path is None:
            unavailable("Chromium is not installed here; type: apt-get install chromium")
        as_root = ["--no-sandbox"] if os.geteuid() == 0 else []
        expect.set_options(timeout=15_000)
        browser = playwright.chromium.launch(executable_path=path, args=QUIETLY + as_root)
        yield browser
        browser.close()


class Watched:
    """Somebody's browser: what it says on its console, and whom it asks."""

    def __init__(self, context, home):
        self.context, self.home, self.said, self.asked = context, home, [], []
        context.set_default_timeout(30_000)
        context.on("console", self._note)
        context.on("weberror", lambda error: self.said.append(str(error.error)))
        context.on("request", lambda request: self.asked.append(request.url))

    def check(self):
        """Nothing to complain of, nobody asked but the desk, and no cookie from the help centre."""
        assert not self.said, "the console says something"
        strangers = [url for url in self.asked if not url.startswith(f"{self.home}/")]
        assert not strangers, "a request leaves the desk"
        if not any(urlsplit(url).path.startswith(("/desk", *OWN_PAGE)) for url in self.asked):
            assert self.context.cookies() == []

    def _note(self, message):
        """A page with a status of 400 or more has a line of its own there; that is no complaint about the page."""
        own = message.text.startswith("Failed to load resource") and message.location["url"] == message.page.url
        cleared = message.text.startswith("Clear-Site-Data header on")  # Chromium says what it cleared, as it was told.
        if not own and not cleared:
            self.said.append(f"{message.page.url}: {message.text}")


@pytest.fixture
def browse(chromium):
    """Open a browser of one's own, with nothing in it: `browse(desk)` returns its page.  Afterwards it is checked."""
    opened = []
    with ExitStack() as afterwards:

        def open_page(desk, **options):
            context = chromium.new_context(base_url=desk.url, **{"viewport": {"width": 1280, "height": 900}} | options)
            afterwards.callback(context.close)
            opened.append(Watched(context, desk.url))
            return context.new_page()

        yield open_page
        for browser in opened:
            browser.check()


@pytest.fixture(scope="module")
def dana_signed_in(desk, chromium):
    """What Dana’s browser keeps; she is an agent of the module’s `desk`, whose `password` is her first one."""
    return kept_by(chromium, desk, "dana@example.org")


@pytest.fixture
def dana(desk, browse, dana_signed_in):
    return browse(desk, storage_state=dana_signed_in)
