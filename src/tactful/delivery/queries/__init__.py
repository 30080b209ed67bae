"""What stands where in the outbox."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection
from django.db.models import Count, Q, QuerySet

from tactful.delivery.models import FINAL, LIVE, CapUse, Dispatch, Message, SendingPause, Shelf, State
from tactful.delivery.rules.mail import message_id as build_message_id
from tactful.events import queries as events
from tactful.foundation import pg
from tactful.foundation.secrets import key_ring
from tactful.gate.types import Author, Check, Reason

from .drift import Habits, habits, repeated
from .restored import Restored, restored
from .trust import ONLY_LATE

__all__ = [
    "Audience",
    "Dispatch",
    "Habits",
    "Held",
    "HourCount",
    "Message",
    "Restored",
    "SendingPause",
    "State",
    "Trace",
    "audience",
    "contact_of",
    "counts",
    "dispatches",
    "habits",
    "held",
    "held_by_contact",
    "held_count",
    "held_late",
    "hours_of_day",
    "how_many",
    "is_under_way",
    "late",
    "late_count",
    "left_since",
    "outbox",
    "past_of",
    "pauses",
    "reasons_of",
    "repeated",
    "restored",
    "sending_paused",
    "trace",
    "unknown_count",
    "used_places",
    "waiting_of",
    "waiting_of_cause",
]


_PAST_GRACE = Q(shelf=Shelf.HELD) & ONLY_LATE


def cause_data(message_id: int) -> dict[str, Any]:
    """What every fact about a message says of its cause (``verdicts.fact_data``), from the rows."""
    touchpoint, kind, cause, visit = Message.objects.values_list(
        "touchpoint_id", "cause_kind", "cause_id", "cause_visit"
    ).get(pk=message_id)
    return {"message": message_id, "touchpoint": touchpoint, "cause": kind, "cause_id": cause, "visit": visit}


@dataclass(frozen=True, slots=True)
class Audience:
    """live + final + unknown = all of them; a recipient that is missing here has been lost."""

    total: int
    live: int
    final: int
    unknown: int


@dataclass(frozen=True, slots=True)
class Held:
    """``until``: when it asks again by time; ``wake_on``: the facts that end the hold earlier."""

    message: Message
    until: datetime
    since: datetime | None
    reasons: tuple[Reason, ...]
    wake_on: tuple[str, ...]
    owner_id: int | None
    on_release: str


def counts(messages: QuerySet[Dispatch] | None = None) -> dict[str, int]:
    """Messages by state, of everything or of a query set."""
    chosen = Dispatch.objects.all() if messages is None else messages
    return dict(chosen.order_by().values_list("state").annotate(Count("pk")))


def audience(cause_kind: str, cause_id: int) -> Audience:
    """How the recipients of one cause stand."""
    by_state = counts(Dispatch.objects.filter(message__cause_kind=cause_kind, message__cause_id=cause_id))
    return Audience(
        total=Message.objects.filter(cause_kind=cause_kind, cause_id=cause_id).count(),
        live=sum(by_state.get(state, 0) for state in LIVE),
        final=sum(by_state.get(state, 0) for state in FINAL),
        unknown=by_state.get(State.UNKNOWN, 0),
    )


_UNDER_WAY = """
SELECT EXISTS (SELECT FROM dispatch d JOIN message m ON m.id = d.message_id
               WHERE d.shelf IN (1, 2) AND m.cause_kind = %(kind)s AND m.cause_id = %(ident)s)
    OR EXISTS (SELECT FROM sending_batch b CROSS JOIN LATERAL unnest(b.message_ids) AS v(id)
               JOIN message m ON m.id = v.id JOIN dispatch d ON d.message_id = m.id
               WHERE m.cause_kind = %(kind)s AND m.cause_id = %(ident)s
                 AND d.state IN ('claimed', 'handoff'))"""
_WAITING = """
SELECT count(*) FROM (
    SELECT FROM dispatch d JOIN message m ON m.id = d.message_id
    WHERE d.shelf = 1 AND m.cause_kind = %(kind)s AND m.cause_id = %(ident)s LIMIT %(most)s) AS waiting"""


def is_under_way(cause_kind: str, cause_id: int) -> bool:
    """Whether a message of this cause waits, is held or is in somebody's hands: asked of what lies there for
    workers, and not of all that ever went out."""
    row = pg.one(_UNDER_WAY, {"kind": cause_kind, "ident": cause_id})
    return bool(row and row[0])


def waiting_of_cause(cause_kind: str, cause_id: int, at_most: int) -> int:
    """How many of its messages are queued; beyond ``at_most`` nobody counts."""
    row = pg.one(_WAITING, {"kind": cause_kind, "ident": cause_id, "most": at_most})
    return int(row[0]) if row else 0


def used_places(contact_ids: Collection[int], since: date) -> dict[int, dict[date, int]]:
    """Places under the caps that clients have taken or reserved, by their calendar day, from ``since`` on."""
    rows = CapUse.objects.filter(scope="contact", scope_id__in=contact_ids, day__gte=since, used__gt=0)
    found: dict[int, dict[date, int]] = {}
    for contact, day, used in rows.values_list("scope_id", "day", "used"):
        found.setdefault(contact, {})[day] = used
    return found


def held(limit: int = 200, contact_ids: Sequence[int] | None = None) -> list[Held]:
    """What waits, the soonest first."""
    given = {"limit": limit, "ids": None if contact_ids is None else pg.numbers(contact_ids)}
    rows = pg.models_of(Message, _HELD if contact_ids is None else _HELD_OF, given, _ON_CARDS)
    return [
        Held(message, until, since, _reasons(reasons), tuple(wake_on or ()), owner_id, on_release)
        for message, (until, since, reasons, wake_on, owner_id, on_release) in rows
    ]


_ON_CARDS = ("id", "contact_id", "touchpoint_id", "template", "subject", "created_at")
_HELD = f"""
SELECT {pg.columns(Message, "m", _ON_CARDS)}, d.not_before, d.held_since, d.reasons, d.wake_on, d.owner_id,
    d.on_release
