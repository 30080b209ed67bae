"""A journey made with the keyboard alone, from empty to published with a test."""

import os
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.chromium import Desk
from tests.browser.conftest import INGRID, MARYAM, PHONE, WIDE, Signed
from tests.browser.houses import House
from tests.browser.keys import press_on, tab_to, walk_through
from tests.browser.looking import faults_in_both_themes, too_wide

SHOTS = os.environ.get("TACTFUL_SHOTS", "")
"""A folder for pictures, for a person to look at."""


def shot(page: Page, name: str) -> None:
    if not SHOTS:
        return
    before = page.viewport_size
    for theme in ("light", "dark"):
        for width, height in (WIDE, PHONE):
            page.emulate_media(color_scheme=theme, reduced_motion="reduce")  # type: ignore[arg-type]
            page.set_viewport_size({"width": width, "height": height})
            page.screenshot(path=Path(SHOTS) / f"{name}-{width}-{theme}.png", full_page=True)
    page.emulate_media(color_scheme="light", reduced_motion="reduce")
    assert before is not None
    page.set_viewport_size(before)


def settled(page: Page) -> None:
    """The part that was asked for is here, and the keys go to it."""
    page.wait_for_load_state()
    page.wait_for_function("() => !document.querySelector('.htmx-request, .htmx-swapping, .htmx-settling')")


def typed(page: Page, name: str, words: str) -> None:
    tab_to(page, page.locator(f"[name='{name}']").first)
    page.keyboard.press("Control+A")
    page.keyboard.type(words)


def chosen(page: Page, name: str, label: str) -> None:
    """By the arrows, until it says so."""
    field = page.locator(f"select[name='{name}']").first
    tab_to(page, field)
    page.keyboard.press("Home")
    for _press in range(120):
        if label in str(field.evaluate("each => each.selectedOptions[0].text")):
            return
        page.keyboard.press("ArrowDown")
    raise AssertionError(f"{name} does not offer {label}.")


def add(page: Page, kind: str, gap: int = -1) -> None:
    """Open the menu at a gap, and a form from it."""
    gaps = page.locator("a.plus")
    press_on(page, gaps.last if gap < 0 else gaps.nth(gap))
    expect(page.locator(".addmenu h3")).to_be_focused()
    press_on(page, page.locator(".addmenu a.btn", has_text=kind).first)
    expect(page.locator("#form-title")).to_be_focused()


def keep(page: Page) -> None:
    press_on(page, page.locator("#keep"))
    expect(page.locator(".openform")).to_have_count(0)
    settled(page)


def test_from_empty_to_published_with_the_keyboard_alone(house: House, signed_in: Signed) -> None:
    desk = signed_in(house, MARYAM)
    page = desk.show("/journeys/new/")
    typed(page, "name", "Order looked after")
    typed(page, "name_nb", "Bestilling fulgt opp")
    press_on(page, page.locator("#begin"))
    expect(page.locator("h1")).to_have_text("Order looked after")
    shot(page, "1-empty")

    press_on(page, page.locator("#p-entry"))
    expect(page.locator("#form-title")).to_be_focused()
    chosen(page, "kind", "when something happens")
    chosen(page, "event.what", "Something else")
    typed(page, "event.name", "order.shipped")
    chosen(page, "key.what", "order")
    shot(page, "2-entry")
    keep(page)
    expect(page.locator(".st.start")).to_contain_text("when the order is sent")
    expect(page.locator("#p-entry")).to_be_focused()

    add(page, "Wait")
    typed(page, "delay.amount", "3")
    chosen(page, "delay.unit", "working days")
    keep(page)
    expect(page.locator("#s-wait")).to_be_focused()
    expect(page.locator("#said")).to_contain_text("Added: Wait 3 working days")

    add(page, "Give a person a task")
    typed(page, "title.en", "Ask if all is well")
    typed(page, "title.nb", "Spør om alt er bra")
    keep(page)

    add(page, "Ask: if")
    chosen(page, "arms.0.0.what", "agreed to advertising")
    keep(page)
    expect(page.locator(".lane")).to_have_count(2)
    shot(page, "3-branch")
    assert not faults_in_both_themes(page)

    press_on(page, page.locator(".lane a.plus").first)
    press_on(page, page.locator(".addmenu a.btn", has_text="Put on or take off a tag"))
    expect(page.locator("#form-title")).to_be_focused()
    typed(page, "add", "worried")
    keep(page)
    expect(page.locator(".lane").first).to_contain_text("worried")
    moves_are_undone(page)
    a_test_is_written(page)
    the_text_says_the_same(page)
    published(desk, house)


def moves_are_undone(page: Page) -> None:
    step = page.locator("#s-tag")
    tab_to(page, step)
    page.keyboard.press("Alt+ArrowUp")
    expect(page.locator(".lane").first).not_to_contain_text("worried")
    expect(page.locator("#up-tag")).to_be_focused()
    settled(page)
    page.keyboard.press("Control+z")
    expect(page.locator(".lane").first).to_contain_text("worried")
    expect(page.locator("#undo")).to_be_visible()
    settled(page)
    page.keyboard.press("Control+Shift+z")
    expect(page.locator(".lane").first).not_to_contain_text("worried")
    settled(page)
    page.keyboard.press("Control+z")
    expect(page.locator(".lane").first).to_contain_text("worried")
    settled(page)


