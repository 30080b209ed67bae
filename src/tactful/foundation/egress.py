"""The one guard of connections to hosts whose names people type (R54); today mail servers.

The name is resolved once, every address that it gives is looked at, and the connection goes to an address
that was looked at: a name that changes its answer in between gains nothing.
"""

import socket
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from time import monotonic

from django.conf import settings

Address = IPv4Address | IPv6Address
Found = list[tuple[socket.AddressFamily, str]]

MOST_TRIED = 4
_NAT64 = bytes.fromhex("0064ff9b") + bytes(8)
_TRANSLATED = bytes(8) + bytes.fromhex("ffff0000")  # ::ffff:0:a.b.c.d, of RFC 2765
_ISATAP = (bytes.fromhex("00005efe"), bytes.fromhex("02005efe"))
_LOCAL_NAT64 = IPv6Network("64:ff9b:1::/48")


class NotAllowed(OSError):
    """The host leads to this machine or its network."""


def connect(host: str, port: int, timeout: float | None) -> socket.socket:
    """A connected TCP socket to one of the addresses of ``host``.

    Raises ``NotAllowed`` unless the instance allows local hosts, and ``OSError`` as ``socket`` does.
    ``timeout``: seconds for all addresses together, of which each that is tried has its share; later, of each
    reading and writing.
    """
    trouble = OSError(f"{host} has no address.")
    tried = _few(allowed(host, port))
    deadline = None if timeout is None else monotonic() + timeout
    for number, (family, address) in enumerate(tried):
        share = None if deadline is None else (deadline - monotonic()) / (len(tried) - number)
        if share is not None and share <= 0:
            break
        sock = socket.socket(family, socket.SOCK_STREAM)
        try:
            sock.settimeout(share)
            sock.connect((address, port))
        except OSError as error:
            sock.close()
            trouble = error
        else:
            sock.settimeout(timeout)
            return sock
    raise trouble


def _few(found: Found) -> Found:
    """Whoever owns a name may give it any number of addresses. Of both families where there are both: on a
    machine without IPv6 none of its addresses answers."""
    most = MOST_TRIED // (len({family for family, _address in found}) or 1)
    kept: Found = []
    for family, address in found:
        if sum(each == family for each, _address in kept) < most:
            kept.append((family, address))
    return kept


def allowed(host: str, port: int) -> Found:
    """The addresses of ``host``. A single one that is not public makes the whole name suspicious."""
    try:
        answers = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except UnicodeError as error:  # parts of a name that are empty or longer than DNS has them
        raise OSError(f"{host[:100]} is no name of a host.") from error
    found: Found = list(dict.fromkeys((answer[0], str(answer[4][0])) for answer in answers))
    if not settings.LOCAL_MAIL_HOSTS and not all(is_public(address) for _family, address in found):
        raise NotAllowed(f"{host[:100]} leads to this machine or its network.")
    return found


def is_loopback(host: str) -> bool:
    """Whether the host, as somebody wrote it, is this very machine. A name that only begins so is not."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


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
