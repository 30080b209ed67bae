"""An owner proves a journey: tries it, keeps a test, replays the past, and opens a client's day."""

import re

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page, expect

from tests.browser.addresses import JOURNEY
from tests.browser.conftest import MARYAM, PHONE, WIDE, Signed
from tests.browser.houses import House
from tests.browser.keys import press_on
from tests.browser.looking import faults, too_wide

HERE = f"/journeys/{JOURNEY}/"
SENT = """
    SELECT d.message_id, d.contact_id, d.first_handoff_at FROM dispatch d JOIN message m ON m.id = d.message_id
    WHERE d.state = 'sent' AND m.cause_kind = 'visit' ORDER BY d.message_id LIMIT 1
"""
LATE_COMPLAINT = """
    INSERT INTO talk_spell (id, contact_id, kind, ref, from_at, recorded_at, waits_on_client, data)
    VALUES (%s, %s, 'complaint', %s, %s::timestamptz - interval '2 hours', %s::timestamptz, false, '{}')
"""


def test_from_a_trial_to_a_clients_day(house: House, signed_in: Signed) -> None:
    desk = signed_in(house, MARYAM)
    page = desk.show(HERE)
    page.context.add_init_script(AXE_SCRIPT)
    press_on(page, page.locator(".head-tools a", has_text="Try it"))
    expect(page.locator(".path")).to_contain_text("would be sent")

    press_on(page, page.locator("button[value='client.complains']"))
    expect(page.locator(".path")).to_contain_text("is held: The client has complained")
    looked_at(page)
    page.go_back()
    expect(page.locator(".path")).not_to_contain_text("complained")
    page.go_forward()
    expect(page.locator(".path")).to_contain_text("complained")

    page.locator("#keep [name=name]").fill("Nothing into a complaint")
    press_on(page, page.locator("#keep button"))
    expect(page.locator("h1")).to_have_text("Nothing into a complaint")
    expect(page.locator(".sum")).to_contain_text("does what is expected")
    looked_at(page)
    page.goto(f"{HERE}tests/")
    expect(page.locator(".sum")).to_have_text("The test passes.")
    looked_at(page)

    ((message, contact, at),) = house.rows(SENT)
    house.rows(LATE_COMPLAINT, message, contact, message, at, at)
    page.goto(f"{HERE}replays/")
    press_on(page, page.locator("form button.go"))
    expect(page.locator("#run-head h1")).to_contain_text("Version 1")
    expect(page.locator(".answers")).to_contain_text("1 would have landed in a complaint")
    expect(page.locator("#lines h2")).to_have_text(re.compile("1 message with a mistake"))
    looked_at(page)
    press_on(page, page.locator("#lines a[data-step]"))
    expect(page.locator("h1")).to_contain_text(", ")
    expect(page.locator("main")).to_contain_text("A complaint was open")
    looked_at(page)
    desk.watch.assert_calm()


def looked_at(page: Page) -> None:
    found = []
    for theme, size in (("light", WIDE), ("dark", PHONE)):
        page.emulate_media(color_scheme=theme, reduced_motion="reduce")  # type: ignore[arg-type]
        page.set_viewport_size({"width": size[0], "height": size[1]})
        found += [f"{page.url} {theme}: {each}" for each in faults(page) + too_wide(page)]
    page.set_viewport_size({"width": WIDE[0], "height": WIDE[1]})
    assert not found, "\n".join(found)
