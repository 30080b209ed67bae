"""Who keeps a mailbox, known from its address, its domain's MX hosts and the domain's own autoconfig answer.

Servers, ports and ways to sign in as the providers publish them, November 2026. What a table here says of a
provider goes before what a domain says of itself: a domain cannot send a password for Google elsewhere.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from tactful.channels.rules.autoconfig import Autoconfig, Named
from tactful.channels.types import Caution, FoundBy, Mailbox, MailHost, Server, SignIn

TLS, STARTTLS = "implicit_tls", "starttls"
OUTLOOK_OUT = Server("smtp-mail.outlook.com", 587, STARTTLS)
MICROSOFT_IN = Server("outlook.office365.com", 993, TLS)


@dataclass(frozen=True, slots=True)
class Provider:
    """``domains``: addresses that are its own. ``mx``: endings of the exchangers of firms that it serves.
    ``hosts``: endings of its servers. ``local_user``: reads with the part before the @ as user name.
    ``own_user``: the user name is neither the address nor a part of it."""

    host: MailHost
    incoming: Server | None
    outgoing: Server
    ways: tuple[SignIn, ...]
    domains: frozenset[str] = frozenset()
    mx: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()
    cautions: tuple[Caution, ...] = ()
    local_user: bool = False
    own_user: bool = False


def _domains(words: str) -> frozenset[str]:
    return frozenset(words.split())


PROVIDERS = (
    Provider(
        MailHost.GOOGLE,
        Server("imap.gmail.com", 993, TLS),
        Server("smtp.gmail.com", 587, STARTTLS),
        (SignIn.APP_PASSWORD, SignIn.XOAUTH2),
        _domains("gmail.com googlemail.com"),
        ("google.com", "googlemail.com"),
        ("gmail.com", "googlemail.com"),
    ),
    # Before Microsoft 365: the exchangers of private addresses end alike.
    Provider(
        MailHost.OUTLOOK,
        MICROSOFT_IN,
        OUTLOOK_OUT,
        (SignIn.XOAUTH2,),
        _domains("outlook.com hotmail.com hotmail.no live.com live.no msn.com outlook.dk hotmail.dk live.dk"),
        ("olc.protection.outlook.com",),
        ("smtp-mail.outlook.com", "imap-mail.outlook.com"),
        (Caution.PRIVATE_ADDRESS, Caution.NO_IMAP_PASSWORD),
    ),
    Provider(
        MailHost.MICROSOFT,
        MICROSOFT_IN,
        Server("smtp.office365.com", 587, STARTTLS),
        (SignIn.XOAUTH2,),
        mx=("mail.protection.outlook.com", "mx.microsoft"),
        hosts=("office365.com", "outlook.com"),
        cautions=(Caution.NO_IMAP_PASSWORD, Caution.SMTP_PASSWORD_ENDS),
    ),
    Provider(
        MailHost.ICLOUD,
        Server("imap.mail.me.com", 993, TLS),
        Server("smtp.mail.me.com", 587, STARTTLS),
        (SignIn.APP_PASSWORD,),
        _domains("icloud.com me.com mac.com"),
        ("mail.icloud.com",),
        ("mail.me.com",),
        (Caution.PRIVATE_ADDRESS,),
        local_user=True,
    ),
    Provider(
        MailHost.YAHOO,
        Server("imap.mail.yahoo.com", 993, TLS),
        Server("smtp.mail.yahoo.com", 465, TLS),
        (SignIn.APP_PASSWORD,),
        _domains("yahoo.com yahoo.no yahoo.se yahoo.dk yahoo.co.uk ymail.com rocketmail.com"),
        ("yahoodns.net",),
        ("mail.yahoo.com",),
        (Caution.PRIVATE_ADDRESS,),
    ),
    Provider(
        MailHost.FASTMAIL,
        Server("imap.fastmail.com", 993, TLS),
        Server("smtp.fastmail.com", 465, TLS),
        (SignIn.APP_PASSWORD,),
        _domains("fastmail.com fastmail.fm"),
        ("messagingengine.com",),
        ("fastmail.com", "messagingengine.com"),
    ),
    Provider(
        MailHost.PROTON,
        None,
        Server("smtp.protonmail.ch", 587, STARTTLS),
        (SignIn.APP_PASSWORD,),
        _domains("proton.me protonmail.com protonmail.ch pm.me"),
        ("protonmail.ch",),
        ("protonmail.ch", "proton.me"),
        (Caution.BRIDGE,),
    ),
    Provider(
        MailHost.DOMENESHOP,
        Server("imap.domeneshop.no", 993, TLS),
        Server("smtp.domeneshop.no", 587, STARTTLS),
        (SignIn.PASSWORD,),
        mx=("domeneshop.no",),
        hosts=("domeneshop.no",),
        cautions=(Caution.OTHER_USER_NAME, Caution.NO_AUTOMATED_MAIL),
        own_user=True,
    ),
    Provider(
        MailHost.ONE,
        Server("imap.one.com", 993, TLS),
        Server("send.one.com", 465, TLS),
        (SignIn.PASSWORD,),
        mx=("one.com",),
        hosts=("one.com",),
        cautions=(Caution.NO_AUTOMATED_MAIL,),
    ),
    Provider(
        MailHost.TELENOR,
        Server("imap.online.no", 993, TLS),
        Server("smtp.online.no", 465, TLS),
        (SignIn.PASSWORD,),
        _domains("online.no frisurf.no"),
        ("online.no", "telenor.net"),
        ("online.no",),
        (Caution.PRIVATE_ADDRESS, Caution.NO_AUTOMATED_MAIL),
    ),
)
BY_HOST = {provider.host: provider for provider in PROVIDERS}
FILTERS = ("pphosted.com", "mimecast.com", "barracudanetworks.com", "messagelabs.com", "iphmx.com",
           "mailanyone.net", "antispameurope.com", "hornetsecurity.com", "staysecuregroup.com")  # fmt: skip
"""Firms that stand before somebody else's mailboxes: their MX says nothing about the mailbox."""


