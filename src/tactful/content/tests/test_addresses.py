"""Addresses with letters outside ASCII before the @ (R31)."""

from email import message_from_bytes, policy

import pytest
from hypothesis import assume, given, settings

from tactful.content.tests.test_mail import COMPILED, ENVELOPE, HEADERS, URL, nasty
from tactful.content.types import MailAddress, MailRefused


def build(address: str) -> bytes:
    to = MailAddress(address, "Åse")
    return COMPILED["fast"].build(ENVELOPE._replace(to=to), {"upload_url": URL})


def test_letters_before_the_at_come_through() -> None:
    head, _, body = build("åse.røst@blåbær.no").partition(b"\r\n\r\n")
    assert "<åse.røst@xn--blbr-roah.no>\r\n".encode() in head
    assert body.isascii()


@pytest.mark.parametrize("local", ["å e", "å\u2028e", "å,b", "å\r\nBcc: b", "å" * 33, "å\u202eb", "\ud800"])
def test_they_bring_nothing_along(local: str) -> None:
    with pytest.raises(MailRefused, match="not a mail address"):
        build(f"{local}@example.com")


@settings(max_examples=100, deadline=None)
@given(nasty)
def test_whatever_stands_before_the_at_stays_in_one_header(local: str) -> None:
    assume(not local.isascii())
    try:
        payload = build(f"{local}@example.com")
    except MailRefused:
        return
    assert not {13, 10} & set(payload.replace(b"\r\n", b""))
    assert sorted(message_from_bytes(payload, policy=policy.SMTPUTF8)) == HEADERS
    assert f"<{local}@example.com>\r\n".encode() in payload
