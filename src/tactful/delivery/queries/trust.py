"""What would have left in a trial week, what waits to be seen, and what goes out today."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from django.db.models import BooleanField, Count, F, Func, Q, QuerySet, Value

from tactful.delivery.models import Dispatch, Rehearsed, Shelf
from tactful.foundation import pg
from tactful.gate.rules.codes import NOTHING_OF_THE_CLIENT, Code

__all__ = ["Dispatch", "Rehearsed"]


class Place(NamedTuple):
    """Where a page of a list begins: after this moment and message."""

    at: datetime
    id: int


EARLIEST = Place(datetime(1970, 1, 1, tzinfo=UTC), 0)


class Judged(NamedTuple):
    """How many would have gone, and what people have said of them."""

    total: int = 0
    right: int = 0
    wrong: int = 0

    @property
    def open(self) -> int:
        return self.total - self.right - self.wrong


def rehearsed(trial: int, after: Place | None, limit: int) -> list[Rehearsed]:
    """What would have left, the newest first."""
    rows = Rehearsed.objects.filter(trial=trial).select_related("message", "message__dispatch")
    if after is not None:
        rows = rows.filter(Q(at__lt=after.at) | Q(at=after.at, message__lt=after.id))
    return list(rows.order_by("-at", "-message")[:limit])


def rehearsed_one(message_id: int) -> Rehearsed | None:
    rows = Rehearsed.objects.select_related("message", "message__dispatch")
    return rows.filter(pk=message_id).first()


_TALLY = {
    "total": Count("pk"),
    "right": Count("pk", filter=Q(judged="right")),
    "wrong": Count("pk", filter=Q(judged="wrong")),
}


def judged_counts(trial: int) -> Judged:
    return Judged(**Rehearsed.objects.filter(trial=trial).aggregate(**_TALLY))


def judged_by_touchpoint(trial: int) -> list[tuple[int | None, Judged]]:
    """The busiest first."""
    rows = Rehearsed.objects.filter(trial=trial).order_by().values_list("message__touchpoint_id", "judged")
    found: dict[int | None, list[int]] = {}
    for touchpoint, judged, count in rows.annotate(n=Count("pk")):
        tally = found.setdefault(touchpoint, [0, 0, 0])
        tally[0] += count
        tally[1] += count if judged == "right" else 0
        tally[2] += count if judged == "wrong" else 0
    each = [(touchpoint, Judged(*tally)) for touchpoint, tally in found.items()]
    return sorted(each, key=lambda pair: (-pair[1].total, pair[0] or 0))


def because(code: Code) -> Q:
    """What stands in the outbox for this reason, alone or among others."""
    return Q(reasons__contains=[{"code": str(code)}])


def waiting_to_be_seen() -> QuerySet[Dispatch]:
    """The first of their touchpoints, held until a person has looked, the oldest first."""
    rows = Dispatch.objects.filter(because(Code.STANDING_FIRST), shelf=Shelf.HELD)
    return rows.select_related("message").order_by("held_since", "pk")


_BESIDE = " && ".join(f'@ != "{code}"' for code in sorted(NOTHING_OF_THE_CLIENT))
_BY_MORE = f"$[*].code ? ({_BESIDE})"
_HELD_BY_MORE = Func(
    F("reasons"),
    Value(_BY_MORE),
    function="jsonb_path_exists",
    template="%(function)s(%(expressions)s::jsonpath)",
    output_field=BooleanField(),
)
ONLY_LATE = because(Code.LATE_GRACE) & ~Q(_HELD_BY_MORE)
"""``gate.rules.word.is_only_late``, as the database asks it."""


class ForEyes(NamedTuple):
    """How many are held only because their moment has passed, and as the first of their touchpoint."""

    late: int
    first: int


_LATE, _FIRST = (
    f"""reasons @> '[{{"code": "{code}"}}]'""" for code in (Code.LATE_GRACE, Code.STANDING_FIRST)
)
_FOR_EYES = f"""
SELECT count(*) FILTER (WHERE {_LATE} AND NOT jsonb_path_exists(reasons, '{_BY_MORE}')),
    count(*) FILTER (WHERE {_FIRST})
