"""Everything with one client on one line: what is coming, now, and what was, the newest first."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils.translation import gettext as _

from tactful.delivery import queries as outbox
from tactful.delivery.queries import Dispatch, State
from tactful.events import queries as events
from tactful.events.types import Fact
from tactful.gate.sentences import reason_sentence
from tactful.gate.types import Author
from tactful.inbox import queries as inbox
from tactful.inbox.queries import Entry
from tactful.inbox.types import OUTSIDE
from tactful.journeys import queries as journeys
from tactful.journeys.queries import Enrolment
from tactful.journeys.sentences import StepLine, describe
from tactful.web.build.around import Around
from tactful.web.build.inbox import elsewhere
from tactful.web.build.thread import crossing, writer
from tactful.web.templatetags.tactful import near
from tactful.web.types import Glyph, Link, Person, TimelineEntry

SHOWN = 50
MOST_SAID = 4
TOLD, CALENDAR = "tracking", "calendar"
Placed = tuple[datetime, TimelineEntry]
PARTS = {
    "all": ("people", "automation", "documents", "elsewhere"),
    "people": ("people",),
    "automation": ("automation",),
    "documents": ("documents",),
    "elsewhere": ("elsewhere",),
}


@dataclass(frozen=True, slots=True)
class Span:
    """``before``: where the page begins, strictly older than this. ``show``: a key of ``PARTS``."""

    contact_id: int
    thread_id: int | None
    show: str
    before: datetime
    is_first: bool


def timeline(span: Span, client: Person, around: Around) -> tuple[tuple[TimelineEntry, ...], datetime | None]:
    """The entries, and the moment from which the next page goes on."""
    parts = PARTS[span.show]
    past: list[Placed] = []
    for part in parts:
        past += PAST[part](span, client, around)
    past.sort(key=lambda each: each[0], reverse=True)
    shown = past[:SHOWN]
    ahead = list(_future(span.contact_id, around)) if span.is_first and "automation" in parts else []
    now = [TimelineEntry("now", at=around.visit.now)] if span.is_first else []
    lines = _with_days(shown, around.visit.house.time_zone, around.visit.now)
    return (*ahead, *now, *lines), shown[-1][0] if len(past) > SHOWN else None


def _future(contact_id: int, around: Around) -> Iterable[TimelineEntry]:
    waiting = around.visit.once(outbox.waiting_of, contact_id)
    enrolments = journeys.running_of_contact(contact_id)
    for enrolment in reversed(enrolments):
        yield _enrolment(enrolment, around)
    for row in reversed(waiting):
        yield _coming(row, around)


def _coming(row: Dispatch, around: Around) -> TimelineEntry:
    now, link = around.visit.now, (Link(_("why"), reverse("web:message", args=[row.pk])),)
    title, moment = around.title(row.message), near(max(row.not_before, now), now)
    if row.state == State.HELD:
        meta = _("Looked at again %(moment)s at the latest.") % {"moment": moment}
        return TimelineEntry(
            "held", title, _("is held: %(why)s.") % {"why": why(row, around)}, meta=meta, links=link
        )
    meta = _("%(moment)s, if it is still true then.") % {"moment": moment}
    return TimelineEntry("planned", title, _("will be sent by mail"), meta=meta, links=link)


def _enrolment(row: Enrolment, around: Around) -> TimelineEntry:
    definition, language = journeys.current_definition(row), around.visit.language
    name = definition.name.in_language(language)
    step = next((line for line in flat(describe(definition, language)) if line.step == row.step), None)
    said = f"{step.verb} {step.what}".strip() if step else row.step
    moment = near(row.due_at, around.visit.now) if row.due_at else _("when what it waits for happens")
    meta = _("Goes on %(moment)s.") % {"moment": moment}
    links = (Link(_("the journey"), reverse("web:journey", args=[row.journey.slug])),)
    return TimelineEntry("planned", name, _("stands at: %(step)s") % {"step": said}, meta=meta, links=links)


def flat(lines: Iterable[StepLine]) -> Iterable[StepLine]:
    for line in lines:
        yield line
        for way in line.ways:
            yield from flat(way.lines)


def why(row: Dispatch, around: Around) -> str:
    reasons = outbox.reasons_of(row)
    return reason_sentence(reasons[0], around.names(row.contact_id), around.visit.reader) if reasons else ""


def _people(span: Span, client: Person, around: Around) -> Iterable[Placed]:
    if span.thread_id is None:
        return
    for entry in inbox.said_before(span.thread_id, span.before, SHOWN + 1):
        yield entry.at, _entry(entry, client, around)


def _entry(entry: Entry, client: Person, around: Around) -> TimelineEntry:
    author = around.visit.person(entry.author_id)
    name = author.name if author else _("Somebody of ours")
    if entry.kind == Entry.Kind.LINE:
        return TimelineEntry("cross", crossing(entry.code, author), at=entry.at)
    if entry.kind == Entry.Kind.INBOUND:
        words, who = entry.text.strip()[:600], client.name.split(" ")[0]
        return TimelineEntry("entry", words=words or entry.subject, meta=who, at=entry.at, glyph="client")
    if entry.kind == Entry.Kind.NOTE:
        return TimelineEntry(
            "entry", _("Note for us:"), entry.text[:600], meta=name, at=entry.at, icon="note"
        )
    if entry.kind == Entry.Kind.ELSEWHERE:
        said = elsewhere(entry.code)
        return TimelineEntry(
            "entry", said, entry.text[:600], meta=name, at=entry.at, person=author, icon="phone"
        )
    if entry.code == OUTSIDE:
        author = writer(entry, around)
        name = _("%(name)s, in another program") % {"name": author.name}
    return TimelineEntry(
        "entry", words=entry.text.strip()[:600], meta=name, at=entry.at, person=author, glyph="sent"
    )


def _automation(span: Span, _client: Person, around: Around) -> Iterable[Placed]:
    for row in outbox.past_of(span.contact_id, span.before, SHOWN + 1):
        if row.author != Author.PERSON_DIRECT and row.settled_at is not None:
            yield row.settled_at, _message(row, around)


def _message(row: Dispatch, around: Around) -> TimelineEntry:
    glyph, words = BECAME.get(row.state, ("refused", lambda: _("was not sent")))
    said = words()
    if row.state in (State.REFUSED, State.EXPIRED) and row.reasons:
        said = f"{said}: {why(row, around)}."
    return TimelineEntry(
        "entry",
        around.title(row.message),
        said,
        meta=_("Automation"),
        at=row.settled_at,
        glyph=glyph,
        links=(Link(_("why"), reverse("web:message", args=[row.pk])),),
    )


def _documents(span: Span, client: Person, around: Around) -> Iterable[Placed]:
    facts = events.of_contact(span.contact_id, list(HAPPENED), before=span.before, limit=SHOWN + 1)
    for fact in facts:
        if (
            fact.name != "contact.merged" or "merge" in fact.data
        ):  # a row of a list that joined them is no news
            yield fact.ts, _fact(fact, client, around)


def _elsewhere(span: Span, _client: Person, _around: Around) -> Iterable[Placed]:
    """What other systems and our site tell, in the names that they give it."""
    told = events.told_by(span.contact_id, (TOLD, CALENDAR), before=span.before, limit=SHOWN + 1)
    for fact in told:
        said = " · ".join(_said(fact.data))
        yield fact.ts, TimelineEntry("entry", fact.name, said, at=fact.ts, icon="import")


def _said(data: Mapping[str, Any]) -> Iterable[str]:
    """A few of the plain things that were said with it."""
    plain = [(key, value) for key, value in sorted(data.items()) if isinstance(value, str | int | float)]
    return (f"{key}: {str(value)[:60]}" for key, value in plain[:MOST_SAID])


def _fact(fact: Fact, client: Person, around: Around) -> TimelineEntry:
    icon, words = HAPPENED[fact.name]
    data: dict[str, Any] = fact.data
    by = around.visit.person(data.get("by") if isinstance(data.get("by"), int) else None)
    text = words() % {"name": client.name.split(" ")[0], "how": str(data.get("how", ""))}
    return TimelineEntry("entry", text=text, meta=by.name if by else "", at=fact.ts, icon=icon)


def _with_days(placed: Sequence[Placed], zone: str, now: datetime) -> Iterable[TimelineEntry]:
    """A mark where another day begins; today needs none, for Now stands above it."""
    local = ZoneInfo(zone)
    day = now.astimezone(local).date()
    for at, entry in placed:
        if at.astimezone(local).date() != day:
            day = at.astimezone(local).date()
            yield TimelineEntry("day", at=at)
        yield entry


PAST: dict[str, Callable[[Span, Person, Around], Iterable[Placed]]] = {
    "people": _people,
    "automation": _automation,
    "documents": _documents,
    "elsewhere": _elsewhere,
}
BECAME: dict[str, tuple[Glyph, Callable[[], str]]] = {
    State.SENT: ("sent", lambda: _("by mail, sent")),
    State.UNKNOWN: ("unknown", lambda: _("has left, and nobody knows if it arrived")),
    State.DEAD: ("refused", lambda: _("did not arrive")),
    State.REFUSED: ("refused", lambda: _("was not sent")),
    State.EXPIRED: ("refused", lambda: _("came too late and was not sent")),
    State.CANCELLED: ("refused", lambda: _("was stopped before it went")),
}
HAPPENED: dict[str, tuple[str, Callable[[], str]]] = {
    "contact.created": ("person", lambda: _("%(name)s was added here.")),
    "engagement.opened": ("doc", lambda: _("We need documents.")),
    "document.received": ("doc", lambda: _("A document came.")),
    "document.claimed_sent": ("doc", lambda: _("%(name)s says that a document has been sent.")),
    "document.waived": ("doc", lambda: _("We do without a document.")),
    "documents.complete": ("check", lambda: _("All documents are here.")),
    "complaint.opened": ("x", lambda: _("%(name)s complained.")),
    "complaint.closed": ("check", lambda: _("The complaint was settled.")),
    "hold.placed": ("clock", lambda: _("Automation was asked to be quiet.")),
    "hold.released": ("clock", lambda: _("Automation may write again.")),
    "contact.merged": ("person", lambda: _("Two clients became this one.")),
    "contact.unmerged": ("person", lambda: _("What had been merged is two clients again.")),
    "basis.withdrawn": ("x", lambda: _("%(name)s said no to messages of one kind.")),
    "suppression.begun": ("x", lambda: _("We stopped writing to an address.")),
}
