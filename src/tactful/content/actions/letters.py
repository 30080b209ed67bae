"""A letter in the making: every change keeps what was before, and no two windows overwrite each other."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from tactful.content.actions.publishing import NewTemplate, publish_template
from tactful.content.models import LetterDraft, LetterEntry, TemplateVersion
from tactful.content.queries import letters_of_template, template
from tactful.content.rules.letters.letter import Letters, letters_of, problems
from tactful.content.types import Problem
from tactful.foundation.actions import record_audit

KEPT = 200  # entries of a history


class DraftGone(LookupError):
    """It was published or put away meanwhile."""


class Meanwhile(ValueError):
    """Somebody else has changed the draft since; ``draft`` is as it stands now."""

    def __init__(self, draft: LetterDraft) -> None:
        super().__init__("The letter was changed meanwhile. Look at it again.")
        self.draft = draft


class LetterRefused(ValueError):
    """``problems``: by language, all that has to be mended first; empty if there are no words at all."""

    def __init__(self, problems: dict[str, list[Problem]]) -> None:
        super().__init__(" ".join(each.sentence for found in problems.values() for each in found))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Writing:
    """Who writes in which draft, and the revision that they saw."""

    slug: str
    revision: int
    by: int
    now: datetime


@transaction.atomic
def begin_letter(
    *, slug: str, name_en: str, name_nb: str, letters: Letters, acting_user: int, now: datetime
) -> LetterDraft:
    """A draft of a letter that is not there yet; one that is being written stays as it is."""
    found, fresh = LetterDraft.objects.get_or_create(
        slug=slug,
        defaults={
            "name_en": name_en,
            "name_nb": name_nb,
            "body": letters.as_json(),
            "by": acting_user,
            "at": now,
        },
    )
    if fresh:
        LetterEntry.objects.create(draft=found, number=1, body=found.body, by=acting_user, at=now)
    return found


def open_letter(*, slug: str, acting_user: int, now: datetime) -> LetterDraft:
    """The draft of a template, begun from what is live if there is none. Raises ``DraftGone``."""
    row = template(slug)
    if row is None:
        raise DraftGone(slug)
    return begin_letter(
        slug=slug, name_en=row.name_en, name_nb=row.name_nb, letters=letters_of_template(slug),
        acting_user=acting_user, now=now,
    )  # fmt: skip


@transaction.atomic
def edit_letter(writing: Writing, letters: Letters) -> LetterDraft:
    """What could be done again is forgotten. The same again changes nothing. Raises ``Meanwhile``."""
    draft = _locked(writing)
    body = letters.as_json()
    if body == draft.body:
        return draft
    draft.entries.filter(number__gt=draft.place).delete()
    draft.place += 1
    LetterEntry.objects.create(draft=draft, number=draft.place, body=body, by=writing.by, at=writing.now)
    draft.entries.filter(number__lte=draft.place - KEPT).delete()
    return _shown(draft, body, writing)


@transaction.atomic
def step_letter(writing: Writing, by: int) -> LetterDraft:
    """One step back (-1) or forth (1) in its history, where there is one. Raises ``Meanwhile``."""
    draft = _locked(writing)
    entry = draft.entries.filter(number=draft.place + by).first()
    if entry is None:
        return draft
    draft.place = entry.number
    return _shown(draft, entry.body, writing)


@transaction.atomic
def publish_letter(writing: Writing) -> list[TemplateVersion]:
    """A new version in each language that was changed; the draft is done with. Raises ``LetterRefused``."""
    draft = _locked(writing)
    letters, live = letters_of(draft.body), letters_of_template(draft.slug)
    written = {code: each for code, each in letters.by_language.items() if not each.is_blank}
    found = {code: trouble for code, each in written.items() if (trouble := problems(each, code))}
    if found or not written:
        raise LetterRefused(found)
    made = [
        publish_template(
            NewTemplate(draft.slug, draft.name_en, draft.name_nb, each.mail(code),
                        each.blocks if each.source is None else None),
            acting_user=writing.by, now=writing.now,
        )
        for code, each in written.items()
        if each != live.of(code)
    ]  # fmt: skip
    draft.delete()
    return made


@transaction.atomic
def take_letter(writing: Writing) -> Letters:
    """What was written, for whoever keeps it elsewhere; the draft is done with. Raises ``Meanwhile``."""
    draft = _locked(writing)
    found = letters_of(draft.body)
    draft.delete()
    return found


def drop_letters(slugs: Iterable[str]) -> None:
    """Drafts of something that is no more. What is not there is no trouble."""
    LetterDraft.objects.filter(slug__in=list(slugs)).delete()


@transaction.atomic
def put_away_letter(writing: Writing) -> None:
    """The draft and all that it has been are gone; what is live stays. Raises ``Meanwhile``."""
    draft = _locked(writing)
    record_audit(
        actor=writing.by, verb="letter.put_away", subject=f"letter:{draft.slug}", now=writing.now, body={}
    )
    draft.delete()


def _locked(writing: Writing) -> LetterDraft:
    draft = LetterDraft.objects.select_for_update().filter(slug=writing.slug).first()
    if draft is None:
        raise DraftGone(writing.slug)
    if draft.revision != writing.revision:
        raise Meanwhile(draft)
    return draft


def _shown(draft: LetterDraft, body: object, writing: Writing) -> LetterDraft:
    draft.body, draft.by, draft.at = body, writing.by, writing.now
    draft.revision += 1
    draft.save()
    return draft
