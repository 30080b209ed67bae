"""Each page, wide and on a phone, light and dark: nothing that axe finds, no trouble in the console, no
request elsewhere, the headers, no sideways scrolling."""

from collections.abc import Iterable, Sequence

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

from tests.browser.addresses import client_pages, staff_pages
from tests.browser.chromium import Desk
from tests.browser.conftest import INGRID, MARYAM, PHONE, WIDE, Signed
from tests.browser.houses import House
from tests.browser.looking import faults, missing_headers, too_wide

NARROW = (320, 640)
NOT_THERE = "/no-such-page/"


LIGHT_WIDE, DARK_PHONE = ("light", WIDE), ("dark", PHONE)

Look = tuple[str, tuple[int, int]]


def test_staff_pages_in_norwegian(house: House, signed_in: Signed) -> None:
    look_at(signed_in(house, INGRID), staff_pages(house), [LIGHT_WIDE, DARK_PHONE])


def test_staff_pages_in_english(house: House, signed_in: Signed) -> None:
    look_at(signed_in(house, MARYAM), staff_pages(house)[:24:3], [("dark", WIDE)])


@pytest.mark.parametrize(
    ("look", "locale"), [(("light", PHONE), "nb-NO"), (("dark", WIDE), "en-GB")], ids=["phone", "wide"]
)
def test_client_pages(house: House, visitor: Signed, look: Look, locale: str) -> None:
    desk = visitor(house, locale=locale)
    look_at(desk, [*client_pages(house), "/account/login/", NOT_THERE], [look])


def look_at(desk: Desk, paths: Iterable[str], looks: Sequence[Look]) -> None:
    """Each page is opened once, in the first look, and takes on the others: looks are all CSS."""
    desk.page.context.add_init_script(AXE_SCRIPT)
    found: list[str] = []
    for path in paths:
        take_on(desk.page, looks[0])
        found += [f"{path}: {each}" for each in opened(desk, path)]
        for theme, size in looks:
            take_on(desk.page, (theme, size))
            troubles = faults(desk.page) + too_narrow(desk)
            found += [f"{path}, {theme}, {size[0]} wide: {each}" for each in troubles]
    assert not found, "\n".join(found)
    desk.watch.assert_calm()


def take_on(page: Page, look: Look) -> None:
    theme, (width, height) = look
    page.emulate_media(color_scheme="dark" if theme == "dark" else "light", reduced_motion="reduce")
    page.set_viewport_size({"width": width, "height": height})


def opened(desk: Desk, path: str) -> list[str]:
    response = desk.page.goto(path)
    assert response is not None
    wanted = 404 if path == NOT_THERE else 200
    if path == NOT_THERE:
        desk.watch.troubles.clear()
    found = [] if response.status == wanted else [f"answers {response.status}"]
    return found + [f"lacks {each}" for each in missing_headers(response.headers)]


def too_narrow(desk: Desk) -> list[str]:
    before = desk.page.viewport_size
    assert before is not None
    found = too_wide(desk.page)
    if before["width"] == PHONE[0]:
        desk.page.set_viewport_size({"width": NARROW[0], "height": NARROW[1]})
        found += too_wide(desk.page)
    return [f"scrolls sideways: {each}" for each in found]


FITS = """() => {
    const frame = document.querySelector('iframe[data-fit]');
    const root = frame.contentDocument.documentElement;
    return frame.offsetHeight > 100 && root.scrollHeight <= frame.clientHeight + 1;
}"""


def test_a_sent_mail_scrolls_with_its_page(house: House, signed_in: Signed) -> None:
    desk = signed_in(house, INGRID)
    sent = house.one("SELECT min(message_id) FROM dispatch WHERE state = 'sent'")
    desk.show(f"/outbox/{sent}/")
    for width, height in (WIDE, PHONE):
        desk.page.set_viewport_size({"width": width, "height": height})
        desk.page.wait_for_function(FITS)
    desk.watch.assert_calm()
