"""Finding out who keeps a mailbox: at most three questions, each with an end, none of them with a secret.

A known address asks nobody. Then the domain's exchangers are asked for, then the domain's own autoconfig
answer, over HTTPS only: an answer that others could change on the way would name the server to which a
password goes.
"""

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import quote

from tactful.channels.rules import autoconfig, providers
from tactful.channels.rules.autoconfig import HOST, Autoconfig
from tactful.channels.types import Mailbox
from tactful.foundation import dns
from tactful.foundation.calling import Answer, Asking, ask

SECONDS = 4.0  # for each question
Fetch = Callable[[str], Answer]


def fetch(url: str) -> Answer:
    """Through the one guard of outgoing connections, without redirects."""
    asking = Asking("GET", SECONDS, autoconfig.MOST_BYTES)
    return ask(url, b"", {"Accept": "text/xml, application/xml"}, asking)


@dataclass(frozen=True, slots=True)
class World:
    """Whom we ask. Tests give a world of their own."""

    names: dns.Ask = dns.ask
    fetch: Fetch = fetch


WORLD = World()


def look_up(address: str, world: World = WORLD) -> Mailbox:
    """The best that can be known. Raises ``ValueError`` for what is no address; never for a world that is
    silent, which leaves a guess."""
    address = providers.normal(address)
    local, _at, domain = address.rpartition("@")
    if not local or not HOST.fullmatch(_ascii(domain)):
        raise ValueError("This is no mail address. Write one such as post@example.com.")
    if providers.known_domain(address):
        return providers.recognise(address)
    mx = _exchangers(domain, world)
    if providers.known_exchangers(mx):
        return providers.recognise(address, mx)
    return providers.recognise(address, mx, _said(address, _ascii(domain), world))


def _ascii(domain: str) -> str:
    try:
        return domain.encode("idna").decode()
    except UnicodeError:
        return ""


def _exchangers(domain: str, world: World) -> tuple[str, ...]:
    try:
        return tuple(world.names(domain, dns.Kind.MX))
    except (dns.NoAnswer, UnicodeError):
        return ()


def _said(address: str, domain: str, world: World) -> Autoconfig | None:
    who = quote(address, safe="@")
    for url in (
        f"https://autoconfig.{domain}/mail/config-v1.1.xml?emailaddress={who}",
        f"https://{domain}/.well-known/autoconfig/mail/config-v1.1.xml",
    ):
        answer = world.fetch(url)
        if answer.ok and (said := autoconfig.read(answer.body, address)) is not None:
            return said
    return None
