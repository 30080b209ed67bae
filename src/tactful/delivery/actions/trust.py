"""What people say of a message before it may go: of one that the trial held, and of the first of a kind."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from tactful.delivery.actions.outbox import NEWS
from tactful.delivery.actions.people import NothingToDecide
from tactful.delivery.models import Dispatch, Rehearsed, State
from tactful.delivery.queries.trust import because
from tactful.events import actions as events
from tactful.events.types import NewFact
from tactful.foundation.actions import record_audit
from tactful.gate.rules.codes import Code
from tactful.gate.types import OnRelease


@dataclass(frozen=True, slots=True)
class Judgement:
    """``why``: a code, for a wrong one. ``made``: what it has brought about, to be taken back by."""

    message_id: int
    right: bool
    why: str = ""
    made: dict[str, Any] | None = None


@transaction.atomic
def judge_rehearsed(said: Judgement, *, acting_user: int, now: datetime) -> None:
    """Right or wrong, of one that would have gone. A wrong one does not go when the trial is over. Raises
    ``NothingToDecide`` if somebody has said so already."""
    open_ones = Rehearsed.objects.filter(pk=said.message_id, judged="")
    kept = {"on_release": ""} if said.right else _never(said.message_id)
    changed = open_ones.update(
        judged="right" if said.right else "wrong",
        why=said.why,
        made=(said.made or {}) | kept,
        judged_by=acting_user,
        judged_at=now,
    )
    if not changed:
        raise NothingToDecide(_("Somebody has judged this one already. Load the page again."))
    body = {"right": said.right, "why": said.why}
    _audit("rehearsal.judged", said.message_id, acting_user, now, body)


@transaction.atomic
def unjudge_rehearsed(message_id: int, *, acting_user: int, now: datetime) -> Rehearsed:
    """Take back what was said; answers with the row as it was, for whoever takes back what it made. Raises
    ``NothingToDecide``."""
    row = Rehearsed.objects.select_for_update().filter(pk=message_id).exclude(judged="").first()
    if row is None:
        raise NothingToDecide(_("Nobody has judged this one. Load the page again."))
    before = str(row.made.get("on_release", ""))
    if before:
        _held(message_id).update(on_release=before)
    Rehearsed.objects.filter(pk=message_id).update(judged="", why="", made={}, judged_by=None, judged_at=None)
    _audit("rehearsal.unjudged", message_id, acting_user, now, {})
    return row


@transaction.atomic
def let_go_first(message_id: int, *, acting_user: int, now: datetime) -> int:
    """One of the first of its touchpoint, looked at and let go: it meets the gate again and goes at the next
    permitted moment. Answers with the touchpoint's id. Raises ``NothingToDecide``."""
    waiting = _held(message_id).filter(because(Code.STANDING_FIRST))
    changed = waiting.update(
        state=State.QUEUED, seen_by=acting_user, not_before=now, retry_at=None, held_since=None,
        wake_on=None, task_at=None, reasons=None, owner_id=None,
    )  # fmt: skip
    if not changed:
        raise NothingToDecide(_("This message does not wait for you any more. Load the page again."))
    _audit("message.let_go", message_id, acting_user, now, {})
    row = Dispatch.objects.select_related("message").get(pk=message_id)
    data = {"kind": "message_first", "message": message_id}
    events.record([NewFact("task.done", row.contact_id, data)], now=now)
    events.notify({NEWS})
    return row.message.touchpoint_id or 0


def _never(message_id: int) -> dict[str, str]:
    row = _held(message_id).select_for_update().first()
    if row is None:
        return {"on_release": ""}
    Dispatch.objects.filter(pk=message_id).update(on_release=OnRelease.SKIP)
    return {"on_release": row.on_release}


def _held(message_id: int) -> Any:
    return Dispatch.objects.filter(pk=message_id, state=State.HELD)


def _audit(verb: str, message_id: int, acting_user: int, now: datetime, body: dict[str, Any]) -> None:
    record_audit(actor=acting_user, verb=verb, subject=f"message:{message_id}", now=now, body=body)
