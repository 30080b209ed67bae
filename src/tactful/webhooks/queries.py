"""Endpoints and what they were told."""

from django.db.models import Count, Q, QuerySet

from tactful.webhooks.models import Endpoint, Telling

__all__ = ["Endpoint", "Telling", "endpoint", "endpoints", "tellings"]


def endpoints() -> QuerySet[Endpoint]:
    """The newest first, each with ``waiting`` and ``dead``: how many of the last month."""
    return Endpoint.objects.annotate(
        waiting=Count("telling", filter=Q(telling__state="queued")),
        dead=Count("telling", filter=Q(telling__state="dead")),
    ).order_by("-id")


def endpoint(endpoint_id: int) -> Endpoint | None:
    return Endpoint.objects.filter(id=endpoint_id).first()


def tellings(endpoint_id: int, *, before: int | None = None, limit: int = 50) -> list[Telling]:
    """The newest first. ``before``: the id of the last one of the page before."""
    rows = Telling.objects.filter(endpoint_id=endpoint_id)
    if before is not None:
        rows = rows.filter(id__lt=before)
    return list(rows.order_by("-id")[:limit])
