"""Endpoints: made, changed, stopped; and what of the log they are to be told."""

import base64
import os
from collections.abc import Sequence
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from tactful.events.actions import record
from tactful.events.types import Fact, NewFact
from tactful.foundation.actions import record_audit
from tactful.foundation.clock import machine_now
from tactful.foundation.secrets import get_secret, put_secret
from tactful.webhooks.hot import tellings
from tactful.webhooks.models import Endpoint, Telling
from tactful.webhooks.rules.payload import payload
from tactful.webhooks.types import EVENTS, STOPPED, NewEndpoint

PREFIX = "whsec_"
OLD_SECRET_LIVES = timedelta(days=1)
KEEP = timedelta(days=30)


class EndpointTrouble(ValueError):
    """What was asked cannot be done; the sentence says why and what to do."""


@transaction.atomic
def add_endpoint(new: NewEndpoint, *, acting_user: int, now: datetime) -> tuple[Endpoint, str]:
    """The row, and the secret with which its program checks our signatures."""
    endpoint = Endpoint.objects.create(
        name=_named(new.name),
        url=_address(new.url),
        events=_wanted(new.events),
        made_at=now,
        by=acting_user,
    )
    secret = _new_secret()
    put_secret(secret_name(endpoint.id), secret)
    _audit("webhook.added", endpoint, acting_user, now)
    return endpoint, secret


@transaction.atomic
def change_endpoint(endpoint_id: int, new: NewEndpoint, *, acting_user: int, now: datetime) -> None:
    """Another name, address or choice; what stopped before goes on."""
    endpoint = Endpoint.objects.select_for_update().get(id=endpoint_id)
    endpoint.name, endpoint.url, endpoint.events = _named(new.name), _address(new.url), _wanted(new.events)
    endpoint.stopped_at, endpoint.stopped_why, endpoint.failing_since = None, "", None
    endpoint.save()
    _audit("webhook.changed", endpoint, acting_user, now)


@transaction.atomic
def rotate_secret(endpoint_id: int, *, acting_user: int, now: datetime) -> str:
    """A new secret; the old one signs along for a day."""
    endpoint = Endpoint.objects.select_for_update().get(id=endpoint_id)
    put_secret(secret_name(endpoint.id, old=True), get_secret(secret_name(endpoint.id)))
    secret = _new_secret()
    put_secret(secret_name(endpoint.id), secret)
    endpoint.old_until = machine_now() + OLD_SECRET_LIVES
    endpoint.save(update_fields=["old_until"])
    _audit("webhook.secret_changed", endpoint, acting_user, now)
    return secret


@transaction.atomic
def stop_endpoint(endpoint_id: int, why: str, *, acting_user: int | None, now: datetime) -> bool:
    """It hears nothing more, and what waits for it is dropped. ``why``: person, gone, failing."""
    running = Endpoint.objects.filter(id=endpoint_id, stopped_at=None)
    if not running.update(stopped_at=now, stopped_why=why):
        return False
    Telling.objects.filter(endpoint_id=endpoint_id, state="queued").update(state="dead", settled_at=now)
    endpoint = Endpoint.objects.get(id=endpoint_id)
    record(
        [
            NewFact(
                STOPPED, None, {"endpoint": endpoint_id, "name": endpoint.name, "why": why, "by": acting_user}
            )
        ],
        now=now,
    )
    _audit("webhook.stopped", endpoint, acting_user, now)
    return True


@transaction.atomic
def tell_again(telling_id: int, *, acting_user: int, now: datetime) -> bool:
    """By hand, with the same id. False: it waits already, or its endpoint hears nothing."""
    chosen = Telling.objects.filter(id=telling_id, endpoint__stopped_at=None).exclude(state="queued")
    if not chosen.update(state="queued", attempt=0, not_before=machine_now(), settled_at=None):
        return False
    record_audit(
        actor=acting_user, verb="webhook.told_again", subject=f"webhook_telling:{telling_id}", now=now
    )
    return True


def announce(facts: Sequence[Fact], now: datetime) -> None:
    """Queue what other programs want to hear, in the transaction that reads the log: each fact once."""
    public = [fact for fact in facts if fact.name in EVENTS]
    if not public:
        return
    endpoints = Endpoint.objects.filter(stopped_at=None).values_list("id", "events")
    wanted = [
        tellings.Wanted(ident, fact.id, fact.name, payload(fact.name, fact.contact_id, fact.ts, fact.data))
        for ident, events in endpoints
        for fact in public
        if fact.name in events
    ]
    tellings.queue(wanted, now)


def forget_old_tellings(*, now: datetime) -> int:
    """What was settled a month ago. Answers how many."""
    return tellings.forget(now - KEEP)


def secret_name(endpoint_id: int, *, old: bool = False) -> str:
    return f"webhook:{endpoint_id}:old" if old else f"webhook:{endpoint_id}"


def _new_secret() -> str:
    return PREFIX + base64.b64encode(os.urandom(24)).decode()


def _named(name: str) -> str:
    if not name.strip():
        raise EndpointTrouble(_("The name is missing. Write which program listens there."))
    return name.strip()[:80]


def _address(url: str) -> str:
    try:
        parts = urlsplit(url.strip())
        host, _port = parts.hostname, parts.port
    except ValueError:
        host = None
    if not host or len(url) > 500 or parts.username or not url.isprintable():
        raise EndpointTrouble(_("This is no web address. Write it as https://shop.example/tactful."))
    if parts.scheme != "https" and not (settings.LOCAL_MAIL_HOSTS and parts.scheme == "http"):
        raise EndpointTrouble(_("The address must begin with https://, so that nobody reads along."))
    return url.strip()


def _wanted(events: Sequence[str]) -> list[str]:
    chosen = [name for name in EVENTS if name in events]
    if not chosen:
        raise EndpointTrouble(_("Choose at least one thing that the program should hear of."))
    return chosen


def _audit(verb: str, endpoint: Endpoint, actor: int | None, now: datetime) -> None:
    body = {"name": endpoint.name, "url": endpoint.url, "events": endpoint.events}
    record_audit(actor=actor, verb=verb, subject=f"webhook_endpoint:{endpoint.id}", now=now, body=body)