FROM (SELECT * FROM dispatch WHERE shelf = 2 ORDER BY not_before, message_id LIMIT %(limit)s) AS d
JOIN message m ON m.id = d.message_id ORDER BY d.not_before, d.message_id"""  # noqa: S608, names of our own
_HELD_OF = _HELD.replace("shelf = 2", "shelf = 2 AND contact_id = ANY(%(ids)s::bigint[])")


def reasons_of(row: Dispatch) -> tuple[Reason, ...]:
    """The gate's reasons, to be rendered in the reader's language (``gate.sentences``)."""
    return _reasons(row.reasons)


def _reasons(given: list[dict[str, Any]] | None) -> tuple[Reason, ...]:
    return tuple(
        Reason(Check(entry["check"]), entry["code"], entry["params"], entry["owner"]) for entry in given or ()
    )


def outbox(
    *, states: Sequence[str] = (), contact_id: int | None = None, before: int | None = None, limit: int = 50
) -> list[Dispatch]:
    """The newest first. ``before``: the message id of the last row of the page before."""
    rows = _chosen(states, contact_id).select_related("message").order_by("-pk")
    if before is not None:
        rows = rows.filter(pk__lt=before)
    return list(rows[:limit])


def how_many(*, states: Sequence[str], contact_id: int | None = None, at_most: int = 10_000) -> int:
    """How long such a list is; beyond ``at_most`` nobody counts."""
    return _chosen(states, contact_id)[:at_most].count()


def _chosen(states: Sequence[str], contact_id: int | None) -> QuerySet[Dispatch]:
    rows = Dispatch.objects.all()
    if states:
        rows = rows.filter(state__in=states)
        shelves = [SHELF_OF[state] for state in states if state in SHELF_OF]
        if len(shelves) == len(states):  # an index knows where these lie
            rows = rows.filter(shelf__in=shelves)
    return rows if contact_id is None else rows.filter(contact_id=contact_id)


@dataclass(frozen=True, slots=True)
class Trace:
    """The whole chain of one message. ``checks``: those that the gate asked when it cleared it."""

    message: Message
    dispatch: Dispatch
    message_id: str
    checks: tuple[Check, ...]
    reasons: tuple[Reason, ...]
    merged: tuple[int, ...]
    facts: tuple[tuple[datetime, str, dict[str, Any]], ...]


def trace(message_id: int, domain: str = "") -> Trace:
    """Raises ``Dispatch.DoesNotExist``. ``domain``: right side of the Message-ID."""
    row = Dispatch.objects.select_related("message").get(pk=message_id)
    facts = events.about(row.contact_id, "message.", message=row.pk)
    riders = Dispatch.objects.filter(contact_id=row.contact_id, merged_into=row.pk)
    asked = row.clearance or 0
    return Trace(
        message=row.message,
        dispatch=row,
        message_id=build_message_id(key_ring(), row.pk, row.message.key_id, domain),
        checks=tuple(check for place, check in enumerate(Check) if asked >> place & 1),
        reasons=reasons_of(row),
        merged=tuple(riders.order_by("pk").values_list("pk", flat=True)),
        facts=tuple((fact.ts, fact.name, fact.data) for fact in facts),
    )


def sending_paused() -> str:
    """Why nothing leaves: "restored", "epoch", "clock", "person", "pause", or "" when mail goes out."""
    row = pg.one(_PAUSED)
    assert row is not None  # the migrations write it
    why, pause = row
    return why or ("pause" if pause else "")


_PAUSED = """
SELECT sending_paused, EXISTS (SELECT FROM sending_pause WHERE scope = 'everything' AND ended_at IS NULL)
FROM instance WHERE id = 1"""


def pauses() -> list[SendingPause]:
    return list(SendingPause.objects.filter(ended_at=None).order_by("at"))


def is_going(dedupe_key: str) -> bool:
    """Whether a message with this key has gone out, or is on its way."""
    row = Dispatch.objects.filter(message__dedupe_key=dedupe_key).exclude(state__in=("cancelled", "refused"))
    return row.exists()


def contact_of(message_id: int) -> int | None:
    """To whom a message went."""
    return Message.objects.filter(pk=message_id).values_list("contact_id", flat=True).first()


SHELF_OF = {
    "queued": Shelf.QUEUED,
    "held": Shelf.HELD,
    "unknown": Shelf.UNKNOWN,
    "dead": Shelf.DEAD,
    "refused": Shelf.REFUSED,
}


def unknown_count() -> int:
    return Dispatch.objects.filter(shelf=Shelf.UNKNOWN).count()


def past_of(contact_id: int, before: datetime, limit: int) -> list[Dispatch]:
    """What has become of messages to one client, the newest first."""
    rows = Dispatch.objects.filter(contact_id=contact_id, settled_at__lt=before).exclude(state=State.MERGED)
    return list(rows.select_related("message").order_by("-settled_at", "-pk")[:limit])


_LEFT = """SELECT d.message_id, d.contact_id, d.cap_day, d.cap_scopes, d.cleared_at, d.first_handoff_at,
    d.author, m.cause_kind, m.cause_id, m.touchpoint_id, m.template
