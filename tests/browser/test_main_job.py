"""The main job as a person does it: see why automation rests, answer, close, and it goes on."""

from playwright.sync_api import Page, expect

from tests.browser.conftest import Signed
from tests.browser.houses import House
from tests.browser.keys import press_on, tab_to

AYESHA = "ayesha@kafe-kraka.example"
OTHERS = """
    SELECT c.name, i.value FROM contact c JOIN identity i ON i.contact_id = c.id AND i.kind = 'email'
    JOIN dispatch d ON d.contact_id = c.id AND d.state = 'sent' ORDER BY c.id DESC
"""
"""Clients who have got the request and said nothing so far."""
HELD_BY_HAND = "SELECT 1 FROM standing_hold h JOIN contact c ON c.id = h.scope_id WHERE c.name = %s"


def test_answer_close_and_the_held_request_goes_out(house: House, signed_in: Signed) -> None:
    desk = signed_in(house)
    page = desk.show("/")
    cards = page.locator("#held .hold")
    expect(cards).to_have_count(3)
    for reason in cards.locator(".reason").all():
        expect(reason).not_to_be_empty()
    assert not house.letters(AYESHA)

    press_on(page, page.locator("#today li", has_text="Ayesha").locator("a.btn"))
    expect(page.locator("h1")).to_have_text("Ayesha Malik")
    page.wait_for_load_state()  # the keys work once the script has run
    page.keyboard.press("r")
    page.keyboard.type("As an investment, since it lasts for years.")
    press_on(page, page.locator("[name=do][value=send]"))
    expect(page.locator("#flow")).to_contain_text("since it lasts for years")
    page.wait_for_load_state()
    desk.wait_until(lambda: len(house.letters(AYESHA)) == 1, "the answer has arrived")

    with page.expect_navigation():
        page.keyboard.press("e")
    desk.wait_until(lambda: len(house.letters(AYESHA)) == 2, "the request has gone out")
    desk.show("/")
    expect(page.locator("#held .hold")).to_have_count(2)
    desk.watch.assert_calm()


def test_pages_hear_of_a_letter_by_themselves(house: House, signed_in: Signed) -> None:
    desk = signed_in(house)
    ((name, address), *_rest) = house.rows(OTHERS)
    page = listening(desk.page, house, "/inbox/")
    house.write_as(str(address), "Et spørsmål", "Når er fristen?")
    row = page.locator("#conversations li", has_text=str(name))
    expect(row).to_be_visible()
    assert page.evaluate("window.sameDocument")

    thread = row.locator("a").get_attribute("href")
    assert thread is not None
    page = listening(page, house, thread)
    house.write_as(str(address), "Et spørsmål til", "Og hva koster det?")
    expect(page.locator("#flow")).to_contain_text("Og hva koster det?")
    assert page.evaluate("window.sameDocument")

    page.keyboard.press("h")
    page.wait_for_load_state()
    desk.wait_until(lambda: bool(house.rows(HELD_BY_HAND, name)), "everything for this client is held")
    desk.watch.assert_calm()


def listening(page: Page, house: House, path: str) -> Page:
    with page.expect_response("**/live/"):
        page.goto(house.url + path)
    page.evaluate("window.sameDocument = true")
    return page


def test_single_keys(house: House, signed_in: Signed) -> None:
    desk = signed_in(house)
    page = desk.show("/inbox/")
    rows = page.locator("[data-step]")
    page.keyboard.press("j")
    expect(rows.nth(0)).to_be_focused()
    page.keyboard.press("j")
    expect(rows.nth(1)).to_be_focused()
    page.keyboard.press("k")
    expect(rows.nth(0)).to_be_focused()
    page.keyboard.press("/")
    expect(page.locator("input[type=search]")).to_be_focused()
    page.keyboard.type("jk")
    expect(page.locator("input[type=search]")).to_have_value("jk")
    tab_to(page, rows.nth(0))
    page.keyboard.press("?")
    expect(page.locator("#keys-help")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#keys-help")).to_be_hidden()
    desk.watch.assert_calm()
