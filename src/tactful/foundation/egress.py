"""The one guard of connections to hosts whose names people type (R54); today mail servers.

The name is resolved once, every address that it gives is looked at, and the connection goes to an address
that was looked at: a name that changes its answer in between gains nothing.
"""

import socket
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

from django.conf import settings

Address = IPv4Address | IPv6Address
Found = list[tuple[socket.AddressFamily, str]]

_NAT64 = bytes.fromhex("0064ff9b") + bytes(8)
_TRANSLATED = bytes(8) + bytes.fromhex("ffff0000")  # ::ffff:0:a.b.c.d, of RFC 2765
_ISATAP = (bytes.fromhex("00005efe"), bytes.fromhex("02005efe"))
_LOCAL_NAT64 = IPv6Network("64:ff9b:1::/48")


class NotAllowed(OSError):
    """The host leads to this machine or its network."""


def connect(host: str, port: int, timeout: float | None) -> socket.socket:
    """A connected TCP socket to one of the addresses of ``host``.

    Raises ``NotAllowed`` unless the instance allows local hosts, and ``OSError`` as ``socket`` does.
    ``timeout``: seconds for each address.
    """
    trouble = OSError(f"{host} has no address.")
    for family, address in allowed(host, port):
        sock = socket.socket(family, socket.SOCK_STREAM)
        try:
            sock.settimeout(timeout)
            sock.connect((address, port))
        except OSError as error:
            sock.close()
            trouble = error
        else:
            return sock
    raise trouble


def allowed(host: str, port: int) -> Found:
    """The addresses of ``host``. A single one that is not public makes the whole name suspicious."""
    answers = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    found: Found = list(dict.fromkeys((answer[0], str(answer[4][0])) for answer in answers))
    if not settings.LOCAL_MAIL_HOSTS and not all(is_public(address) for _family, address in found):
        raise NotAllowed(f"{host[:100]} leads to this machine or its network.")
    return found


def is_public(address: str) -> bool:
    """Not loopback, private, link-local, multicast, reserved or the metadata of a cloud, in any disguise."""
    seen = ip_address(address.partition("%")[0])  # fe80::1%eth0
    if seen.version == 6 and seen in _LOCAL_NAT64:
        return False
    return all(
        each.is_global and not (each.is_multicast or getattr(each, "is_site_local", False))
        for each in _meanings(seen)
    )


def _meanings(address: Address) -> list[Address]:
    """IPv6 carries IPv4 addresses in several ways: mapped, compatible, translated, 6to4, Teredo, ISATAP and
    NAT64."""
    if isinstance(address, IPv4Address):
        return [address]
    if address.ipv4_mapped:
        return [address.ipv4_mapped]
    inside: list[Address] = [address]
    if address.sixtofour:
        inside.append(address.sixtofour)
    if address.teredo:
        inside.extend(address.teredo)
    if address.packed[:12] in (bytes(12), _NAT64, _TRANSLATED) or address.packed[8:12] in _ISATAP:
        inside.append(IPv4Address(address.packed[12:]))
    return inside
