"""Addresses in headers: ours, theirs, and the token behind the plus."""

from collections.abc import Iterable
from email.utils import getaddresses

from tactful.channels.mail.mime import TROUBLE


def normal_address(address: str) -> str:
    """Lower-cased domain; the local part stays, for only its own server knows whether case matters."""
    local, at, domain = address.strip().rpartition("@")
    return f"{local}@{domain.lower().rstrip('.')}" if at and local and domain else ""


def header_addresses(values: Iterable[str]) -> list[tuple[str, str]]:
    """(name, address) of each mailbox in the header lines; whatever has no address is left out."""
    try:
        pairs = getaddresses([value.replace("\r", " ").replace("\n", " ") for value in values])
    except TROUBLE:
        return []
    found = ((name, normal_address(address)) for name, address in pairs)
    return [(name, address) for name, address in found if address and " " not in address]


def plus_token(addresses: Iterable[str], own: Iterable[str]) -> str:
    """The token of the first ``local+token@domain`` whose ``local@domain`` is ours, else "".

    The token is not verified here. Mail servers may change the case, so it comes back in lower case.
    """
    ours = {address.lower() for address in own}
    for address in addresses:
        local, _, domain = address.lower().rpartition("@")
        base, plus, token = local.partition("+")
        if plus and token and f"{base}@{domain}" in ours:
            return token
    return ""