def known_domain(address: str) -> bool:
    """Whether the address alone says it, so that nobody need be asked."""
    return any(_domain(address) in provider.domains for provider in PROVIDERS)


def known_exchangers(mx: Sequence[str]) -> bool:
    return _by_ending(mx, "mx") is not None


def recognise(address: str, mx: Sequence[str] = (), autoconfig: Autoconfig | None = None) -> Mailbox:
    """The best that is known, in this order: the address, the MX hosts, the domain's own word, a guess."""
    address = normal(address)
    for provider in PROVIDERS:
        if _domain(address) in provider.domains:
            return _known(address, provider, FoundBy.ADDRESS)
    if (provider_by_mx := _by_ending(mx, "mx")) is not None:
        return _own_domain(_known(address, provider_by_mx, FoundBy.MX))
    cautions = (Caution.FILTER,) if any(_ends(host, FILTERS) for host in mx) else ()
    said = [named.server.host for named in _named(autoconfig)]
    if (provider_by_word := _by_ending(said, "hosts")) is not None:
        found = _known(address, provider_by_word, FoundBy.AUTOCONFIG)
        return _own_domain(replace(found, cautions=found.cautions + cautions))
    return _other(address, autoconfig, cautions)


def chosen(address: str, host: MailHost) -> Mailbox:
    """As a person says, who knows better than what we found."""
    address = normal(address)
    provider = BY_HOST.get(host)
    return _known(address, provider, FoundBy.ADDRESS) if provider else _other(address, None, ())


def normal(address: str) -> str:
    local, _, domain = address.strip().rpartition("@")
    return f"{local}@{domain.lower().rstrip('.')}"


def _domain(address: str) -> str:
    return address.rpartition("@")[2].lower()


def _known(address: str, provider: Provider, found_by: FoundBy) -> Mailbox:
    local = address.rpartition("@")[0]
    user = "" if provider.own_user else address
    return Mailbox(
        address=address,
        host=provider.host,
        found_by=found_by,
        incoming=provider.incoming,
        outgoing=provider.outgoing,
        ways=provider.ways,
        user_in=local if provider.local_user else user,
        user_out=user,
        cautions=provider.cautions,
    )


def _own_domain(found: Mailbox) -> Mailbox:
    """A firm's own domain at a provider of private addresses is no private address."""
    cautions = tuple(each for each in found.cautions if each is not Caution.PRIVATE_ADDRESS)
    # Apple wants the owner's own Apple address as user name, whatever the mailbox is called.
    users = ("", "") if found.host is MailHost.ICLOUD else (found.user_in, found.user_out)
    if found.host is MailHost.ICLOUD:
        cautions += (Caution.OTHER_USER_NAME,)
    return replace(found, cautions=cautions, user_in=users[0], user_out=users[1])


def _other(address: str, autoconfig: Autoconfig | None, cautions: tuple[Caution, ...]) -> Mailbox:
    domain = _domain(address)
    incoming = autoconfig.incoming if autoconfig else None
    outgoing = autoconfig.outgoing if autoconfig else None
    whole = incoming is not None and outgoing is not None
    return Mailbox(
        address=address,
        host=MailHost.OTHER,
        found_by=FoundBy.AUTOCONFIG if whole else FoundBy.GUESS,
        incoming=incoming.server if incoming else Server(f"imap.{domain}", 993, TLS),
        outgoing=outgoing.server if outgoing else Server(f"smtp.{domain}", 587, STARTTLS),
        ways=(SignIn.PASSWORD, SignIn.XOAUTH2),
        user_in=incoming.user if incoming else address,
        user_out=outgoing.user if outgoing else address,
        cautions=(*cautions, *(() if whole else (Caution.GUESSED,)), Caution.NO_AUTOMATED_MAIL),
    )


def _named(autoconfig: Autoconfig | None) -> list[Named]:
    return [each for each in (autoconfig.incoming, autoconfig.outgoing) if each] if autoconfig else []


def _by_ending(hosts: Sequence[str], of: str) -> Provider | None:
    for provider in PROVIDERS:
        endings = provider.mx if of == "mx" else provider.hosts
        if any(_ends(host, endings) for host in hosts):
            return provider
    return None


def _ends(host: str, endings: Sequence[str]) -> bool:
    """By whole labels: ``notgoogle.com`` is not ``google.com``."""
    name = host.lower().rstrip(".")
    return any(name == ending or name.endswith(f".{ending}") for ending in endings)
