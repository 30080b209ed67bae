"""The hash is the HMAC that everybody else would compute."""

import hashlib
import hmac

import pytest
from django.conf import settings

from tactful.contacts.address_hash import address_hash


@pytest.mark.parametrize("address", ["", "kari@example.com", "KARI@Example.com", "åse@blåbær.no", "x" * 300])
def test_it_is_an_hmac_of_channel_and_folded_address(address: str) -> None:
    key = hashlib.sha256(b"tactful suppression\0" + settings.SECRET_KEY.encode()).digest()
    assert address_hash("mail", address) == hmac.digest(key, f"mail\0{address.casefold()}".encode(), "sha256")
