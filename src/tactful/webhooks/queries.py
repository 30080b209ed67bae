"""Endpoints and what they were told."""

from collections.abc import Collection

from django.db.models import Count

from tactful.webhooks.models import Endpoint, Telling

__all__ = ["Endpoint", "Telling", "endpoint", "endpoints", "tellings", "waiting"]


def endpoints() -> list[Endpoint]:
    """The newest first."""
    return list(Endpoint.objects.order_by("-id"))


def waiting(endpoint_ids: Collection[int]) -> dict[int, int]:
    """How much each of them has still to hear; those with nothing are left out."""
    rows = Telling.objects.filter(state="queued", endpoint_id__in=endpoint_ids)
    return dict(rows.values_list("endpoint_id").annotate(count=Count("id")).order_by())


def endpoint(endpoint_id: int) -> Endpoint | None:
    return Endpoint.objects.filter(id=endpoint_id).first()


def tellings(endpoint_id: int, *, before: int | None = None, limit: int = 50) -> list[Telling]:
    """The newest first. ``before``: the id of the last one of the page before."""
    rows = Telling.objects.filter(endpoint_id=endpoint_id)
    if before is not None:
        rows = rows.filter(id__lt=before)
    return list(rows.order_by("-id")[:limit])
