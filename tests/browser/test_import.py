"""The columns of a file on a phone: no word of them breaks in the middle."""

import pytest
from playwright.sync_api import FilePayload

from tests.browser.conftest import PHONE, Signed
from tests.browser.houses import House

HEADS = ("Navn", "E-postadresse", "Organisasjonsnummer", "Kontaktperson")
ROW = ("Nora Nordnes", "nora.nordnes@enkeltpersonforetak.example", "974760673", "Kari Blomdal")
ONE_LINE = """each => {
    const line = parseFloat(getComputedStyle(each).lineHeight);
    return each.getBoundingClientRect().height < 1.6 * line;
}"""
BESIDE = "each => each.getBoundingClientRect().left - each.closest('section').getBoundingClientRect().left"


@pytest.mark.parametrize("width", [PHONE[0], 320])
def test_columns_stand_below_each_other(house: House, signed_in: Signed, width: int) -> None:
    desk = signed_in(house, size=(width, 844))
    page = desk.show("/import/")
    text = "\n".join(";".join(row) for row in (HEADS, ROW)) + "\n"
    file = FilePayload(name="navn.csv", mimeType="text/csv", buffer=text.encode())
    page.locator("input[type=file]").set_input_files(file)
    page.locator("main .btn.go").click()
    page.wait_for_url("**/columns/")
    labels = page.locator(".columns label")
    assert labels.all_inner_texts() == list(HEADS)
    assert all(label.evaluate(ONE_LINE) for label in labels.all())
    fields = page.locator(".columns select").all()
    assert len({round(field.evaluate(BESIDE)) for field in (*fields, *labels.all())}) == 1
    assert page.evaluate("document.documentElement.scrollWidth") == width
    desk.watch.assert_calm()
