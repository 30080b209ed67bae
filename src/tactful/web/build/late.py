"""What should have gone out while nothing could be sent, for a person to decide."""

from collections.abc import Sequence
from itertools import groupby

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tactful.delivery import queries as outbox
from tactful.delivery.queries import Dispatch
from tactful.delivery.queries.trust import held_for_eyes
from tactful.journeys import queries as journeys
from tactful.web.build.around import Around, look_around
from tactful.web.pages.late import LateGroup, LatePage, LateRow
from tactful.web.templatetags.tactful import near
from tactful.web.types import EmptyState
from tactful.web.visit import Visit

SHOWN = 300


def late_page(visit: Visit) -> LatePage:
    rows = outbox.late(SHOWN)
    total = outbox.late_count() if len(rows) == SHOWN else len(rows)
    around = look_around(visit, [row.contact_id for row in rows])
    empty = EmptyState(
        _("Nothing is late."),
        _("When nothing can be sent for more than an hour, what should have gone out waits here for you."),
        glyph="plan",
    )
    kinds = sorted(rows, key=_kind)
    groups = [_group(list(same), around) for _key, same in groupby(kinds, key=_kind)]
    return LatePage(tuple(groups), total, total - len(rows), visit.user.may_write, None if rows else empty)


def late_line(visit: Visit) -> str:
    """One sentence for Today; empty when nothing is late."""
    count = visit.once(held_for_eyes).late
    said = ngettext(
        "%(n)d message should have gone out while nothing could be sent.",
        "%(n)d messages should have gone out while nothing could be sent.",
        count,
    )
    return said % {"n": count} if count else ""


def _kind(row: Dispatch) -> tuple[int, str, str]:
    return row.message.touchpoint_id or 0, row.message.template, row.message.cause_kind


def _group(rows: Sequence[Dispatch], around: Around) -> LateGroup:
    rows = sorted(rows, key=lambda row: (row.message.due_at, row.pk))
    first, visit = rows[0], around.visit
    names = journeys.journey_names([row.message.cause_id for row in rows if row.message.cause_id])
    by_journey = first.message.cause_kind == "visit"
    journey = next(iter(names.values()), None) if by_journey else None
    words = {"first": near(first.message.due_at, visit.now), "last": near(rows[-1].message.due_at, visit.now)}
    when = (
        _("Meant for %(first)s") if words["first"] == words["last"] else _("Meant for %(first)s to %(last)s")
    )
    said = [when % words]
    if journey is not None:
        said.append(journey.name_nb if visit.language == "nb" else journey.name_en)
    return LateGroup(
        around.title(first.message), " · ".join(said), tuple(_row(row, around) for row in rows), by_journey
    )


def _row(row: Dispatch, around: Around) -> LateRow:
    url = reverse("web:message", args=[row.pk])
    return LateRow(row.pk, around.client(row.contact_id), url, row.message.due_at, row.message.latest_at)
