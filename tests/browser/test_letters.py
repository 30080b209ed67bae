"""A letter by keyboard alone, from nothing to a test in one's own postbox; and on a phone, in both languages."""

import random
import struct
import zlib
from pathlib import Path

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page, expect

from tests.browser.conftest import MARYAM, PHONE, WIDE, Signed
from tests.browser.houses import House
from tests.browser.keys import press_on
from tests.browser.looking import faults, too_wide


def test_a_letter_from_the_first_word_to_a_test(house: House, signed_in: Signed) -> None:
    desk = signed_in(house, MARYAM)
    page = desk.show("/letters/")
    page.context.add_init_script(AXE_SCRIPT)
    page.locator("#new-name").focus()
    page.keyboard.type("Spring greeting")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Spring greeting")
    page.locator("#subject").focus()
    page.keyboard.type("Vårhilsen")
    page.keyboard.press("Enter")
    expect(page.locator("#said")).to_have_text("Kept.")
    press_on(page, page.locator(".seg a", has_text="English"))
    press_on(page, page.locator("button", has_text="Begin with the blocks of the Norwegian letter"))
    expect(page.locator("#said")).to_contain_text("These are the words of the other language.")
    page.locator("#subject").focus()
    page.keyboard.press("Control+a")
    page.keyboard.type("Spring, ")
    page.keyboard.type("{{")
    expect(page.locator(".fieldpop button").first).to_have_text("First name")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")  # the company, which nobody has answered for yet
    expect(page.locator("#field-default")).to_be_focused()
    page.keyboard.type("all of you")
    page.keyboard.press("Enter")
    expect(page.locator("#subject")).to_have_value("Spring, {{ company }}")
    page.keyboard.press("Enter")
    expect(page.locator("#said")).to_have_text("Kept.")
    expect(page.locator("#d-company")).to_have_value("all of you")
    looked_at(page)

    press_on(page, page.locator("#g-1"))
    looked_at(page)
    press_on(page, page.locator(".addmenu a", has_text="Picture"))
    expect(page.locator("#b-src")).to_be_focused()
    page.keyboard.type("https://example.com/a.png")
    looked_at(page)
    page.keyboard.press("Enter")
    expect(page.locator("#s-1")).to_be_focused()
    expect(page.locator(".lt-hints")).to_contain_text("A picture has no words instead of it.")
    press_on(page, page.locator(".lt-hints a"))
    expect(page.locator("#b-src")).to_be_focused()  # by itself, as soon as it is there
    page.locator("#b-alt").focus()
    page.keyboard.type("Our door")
    page.keyboard.press("Enter")
    expect(page.locator("#h-hints + p")).to_contain_text("Nothing to say.")

    page.locator("#s-1").focus()
    page.keyboard.press("Alt+ArrowUp")
    expect(page.locator("#s-0")).to_contain_text("Our door")
    page.keyboard.press("Control+z")
    expect(page.locator("#s-1")).to_contain_text("Our door")
    page.keyboard.press("Control+Shift+z")
    expect(page.locator("#s-0")).to_contain_text("Our door")
    looked_at(page)
    for view in ("Desk", "Dark"):
        press_on(page, page.locator(".lt-views a", has_text=view))
        looked_at(page)
    expect(page.frame_locator("#preview iframe").locator("body")).to_contain_text("Liv")

    page.locator("#s-0").focus()
    page.keyboard.press("Alt+Delete")  # the postbox asks nothing of the network, and would say so
    expect(page.locator(".recipe")).not_to_contain_text("Our door")
    press_on(page, page.locator("#preview button", has_text="Send a test"))
    expect(page.locator(".toast").first).to_contain_text("A test is on its way")
    assert [letter.subject for letter in house.letters(MARYAM)][-1].startswith("Spring, ")
    press_on(page, page.locator("#publish"))
    expect(page.locator(".head .sum")).to_have_text("This is what goes out now.")
    looked_at(page)


def looked_at(page: Page) -> None:
    for size in (PHONE, WIDE):
        page.set_viewport_size({"width": size[0], "height": size[1]})
        assert not faults(page) + too_wide(page)


def test_a_picture_from_a_camera_is_made_small_before_it_is_sent(
    house: House, signed_in: Signed, tmp_path: Path
) -> None:
    file = tmp_path / "door.png"
    file.write_bytes(photograph(2400, 1800))
    assert file.stat().st_size > 1_000_000
    page = signed_in(house, MARYAM).show("/letters/")
    page.context.add_init_script(AXE_SCRIPT)
    page.locator("#new-name").fill("Our new door")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Our new door")
    page.locator("#subject").fill("Our new door")
    page.keyboard.press("Enter")
    expect(page.locator("#said")).to_have_text("Kept.")
    page.locator("#g-1").click()
    page.locator(".addmenu a", has_text="Picture").click()
    page.locator("#b-file").set_input_files(file)
    page.wait_for_function("() => document.getElementById('b-file').files[0].size < 300000")
    page.locator("#b-alt").fill("Our door")
    looked_at(page)
    page.locator("#open button", has_text="Keep it").click()
    expect(page.locator("#s-1")).to_contain_text("Our door")
    picture = page.frame_locator("#preview iframe").locator("img[alt='Our door']")
    expect(picture).to_have_js_property("naturalWidth", 1200)
    expect(picture).to_have_js_property("naturalHeight", 900)


def photograph(width: int, height: int) -> bytes:
    """A PNG of soft colours with some noise, as large as such files are."""
    dice = random.Random(1)
    noise = [dice.randbytes(width * 3) for _ in range(8)]
    rows = b"".join(
        b"\0" + bytes(value // 8 + (row * 200 // height) for value in noise[row % 8]) for row in range(height)
    )
    return b"".join(
        [
            b"\x89PNG\r\n\x1a\n",
            _chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)),
            _chunk(b"IDAT", zlib.compress(rows, 1)),
            _chunk(b"IEND", b""),
        ]
    )


def _chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
