"""The map as others read it."""

from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple

from django.db.models import Count, F, Q, QuerySet

from tactful.foundation import pg
from tactful.touchpoints.models import HumanTouch, LineComment, Touchpoint, TouchpointRevision
from tactful.touchpoints.types import Line, MessageClass, Touch, TouchpointView

__all__ = ["Touchpoint"]  # the rows that these queries give


def on_the_map() -> QuerySet[Touchpoint]:
    """All touchpoints along the relationship, with their current revision and owner."""
    return Touchpoint.objects.select_related("current", "owner").order_by("position")


class Glance(NamedTuple):
    """``candidate``: as of ``candidates``. ``previewed``: as of the function of this name."""

    id: int
    slug: str
    name_en: str
    name_nb: str
    score: int
    candidate: bool
    previewed: bool


_GLANCE = """
SELECT t.id, t.slug, t.name_en, t.name_nb, t.frequency * t.friction * t.clarity,
    COALESCE(r.line = 'undecided' AND t.suggested_line = 'structural', false), t.preview_hours > 0
FROM touchpoint t LEFT JOIN touchpoint_revision r ON r.id = t.current_id ORDER BY t.position, t.id"""


def at_a_glance() -> list[Glance]:
    """Every touchpoint along the relationship, without what is only needed of few."""
    return [Glance(*row) for row in pg.many(_GLANCE)]


def by_slug(slug: str) -> Touchpoint | None:
    return on_the_map().filter(slug=slug).first()


def views(slugs: Collection[str]) -> dict[str, TouchpointView]:
    return {row.slug: _view(row) for row in on_the_map().filter(slug__in=slugs)}


def views_by_id(ids: Collection[int]) -> dict[int, TouchpointView]:
    return {row.id: _view(row) for row in on_the_map().filter(id__in=ids)}


def views_of_all() -> dict[str, TouchpointView]:
    return {row.slug: _view(row) for row in on_the_map()}


def candidates() -> QuerySet[Touchpoint]:
    """What could be automated, the best first: not yet structural, suggested so, by score.

    Those that the business keeps with people on purpose are no candidates.
    """
    rows = on_the_map().filter(current__line=Line.UNDECIDED, suggested_line=Line.STRUCTURAL)
    return rows.annotate(points=F("frequency") * F("friction") * F("clarity")).order_by("-points", "position")


def ranked_structural() -> list[Touchpoint]:
    """Structural touchpoints and candidates by score, the first to automate on top."""
    rows = on_the_map().filter(suggested_line=Line.STRUCTURAL).exclude(current__line=Line.JUDGEMENT)
    return list(
        rows.annotate(points=F("frequency") * F("friction") * F("clarity")).order_by("-points", "position")
    )


def history(touchpoint_id: int) -> QuerySet[TouchpointRevision]:
    return TouchpointRevision.objects.filter(touchpoint_id=touchpoint_id).order_by("-at", "-id")


def comments(touchpoint_id: int) -> QuerySet[LineComment]:
    """What colleagues have said of it, the newest last."""
    return LineComment.objects.filter(touchpoint_id=touchpoint_id).order_by("at", "id")


def previewed() -> dict[str, TouchpointView]:
    """By slug, those whose messages a person wants to see before they go out."""
    return {row.slug: _view(row) for row in on_the_map().filter(preview_hours__gt=0)}


def touches(message_keys: Collection[str]) -> dict[str, Touch]:
    """By message key, what a person has done already."""
    rows = HumanTouch.objects.filter(message_key__in=message_keys).select_related("by")
    return {
        row.message_key: Touch(row.line, row.stopped, row.by_id, row.by.name if row.by else "")
        for row in rows
    }


def stopped_unshown() -> frozenset[int]:
    """Touchpoints that show nothing beforehand and of which a person has stopped a message all the same."""
    rows = HumanTouch.objects.filter(touchpoint__preview_hours=0, stopped=True)
    return frozenset(rows.order_by().values_list("touchpoint_id", flat=True).distinct())


def touch_counts(since: datetime) -> dict[int, tuple[int, int]]:
    """By touchpoint, from ``since`` on: (lines added, messages stopped) before they went out."""
    rows = HumanTouch.objects.filter(at__gte=since).values("touchpoint_id")
    counted = rows.annotate(stops=Count("id", filter=Q(stopped=True)), total=Count("id"))
    return {row["touchpoint_id"]: (row["total"] - row["stops"], row["stops"]) for row in counted}


def _view(row: Touchpoint) -> TouchpointView:
    assert row.current is not None  # every touchpoint is born with a revision
    return TouchpointView(
        id=row.id,
        slug=row.slug,
        revision_id=row.current.id,
        line=Line(row.current.line),
        message_class=MessageClass(row.message_class),
        owner_id=row.owner_id,
        name_en=row.name_en,
        name_nb=row.name_nb,
        moment_en=row.moment_en,
        moment_nb=row.moment_nb,
        preview_hours=row.preview_hours,
    )
