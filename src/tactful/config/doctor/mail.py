"""Mail accounts, and what the domains of their addresses tell receivers (SPF, DKIM, DMARC)."""

import socket
from collections.abc import Iterator, Sequence
from typing import Any

import psycopg

from tactful.channels.rules import sender
from tactful.channels.rules.sender_words import in_english
from tactful.config.doctor.database import asking
from tactful.config.doctor.finding import Finding, State, look, unknown, well
from tactful.config.environment import Environment
from tactful.config.postgres import places, postmaster
from tactful.foundation.dns import Ask, Kind, NoAnswer

ACCOUNTS = "SELECT address, settings, enabled, paused_reason FROM account WHERE channel = 'mail' ORDER BY id"
GREETING_SECONDS = 5.0
STATES = {
    sender.Verdict.WELL: State.OK,
    sender.Verdict.BETTER: State.OK,
    sender.Verdict.LOOK: State.LOOK,
    sender.Verdict.UNKNOWN: State.UNKNOWN,
}


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
    for check in sender.domain_checks(domain, texts_of(ask)):
        yield Finding(check.name, STATES[check.verdict], in_english(check))


def texts_of(ask: Ask) -> sender.Texts:
    def texts(name: str) -> Sequence[str] | None:
        try:
            return ask(name, Kind.TXT)
        except NoAnswer:
            return None

    return texts