FROM dispatch WHERE shelf = 2 AND ({_LATE} OR {_FIRST})"""  # noqa: S608, names of our own


def held_for_eyes() -> ForEyes:
    """Both in one look at these few, which an index knows."""
    return ForEyes(*(pg.one(_FOR_EYES) or (0, 0)))


def seen_counts(touchpoints: Collection[int], since: datetime) -> dict[int, int]:
    """How many of each touchpoint a person has looked at and let go."""
    rows = Dispatch.objects.filter(
        seen_by__isnull=False, message__touchpoint_id__in=touchpoints, message__created_at__gte=since
    )
    counted = rows.order_by().values_list("message__touchpoint_id").annotate(Count("pk"))
    return {touchpoint: count for touchpoint, count in counted if touchpoint is not None}


_LEAVING = """
SELECT message_id, not_before FROM (
    SELECT d.message_id, greatest(d.not_before, %(now)s) AS not_before FROM dispatch d
    WHERE d.shelf = 1 AND d.retry_at IS NULL AND d.not_before < %(end)s AND d.author <> 'person_direct'
    UNION ALL
    SELECT d.message_id, greatest(d.not_before, %(now)s) FROM dispatch d
    WHERE d.shelf = 1 AND d.retry_at IS NOT NULL AND d.not_before < %(end)s AND d.author <> 'person_direct'
    UNION ALL
    SELECT d.message_id, d.not_before FROM dispatch d
    WHERE d.shelf = 2 AND d.not_before < %(end)s AND d.wake_on IS NULL AND d.author <> 'person_direct'
) AS due
WHERE (not_before, message_id) > (%(at)s, %(id)s)
ORDER BY not_before, message_id LIMIT %(limit)s"""
"""In parts, for an index knows each. What is held by time alone goes when its time has come."""


def leaving(now: datetime, end: datetime, after: Place, limit: int) -> list[Dispatch]:
    """What lies in the outbox and would go before ``end``, the soonest first: queued, or held for an hour
    that comes before it."""
    given = {"now": now, "end": end, "at": after.at, "id": after.id, "limit": limit}
    turns = pg.many(_LEAVING, given)
    rows = Dispatch.objects.select_related("message").in_bulk([ident for ident, _ in turns])
    found = []
    for ident, at in turns:
        rows[ident].not_before = at
        found.append(rows[ident])
    return found


def leaving_count(now: datetime, end: datetime, at_most: int) -> int:
    """Beyond ``at_most`` nobody counts."""
    sql = _LEAVING.replace("SELECT message_id, not_before FROM", "SELECT message_id FROM", 1)
    given = {"now": now, "end": end, "at": EARLIEST.at, "id": EARLIEST.id, "limit": at_most}
    row = pg.one(f"SELECT count(*) FROM ({sql}) AS listed", given)  # noqa: S608, a piece of our own
    return int(row[0]) if row else 0


@dataclass(frozen=True, slots=True)
class Stopped:
    """What the brake has in front of it and behind it. ``left``: what automation had handed over in the time
    before, the newest first; ``waiting``: what lies in the outbox."""

    left: Sequence[Dispatch]
    left_total: int
    waiting: Sequence[Dispatch]
    waiting_total: int


_LEFT = """
SELECT (e.data->>'message')::bigint FROM event e
WHERE e.name = 'message.sent' AND e.ts >= %(since)s AND e.ts <= %(until)s AND e.data->>'cause' <> 'reply'
ORDER BY e.ts DESC, e.id DESC LIMIT %(most)s"""
_SETTLING = timedelta(minutes=10)
_MOST = 5_000


def around_the_brake(pulled_at: datetime, since: datetime, limit: int) -> Stopped:
    """``since``: from when on to count what left. What was past its mark when the brake was pulled is among
    it, also if its outcome came a moment later."""
    given = {"since": since, "until": pulled_at + _SETTLING, "most": _MOST}
    known = Dispatch.objects.select_related("message").in_bulk([row[0] for row in pg.many(_LEFT, given)])
    gone = [row for row in known.values() if row.first_handoff_at and row.first_handoff_at <= pulled_at]
    gone.sort(key=lambda row: (row.settled_at or pulled_at, row.pk), reverse=True)
    by_brake = Q(shelf=Shelf.HELD) & because(Code.STANDING_EVERYTHING)
    in_line = Q(shelf=Shelf.QUEUED, not_before__lte=pulled_at)
    waiting = Dispatch.objects.filter(by_brake | in_line).exclude(author="person_direct")
    rows = list(waiting.select_related("message").order_by("message__due_at", "pk")[:limit])
    return Stopped(gone[:limit], len(gone), rows, waiting.count())
