"""An owner builds a segment by clicking, reads it, keeps it, and asks why somebody is in it."""

import re

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page, expect

from tests.browser.conftest import MARYAM, PHONE, WIDE, Signed
from tests.browser.houses import House
from tests.browser.keys import press_on
from tests.browser.looking import faults, too_wide

NEW = "/clients/segments/new/"


def test_a_segment_from_the_first_click_to_why(house: House, signed_in: Signed) -> None:
    desk = signed_in(house, MARYAM)
    page = desk.show("/clients/")
    page.context.add_init_script(AXE_SCRIPT)
    press_on(page, page.locator(".head-tools a", has_text="Segments"))
    expect(page.locator("h1")).to_have_text("Segments")
    looked_at(page)
    press_on(page, page.locator(".head-tools a", has_text="New segment"))
    expect(page.locator(".seg-said")).to_contain_text("Add a condition")
    looked_at(page)

    add(page, "known")
    choose(page, "n.0.what", "f:language")
    choose(page, "n.0.value", "nb")
    expect(page.locator(".seg-sentence")).to_have_text("Clients who speak Norwegian.")
    expect(page.locator(".seg-count")).to_contain_text(re.compile("[1-9][0-9]* clients"))
    add(page, "conversation")
    choose(page, "n.1.state", "not-now")
    expect(page.locator(".seg-sentence")).to_contain_text("speak Norwegian and have no open conversation.")
    add(page, "event")
    expect(page.locator(".seg-said")).to_contain_text("One condition is not finished")
    page.locator("[name='n.2.event']").fill("message.sent")
    page.keyboard.press("Tab")
    choose(page, "n.2.window", "last")
    expect(page.locator(".seg-sentence")).to_contain_text("got a message from us in the last 30 days")
    expect(page.locator("#said")).to_contain_text("got a message from us")
    looked_at(page)
    press_on(page, page.locator(".seg-line").nth(2).locator("button[name=act]"))
    expect(page.locator(".seg-line")).to_have_count(2)
    page.locator("#f-name").fill("Norwegians at rest")
    press_on(page, page.locator("button.go"))

    expect(page.locator("h1")).to_have_text("Norwegians at rest")
    press_on(page, page.locator(".seg-sample a").first)
    expect(page.locator(".seg-verdict")).to_contain_text("is in this segment.")
    expect(page.locator(".seg-why")).to_contain_text("Speak Norwegian It is “nb”.")
    looked_at(page)


def test_groups_and_their_lines_keep_their_place(house: House, signed_in: Signed) -> None:
    page = signed_in(house, MARYAM, size=PHONE).show(NEW)
    page.evaluate(AXE_SCRIPT)
    add(page, "address")
    add(page, "group")
    page.locator(".seg-bracket.inner summary").click()
    page.locator("button[value='add:n.1:tag']").click()
    expect(page.locator("[name='n.1.0.tag']")).to_be_visible()
    drawn(page)
    page.locator("[name='n.1.0.tag']").fill("vip")
    page.keyboard.press("Tab")
    expect(page.locator(".seg-sentence")).to_contain_text("have a mail address and are tagged “vip”")
    choose(page, "n.1.kind", "none")
    expect(page.locator(".seg-sentence")).to_contain_text("have a mail address and are not tagged “vip”")
    looked_at(page)


def add(page: Page, kind: str) -> None:
    lines = page.locator(".seg-line, .seg-bracket")
    before = lines.count()
    press_on(page, page.locator(f"button[value='add:n:{kind}']"))
    expect(lines).to_have_count(before + 1)
    drawn(page)


def choose(page: Page, name: str, value: str) -> None:
    """Between two drawings: a choice in a line that is being drawn anew would be lost with it."""
    drawn(page)
    with page.expect_response("**/preview/"):
        page.locator(f"select[name='{name}']").select_option(value)
    drawn(page)


def drawn(page: Page) -> None:
    expect(page.locator(".htmx-request, .htmx-swapping, .htmx-settling")).to_have_count(0)


def looked_at(page: Page) -> None:
    """On a desk and in a hand."""
    before = page.viewport_size
    for width, height in (WIDE, PHONE):
        page.set_viewport_size({"width": width, "height": height})
        assert faults(page) == []
        assert too_wide(page) == []
    if before is not None:
        page.set_viewport_size(before)


def test_the_focus_stays_when_the_form_is_drawn_anew(house: House, signed_in: Signed) -> None:
    """What was typed is posted when the field is left, and the answer comes while the next thing is in hand."""
    page = signed_in(house, MARYAM).show("/clients/segments/new/?start=new")
    keep = page.locator("button.go")
    keep.evaluate("each => { each.isOld = true; each.focus(); }")
    page.locator("#f-name").dispatch_event("change")
    page.wait_for_function("() => !document.querySelector('button.go').isOld")
    expect(keep).to_be_focused()