FROM dispatch d JOIN message m ON m.id = d.message_id
WHERE d.contact_id = ANY(%s::bigint[]) AND d.state = ANY(%s::text[]) AND d.settled_at >= %s
ORDER BY d.message_id"""


def left_since(contact_ids: Collection[int], states: Sequence[str], since: datetime) -> list[pg.Row]:
    """Rows as in ``_LEFT``, for a replay that asks of a hundred thousand clients."""
    return pg.many(_LEFT, [pg.numbers(contact_ids), pg.texts(states), since])


def held_count() -> int:
    row = pg.one("SELECT count(*) FROM dispatch WHERE shelf = 2")
    return int(row[0]) if row else 0


def late(limit: int = 500) -> list[Dispatch]:
    """Held because their moment passed while nothing could be sent; what was meant first comes first."""
    rows = Dispatch.objects.filter(_PAST_GRACE).select_related("message")
    return list(rows.order_by("message__due_at", "pk")[:limit])


def late_count(at_most: int = 10_000) -> int:
    """Beyond ``at_most`` nobody counts."""
    return Dispatch.objects.filter(_PAST_GRACE)[:at_most].count()


def held_late(message_ids: Collection[int]) -> list[int]:
    """Those of them that are still so."""
    rows = Dispatch.objects.filter(_PAST_GRACE, pk__in=message_ids)
    return list(rows.order_by("pk").values_list("pk", flat=True))


def held_by_contact(contact_ids: Collection[int]) -> dict[int, int]:
    return dict(pg.many(_HELD_BY_CONTACT, [pg.numbers(contact_ids)]))


_HELD_BY_CONTACT = """
SELECT contact_id, count(*) FROM dispatch WHERE shelf = 2 AND contact_id = ANY(%s::bigint[]) GROUP BY 1"""


def dispatches(message_ids: Collection[int]) -> dict[int, Dispatch]:
    return Dispatch.objects.select_related("message").in_bulk(message_ids)


def waiting_of(contact_id: int, limit: int = 50) -> list[Dispatch]:
    """What is queued or held for a client, the soonest first."""
    rows = Dispatch.objects.filter(contact_id=contact_id, state__in=(State.QUEUED, State.HELD))
    return list(rows.select_related("message").order_by("not_before", "pk")[:limit])


def being_decided(contact_id: int) -> bool:
    """Whether a message of automation to this client is at the gate, or on its way out."""
    rows = Dispatch.objects.filter(contact_id=contact_id, state__in=(State.CLAIMED, State.HANDOFF))
    return rows.exclude(author=Author.PERSON_DIRECT).exists()


@dataclass(frozen=True, slots=True)
class HourCount:
    """``hour``: 0 to 23 by the business's clock. ``name``: the fact, or ``planned``."""

    hour: int
    name: str
    touchpoint_id: int | None
    count: int


