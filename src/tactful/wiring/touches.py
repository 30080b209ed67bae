"""Messages that a person may see before they go out: which, how they read now, and what is done to them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from tactful.delivery.queries import Dispatch, Message, is_going
from tactful.gate.types import Author
from tactful.journeys import queries as journeys
from tactful.journeys.actions import hold_still
from tactful.journeys.queries import Coming
from tactful.touchpoints import actions
from tactful.touchpoints import queries as touchpoints
from tactful.touchpoints.actions import LineError, NewTouch
from tactful.touchpoints.types import Line, Touch
from tactful.wiring.journey_facts import loader
from tactful.wiring.written import MailWords, words_of


@dataclass(frozen=True, slots=True)
class Shown:
    """``words``: as it would leave now; None if it cannot be built yet. ``touch``: what was done already."""

    coming: Coming
    words: MailWords | None
    touch: Touch | None


def shown(now: datetime, limit: int = 100) -> list[Shown]:
    """The soonest first."""
    found = coming(now)[:limit]
    touches = touchpoints.touches([each.key for each in found])
    words = words_of(_as_rows(found, touches), now)
    return [Shown(each, words.get(place), touches.get(each.key)) for place, each in enumerate(found, 1)]


def coming(now: datetime) -> list[Coming]:
    return journeys.coming(touchpoints.previewed(), loader(now), now)


@transaction.atomic
def touch(key: str, line: str, *, acting_user: int, now: datetime) -> None:
    """A line on top, or with an empty one a stop. Raises ``LineError``. A stop that was pressed twice is one,
    whether or not the moment of the message has passed in between."""
    hold_still(key)
    if not line and _was_stopped(key):
        return
    each = _still_coming(key, now)
    new = NewTouch(key, each.touchpoint.id, each.contact_id, line)
    actions.touch(new, acting_user=acting_user, now=now)


@transaction.atomic
def let_be(key: str, *, acting_user: int, now: datetime) -> None:
    """It goes out as it would have. Raises ``LineError``."""
    hold_still(key)
    _still_coming(key, now)
    actions.untouch(key, acting_user=acting_user, now=now)


def _was_stopped(key: str) -> bool:
    touch = touchpoints.touches([key]).get(key)
    return touch is not None and touch.stopped and not _is_going(key)


def _is_going(key: str) -> bool:
    """What is touched is one of the messages that a visit may come to; which has the key of the visit."""
    return is_going(key.rpartition(":")[0])


def _still_coming(key: str, now: datetime) -> Coming:
    found = next((each for each in coming(now) if each.key == key), None)
    if found is None and _is_going(key):
        raise LineError(_("It was quicker than you, and is on its way. Look at the client."))
    if found is None:
        raise LineError(_("It does not wait any more: it is not wanted, or was stopped. Look at the client."))
    return found


def _as_rows(found: Sequence[Coming], touches: dict[str, Touch]) -> list[Dispatch]:
    """As they would stand in the outbox; nothing is written down."""
    return [as_row(place, each, touches.get(each.key)) for place, each in enumerate(found, 1)]


def as_row(place: int, each: Coming, touch: Touch | None) -> Dispatch:
    own = {"personal_line": touch.line, "personal_by": touch.by_name} if touch and touch.line else {}
    kind = each.touchpoint.message_class
    message = Message(
        id=place, contact_id=each.contact_id, channel="mail", message_class=kind, purpose=kind.purpose,
        cause_kind="visit", dedupe_key=each.key, due_at=each.at, template=each.template,
        variables={**each.variables, **own}, created_at=each.at,
    )  # fmt: skip
    return Dispatch(
        message=message, contact_id=each.contact_id, lane=0, author=Author.AUTOMATION, line=Line.STRUCTURAL,
        not_before=each.at,
    )  # fmt: skip
