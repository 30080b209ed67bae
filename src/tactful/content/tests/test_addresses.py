"""Addresses with letters outside ASCII before the @ (R31)."""

import pytest

from tactful.content.tests.test_mail import COMPILED, ENVELOPE, URL
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
