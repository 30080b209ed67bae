"""A recipe of ours taken into the house: its touchpoints, its mails and the journey, all of it switched off.

Nothing is decided by it: the touchpoints come undecided, and the checks of the journey ask for the line.
What the house has already, its own words above all, stays as it is.
"""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from tactful.content import queries as content
from tactful.content.actions import NewTemplate, publish_template
from tactful.content.templates_seed import SeedTemplate, load_seed_templates
from tactful.foundation.models import User
from tactful.foundation.queries import business_at
from tactful.journeys import recipes
from tactful.journeys.actions import import_journey
from tactful.journeys.queries import JourneyVersion
from tactful.journeys.rules.definition import read
from tactful.journeys.types import Send
from tactful.touchpoints import actions as touchpoints
from tactful.touchpoints.rules.catalogue import suggestions
from tactful.touchpoints.rules.trades import trades


@transaction.atomic
def take_in(slug: str, *, by: User, now: datetime) -> JourneyVersion:
    """Raises ``FileNotFoundError`` for a recipe that is not there. A second time changes nothing."""
    text, notes = recipes.text(slug), recipes.notes(slug)
    sends = [step for step in read(text).steps if isinstance(step, Send)]
    spoken = {step.touchpoint for step in sends} | set(notes.judgement)
    touchpoints.adopt(tuple(each for each in suggestions() if each.slug in spoken), now=now)
    words = words_of(business_at(now).trade)
    _publish({step.template for step in sends}, load_seed_templates(words), by, now)
    return import_journey(text, acting_user=by.id, now=now)


def words_of(trade: str) -> str:
    """The folder of templates of a trade; empty for the usual ones."""
    known = trades().get(trade)
    return known.words if known else ""


def _publish(slugs: set[str], every: Iterable[SeedTemplate], by: User, now: datetime) -> None:
    """Those that are missing, in each language that is missing."""
    have = content.languages_by_slug()
    seeds = [seed for seed in every if seed.slug in slugs]
    names = {(seed.slug, seed.language): seed.name for seed in seeds}
    for seed in seeds:
        if seed.language not in have.get(seed.slug, ()):
            publish_template(_new(seed, names), acting_user=by.id, now=now)


def _new(seed: SeedTemplate, names: dict[tuple[str, str], str]) -> NewTemplate:
    return NewTemplate(seed.slug, names[seed.slug, "en"], names[seed.slug, "nb"], seed.source)
