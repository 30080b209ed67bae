"""A colleague writes a broadcast, reads what will happen, sends it and takes it back."""

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page, expect

from tests.browser.conftest import MARYAM, PHONE, WIDE, Signed
from tests.browser.houses import House
from tests.browser.keys import press_on
from tests.browser.looking import faults, too_wide


def test_a_broadcast_from_the_first_word_to_taking_it_back(house: House, signed_in: Signed) -> None:
    desk = signed_in(house, MARYAM)
    page = desk.show("/clients/segments/new/?start=new")
    page.context.add_init_script(AXE_SCRIPT)
    page.locator("#f-name").fill("Newcomers")
    press_on(page, page.locator("button.go"))
    expect(page.locator("h1")).to_have_text("Newcomers")

    desk.show("/broadcasts/new/")
    page.locator("#id_name").fill("Open between the years")
    page.locator("#id_segment").select_option("newcomers")
    expect(page.locator("#group")).to_contain_text("became clients in the last 30 days")
    page.locator("#id_touchpoint").select_option(index=1)
    page.locator("[name='0-en-subject']").fill("We are open")
    page.locator("[name='0-en-body']").fill("# All week\n\nHi {{ given_name }},\n\nwe are here.")
    expect(page.locator("[name=day]")).to_be_hidden()
    page.locator("[name=when][value=local]").check()
    expect(page.locator("[name=day]")).to_be_visible()
    page.locator("[name=when][value=now]").check()
    looked_at(page)
    press_on(page, page.locator("button", has_text="Try another version"))
    expect(page.locator("legend", has_text="Version B")).to_be_visible()
    expect(page.locator("[name='0-en-subject']")).to_have_value("We are open")
    looked_at(page)
    press_on(page, page.locator("button", has_text="Take the last version away"))
    press_on(page, page.locator("button.go"))

    expect(page.locator("h1")).to_have_text("Open between the years")
    expect(page.locator("#h-ahead")).to_be_visible()
    expect(page.frame_locator("#preview iframe").first.locator("h2")).to_have_text("All week")
    looked_at(page)
    press_on(page, page.locator("header button", has_text="Send it"))
    expect(page.locator(".toast").first).to_contain_text("Until then you can take it back.")
    expect(page.locator("header .sum")).to_contain_text("nobody has got anything")
    looked_at(page)
    press_on(page, page.locator("header button", has_text="Take it back"))
    expect(page.locator("header .sum")).to_contain_text("Nothing happens until you send it.")
    press_on(page, page.locator("header button", has_text="Put it away"))
    expect(page.locator("header .sum")).to_contain_text("put away before it began")
    looked_at(page)


def looked_at(page: Page) -> None:
    for size in (PHONE, WIDE):
        page.set_viewport_size({"width": size[0], "height": size[1]})
        assert not faults(page) + too_wide(page)


def test_nobody_need_know_the_signs(house: House, signed_in: Signed) -> None:
    """Buttons over the words write them, by the keyboard too, and what can be put in is chosen by its name."""
    desk = signed_in(house, MARYAM)
    page = desk.show("/broadcasts/new/")
    page.context.add_init_script(AXE_SCRIPT)
    desk.show("/broadcasts/new/")
    words = page.locator("[name='0-en-body']")
    one = page.locator(".f", has=words)
    words.fill("Open at Christmas")
    press_on(page, one.get_by_role("button", name="Title"))
    expect(words).to_have_value("# Open at Christmas")
    words.press_sequentially("\nMonday")
    press_on(page, one.get_by_role("button", name="List"))
    words.press_sequentially("\nTuesday")
    press_on(page, one.get_by_role("button", name="List"))
    expect(words).to_have_value("# Open at Christmas\n\n- Monday\n- Tuesday")
    press_on(page, one.get_by_role("button", name="List"))
    expect(words).to_have_value("# Open at Christmas\n\n- Monday\nTuesday")
    words.press("End")
    press_on(page, one.get_by_role("button", name="Button"))
    page.keyboard.insert_text("https://salon.example")
    expect(words).to_have_value(
        "# Open at Christmas\n\n- Monday\nTuesday\n\n[Book a time](https://salon.example)"
    )
    words.fill("Hi ")
    press_on(page, one.get_by_role("button", name="Put in a field"))
    press_on(page, one.get_by_role("button", name="The first name"))
    expect(words).to_have_value("Hi {{ given_name }}")
    looked_at(page)
    desk.watch.assert_calm()
