"""Each page, wide and on a phone, light and dark: nothing that axe finds, no trouble in the console, no
request elsewhere, the headers, no sideways scrolling."""

from collections.abc import Iterable

import pytest

from tests.browser.addresses import client_pages, staff_pages
from tests.browser.chromium import Desk
from tests.browser.conftest import INGRID, MARYAM, PHONE, WIDE, Signed
from tests.browser.houses import House
from tests.browser.looking import faults, missing_headers, too_wide

NARROW = (320, 640)
NOT_THERE = "/no-such-page/"


@pytest.mark.parametrize(
    ("who", "theme", "size"),
    [(INGRID, "light", WIDE), (INGRID, "dark", PHONE), (MARYAM, "dark", WIDE)],
    ids=["light, wide, Norwegian", "dark, phone, Norwegian", "dark, wide, English"],
)
def test_staff_pages(house: House, signed_in: Signed, who: str, theme: str, size: tuple[int, int]) -> None:
    desk = signed_in(house, who, theme, size)
    look_at(desk, staff_pages(house) if who == INGRID else staff_pages(house)[:24:3])


@pytest.mark.parametrize(
    ("theme", "size", "locale"), [("light", PHONE, "nb-NO"), ("dark", WIDE, "en-GB")], ids=["phone", "wide"]
)
def test_client_pages(house: House, visitor: Signed, theme: str, size: tuple[int, int], locale: str) -> None:
    desk = visitor(house, theme, size, locale)
    look_at(desk, [*client_pages(house), "/account/login/", NOT_THERE])


def look_at(desk: Desk, paths: Iterable[str]) -> None:
    found: list[str] = []
    for path in paths:
        found += [f"{path}: {each}" for each in trouble_on(desk, path)]
    assert not found, "\n".join(found)
    desk.watch.assert_calm()


def trouble_on(desk: Desk, path: str) -> list[str]:
    response = desk.page.goto(path)
    assert response is not None
    wanted = 404 if path == NOT_THERE else 200
    if path == NOT_THERE:
        desk.watch.troubles.clear()
    found = [] if response.status == wanted else [f"answers {response.status}"]
    found += [f"lacks {each}" for each in missing_headers(response.headers)]
    found += faults(desk.page)
    return found + too_narrow(desk)


def too_narrow(desk: Desk) -> list[str]:
    before = desk.page.viewport_size
    assert before is not None
    found = too_wide(desk.page)
    if before["width"] == PHONE[0]:
        desk.page.set_viewport_size({"width": NARROW[0], "height": NARROW[1]})
        found += too_wide(desk.page)
        desk.page.set_viewport_size(before)
    return [f"scrolls sideways: {each}" for each in found]
