"""What a moved enrolment brings about, in bulk and in the transaction of its state."""

import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

from tactful.delivery import actions as delivery
from tactful.delivery.types import OWN_LINE, NewMessage
from tactful.events.actions import record
from tactful.events.types import NewFact
from tactful.journeys.hot import calls, rows
from tactful.journeys.hot.entries import NewRow
from tactful.journeys.hot.rows import Row
from tactful.journeys.plans import plan_of
from tactful.journeys.rules.conditions import fact_key, fact_name
from tactful.journeys.rules.entry_events import START_WANTED, STOP_WANTED
from tactful.journeys.rules.moves import (
    AddTag,
    CallWebhook,
    CancelMessages,
    CloseTask,
    Effect,
    EnqueueSend,
    OpenTask,
    RecordEvent,
    RemoveTag,
    StartOther,
    StopOther,
    UpdateContact,
)
from tactful.journeys.rules.writing import condition_document
from tactful.journeys.types import Condition, Source, Variable
from tactful.touchpoints import queries as touchpoints
from tactful.touchpoints.types import MessageClass, Touch, TouchpointView

FACT_VARIABLE = "@"  # such a variable is read at the moment of sending, by the fact's key
DEFAULT_VARIABLE = "~"  # what it says if there is nothing to read: "~nb:deadline"
_KEY = re.compile(r"visit:([0-9]{1,18}):")
PLACES = {Source.ENTRY: "entry", Source.EVENT: "event", Source.ANSWER: "answers"}


class NoTouchpoint(LookupError):
    """The journey speaks through a touchpoint that is not on the map."""


def announce_entered(rows: Sequence[Row | NewRow], now: datetime) -> None:
    facts = [
        NewFact(
            "journey.entered",
            row.state.contact_id,
            {"enrolment": row.id, "journey": row.state.journey_id, "key": row.state.entry_key},
        )
        for row in rows
    ]
    record(facts, now=now)


def carry_out(work: Sequence[tuple[Row, Effect]], now: datetime) -> None:
    """Inside the transaction that writes the states. What is called back in the very batch that asked for
    it, as when a late beginning hears an old story at once, is never asked for."""
    cancels = [(row, effect) for row, effect in work if isinstance(effect, CancelMessages)]
    back = {(row.id, visit) for row, effect in cancels for visit in effect.visits}
    sends = [
        (row, effect)
        for row, effect in work
        if isinstance(effect, EnqueueSend) and (row.id, effect.visit) not in back
    ]
    facts = [fact for row, effect in work if (fact := _fact(row, effect)) is not None]
    if cancels:
        _cancel(cancels, now)
    if sends:
        _enqueue(sends, now)
    told = [(row, effect) for row, effect in work if isinstance(effect, CallWebhook)]
    calls.queue([(row.id, row.state.contact_id, effect) for row, effect in told], now)
    record(facts, now=now)


def _enqueue(sends: Sequence[tuple[Row, EnqueueSend]], now: datetime) -> None:
    views = touchpoints.views({effect.touchpoint for _, effect in sends})
    messages = [_message(row, effect, views) for row, effect in sends]
    touched = _touched(sends, views)
    if not touched:
        delivery.enqueue(messages, now=now)
        return
    touches = [touched.get(touch_key(row.id, effect)) for row, effect in sends]
    delivery.enqueue(list(map(_with_line, messages, touches)), now=now)
    stopped = {
        (row.id, effect.visit): "stopped"
        for (row, effect), touch in zip(sends, touches, strict=True)
        if touch is not None and touch.stopped
    }
    if stopped:
        delivery.cancel_visits(stopped, now=now)


def message_key(enrolment_id: int, visit: int) -> str:
    """The dedupe key of the message of a visit."""
    return f"visit:{enrolment_id}:{visit}"


def touch_key(enrolment_id: int, effect: EnqueueSend) -> str:
    """By which a person's line or stop finds the message that they saw. A client who comes to another
    message at the same visit, by another arm or another version, gets that one as it is."""
    what = f"{effect.touchpoint}\0{effect.template}\0{effect.about}"
    digest = hashlib.blake2b(what.encode(), digest_size=8).hexdigest()
    return f"{message_key(enrolment_id, effect.visit)}:{digest}"


def hold_still(key: str) -> None:
    """Until the end of this transaction nobody moves the client whose message has this ``touch_key``, so
    that what a person does to it is seen, or comes too late and can be told so."""
    number = _KEY.match(key)
    if number is not None:
        rows.running([int(number[1])])


def _touched(
    sends: Sequence[tuple[Row, EnqueueSend]], views: Mapping[str, TouchpointView]
) -> Mapping[str, Touch]:
    """What people have done to these messages beforehand: asked where they are shown, and of those that
    somebody has stopped on the list of what goes out today."""
    stopped = touchpoints.stopped_unshown()
    shown = [
        touch_key(row.id, effect)
        for row, effect in sends
        if (view := views.get(effect.touchpoint)) is not None and (view.preview_hours or view.id in stopped)
    ]
    return touchpoints.touches(shown) if shown else {}


def _with_line(message: NewMessage, touch: Touch | None) -> NewMessage:
    """The person's own words, with their name. The gate decides about the message as about any other."""
    if touch is None or touch.stopped:
        return message
    own = {OWN_LINE: touch.line, "personal_by": touch.by_name}
    return message._replace(variables={**message.variables, **own}, may_merge=False)


