"""The brand is set once, and mails, client pages and whoever writes have it."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tactful.broadcasts.rules.words import mail_source
from tactful.broadcasts.tests.cast import NEWS, Salon, make_salon
from tactful.channels.models import Account
from tactful.content.rules.contrast import contrast
from tactful.content.tests.test_pictures import png
from tactful.foundation.clock import business_now
from tactful.foundation.queries import business_at
from tactful.web.tests.test_broadcasts import browser_of, shown
from tactful.wiring.letters import letterhead
from tactful.wiring.written import words_of_draft

URL = "/settings/brand/"
GIVEN = {
    "accent": "#ff8800",
    "sender": "Salongen",
    "signature": "Tlf. 55 00 00 00\nTirsdag til lørdag",
    "tone": "Vi sier du.",
}


@pytest.fixture
def salon(db: None) -> Salon:
    return make_salon()


@pytest.fixture
def browser(salon: Salon) -> Client:
    return browser_of(salon.owner)


def with_logo(content: bytes) -> dict[str, object]:
    return {**GIVEN, "logo": SimpleUploadedFile("logo.png", content, "image/png")}


def test_a_colour_that_cannot_be_read_is_mended_with_a_sentence(salon: Salon, browser: Client) -> None:
    page = browser.post(URL, GIVEN, follow=True).content.decode()
    assert "#ff8800 is hard to read on white, so we took" in page
    accent = business_at(business_now()).brand.accent
    assert contrast(accent, "#ffffff") >= 4.5
    page = shown(browser, URL, GIVEN | {"accent": "orange"}, status=422)
    assert "Write a colour such as #12566b." in page


def test_mails_have_it(salon: Salon, browser: Client) -> None:
    browser.post(URL, with_logo(png()))
    house = business_at(business_now())
    mail = words_of_draft(mail_source(NEWS, "nb"), {"given_name": "Liv"}, business_now())
    assert house.brand.accent in mail.html
    assert f"/c/logo/{house.brand.logo}.png" in mail.html
    assert "Tirsdag til lørdag" in mail.html
    assert mail.text.endswith("Tlf. 55 00 00 00\nTirsdag til lørdag")
    assert letterhead(Account.objects.get().id, "nb", house).sender_name == "Salongen"


def test_a_house_without_one_looks_as_ever(salon: Salon) -> None:
    html = words_of_draft(mail_source(NEWS, "nb"), {"given_name": "Liv"}, business_now()).html
    assert "#12566b" in html
    assert "<img" not in html


def test_the_logo_is_served_as_a_picture_and_nothing_else(salon: Salon, browser: Client) -> None:
    browser.post(URL, with_logo(png()))
    brand = business_at(business_now()).brand
    answer = Client(headers={"host": "localhost"}).get(f"/c/logo/{brand.logo}.png")
    assert (answer.status_code, answer["Content-Type"], answer.content) == (200, "image/png", png())
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer["Content-Security-Policy"]
    for other in ("0" * 32 + ".png", f"{brand.logo}.jpg", f"{brand.logo}.svg"):
        assert browser.get(f"/c/logo/{other}").status_code == 404
    css = browser.get("/c/brand.css").content.decode()
    assert "light-dark(#" in css
    browser.post(URL, GIVEN | {"without_logo": "on"})
    assert browser.get(f"/c/logo/{brand.logo}.png").status_code == 404


def test_what_is_no_picture_is_refused_in_words(salon: Salon, browser: Client) -> None:
    answer = browser.post(URL, with_logo(b"<svg onload='alert(1)'/>"))
    assert answer.status_code == 422
    assert "This is no PNG or JPEG picture." in answer.content.decode()
    assert business_at(business_now()).brand.logo == ""


def test_whoever_writes_reads_how_the_house_speaks(salon: Salon, browser: Client) -> None:
    browser.post(URL, GIVEN)
    assert "Vi sier du." in shown(browser, "/broadcasts/new/")
    shown(browser, "/letters/new/", {"name": "Welcome"})
    assert "Vi sier du." in shown(browser, "/letters/welcome/")


def test_only_owners_set_it(salon: Salon) -> None:
    assert browser_of(salon.kari).post(URL, GIVEN).status_code == 403
