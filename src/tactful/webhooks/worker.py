"""Tells other programs what they want to hear, one at a time, outside of any transaction; signed as the
Standard Webhooks specification says, with both secrets while one replaces the other."""

from datetime import datetime

from django.db import transaction
from standardwebhooks import Webhook

from tactful.foundation.calling import Answer, post
from tactful.foundation.clock import machine_now
from tactful.foundation.secrets import get_secret
from tactful.webhooks.actions import secret_name, stop_endpoint
from tactful.webhooks.hot import tellings
from tactful.webhooks.models import Endpoint
from tactful.webhooks.rules.patience import GONE, STOP_AFTER, pause_after, spread_of
from tactful.webhooks.types import Due


def tell_waiting(now: datetime, limit: int = 20) -> int:
    """What is due, each claimed when its turn has come. Answers how many attempts were made."""
    for made in range(limit):
        due = tellings.claim()
        if due is None:
            return made
        answer = post(due.url, due.body.encode(), headers(due))
        conclude(due, answer, now)
    return limit


def headers(due: Due) -> dict[str, str]:
    moment, ident = machine_now(), f"evt_{due.id}"
    signatures = [
        Webhook(secret).sign(ident, moment, due.body) for secret in _secrets(due.endpoint_id, moment)
    ]
    return {
        "webhook-id": ident,
        "webhook-timestamp": str(int(moment.timestamp())),
        "webhook-signature": " ".join(signatures),
    }


@transaction.atomic
def conclude(due: Due, answer: Answer, now: datetime) -> None:
    if answer.ok:
        if tellings.settle(due, "done", answer.status, "", now):
            tellings.answers(due.endpoint_id)
        return
    pause = pause_after(due.attempt, spread_of(due.id, due.attempt))
    error = answer.error or f"HTTP {answer.status}"
    if answer.status == GONE:
        tellings.settle(due, "dead", answer.status, error, now)
        stop_endpoint(due.endpoint_id, "gone", acting_user=None, now=now)
    elif pause is None:
        tellings.settle(due, "dead", answer.status, error, now)
    else:
        tellings.try_again(due, pause, answer.status, error)
    if tellings.fails(due.endpoint_id) > STOP_AFTER:
        stop_endpoint(due.endpoint_id, "failing", acting_user=None, now=now)


def _secrets(endpoint_id: int, moment: datetime) -> list[str]:
    secrets = [get_secret(secret_name(endpoint_id))]
    rotating = Endpoint.objects.filter(id=endpoint_id, old_until__gt=moment).exists()
    if rotating and (old := get_secret(secret_name(endpoint_id, old=True))):
        secrets.append(old)
    return secrets
