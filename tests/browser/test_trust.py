"""The trial week in a house of its own: what would have left, judged with the keyboard, and the line that is
moved by it; then the brake, with what it stopped."""

import re
from collections.abc import Iterator

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Browser, Page, expect

from tactful.testing.server import SharedServer
from tests.browser.conftest import INGRID, PHONE, WIDE, Signed
from tests.browser.houses import House, demo_house
from tests.browser.keys import press_on
from tests.browser.looking import faults, too_wide

A_WEEK_ON = "UPDATE instance SET clock_shift = clock_shift + interval '7 days 30 minutes'"
WOULD_HAVE = "SELECT count(*) FROM rehearsed"
SENT = "SELECT count(*) FROM dispatch WHERE state = 'sent'"
LINE = """SELECT r.line FROM touchpoint t JOIN touchpoint_revision r ON r.id = t.current_id
    WHERE t.slug = 'document-reminder'"""

RIGHT = re.compile(r"^\s*Right")
"""Of this one; those alike have a button of their own."""


@pytest.fixture(scope="module")
def own_house(
    browser: Browser,
    tmp_path_factory: pytest.TempPathFactory,
    test_server: SharedServer,
    database_template: str,
) -> Iterator[House]:
    with demo_house(tmp_path_factory.mktemp("trial"), test_server, database_template) as running:
        running.rows("UPDATE staff SET language = 'en' WHERE email = %s", INGRID)
        yield running


def test_a_trial_week_judged_and_the_line_moved_by_it(own_house: House, signed_in: Signed) -> None:
    desk = signed_in(own_house, INGRID)
    desk.page.context.add_init_script(AXE_SCRIPT)
    page = desk.show("/settings/trust/")
    page.locator("[name=days][value='14']").check()
    press_on(page, page.locator("button", has_text="Begin a trial"))
    expect(page.locator("section", has=page.locator("#h-trial"))).to_contain_text("A trial is running until")
    before = own_house.one(SENT)

    own_house.rows(A_WEEK_ON)
    desk.wait_until(lambda: int(str(own_house.one(WOULD_HAVE))) > 2, "something would have gone")
    desk.show("/")
    expect(page.locator(".notice", has_text="Trial week: nothing leaves.")).to_be_visible()
    page.locator(".notice a", has_text="Judge them").click()
    lines = page.locator(".outrow")
    expect(lines.first).to_contain_text("A few documents are missing")
    looked_at(page)

    press_on(page, lines.nth(0).locator("button", has_text=RIGHT))
    expect(lines.nth(0)).to_contain_text("Right.")
    press_on(page, lines.nth(0).locator("button", has_text="Undo"))
    expect(lines.nth(0).locator("button", has_text=RIGHT)).to_be_visible()

    press_on(page, lines.nth(0).locator("summary", has_text="Wrong"))
    expect(lines.nth(0).locator("button", has_text="A person should write this")).to_be_visible()
    looked_at(page)
    press_on(page, lines.nth(0).locator("button", has_text="A person should write this"))
    expect(lines.nth(0)).to_contain_text("stands above the line now")
    assert own_house.one(LINE) == "judgement"
    looked_at(page)
    press_on(page, lines.nth(0).locator("button", has_text="Undo"))
    expect(lines.nth(0).locator("button", has_text=RIGHT)).to_be_visible()
    assert own_house.one(LINE) == "structural"
    assert own_house.one(SENT) == before, "nothing of automation has left since the trial began"


def test_the_brake_and_starting_again(own_house: House, signed_in: Signed) -> None:
    desk = signed_in(own_house, INGRID)
    desk.page.context.add_init_script(AXE_SCRIPT)
    page = desk.show("/brake/")
    looked_at(page)
    press_on(page, page.locator("main button", has_text="Stop all automation"))
    expect(page.locator("h1")).to_have_text("Everything is stopped")
    expect(page.locator("#h-stopped")).to_be_visible()
    looked_at(page)
    desk.show("/")
    page.locator("a", has_text="Let it write again").first.click()
    press_on(page, page.locator("main button", has_text="Yes, start automation again"))
    expect(page.locator("h1")).to_have_text("Stop everything")
    looked_at(desk.show("/going-out/"))


def looked_at(page: Page) -> None:
    for size in (PHONE, WIDE):
        page.set_viewport_size({"width": size[0], "height": size[1]})
        assert not faults(page) + too_wide(page)
