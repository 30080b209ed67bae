"""Drafts as pages ask for them."""

from tactful.journeys.models import DraftEntry, JourneyDraft

__all__ = ["DraftEntry", "JourneyDraft", "all_drafts", "draft_entry", "draft_of", "has_earlier", "has_later"]


def draft_of(slug: str) -> JourneyDraft | None:
    rows = JourneyDraft.objects.select_related("journey__live_version", "base")
    return rows.filter(journey__slug=slug).first()


def all_drafts() -> list[JourneyDraft]:
    """The one that was changed last comes first."""
    return list(JourneyDraft.objects.select_related("journey__live_version").order_by("-at", "id"))


def draft_entry(draft: JourneyDraft) -> DraftEntry | None:
    """What was done last: the entry of its history that is shown."""
    return draft.entries.filter(number=draft.place).first()


def has_later(draft: JourneyDraft) -> bool:
    """Whether something was undone that could be done again."""
    return draft.entries.filter(number__gt=draft.place).exists()


def has_earlier(draft: JourneyDraft) -> bool:
    return draft.entries.filter(number__lt=draft.place).exists()
