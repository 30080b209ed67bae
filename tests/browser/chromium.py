"""Chromium for the tests, and a page that may talk to one house only and tells what goes wrong in it."""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Playwright,
    Request,
    Response,
    expect,
)

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ARGUMENTS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--no-first-run",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost",  # nothing but the houses can be reached
]
PATIENCE_MS = 20_000
expect.set_options(timeout=PATIENCE_MS)  # five seconds of its own are too few for a loaded machine
LOOK_EVERY_MS = 50
TOLD_OF_POLICY = """
    addEventListener('securitypolicyviolation', event =>
        console.error('Policy: ' + event.violatedDirective + ' ' + event.blockedURI + ' ' + event.sourceFile))
"""


def find_chromium(playwright: Playwright) -> str | None:
    """The one that was named, the system's, or the one that Playwright brought. None: there is none."""
    named = os.environ.get("CHROMIUM")
    if named:
        return shutil.which(named)
    found = next(filter(None, map(shutil.which, NAMES)), None)
    own = playwright.chromium.executable_path
    return found or (own if Path(own).exists() else None)


def launch(playwright: Playwright, path: str) -> Browser:
    # No proxy of the machine's: the houses are on loopback, and nothing else may be asked.
    environ = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
    return playwright.chromium.launch(executable_path=path, args=ARGUMENTS, env=dict(environ))


@dataclass
class Watch:
    """What pages of one context should not have done. ``outside``: addresses elsewhere that they asked
    for, none of which was reached. Only listens: Playwright's routes would switch the browser's cache off."""

    home: str
    troubles: list[str] = field(default_factory=list)
    outside: list[str] = field(default_factory=list)

    def over(self, context: BrowserContext) -> None:
        context.set_default_timeout(PATIENCE_MS)
        context.add_init_script(TOLD_OF_POLICY)
        context.on("request", self._asked)
        context.on("console", self._heard)
        context.on("weberror", lambda error: self.troubles.append(f"error: {error.error}"))
        context.on("requestfailed", self._failed)
        context.on("response", self._answered)

    def _asked(self, request: Request) -> None:
        if not self._is_home(request.url):
            self.outside.append(request.url)

    def _is_home(self, url: str) -> bool:
        return urlsplit(url).scheme in ("data", "about", "blob") or url.startswith(self.home + "/")

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.troubles.append(f"console: {message.text} ({message.location.get('url')})")

    def _failed(self, request: Request) -> None:
        # Leaving a page ends its event stream and what it was just fetching.
        if self._is_home(request.url) and request.failure != "net::ERR_ABORTED":
            self.troubles.append(f"failed: {request.method} {request.url} {request.failure}")

    def _answered(self, response: Response) -> None:
        if response.status >= 400:
            self.troubles.append(f"{response.status}: {response.request.method} {response.url}")

    def assert_calm(self, where: str = "") -> None:
        assert not self.troubles, f"{where}: {self.troubles}"
        assert not self.outside, f"{where} asked elsewhere: {self.outside}"


@dataclass
class Desk:
    """One page of one reader, watched. ``show`` opens an address of the house."""

    page: Page
    watch: Watch

    def show(self, path: str) -> Page:
        self.page.goto(path if "://" in path else self.watch.home + path, wait_until="load")
        return self.page

    def wait_until(self, condition: Callable[[], bool], what: str) -> None:
        """Of something behind the pages. While a test only sleeps, its browser's requests rest too."""
        for _look in range(PATIENCE_MS * 3 // LOOK_EVERY_MS):
            if condition():
                return
            self.page.wait_for_timeout(LOOK_EVERY_MS)
        raise AssertionError(f"waited in vain until {what}")


@contextmanager
def desk(browser: Browser, home: str, **options: Any) -> Iterator[Desk]:
    """A new context. ``options``: those of Playwright's ``new_context``."""
    context = browser.new_context(base_url=home, reduced_motion="reduce", **options)
    watch = Watch(home)
    watch.over(context)
    try:
        yield Desk(context.new_page(), watch)
    finally:
        context.close()
