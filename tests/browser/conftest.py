"""A real headless Chromium, and pages that note what goes wrong in them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, sync_playwright

from patience import PATIENCE_MS

CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


class Offline:
    """Pages opened from disk with the network refused.

    Attributes:
        problems: what the console, the pages and the policy complained of.
        requests: addresses that were asked for, but for files and what a page holds itself.
    """

    def __init__(self, browser: Browser) -> None:
        self.browser = browser
        self.problems: list[str] = []
        self.requests: list[str] = []
        self._contexts: list[BrowserContext] = []

    def open(self, address: str, **settings: object) -> Page:
        """Open an address in a context of its own; settings are Playwright's (color_scheme, viewport, ...)."""
        context = self.browser.new_context(offline=True, **settings)  # type: ignore[arg-type]  # passed on
        context.set_default_timeout(PATIENCE_MS)
        self._contexts.append(context)
        page = context.new_page()
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.problems.append(f"error: {error}"))
        page.on("request", self._request)
        page.goto(address)
        return page

    def close(self) -> None:
        """Close all pages."""
        for context in self._contexts:
            context.close()

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.problems.append(f"{message.type}: {message.text}")

    def _request(self, request: Request) -> None:
        if not request.url.startswith(("file:", "data:", "blob:")):
            self.requests.append(request.url)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """One browser for the tests of a module.

    Not of the session: while it is open, an event loop of Playwright's runs in this thread, and ``asyncio.run`` in
    the tests of other modules would be refused.
    """
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def offline(chromium: Browser) -> Iterator[Offline]:
    """Pages from disk; a test that leaves a complaint or a request behind fails."""
    pages = Offline(chromium)
    yield pages
    pages.close()
    assert pages.problems == []
    assert pages.requests == []
