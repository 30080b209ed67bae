"""What people do with the messages of each touchpoint, read from every floor."""

from datetime import datetime, timedelta

from tactful.delivery import queries as delivery
from tactful.touchpoints import queries as touchpoints
from tactful.touchpoints.rules.drift import ENOUGH, Drift, Seen, drifts
from tactful.touchpoints.types import Line

STRETCH = timedelta(days=90)


def line_drift(now: datetime) -> tuple[Drift, ...]:
    """Of the last 90 days, the clearest first. Nothing is decided by it."""
    since = now - STRETCH
    habits, lined = delivery.habits(since), touchpoints.touch_counts(since)
    views = touchpoints.views_by_id(habits)
    seen = []
    for ident, view in views.items():
        kept = habits[ident]
        structural = view.line is Line.STRUCTURAL
        sent = kept.automatic if structural else kept.own
        lines = lined.get(ident, (0, 0))[0]
        seen.append(Seen(ident, view.line, sent, lines, kept.stopped, kept.unedited))
    return drifts(seen)


def repeated_words(now: datetime) -> list[tuple[str, int]]:
    """Words that people write again and again and that belong to no touchpoint yet, with their number."""
    return delivery.repeated(now - STRETCH, ENOUGH)