def _message(row: Row, effect: EnqueueSend, views: dict[str, TouchpointView]) -> NewMessage:
    view = views.get(effect.touchpoint)
    if view is None:
        raise NoTouchpoint(
            f"There is no touchpoint “{effect.touchpoint}” on the line. Add it, or change the step."
        )
    return NewMessage(
        contact_id=row.state.contact_id,
        dedupe_key=message_key(row.id, effect.visit),
        message_class=view.message_class,
        purpose=view.message_class.purpose,
        due_at=effect.due_at,
        cause_kind="visit",
        cause_id=row.id,
        cause_visit=effect.visit,
        line=view.line,
        touchpoint_id=view.id,
        touchpoint_rev=view.revision_id,
        template=effect.template,
        variables=variables_of(row, effect),
        may_merge=view.message_class in (MessageClass.RELATIONSHIP, MessageClass.MARKETING),
        latest_at=effect.latest_at,
        condition=_condition(row, effect),
        topics=(effect.about.replace("=", ":"),) if effect.about else (),
        allow=tuple(effect.allow),
    )


def _condition(row: Row, effect: EnqueueSend) -> dict[str, Any]:
    """The still-true condition as a document, with what it needs to be asked again at the gate."""
    if effect.still_true is None:
        return {}
    context = row.state.context
    kept = {name: dict(context[name]) for name in PLACES.values() if context.get(name)}
    return {"if": _tree(effect.still_true), "about": effect.about, **kept}


@lru_cache(maxsize=512)
def _tree(condition: Condition) -> Any:
    return condition_document(condition)


def variables_of(row: Row, effect: EnqueueSend) -> dict[str, str]:
    """What is known now, and the keys of what is read at the moment of sending. What is absent is left
    out: then the default speaks, in the client's language."""
    suffix = f":{effect.about}" if effect.about else ""
    values = {}
    for variable in effect.variables:
        if variable.default is not None:
            values[f"{DEFAULT_VARIABLE}en:{variable.name}"] = variable.default.en
            values[f"{DEFAULT_VARIABLE}nb:{variable.name}"] = variable.default.nb
        name = fact_name(variable.ref)
        if name is not None:
            values[FACT_VARIABLE + variable.name] = fact_key(name, suffix)
        elif (value := _kept(row, variable)) is not None:
            values[variable.name] = str(value)
    return values


def _kept(row: Row, variable: Variable) -> Any:
    return row.state.context.get(PLACES[variable.ref.source], {}).get(variable.ref.name)


def _cancel(cancels: Sequence[tuple[Row, CancelMessages]], now: datetime) -> None:
    """All at once, whatever their reasons: contacts are locked once, in order."""
    reasons = {(row.id, visit): effect.reason for row, effect in cancels for visit in effect.visits}
    delivery.cancel_visits(reasons, now=now)


def _fact(row: Row, effect: Effect) -> NewFact | None:
    """What is asked of others, or told: a fact for the log."""
    told = _FACTS.get(type(effect))
    if told is None:
        return None
    name, data = told(row, effect)
    base: dict[str, Any] = {"enrolment": row.id, "journey": row.state.journey_id}
    at = effect.at if isinstance(effect, RecordEvent) else None
    return NewFact(name, row.state.contact_id, base | data, ts=at)


def _start(_: Row, effect: StartOther) -> tuple[str, dict[str, Any]]:
    data = {"start": effect.journey, "data": dict(effect.data), "depth": effect.depth}
    return START_WANTED, data | {"visit": effect.visit}


def _stop(_: Row, effect: StopOther) -> tuple[str, dict[str, Any]]:
    return STOP_WANTED, {"stop": effect.journey, "key": effect.key, "visit": effect.visit}


_FACTS: Mapping[type, Callable[[Row, Any], tuple[str, dict[str, Any]]]] = {
    OpenTask: lambda row, effect: ("task.wanted", _task(row, effect)),
    CloseTask: lambda _, effect: ("task.unwanted", {"visit": effect.visit, "reason": effect.reason}),
    UpdateContact: lambda _, effect: ("contact.change_wanted", {"set": dict(effect.set)}),
    AddTag: lambda _, effect: ("contact.change_wanted", {"add_tag": effect.tag}),
    RemoveTag: lambda _, effect: ("contact.change_wanted", {"remove_tag": effect.tag}),
    StartOther: _start,
    StopOther: _stop,
    RecordEvent: lambda _, effect: (effect.name, dict(effect.data)),
}


def _task(row: Row, effect: OpenTask) -> dict[str, Any]:
    name = plan_of(row.version_id).definition.name
    return {
        "visit": effect.visit,
        "kind": effect.kind.value,
        "owner": effect.owner,
        "title": {"en": effect.title.en, "nb": effect.title.nb},
        "journey_name": {"en": name.en, "nb": name.nb},
        "due_at": effect.due_at.isoformat() if effect.due_at else None,
        "answers": [{"id": a.id, "en": a.name.en, "nb": a.name.nb} for a in effect.answers],
        "about": effect.about,
        "may_pass": effect.may_pass,
    }
