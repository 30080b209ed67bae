"""What really happened around a journey that is replayed: its own doings taken out, those of others kept."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from tactful.delivery.queries import left_since
from tactful.delivery.types import CapScope
from tactful.events.types import Fact
from tactful.gate.types import Author
from tactful.journeys.queries import PastEnrolment
from tactful.journeys.rules.mishaps import OtherSend
from tactful.journeys.rules.moves import Event
from tactful.journeys.rules.replayed import RealSend
from tactful.journeys.rules.tale import Answered, Earlier, Reply, Taken, Told
from tactful.touchpoints.types import TouchpointView

ANSWERED = "task.done"
CALLED = "webhook.answered"
LEFT = ("sent", "unknown")  # what nobody can know has most likely arrived


@dataclass(slots=True)
class Sent:
    """``others``: by contact, what automation of other causes sent. ``taken``: their places under caps."""

    own: list[RealSend] = field(default_factory=list)
    others: dict[int, list[OtherSend]] = field(default_factory=dict)
    taken: list[Taken] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Own:
    """Enrolments of the replayed journey by id. ``within``: those that began in the stretch."""

    rows: Mapping[int, PastEnrolment]
    within: Collection[int]
    journey_id: int
    slug: str

    def earlier(self) -> dict[tuple[int, str], Earlier]:
        """By client and key, what began before the stretch or by hand: it keeps its door."""
        found: dict[tuple[int, str], Earlier] = {}
        for row in self.rows.values():
            if row.id in self.within:
                continue
            door = (row.contact_id, row.entry_key)
            before = found.get(door, Earlier(0))
            last = max((at for at in (before.last_ended_at, before.until) if at is not None), default=None)
            found[door] = Earlier(before.times + 1, last, row.ended_at or NEVER)
        return found

    def said(self, fact: Fact) -> bool:
        """Whether the replayed journey itself brought this about."""
        name, data = fact.name, fact.data
        if name.startswith("message."):
            return data.get("cause") == "visit" and data.get("cause_id") in self.rows
        if name.startswith("journey."):
            return data.get("journey") in (self.journey_id, self.slug)
        if name == CALLED:
            return data.get("enrolment") in self.rows
        return (
            name == ANSWERED
            and data.get("subject_kind") == "enrolment"
            and data.get("subject_id") in self.rows
        )


NEVER = datetime.fromisoformat("9999-01-01T00:00:00+00:00")


def told_of(facts: Iterable[Fact], own: Own, steps: Mapping[tuple[int, int], str]) -> Iterator[Told]:
    """What the draft hears. The answers of people to the journey's own tasks go to the same task of the
    draft. ``steps``: by (enrolment, visit)."""
    for fact in facts:
        if not own.said(fact):
            yield Told(fact.recorded_at, fact.contact_id, event_of(fact))
        elif (said := _again(fact, own, steps)) is not None:
            yield said


def _again(fact: Fact, own: Own, steps: Mapping[tuple[int, int], str]) -> Told | None:
    """What was answered to the journey's own task or call, for the same step of the draft."""
    data = fact.data
    if fact.name == ANSWERED:
        row, params = own.rows[data["subject_id"]], data.get("params")
        visit = params.get("visit") if isinstance(params, dict) else None
    elif fact.name == CALLED:
        row, visit = own.rows[data["enrolment"]], data.get("visit")
    else:
        return None
    step = steps.get((row.id, visit)) if isinstance(visit, int) else None
    if step is None:
        return None
    if fact.name == ANSWERED:
        reply = Reply(step, str(data.get("answer", "")), row.entry_key)
        return Told(fact.recorded_at, fact.contact_id, reply=reply)
    fields = data.get("answer")
    call = Answered(step, bool(data.get("ok")), fields if isinstance(fields, dict) else {}, row.entry_key)
    return Told(fact.recorded_at, fact.contact_id, call=call)


def event_of(fact: Fact) -> Event:
    return Event(fact.name, fact.id, fact.ts, fact.data)


def read_sent(
    contact_ids: Collection[int], own: Own, points: Mapping[int, TouchpointView], since: datetime
) -> Sent:
    """Of these contacts, from ``since`` on: one query."""
    sent = Sent()
    for row in left_since(contact_ids, LEFT, since):
        _sort_in(row, own, points, sent)
    return sent


def _sort_in(row: Sequence[Any], own: Own, points: Mapping[int, TouchpointView], sent: Sent) -> None:
    ident, contact, day, scopes, cleared_at, left_at, author, kind, cause, point, template = row
    at = left_at or cleared_at
    if at is None:
        return
    if kind == "visit" and cause in own.rows:
        if cause in own.within:
            slug = points[point].slug if point in points else ""
            sent.own.append(RealSend(ident, contact, own.rows[cause].entry_key, slug, template, at))
        elif day is not None:
            sent.taken.append(_taken(contact, day, scopes, at))
        return
    if author != Author.PERSON_DIRECT:
        sent.others.setdefault(contact, []).append(OtherSend(ident, at))
    if day is not None:
        sent.taken.append(_taken(contact, day, scopes, cleared_at or at))


def _taken(contact: int, day: date, scopes: Sequence[int | None] | None, at: datetime) -> Taken:
    household, company = scopes or (None, None)
    return Taken(at, contact, CapScope(day, at, household, company))
