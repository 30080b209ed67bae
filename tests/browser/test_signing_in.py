"""Every way in, in a real browser: a passkey, six digits, a recovery code, a one-time password."""

import hmac
from base64 import b32decode
from time import time

from playwright.sync_api import Page, expect

from tactful.demo.cast import PASSWORD
from tests.browser.chromium import Desk
from tests.browser.conftest import INGRID, Signed
from tests.browser.houses import House
from tests.browser.keys import press_on, tab_to
from tests.browser.looking import faults_in_both_themes

# People of their own: whoever changes how they sign in is signed out everywhere else.
KARI, JONAS, OYSTEIN = (f"{name}@fjordkontoret.example" for name in ("kari", "jonas", "oystein"))
FINGER = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}
"""A device that knows its owner's finger, which is always on it."""


def test_a_passkey_is_made_and_opens(house: House, visitor: Signed) -> None:
    desk = visitor(house)
    page = desk.page
    device = page.context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    device.send("WebAuthn.addVirtualAuthenticator", {"options": FINGER})
    enter(desk, KARI)
    page.wait_for_url(house.url + "/")
    show_again(desk, "/account/2fa/webauthn/add/")
    tab_to(page, page.locator("[name=name]"))
    page.keyboard.type("Kontoret")
    tab_to(page, page.locator("[name=passwordless]"))
    page.keyboard.press("Space")
    press_on(page, page.locator("#mfa_webauthn_add"))
    expect(page.locator(".codes li")).to_have_count(10)
    assert not faults_in_both_themes(page)

    leave(desk)
    press_on(page, page.locator("#passkey_login"))
    page.wait_for_url(house.url + "/")
    expect(page.locator("main h1")).to_contain_text("Kari")
    desk.show("/account/2fa/webauthn/")
    expect(page.locator(".people li")).to_contain_text("Kontoret")
    assert not faults_in_both_themes(page)
    desk.watch.assert_calm()


def test_six_digits_and_a_recovery_code(house: House, visitor: Signed) -> None:
    desk = visitor(house)
    page = desk.page
    enter(desk, JONAS)
    page.wait_for_url(house.url + "/")
    show_again(desk, "/account/2fa/totp/activate/")
    secret = page.locator("#authenticator_secret").input_value()
    assert not faults_in_both_themes(page)
    answer(page, digits(secret))
    codes = page.locator(".codes li").all_inner_texts()
    assert len(set(codes)) == 10

    leave(desk)
    enter(desk, JONAS)
    expect(page.locator("[name=code]")).to_be_visible()
    assert not faults_in_both_themes(page)
    answer(page, "000000" if digits(secret) != "000000" else "000001")
    expect(page.locator(".err")).to_be_visible()
    answer(page, codes[0])
    page.wait_for_url(house.url + "/")
    desk.show("/account/2fa/")
    expect(page.locator("#h-codes + p")).to_contain_text("9")

    leave(desk)
    enter(desk, JONAS)
    answer(page, digits(secret, ahead=1))  # no code opens the door twice
    page.wait_for_url(house.url + "/")
    desk.watch.assert_calm()


def test_a_one_time_password_is_for_one_time(house: House, signed_in: Signed, visitor: Signed) -> None:
    office = signed_in(house, INGRID)
    number = house.one("SELECT id FROM staff WHERE email = %s", OYSTEIN)
    page = office.show(f"/settings/people/{number}/")
    press_on(page, page.locator(f"form[action$='/{number}/password/'] button"))
    given = page.locator(".notice code").inner_text()
    assert not faults_in_both_themes(page)

    desk = visitor(house)
    enter(desk, OYSTEIN, given)
    page = desk.page
    expect(page.locator("[name=password1]")).to_be_visible()
    assert not faults_in_both_themes(page)
    for name, value in (("oldpassword", given), ("password1", PASSWORD), ("password2", PASSWORD)):
        tab_to(page, page.locator(f"[name={name}]"))
        page.keyboard.type(value)
    page.keyboard.press("Enter")
    page.wait_for_url(house.url + "/")
    leave(desk)
    enter(desk, OYSTEIN)
    page.wait_for_url(house.url + "/")
    desk.watch.assert_calm()


def enter(desk: Desk, who: str, password: str = PASSWORD) -> None:
    page = desk.show("/account/login/")
    page.locator("[name=login]").fill(who)
    page.locator("[name=password]").fill(password)
    with page.expect_navigation():
        page.locator("[name=password]").press("Enter")


def show_again(desk: Desk, path: str) -> None:
    """Before anything about signing in is changed, the password is asked for once more."""
    page = desk.show(path)
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("[name=password]").press("Enter")
    page.wait_for_url(f"**{path}")


def leave(desk: Desk) -> None:
    page = desk.show("/me/")
    press_on(page, page.locator("form[action$='/account/logout/'] button"))
    expect(page.locator("#passkey_login")).to_be_visible()


def answer(page: Page, code: str) -> None:
    page.locator("[name=code]").fill(code)
    with page.expect_navigation():
        page.locator("[name=code]").press("Enter")


def digits(secret: str, ahead: int = 0) -> str:
    """What the app of somebody with this secret shows (RFC 6238); ``ahead``: so many half minutes from now."""
    moment = (int(time()) // 30 + ahead).to_bytes(8)
    digest = hmac.digest(b32decode(secret + "=" * (-len(secret) % 8)), moment, "sha1")
    start = digest[-1] & 15
    number = int.from_bytes(digest[start : start + 4]) & 0x7FFFFFFF
    return f"{number % 1_000_000:06d}"
