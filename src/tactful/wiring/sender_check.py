"""How receivers look at our mail: everything that can be asked from here, and what could not be (R40)."""

import socket
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from django.conf import settings

from tactful.channels.queries import Account
from tactful.channels.rules import sender
from tactful.channels.rules.sender import Check, Complaints
from tactful.events import queries as events
from tactful.foundation.dns import Ask, Kind, NoAnswer, ask, reverse_name

PAST = timedelta(days=30)
MOST_ADDRESSES = 4


def complaints_of(now: datetime) -> Complaints:
    """Those that came to us as reports (RFC 5965). What Google and Microsoft count stays with them."""
    since = now - PAST
    unwanted = events.counted_since("message.bounced", since, kind="complaint")
    return Complaints(events.counted_since("message.sent", since), unwanted)


def check_account(account: Account, *, asked: Ask = ask) -> Iterator[Check]:
    """Asks name servers, so outside a transaction."""
    given = account.settings
    domain = account.address.rpartition("@")[2].lower()
    host = str(given.get("smtp_host", ""))
    yield from sender.domain_checks(domain, _texts(asked), str(given.get("trial", {}).get("dkim", "")))
    yield sender.encryption(host, str(given.get("smtp_security", "starttls")))
    yield sender.reverse_name_check(host, _names(host, asked))
    yield sender.one_click(str(settings.BASE_URL))


def _texts(asked: Ask) -> sender.Texts:
    def texts(name: str) -> Sequence[str] | None:
        try:
            return asked(name, Kind.TXT)
        except NoAnswer:
            return None

    return texts


def _names(host: str, asked: Ask) -> Mapping[str, tuple[str, ...] | None]:
    """Each address of a server with its names; None where nobody answers."""
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM) if host else []
    except (OSError, UnicodeError):
        return {}
    addresses = sorted({str(each[4][0]).partition("%")[0] for each in found})[:MOST_ADDRESSES]
    names: dict[str, tuple[str, ...] | None] = {}
    for address in addresses:
        try:
            names[address] = tuple(asked(reverse_name(address), Kind.PTR))
        except NoAnswer:
            names[address] = None
    return names
