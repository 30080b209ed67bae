"""Hostile words come in by every door and are opened by somebody of ours: nothing runs, and nothing is
asked for elsewhere (R51, R52, R53)."""

from typing import Any

import pytest

from tests.browser.addresses import IMPORT_RUN
from tests.browser.chromium import Desk
from tests.browser.conftest import Signed
from tests.browser.houses import House

AT_ONCE = 60
CAUGHT = """
    window.tactfulPwned = () => console.error('It ran: ' + location.href);
    for (const name of ['alert', 'confirm', 'prompt', 'print']) window[name] = window.tactfulPwned;
"""
FRAMES = """async documents => {
    document.body.replaceChildren();
    await Promise.all(documents.map(each => new Promise(done => {
        const frame = document.createElement('iframe');
        frame.onload = done;
        Object.assign(frame, each);
        document.body.append(frame);
    })));
    for (const frame of document.querySelectorAll('iframe')) {
        for (const part of frame.contentDocument?.querySelectorAll('*') ?? []) {
            for (const name of ['mouseover', 'focus', 'load', 'error', 'toggle', 'animationend'])
                part.dispatchEvent(new Event(name));
        }
    }
}"""


@pytest.fixture(scope="session")
def hostile(quiet_house: House) -> dict[str, Any]:
    return quiet_house.run("tests.browser.hostile")


def batches(rows: list[Any]) -> list[list[Any]]:
    return [rows[start : start + AT_ONCE] for start in range(0, len(rows), AT_ONCE)]


def armed(desk: Desk) -> Desk:
    desk.page.context.add_init_script(CAUGHT)
    return desk


def test_what_is_kept_of_each_mail_is_harmless_by_itself(
    quiet_house: House, hostile: dict[str, Any], visitor: Signed
) -> None:
    """Without any policy around it, in a page where scripts may run."""
    desk = armed(visitor(quiet_house))
    desk.page.route("**/empty", lambda route: route.fulfill(body="<!doctype html>", content_type="text/html"))
    desk.show("/empty")
    assert hostile["mails"] > 600
    assert len(hostile["html"]) > 50
    for some in batches(hostile["html"]):
        desk.page.evaluate(FRAMES, [{"srcdoc": html} for html in some])
    assert_nothing_ran(desk)


def test_the_trap_works(quiet_house: House, visitor: Signed) -> None:
    desk = armed(visitor(quiet_house))
    desk.page.route("**/empty", lambda route: route.fulfill(body="<!doctype html>", content_type="text/html"))
    desk.show("/empty")
    hurts = "<img src=https://evil.example/x onerror=tactfulPwned()>"
    desk.page.evaluate(FRAMES, [{"srcdoc": hurts}])
    desk.page.wait_for_timeout(0)
    with pytest.raises(AssertionError):
        assert_nothing_ran(desk)


def test_each_mail_in_its_frame(quiet_house: House, hostile: dict[str, Any], signed_in: Signed) -> None:
    desk = armed(signed_in(quiet_house))
    entries = hostile["entries"]
    desk.show(f"/entries/{entries[0]}/")
    for some in batches(entries):
        desk.page.evaluate(FRAMES, [{"src": f"/entries/{entry}/html/"} for entry in some])
    assert_nothing_ran(desk)
    desk.watch.assert_calm("the frames")


def test_the_frame_is_locked(quiet_house: House, hostile: dict[str, Any], signed_in: Signed) -> None:
    desk = signed_in(quiet_house)
    page = desk.show(f"/entries/{hostile['entries'][0]}/")
    assert page.locator("iframe").get_attribute("sandbox") == ""
    headers = desk.page.request.get(f"/entries/{hostile['entries'][0]}/html/").headers
    policy = {rule.split()[0]: rule.split()[1:] for rule in headers["content-security-policy"].split(";")}
    assert policy["default-src"] == ["'none'"]
    assert policy["sandbox"] == []
    assert policy["img-src"] == ["data:"]
    assert "script-src" not in policy
    assert policy["frame-ancestors"] == ["'self'"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"


def test_every_page_that_shows_their_words(
    quiet_house: House, hostile: dict[str, Any], signed_in: Signed
) -> None:
    desk = armed(signed_in(quiet_house))
    pages = ["/", "/inbox/", "/clients/", "/clients/?q=villain", "/outbox/", "/import/"]
    pages += [f"/import/{hostile['import_run']}/", f"/import/{quiet_house.one(IMPORT_RUN)}/?rows=refused"]
    pages += [f"/clients/{hostile['first']}/"]
    pages += [f"/inbox/{thread}/" for thread in hostile["threads"]]
    for page in pages:
        desk.show(page)
    assert_nothing_ran(desk)
    desk.watch.assert_calm()


def assert_nothing_ran(desk: Desk) -> None:
    ran = [each for each in desk.watch.troubles if "It ran" in each or "tactfulPwned" in each]
    assert not ran, ran
    assert not desk.watch.outside, desk.watch.outside
