"""What is printed: one sheet of A4, black on white whatever the theme, with nothing to press on it."""

import re

import pytest

from tests.browser.conftest import Signed
from tests.browser.houses import House

SHEETS = ["/line/print/", "/settings/mail/connect/sheet/"]
GROUND = "each => getComputedStyle(each).backgroundColor"
INK = """() => [...document.querySelectorAll('main *')]
    .filter(each => each.checkVisibility() && each.childNodes.length &&
        [...each.childNodes].some(node => node.nodeType === 3 && node.data.trim()))
    .map(each => getComputedStyle(each).color)"""
DARKEST = 110  # of 255, in each colour of a letter: the palest ink of the light theme


@pytest.mark.parametrize("path", SHEETS)
def test_it_is_one_black_sheet_without_a_menu(house: House, signed_in: Signed, path: str) -> None:
    owner = signed_in(house, theme="dark")
    page = owner.page
    owner.show("/settings/mail/connect/?again=1")
    page.locator("[name=address]").fill("post@outlook.com")
    page.locator("form:has([name=address]) button.go").click()
    page.wait_for_url("**/connect/")
    owner.show(path)
    page.emulate_media(media="print", color_scheme="dark")
    for part in ("nav", ".off-paper", "form", "button"):
        assert not any(each.is_visible() for each in page.locator(part).all()), part
    assert {page.locator(each).evaluate(GROUND) for each in ("html", "body")} <= {
        "rgb(255, 255, 255)",
        "rgba(0, 0, 0, 0)",
    }
    letters = [re.findall(r"\d+", colour)[:3] for colour in page.evaluate(INK)]
    assert letters
    assert all(int(each) <= DARKEST for colour in letters for each in colour)
    printed = page.pdf(prefer_css_page_size=True, print_background=True)
    assert len(re.findall(rb"/Type /Page\b(?!s)", printed)) == 1
    assert re.search(rb"/MediaBox \[0 0 59[45][.\d]* 84[12]", printed)
