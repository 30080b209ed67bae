"""Tells other systems what journeys want them to know, one call at a time, outside of any transaction.

HTTPS, one request, no redirects (``foundation.calling``). What cannot be reached or is out of order for the
moment is tried again six times over about nine hours, with the same key.
"""

import json
import logging
import re
from datetime import datetime
from math import isfinite
from typing import Any

from django.db import DataError, transaction

from tactful.events.actions import record
from tactful.events.types import NewFact
from tactful.foundation.calling import MOST_ANSWER, Answer, post
from tactful.journeys.hearing import CALLED
from tactful.journeys.hot import calls
from tactful.journeys.hot.calls import Call

logger = logging.getLogger(__name__)

MOST_FIELDS = 50
_HALVES = re.compile("[\ud800-\udfff]").search


def call_out(now: datetime, limit: int = 20) -> int:
    """Make the calls that are due, each claimed when its turn has come. Answers how many were made."""
    for made in range(limit):
        claimed = calls.claim(1)
        if not claimed:
            return made
        _call(claimed[0], now)
    return limit


def _call(call: Call, now: datetime) -> None:
    answer = post(call.url, json.dumps(call.body, ensure_ascii=False).encode(), _headers(call))
    if answer.status is None:
        logger.info("The call %s was not answered: %s", call.id, answer.error)
    try:
        _conclude(call, answer, _fields(answer.body), now)
    except DataError as error:  # an answer that cannot be kept stops this call and no other
        logger.exception("The answer to call %s could not be kept.", call.id)
        _conclude(call, Answer(answer.status, error=type(error).__name__), {}, now)


def _headers(call: Call) -> dict[str, str]:
    return {"Accept": "application/json", "Idempotency-Key": str(call.id)}


@transaction.atomic
def _conclude(call: Call, said: Answer, fields: dict[str, Any], now: datetime) -> None:
    if not said.ok and said.may_pass and call.attempt < calls.MOST_ATTEMPTS:
        calls.try_again(call, said.status, said.error)
    elif calls.settle(call, done=said.ok, status=said.status, error=said.error):
        data = {"enrolment": call.enrolment, "visit": call.visit, "ok": said.ok, "status": said.status}
        record([NewFact(CALLED, call.contact, data | {"answer": fields})], now=now)


def _fields(body: bytes) -> dict[str, Any]:
    """What a JSON object says in plain values; anything else says nothing."""
    if len(body) > MOST_ANSWER:
        return {}
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    if not isinstance(said, dict):
        return {}
    plain = {name: value for name, value in said.items() if _can_be_kept(name) and _can_be_kept(value)}
    return dict(list(plain.items())[:MOST_FIELDS])


def _can_be_kept(value: object) -> bool:
    """What JSON allows and PostgreSQL does not: NUL, halves of surrogate pairs, and numbers beyond all."""
    if isinstance(value, str):
        return "\0" not in value and not _HALVES(value)
    if isinstance(value, float):
        return isfinite(value)
    return isinstance(value, int)