TEST = """given:
  client:
    zone: Europe/Oslo
    country: 'NO'
  events:
  - at: '2026-03-02T08:00:00+00:00'
    name: order.shipped
    data:
      order: '1'
  until: '2026-03-20T08:00:00+00:00'
expected:
- task: ask-if-all-is-well
  at: '2026-03-05T08:00:00+00:00'
"""


def a_test_is_written(page: Page) -> None:
    press_on(page, page.locator("#new-test"))
    typed(page, "name", "Somebody asks after three working days")
    tab_to(page, page.locator("#test-body"))
    page.keyboard.press("Control+A")
    page.keyboard.insert_text(TEST)
    press_on(page, page.locator("#keep-test"))
    expect(page.locator("#h-tests")).to_be_focused()
    tests = page.locator("section[aria-labelledby=h-tests]")
    expect(tests).to_contain_text("Somebody asks after three working days")
    expect(tests).not_to_contain_text("Does not pass")
    shot(page, "4-flow")


def the_text_says_the_same(page: Page) -> None:
    press_on(page, page.locator(".seg a", has_text="Text"))
    field = page.locator("#text")
    expect(field).to_contain_text("working_days: 3")
    settled(page)
    tab_to(page, field)
    page.keyboard.press("Control+Home")
    page.keyboard.type("# Made for parcels.\n")
    page.keyboard.press("Control+End")
    page.keyboard.insert_text("- id: wait\n  kind: nap\n")
    link = page.locator("#text-state a[data-line]").first
    expect(link).to_be_visible()
    shot(page, "5-text")
    assert not faults_in_both_themes(page)
    number = int(str(link.get_attribute("data-line")))
    press_on(page, link)
    expect(field).to_be_focused()
    here = field.evaluate("each => each.value.slice(each.selectionStart, each.selectionEnd)")
    assert here == field.input_value().split("\n")[number - 1]
    page.keyboard.press("Control+End")
    for _ in range(len("- id: wait\n  kind: nap\n")):
        page.keyboard.press("Backspace")
    expect(page.locator("#h-lines")).to_have_text("It can be read")
    press_on(page, page.locator(".seg a", has_text="Flow"))
    expect(page.locator(".lane")).to_have_count(2)
    settled(page)


def published(desk: Desk, house: House) -> None:
    page = desk.page
    missed, without_ring, in_order = walk_through(page)
    assert (missed, without_ring, in_order) == ([], [], True)
    assert not too_wide(page)
    press_on(page, page.locator("#publish"))
    expect(page.locator("h1")).to_have_text("Publish version 1")
    shot(page, "6-publish")
    assert not faults_in_both_themes(page)
    for box in page.locator("[name=sure]").all():
        press_on(page, box, "Space")
    press_on(page, page.locator("#publish"))
    expect(page.locator("#toasts")).to_contain_text("Version 1 is published")
    source = house.one(
        "SELECT source FROM journey_version v JOIN journey j ON j.live_version_id = v.id WHERE slug = %s",
        "order-looked-after",
    )
    assert str(source).startswith("# Made for parcels.\n")
    assert (
        house.one(
            "SELECT count(*) FROM journey_draft d JOIN journey j ON j.id = d.journey_id WHERE slug = %s",
            "order-looked-after",
        )
        == 0
    )
    desk.watch.assert_calm()


RECIPE = "/journeys/annual-accounts-documents/draft/"
PARTS = (
    "?edit=remind",
    "?edit=wait-for-documents",
    "?move=remind",
    "?add=request.next",
    "?add=request.next&kind=branch",
    "?edit=call",
    "?part=goal",
    "?part=rules",
    "?part=names",
    "?part=entry",
    "text/",
)


def test_a_long_recipe_is_edited_on_a_phone_and_wide(house: House, signed_in: Signed) -> None:
    desk = signed_in(house, INGRID)
    page = desk.show("/journeys/annual-accounts-documents/")
    press_on(page, page.locator("form[action$='/draft/'] button"))
    expect(page.locator("#editor")).to_be_visible()
    shot(page, "7-recipe")
    for path in ("", *PARTS, "publication/"):
        desk.show(RECIPE + path)
        assert not faults_in_both_themes(page), path
        for size in (WIDE, PHONE, (320, 640)):
            page.set_viewport_size({"width": size[0], "height": size[1]})
            assert not too_wide(page), path
        if path in ("?edit=remind", "?add=request.next", "publication/"):
            shot(page, f"8-{path.strip('/?').replace('=', '-')}")
    desk.show("/journeys/new/")
    assert not faults_in_both_themes(page)
    shot(page, "9-new")
    desk.watch.assert_calm()
