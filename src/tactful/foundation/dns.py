"""Asking the machine's own name server for what ``getaddrinfo`` does not tell: MX, TXT and PTR (RFC 1035).

The one connection past the guard of outgoing connections: it goes to the server that the operator has
set, never to one that somebody typed. What comes back is only ever read.
"""

import secrets
import socket
import struct
from collections.abc import Callable, Sequence
from contextlib import suppress
from enum import IntEnum
from ipaddress import ip_address
from pathlib import Path
from time import monotonic

RESOLV = Path("/etc/resolv.conf")
MOST_BYTES = 65_535
MOST_ANSWERS = 100
MOST_JUMPS = 20  # of a compressed name, which may point in a circle


class Kind(IntEnum):
    PTR = 12
    MX = 15
    TXT = 16


class NoAnswer(OSError):
    """Nobody answered, or what came cannot be read: the question stays open. An empty answer is an answer."""


Ask = Callable[[str, Kind], Sequence[str]]
"""Name and kind; answers in the order of their worth. Raises ``NoAnswer``."""


def ask(
    name: str, kind: Kind, *, seconds: float = 3.0, servers: Sequence[tuple[str, int]] | None = None
) -> tuple[str, ...]:
    """What stands there; MX hosts the most preferred first, texts put together. Empty: nothing stands there.

    ``seconds``: for the whole of it, all servers together. Raises ``NoAnswer``.
    """
    deadline = monotonic() + seconds
    query = _query(name, kind)
    for server in servers if servers is not None else name_servers():
        left = deadline - monotonic()
        if left <= 0:
            break
        with suppress(OSError, ValueError, IndexError, struct.error):
            return _read(_exchange(server, query, left / 2), query, kind)
    raise NoAnswer(f"No name server tells about {name[:100]}.")


def name_servers() -> list[tuple[str, int]]:
    try:
        lines = RESOLV.read_text("utf-8", "replace").splitlines()
    except OSError:
        return []
    words = [line.split() for line in lines]
    return [(each[1], 53) for each in words if len(each) > 1 and each[0] == "nameserver"][:3]


def reverse_name(address: str) -> str:
    """What to ask PTR for."""
    return ip_address(address).reverse_pointer


def _query(name: str, kind: Kind) -> bytes:
    labels = name.rstrip(".").encode("idna").split(b".")
    packed = b"".join(bytes([len(label)]) + label for label in labels)
    head = struct.pack(">HHHHHH", secrets.randbelow(1 << 16), 0x0100, 1, 0, 0, 0)  # recursion desired
    return head + packed + b"\0" + struct.pack(">HH", kind, 1)


def _exchange(server: tuple[str, int], query: bytes, seconds: float) -> bytes:
    family = socket.AF_INET6 if ":" in server[0] else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM) as sock:
        sock.settimeout(seconds)
        sock.connect(server)  # so that the kernel drops what others send
        sock.send(query)
        answer = sock.recv(MOST_BYTES)
    return _longer(server, query, seconds) if len(answer) > 2 and answer[2] & 0x02 else answer


def _longer(server: tuple[str, int], query: bytes, seconds: float) -> bytes:
    """What does not fit a datagram is asked for again over TCP."""
    with socket.create_connection(server, seconds) as sock, sock.makefile("rb") as stream:
        sock.sendall(struct.pack(">H", len(query)) + query)
        (length,) = struct.unpack(">H", stream.read(2))
        return stream.read(length)


def _read(answer: bytes, query: bytes, kind: Kind) -> tuple[str, ...]:
    ident, flags, _questions, answers = struct.unpack(">HHHH", answer[:8])
    code = flags & 0x0F
    if ident != struct.unpack(">H", query[:2])[0] or answer[12 : len(query)].lower() != query[12:].lower():
        raise ValueError("It answers another question.")
    if code == 3:  # there is no such name
        return ()
    if code:
        raise ValueError("The server cannot say.")
    found, at = [], len(query)
    for _each in range(min(answers, MOST_ANSWERS)):
        _name, at = _name_at(answer, at)
        of, _class, _ttl, length = struct.unpack(">HHIH", answer[at : at + 10])
        at += 10
        if of == kind:
            found.append(_READ[kind](answer, at, length))
        at += length
    return tuple(text for _order, text in sorted(found, key=lambda each: each[0]) if text)


def _mx(answer: bytes, at: int, _length: int) -> tuple[int, str]:
    return struct.unpack(">H", answer[at : at + 2])[0], _name_at(answer, at + 2)[0]


def _ptr(answer: bytes, at: int, _length: int) -> tuple[int, str]:
    return 0, _name_at(answer, at)[0]


def _txt(answer: bytes, at: int, length: int) -> tuple[int, str]:
    pieces, end = [], at + length
    while at < end:
        size = answer[at]
        pieces.append(answer[at + 1 : at + 1 + size])
        at += 1 + size
    return 0, b"".join(pieces).decode("utf-8", "replace")


_READ = {Kind.MX: _mx, Kind.PTR: _ptr, Kind.TXT: _txt}


def _name_at(answer: bytes, at: int) -> tuple[str, int]:
    """The name, and where what follows it begins."""
    labels, after, jumps = [], 0, 0
    while length := answer[at]:
        if length & 0xC0:
            after = after or at + 2
            at = struct.unpack(">H", answer[at : at + 2])[0] & 0x3FFF
            jumps += 1
            if jumps > MOST_JUMPS:
                raise ValueError("The name points in a circle.")
            continue
        labels.append(answer[at + 1 : at + 1 + length].decode("ascii", "replace"))
        at += 1 + length
    return ".".join(labels).lower(), after or at + 1
