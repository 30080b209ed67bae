"""Stopping and starting what leaves: a broadcast, an account, everything."""

from datetime import datetime

from django.db import transaction

from tactful.channels.actions import sending
from tactful.delivery.actions.outbox import NEWS
from tactful.delivery.hot import changes
from tactful.delivery.models import SendingPause
from tactful.events import actions as events
from tactful.foundation import pg
from tactful.foundation.actions import record_audit
from tactful.foundation.models import Instance

SCOPES = ("broadcast", "account", "everything")


@transaction.atomic
def pause(
    *, scope: str, acting_user: int | None, now: datetime, scope_id: int | None = None, reason: str = ""
) -> None:
    """One row stops a whole scope; what is past the handoff mark still goes. Pausing twice is once."""
    if scope not in SCOPES:
        raise ValueError(f"“{scope}” cannot be paused. Choose one of: {', '.join(SCOPES)}.")
    if SendingPause.objects.filter(scope=scope, scope_id=scope_id, ended_at=None).exists():
        return
    SendingPause.objects.create(scope=scope, scope_id=scope_id, reason=reason, by=acting_user, at=now)
    if scope == "broadcast" and scope_id is not None:
        changes.take_back(scope_id)
    _audit(acting_user, "sending.paused", scope, scope_id, now)


@transaction.atomic
def resume(*, scope: str, acting_user: int | None, now: datetime, scope_id: int | None = None) -> None:
    """What fell due meanwhile counts as due now: a person has just decided that it goes."""
    running = SendingPause.objects.filter(scope=scope, scope_id=scope_id, ended_at=None)
    if running.update(ended_at=now):
        _due_now(scope, scope_id, now)
        _audit(acting_user, "sending.resumed", scope, scope_id, now)


@transaction.atomic
def pause_everything(*, reason: str, now: datetime, acting_user: int | None = None) -> None:
    """``reason``: "clock" or "person". Nothing leaves until ``confirm_sending``."""
    Instance.objects.filter(id=1).update(sending_paused=reason, paused_at=now, paused_by=acting_user)


@transaction.atomic
def confirm_sending(*, acting_user: int, now: datetime) -> None:
    """A person has looked: this is the right instance and the right time. Late messages are still held
    by the gate's grace, each for its own decision."""
    Instance.objects.filter(id=1).update(sending_paused="", paused_at=None, paused_by=None, last_now=now)
    _audit(acting_user, "sending.confirmed", "instance", None, now)


@transaction.atomic
def resume_account(*, account_id: int, acting_user: int, now: datetime) -> None:
    """The owner has mended the account (new password, cleared reputation)."""
    sending.resume_account(account_id)
    _due_now("account", account_id, now)
    _audit(acting_user, "account.resumed", "account", account_id, now)


def _due_now(scope: str, scope_id: int | None, now: datetime) -> None:
    pg.run(
        changes.RESUME,
        {
            "now": now,
            "everything": scope == "everything",
            "account": scope_id if scope == "account" else None,
            "broadcast": scope_id if scope == "broadcast" else None,
        },
    )
    events.notify({NEWS})


def _audit(acting_user: int | None, verb: str, scope: str, scope_id: int | None, now: datetime) -> None:
    record_audit(actor=acting_user, verb=verb, subject=f"{scope}:{scope_id or ''}", now=now)
