"""A version of a broadcast written block by block: a letter's draft while it lasts, words again after it."""

from dataclasses import replace
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from tactful.broadcasts.actions.drafting import edit, editable
from tactful.broadcasts.models import Broadcast
from tactful.broadcasts.queries import plan_of
from tactful.broadcasts.rules.blocks import letter_of, words_of
from tactful.broadcasts.rules.slugs import slug_of
from tactful.broadcasts.types import LANGUAGES, BroadcastRefused, Words
from tactful.content.actions import Writing, begin_letter, take_letter
from tactful.content.rules.letters.letter import Letters


@transaction.atomic
def open_blocks(*, broadcast_id: int, variant: int, acting_user: int, now: datetime) -> str:
    """The slug of a draft with the words as they stand; one that is being written stays as it is. Raises
    ``BroadcastRefused``."""
    row = editable(broadcast_id)
    words = _variant(row, variant)
    slug = slug_of(row.id, variant)
    letters = {code: letter_of(words.get(code, Words()), code) for code in LANGUAGES}
    name = row.name or _("Without a name")
    begin_letter(
        slug=slug, name_en=name, name_nb=name, letters=Letters(letters), acting_user=acting_user, now=now
    )
    return slug


@transaction.atomic
def take_blocks(*, broadcast_id: int, variant: int, writing: Writing) -> Broadcast:
    """The draft becomes the words of the broadcast and is gone. Raises ``BroadcastRefused``, and what
    ``take_letter`` raises."""
    row = editable(broadcast_id)
    before = _variant(row, variant)
    letters = take_letter(writing)
    found = {code: words_of(letters.of(code)) for code in LANGUAGES}
    kept = {code: words for code, words in found.items() if code in before or not words.is_blank}
    plan = plan_of(row)
    variants = [*plan.variants]
    variants[variant] = replace(variants[variant], words=kept)
    return edit(
        broadcast_id=row.id,
        plan=replace(plan, variants=tuple(variants)),
        acting_user=writing.by,
        now=writing.now,
    )


def _variant(row: Broadcast, variant: int) -> dict[str, Words]:
    variants = plan_of(row).variants
    if variant >= len(variants):
        raise BroadcastRefused(_("This version of the broadcast is not there any more."))
    return dict(variants[variant].words)
