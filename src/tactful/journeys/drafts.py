"""Drafts: the next version of a journey, kept while somebody works on it, with all that it has been.

A change names the revision that it was made on. If another has come in between, nothing is written and
``Meanwhile`` says so: two people, or two windows, never overwrite each other unseen.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta

from django.db import transaction

from tactful.foundation.actions import record_audit
from tactful.journeys.models import DraftEntry, Journey, JourneyDraft, JourneyVersion
from tactful.journeys.rules.definition import parse, read, write
from tactful.journeys.rules.problems import DefinitionError

KEPT = 200
"""Texts that a draft remembers."""
ONE_STROKE = timedelta(minutes=1)
"""Typing that follows typing within this time is undone in one go."""


@dataclass(frozen=True, slots=True)
class Did:
    """What an edit did. ``what``: the step or part that it concerned, by language."""

    code: str
    what: Mapping[str, str] = field(default_factory=dict)


class Meanwhile(ValueError):
    """The draft has been changed since the writer saw it. ``draft`` is as it stands now."""

    def __init__(self, draft: JourneyDraft) -> None:
        super().__init__("The draft has been changed meanwhile.")
        self.draft = draft


class DraftGone(LookupError):
    """There is no draft any more: it has been published or put away."""


@dataclass(frozen=True, slots=True)
class Writing:
    """Who writes on which revision of a journey's draft, and when."""

    journey_id: int
    revision: int
    by: int
    now: datetime


@transaction.atomic
def open_draft(journey_id: int, *, acting_user: int, now: datetime) -> JourneyDraft:
    """The draft of a journey; a new one, the same as the live version, if there is none."""
    journey = (
        Journey.objects.select_for_update(of=("self",)).select_related("live_version").get(id=journey_id)
    )
    found = JourneyDraft.objects.filter(journey=journey).first()
    if found is not None:
        return found
    live = journey.live_version
    if live is None:
        raise DraftGone
    return _begin(journey, _text_of(live), acting_user, now)


@transaction.atomic
def begin_journey(slug: str, text: str, *, acting_user: int, now: datetime) -> JourneyDraft:
    """A journey that has no version yet, and its draft. Raises ``FileExistsError`` if the slug is taken."""
    names = _names(text, slug)
    journey, is_new = Journey.objects.get_or_create(slug=slug, defaults=names)
    if not is_new:
        raise FileExistsError(slug)
    return _begin(journey, text, acting_user, now)


@transaction.atomic
def edit(writing: Writing, text: str, did: Did) -> JourneyDraft:
    """The draft with a new text. What had been undone is forgotten; the same text changes nothing."""
    draft = _held(writing)
    if text == draft.text:
        return draft
    last = draft.entries.filter(number=draft.place).first()
    draft.entries.filter(number__gt=draft.place).delete()
    if last is not None and _is_one_stroke(last, did, writing):
        last.text, last.at = text, writing.now
        last.save(update_fields=["text", "at"])
        return _shown(draft, draft.place, text, writing)
    entry = _entry(draft, draft.place + 1, text, did, writing)
    draft.entries.filter(number__lte=entry.number - KEPT).delete()
    return _shown(draft, entry.number, text, writing)


def undo(writing: Writing) -> JourneyDraft:
    """Back to the text before; at the first one nothing changes."""
    return _step(writing, -1)


def redo(writing: Writing) -> JourneyDraft:
    """The text that was undone last."""
    return _step(writing, 1)


@transaction.atomic
def discard(writing: Writing) -> None:
    """Put the draft away. A journey without any version goes with it."""
    draft = _held(writing)
    journey = draft.journey
    _audit("journey.draft_discarded", journey, writing)
    draft.delete()
    if not journey.versions.exists():
        journey.delete()


@transaction.atomic
def put_away(draft: JourneyDraft) -> None:
    """After it has been published: the version has its text."""
    draft.delete()


def held(writing: Writing) -> JourneyDraft:
    """The draft, kept from others until the transaction ends. Raises ``DraftGone`` and ``Meanwhile``."""
    return _held(writing)


def _held(writing: Writing) -> JourneyDraft:
    rows = JourneyDraft.objects.select_for_update(of=("self",)).select_related("journey")
    draft = rows.filter(journey_id=writing.journey_id).first()
    if draft is None:
        raise DraftGone
    if draft.revision != writing.revision:
        raise Meanwhile(draft)
    return draft


@transaction.atomic
def _step(writing: Writing, by: int) -> JourneyDraft:
    draft = _held(writing)
    entry = draft.entries.filter(number=draft.place + by).first()
    return draft if entry is None else _shown(draft, entry.number, entry.text, writing)


def _begin(journey: Journey, text: str, by: int, now: datetime) -> JourneyDraft:
    draft = JourneyDraft.objects.create(journey=journey, text=text, base=journey.live_version, by=by, at=now)
    writing = Writing(journey.id, draft.revision, by, now)
    _entry(draft, draft.place, text, Did("began"), writing)
    _audit("journey.draft_begun", journey, writing)
    return draft


def _entry(draft: JourneyDraft, number: int, text: str, did: Did, writing: Writing) -> DraftEntry:
    return DraftEntry.objects.create(
        draft=draft, number=number, text=text, said=asdict(did), by=writing.by, at=writing.now
    )


def _shown(draft: JourneyDraft, place: int, text: str, writing: Writing) -> JourneyDraft:
    draft.place, draft.text, draft.by, draft.at = place, text, writing.by, writing.now
    draft.revision += 1
    draft.save(update_fields=["place", "text", "by", "at", "revision"])
    return draft


def _is_one_stroke(last: DraftEntry, did: Did, writing: Writing) -> bool:
    typed = did.code == "typed" and last.said.get("code") == "typed"
    return typed and last.by == writing.by and writing.now - last.at < ONE_STROKE


def _names(text: str, slug: str) -> dict[str, str]:
    """How the journey is called until it is published."""
    try:
        name = read(text).name
    except DefinitionError:
        return {"name_en": slug, "name_nb": slug}
    return {"name_en": name.en[:120], "name_nb": name.nb[:120]}


def _text_of(version: JourneyVersion) -> str:
    return version.source or write(parse(version.document))


def _audit(verb: str, journey: Journey, writing: Writing) -> None:
    record_audit(actor=writing.by, verb=verb, subject=f"journey:{journey.id}", now=writing.now, body={})
