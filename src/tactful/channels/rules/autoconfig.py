"""The answer of a domain that says itself where its mailboxes are: Mozilla's ``clientConfig`` 1.1.

Whoever holds the domain may write anything here. So nothing without encryption is believed, a host must look
like one, and a document type, with which XML can grow without end or read files, ends the reading.
"""

import re
from dataclasses import dataclass, field
from xml.parsers import expat

from tactful.channels.types import Server

MOST_BYTES = 65_536
MOST_SERVERS = 20
SECURITY = {"SSL": "implicit_tls", "STARTTLS": "starttls"}
HOST = re.compile(r"(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])?")
WANTED = {("incomingServer", "imap"): "imap", ("outgoingServer", "smtp"): "smtp"}
FIELDS = frozenset({"hostname", "port", "socketType", "username", "authentication"})


@dataclass(frozen=True, slots=True)
class Named:
    """One server, and the user name that it wants; "" where the answer does not say."""

    server: Server
    user: str


@dataclass(frozen=True, slots=True)
class Autoconfig:
    """The first server of each kind that is encrypted. None: there is none."""

    incoming: Named | None
    outgoing: Named | None


class _Refused(Exception):
    pass


@dataclass(slots=True)
class _Reader:
    found: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    inside: dict[str, str] | None = None
    name: str = ""
    text: str = ""

    def start(self, name: str, attributes: dict[str, str]) -> None:
        kind = WANTED.get((name, attributes.get("type", "")))
        if kind is not None and len(self.found) < MOST_SERVERS:
            self.inside = {}
            self.found.append((kind, self.inside))
        self.name, self.text = name, ""

    def end(self, name: str) -> None:
        if self.inside is not None and name == self.name and name in FIELDS:
            self.inside.setdefault(name, self.text.strip())
        if name in ("incomingServer", "outgoingServer"):
            self.inside = None
        self.name = ""

    def words(self, text: str) -> None:
        if len(self.text) < 400:
            self.text += text


def read(document: bytes, address: str) -> Autoconfig | None:
    """None for what is no such answer, whatever else it is."""
    if len(document) > MOST_BYTES:
        return None
    reader = _Reader()
    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = _refuse
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.words
    try:
        parser.Parse(document, True)
    except (expat.ExpatError, _Refused, ValueError, LookupError):
        return None
    incoming, outgoing = (_first(reader, kind, address) for kind in ("imap", "smtp"))
    return Autoconfig(incoming, outgoing) if incoming or outgoing else None


def _refuse(*_: object) -> None:
    raise _Refused


def _first(reader: _Reader, wanted: str, address: str) -> Named | None:
    for kind, given in reader.found:
        if kind == wanted and (named := _named(given, address)) is not None:
            return named
    return None


def _named(given: dict[str, str], address: str) -> Named | None:
    host = _filled(given.get("hostname", ""), address).lower()
    port, security = given.get("port", ""), SECURITY.get(given.get("socketType", ""))
    if security is None or not HOST.fullmatch(host) or not re.fullmatch(r"[0-9]{1,5}", port):
        return None
    if not 0 < int(port) < 65_536:
        return None
    user = _filled(given.get("username", ""), address)
    return Named(Server(host, int(port), security), user if user.isprintable() and "%" not in user else "")


def _filled(template: str, address: str) -> str:
    local, _, domain = address.partition("@")
    for name, value in (("ADDRESS", address), ("LOCALPART", local), ("DOMAIN", domain)):
        template = template.replace(f"%EMAIL{name}%", value)
    return template