_HAPPENED = """
SELECT extract(hour FROM ts AT TIME ZONE %(zone)s)::int, name, (data->>'touchpoint')::bigint, count(*)
FROM event
WHERE name IN ('message.sent', 'message.refused', 'message.expired')
  AND ts >= %(start)s AND ts < %(end)s AND data->>'cause' <> 'reply'
GROUP BY 1, 2, 3"""
_PLANNED = """
SELECT extract(hour FROM d.quarter AT TIME ZONE %(zone)s)::int, 'planned',
       COALESCE(r.touchpoint_id, m.touchpoint_id), sum(d.n)::int
FROM (SELECT touchpoint_rev, CASE WHEN touchpoint_rev IS NULL THEN message_id END AS message_id,
           date_bin('15 minutes', greatest(not_before, %(now)s), 'epoch') AS quarter, count(*) AS n
    FROM (SELECT message_id, touchpoint_rev, not_before, author FROM dispatch
            WHERE shelf = 1 AND retry_at IS NULL AND not_before < %(end)s
        UNION ALL SELECT message_id, touchpoint_rev, not_before, author FROM dispatch
            WHERE shelf = 1 AND retry_at IS NOT NULL AND not_before < %(end)s) AS due
    WHERE author <> 'person_direct'
    GROUP BY 1, 2, 3) AS d
LEFT JOIN touchpoint_revision r ON r.id = d.touchpoint_rev
LEFT JOIN message m ON m.id = d.message_id
GROUP BY 1, 2, 3"""
"""In two parts, for an index knows each. What a touchpoint says comes by a revision of it, so that hardly a
message is looked up, and what is due by one revision in a quarter of an hour is counted before it is: by
the hour of a time zone would cost twice as much, and every zone is off by whole quarters."""


def hours_of_day(start: datetime, end: datetime, now: datetime, zone: str) -> list[HourCount]:
    """What automation did and will do in one day, by hour and touchpoint; people's own words left out."""
    wanted: dict[str, Any] = {"start": start, "end": end, "now": now, "zone": zone}
    found: list[HourCount] = []
    with connection.cursor() as cursor:
        for query in (_HAPPENED, _PLANNED):
            cursor.execute(query, wanted)
            found += [HourCount(*row) for row in cursor.fetchall()]
    return found
