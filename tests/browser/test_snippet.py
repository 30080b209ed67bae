"""The script for a firm's own site, in a real browser (R73): nothing on the device before consent."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tactful.api.tracking.snippet import _script

DEVICE = """async () => ({
    cookie: document.cookie, local: {...localStorage}, session: {...sessionStorage},
    databases: (await indexedDB.databases()).length, caches: (await caches.keys()).length,
})"""
EMPTY = {"cookie": "", "local": {}, "session": {}, "databases": 0, "caches": 0}
SITE = b"""<!doctype html><title>Shop</title><script src="/v1/tactful.js" data-key="tb_test" defer></script>
<form data-tactful-form="contact" action="/thanks" method="get">
<input name="name" value="Kari"><input name="secret" type="password" value="hush">
<input name="aside" value="x" data-tactful-ignore><input type="checkbox" name="news"><button>Send</button></form>"""


class Site(ThreadingHTTPServer):
    """A firm's site with our script on it, which also keeps what the script sends."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Pages)
        self.calls: list[dict[str, Any]] = []
        self.cookies: list[str] = []


class _Pages(BaseHTTPRequestHandler):
    server: Site

    def do_GET(self) -> None:
        script = self.path.startswith("/v1/")
        body = _script()[0] if script else SITE
        self.send_response(200)
        self.send_header("Content-Type", "text/javascript" if script else "text/html")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.calls += json.loads(body)["batch"]
        self.server.cookies += self.headers.get_all("Cookie") or []
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def site() -> Iterator[Site]:
    server = Site()
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def test_nothing_is_on_the_device_before_consent_and_all_of_it_goes_again(
    browser: Browser, site: Site
) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"http://localhost:{site.server_port}/")
    _wait(page, site, 1)
    page.evaluate("tactful.track('Looked', {colour: 'blue'})")
    page.evaluate("history.pushState({}, '', '/other')")
    page.click("button")
    page.wait_for_url("**/thanks*")
    _wait(page, site, 5)
    assert page.evaluate(DEVICE) == EMPTY
    assert context.cookies() == []
    assert site.cookies == []
    assert len({call["anonymousId"] for call in site.calls}) == 2, "each page is somebody new"
    form = next(call for call in site.calls if call.get("event") == "form.submitted")
    assert form["properties"] == {"form": "contact", "name": "Kari"}

    page.evaluate("tactful.consent(true)")
    kept = page.evaluate(DEVICE)
    assert list(kept["local"]) == ["tactful.visitor"]
    page.goto(f"http://localhost:{site.server_port}/again")
    page.evaluate("tactful.consent(true); tactful.track('Back')")
    _wait(page, site, 7)
    # two requests may arrive in any order: the call is asked for by its name
    back = next(call for call in site.calls if call.get("event") == "Back")
    assert back["anonymousId"] == kept["local"]["tactful.visitor"]

    page.evaluate("tactful.consent(false)")
    assert page.evaluate(DEVICE) == EMPTY
    context.close()


def test_the_script_is_small() -> None:
    assert len(_script()[0]) < 3_000


def _wait(page: Page, site: Site, count: int) -> None:
    for _ in range(400):
        if len(site.calls) >= count:
            return
        page.wait_for_timeout(25)
    raise AssertionError(f"{count} calls were expected: {site.calls}")
