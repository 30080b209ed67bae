"""The work of a day without a mouse."""

import pytest
from playwright.sync_api import FilePayload, expect

from tests.browser.addresses import JOURNEY, MESSAGE, THREAD, doors
from tests.browser.conftest import PHONE, Signed
from tests.browser.houses import House
from tests.browser.keys import press_on, tab_to, walk_through
from tests.browser.looking import faults_in_both_themes

LIST = FilePayload(
    name="liste.csv", mimeType="text/csv", buffer=b"Navn;E-post\nNora Nordnes;nora@nordnes.example\n"
)
PDF = FilePayload(name="kontoutskrift.pdf", mimeType="application/pdf", buffer=b"%PDF-1.4\n% scan\n%%EOF\n")


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/inbox/thread/",
        "/clients/",
        "/line/",
        "/line/document-reminder/",
        "/import/",
        "/settings/mail/",
        "/outbox/held/",
    ],
)
def test_tab_reaches_everything_in_order(house: House, signed_in: Signed, path: str) -> None:
    held = str(house.one(MESSAGE, "held"))
    page = signed_in(house).show(path.replace("thread", str(house.one(THREAD))).replace("held", held))
    missed, without_ring, in_order = walk_through(page)
    assert not missed
    assert not without_ring
    assert in_order


def test_draw_the_line(house: House, signed_in: Signed) -> None:
    desk = signed_in(house)
    page = desk.show("/line/quote-follow-up/")
    tab_to(page, page.locator("[name=line]").first)
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowLeft")
    expect(page.locator("[name=line][value=judgement]")).to_be_checked()
    tab_to(page, page.locator("#reason"))
    page.keyboard.type("Et tilbud er en samtale.")
    tab_to(page, page.locator("#owner"))
    page.keyboard.type("Kari")
    press_on(page, page.locator("main .btn.go"))
    expect(page.locator("main")).to_contain_text("«Et tilbud er en samtale.»")
    desk.watch.assert_calm()


def test_switch_a_journey_off_and_on(house: House, signed_in: Signed) -> None:
    desk = signed_in(house)
    page = desk.show(f"/journeys/{JOURNEY}/")
    for action in ("rest", "live"):
        press_on(page, page.locator(f"form[action$='/{JOURNEY}/{action}/'] button"))
        expect(page.locator(f"form[action$='/{JOURNEY}/{action}/'] button")).to_have_count(0)
    desk.watch.assert_calm()


def test_import_a_list(house: House, signed_in: Signed) -> None:
    desk = signed_in(house)
    page = desk.show("/import/")
    with page.expect_file_chooser() as chooser:  # before the first key: nobody waits until it listens
        press_on(page, page.locator("input[type=file]"), "Space")
    chooser.value.set_files(LIST)
    press_on(page, page.locator("main .btn.go"))
    expect(page.locator("h1")).to_have_text(LIST["name"])
    assert not faults_in_both_themes(page)
    press_on(page, page.locator("main .btn.go"))
    page.wait_for_url("**/import/*/")
    desk.wait_until(
        lambda: bool(house.rows("SELECT 1 FROM identity WHERE value = 'nora@nordnes.example'")), "she is here"
    )
    desk.watch.assert_calm()


def test_a_client_hears_less_and_takes_it_back(house: House, visitor: Signed) -> None:
    desk = visitor(house, size=PHONE)
    letter = doors(house, -1)
    page = desk.show(f"/c/unsubscribe/{letter['unsubscribe']}/")
    press_on(page, page.locator(".btn.go"))
    expect(page.locator("[role=status]")).to_be_visible()
    assert not faults_in_both_themes(page)
    with page.expect_navigation():  # two at once, and the browser breaks off the second
        press_on(page, page.locator("form button.btn"))
    desk.show(f"/c/preferences/{letter['preferences']}/")
    press_on(page, page.locator(".btn.go"))
    expect(page.locator("[role=status]")).to_be_visible()
    assert not faults_in_both_themes(page)
    desk.watch.assert_calm()


def test_hand_in_a_document(house: House, visitor: Signed) -> None:
    desk = visitor(house)
    page = desk.show(f"/c/documents/{doors(house)['documents']}/")
    with page.expect_file_chooser() as chooser:  # before the first key: nobody waits until it listens
        press_on(page, page.locator("input[type=file]"), "Space")
    chooser.value.set_files(PDF)
    press_on(page, page.locator(".btn.go"))
    expect(page.locator("[role=status]")).to_be_visible()
    expect(page.locator(".asked .passed")).to_have_count(1)
    assert not faults_in_both_themes(page)
    press_on(page, page.locator(".choice"))
    expect(page.locator("[role=status]")).to_be_visible()
    assert not faults_in_both_themes(page)
    desk.watch.assert_calm()
