"""Tokens instead of passwords: handed to whoever signs in, renewed ahead of time, and given up when the
provider takes its leave back.

One refresh at a time for an account, whatever the number of workers: some providers give a new lasting token
each time and end the one before. The lock is PostgreSQL's and no transaction stays open while we ask.
"""

import logging
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import partial

from django.db import connection, transaction

from tactful.channels import actions as stored
from tactful.channels import queries as channels
from tactful.channels.actions.access import ACCESS, CLIENT, REFRESH, secret_name
from tactful.channels.actions.sending import pause_account
from tactful.channels.mail.settings import Bearer, NoAccess
from tactful.channels.queries import Grant
from tactful.channels.rules import oauth
from tactful.channels.rules.oauth import Client, Refusal, Tokens
from tactful.channels.types import Outcome, our_words
from tactful.delivery.actions import resume_account
from tactful.events import actions as events
from tactful.foundation.calling import Asking, ask
from tactful.foundation.clock import business_now, machine_now
from tactful.foundation.secrets import get_secret
from tactful.inbox.actions.tasks import finish_keyed
from tactful.inbox.queries import open_tasks

logger = logging.getLogger(__name__)

LOCK_CLASS = 7_303
SECONDS = 10.0
FORM = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
AUTH = "auth"


def bearer_of(account_id: int) -> Bearer:
    return partial(access_token, account_id)


def access_token(account_id: int, refused: str = "") -> str:
    """A token to sign in with, another one than ``refused``. Raises ``NoAccess``."""
    grant = _grant(account_id)
    token = get_secret(secret_name(account_id, ACCESS))
    if token and token != refused and _works(grant, machine_now()):
        return token
    return _renewed(account_id, refused)


def keep_fresh() -> None:
    """Renew what has come of age, as often as one likes, in every worker. One that is away stops no other."""
    for grant in channels.grants():
        if oauth.is_due(grant.issued_at, grant.until, machine_now()):
            try:
                _renewed(grant.account_id, "", ahead=True)
            except NoAccess as trouble:
                logger.warning("The mail account %s could not renew its leave: %s", grant.account_id, trouble)


def exchange(gives_url: str, body: bytes) -> Tokens | Refusal:
    """One question to an authority, through the one guard of outgoing connections."""
    answer = ask(gives_url, body, FORM, Asking(seconds=SECONDS))
    return oauth.read(answer.status, answer.body)


def resume(account_id: int, *, acting_user: int, now: datetime) -> None:
    """It works again: what waited goes, and nobody is asked about it any more."""
    resume_account(account_id=account_id, acting_user=acting_user, now=now)
    asked = open_tasks().filter(code="account_paused", params__account=account_id)
    finish_keyed(list(asked.values_list("dedupe_key", flat=True)), now=now)


def _renewed(account_id: int, refused: str, *, ahead: bool = False) -> str:
    """``ahead``: the old one still works, and another worker that is at it already is enough."""
    with _alone(account_id, wait=not ahead) as mine:
        token = get_secret(secret_name(account_id, ACCESS))
        if not mine:
            return token
        grant, now = _grant(account_id), machine_now()
        young = not oauth.is_due(grant.issued_at, grant.until, now)
        if token and token != refused and (young or (_works(grant, now) and not ahead)):
            return token
        return _ask_for_next(grant, token if token != refused and oauth.usable(grant.until, now) else "")


def _works(grant: Grant, now: datetime) -> bool:
    return grant.until is not None and grant.until - now >= oauth.AT_LEAST


def _ask_for_next(grant: Grant, still_good: str) -> str:
    account_id = grant.account_id
    client = Client(grant.client_id, get_secret(secret_name(account_id, CLIENT)))
    body = oauth.next_request(client, get_secret(secret_name(account_id, REFRESH)))
    said = exchange(grant.gives_url, body)
    if isinstance(said, Tokens):
        stored.keep_tokens(account_id, said, machine_now=machine_now())
        return said.access
    if said.final:
        _lose(account_id, said)
        raise _lost(said.code)
    if still_good:
        return still_good
    raise NoAccess(our_words("oauth.away", said=said.code), Outcome.SAFE)


@transaction.atomic
def _lose(account_id: int, said: Refusal) -> None:
    """Told once (R17). What is to be sent waits; nothing of it is tried, so nothing burns an attempt."""
    if stored.note_lost(account_id, said.code, machine_now=machine_now()):
        now = business_now()
        facts = pause_account(account_id, AUTH, our_words("oauth.refused", said=said.code), now)
        events.record(list(facts), now=now)


def _lost(code: str) -> NoAccess:
    return NoAccess(our_words("oauth.refused", said=code), Outcome.ACCOUNT)


def _grant(account_id: int) -> Grant:
    found = channels.grant(account_id)
    if found is None:
        raise NoAccess(our_words("oauth.none"), Outcome.ACCOUNT)
    if found.refused_at is not None:
        raise _lost(found.refused_code)
    return found


@contextmanager
def alone(account_id: int) -> Iterator[None]:
    """No refresh of this account goes on meanwhile."""
    with _alone(account_id, wait=True):
        yield


@contextmanager
def _alone(account_id: int, *, wait: bool) -> Iterator[bool]:
    """Nobody else renews this account meanwhile. False: somebody is at it, and we did not ``wait``."""
    place: list[int | str] = [LOCK_CLASS, f"grant:{account_id}"]
    with connection.cursor() as cursor:
        if wait:
            cursor.execute("SELECT pg_advisory_lock(%s, hashtext(%s))", place)
        else:
            cursor.execute("SELECT pg_try_advisory_lock(%s, hashtext(%s))", place)
            if not cursor.fetchone()[0]:
                yield False
                return
        try:
            yield True
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s, hashtext(%s))", place)


def fresh_words() -> tuple[str, str]:
    """(state, verifier) of one attempt to connect: neither can be guessed."""
    return secrets.token_urlsafe(32), secrets.token_urlsafe(48)
