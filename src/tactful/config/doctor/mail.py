"""Mail accounts, and what the domains of their addresses tell receivers (SPF, DKIM, DMARC)."""

import socket
from collections.abc import Iterator
from typing import Any

import psycopg

from tactful.config.doctor.database import asking
from tactful.config.doctor.finding import Finding, look, unknown, well
from tactful.config.environment import Environment
from tactful.config.postgres import places, postmaster
from tactful.foundation.dns import Ask, Kind, NoAnswer

ACCOUNTS = "SELECT address, settings, enabled, paused_reason FROM account WHERE channel = 'mail' ORDER BY id"
GREETING_SECONDS = 5.0
SELECTORS = ("default", "dkim", "mail", "google", "selector1", "selector2", "k1", "s1", "fm1", "key1")
"""A domain's DKIM selectors cannot be listed; these are the usual ones of providers."""


def accounts(environment: Environment, ask: Ask) -> Iterator[Finding]:
    rows = _rows(environment)
    if rows is None:
        yield unknown("mail", "Mail accounts were not looked at, for the database does not answer.")
        return
    if not rows:
        yield look("mail", "There is no mail account yet. An owner sets one up on the pages.")
    for address, settings, enabled, paused in rows:
        if paused or not enabled:
            yield look("mail", f"The account {address} is stopped. Look at Settings, Mail account.")
        else:
            yield _reachable(str(address), dict(settings))
    for domain in sorted({str(row[0]).rpartition("@")[2].lower() for row in rows}):
        yield from domain_records(domain, ask)


def _rows(environment: Environment) -> list[tuple[Any, ...]] | None:
    if environment.embedded and not postmaster.find(places.data_folder(environment.home).resolve()):
        return None
    try:
        with asking(environment) as connection:
            return connection.execute(ACCOUNTS).fetchall()
    except psycopg.Error:
        return None


def _reachable(address: str, settings: dict[str, Any]) -> Finding:
    """That somebody answers at the provider's door; signing in is for the test on the page."""
    host, port = str(settings.get("smtp_host", "")), int(settings.get("smtp_port", 587))
    if not host:
        return unknown(
            "mail", f"The account {address} sends another way than SMTP, which is not looked at here."
        )
    try:
        socket.create_connection((host, port), GREETING_SECONDS).close()
    except OSError as error:
        reason = error.strerror or str(error) or "no answer"
        return look("mail", f"{host}, port {port}, through which {address} sends, does not answer: {reason}.")
    return well("mail", f"{host} answers for {address}.")


def domain_records(domain: str, ask: Ask) -> Iterator[Finding]:
    """``ask``: the resolver; another one in tests."""
    yield _record("spf", domain, domain, "v=spf1", ask)
    yield _record("dmarc", domain, f"_dmarc.{domain}", "v=dmarc1", ask)
    yield _dkim(domain, ask)


def _record(name: str, domain: str, at: str, begins: str, ask: Ask) -> Finding:
    label = name.upper()
    try:
        texts = [text for text in ask(at, Kind.TXT) if text.lower().replace(" ", "").startswith(begins)]
    except NoAnswer:
        return unknown(name, f"{label} of {domain} could not be checked: no name server answers.")
    if not texts:
        return look(name, f"{domain} has no {label} record, so mail from it may be taken for spam.")
    if len(texts) > 1:
        return look(name, f"{domain} has {len(texts)} {label} records; receivers then trust none. Keep one.")
    return well(name, f"{domain} has {label}: {texts[0][:80]}")


def _dkim(domain: str, ask: Ask) -> Finding:
    try:
        found = [
            selector
            for selector in SELECTORS
            if any("p=" in text for text in ask(f"{selector}._domainkey.{domain}", Kind.TXT))
        ]
    except NoAnswer:
        return unknown("dkim", f"DKIM of {domain} could not be checked: no name server answers.")
    if found:
        return well("dkim", f"{domain} has DKIM keys ({', '.join(found)}).")
    return unknown(
        "dkim",
        f"No DKIM key of {domain} under the usual names; it may have another. Look at a received mail's "
        "Authentication-Results.",
    )
