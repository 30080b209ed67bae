"""Which definition a page is about: the live version of a journey, an earlier one, or a draft.

Trials, tests and replays ask here, and nowhere else, so a new kind of draft is known to all of them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import Http404, QueryDict
from django.utils.translation import gettext as _

from tactful.journeys import queries
from tactful.journeys.queries import Journey
from tactful.journeys.rules.definition import read
from tactful.journeys.rules.digest import digest_of
from tactful.journeys.rules.problems import DefinitionError
from tactful.journeys.types import Definition
from tactful.web.types import Text


@dataclass(frozen=True, slots=True)
class Chosen:
    """``version`` 0: the draft, which ``draft`` asks for with any word."""

    slug: str
    definition: Definition
    journey: Journey | None
    version: int = 0
    draft: str = ""
    is_live: bool = False

    @property
    def digest(self) -> str:
        return digest_of(self.definition)

    @property
    def query(self) -> dict[str, str]:
        """What an address says so that the same one is chosen again; nothing for the live version."""
        if self.draft:
            return {"draft": self.draft}
        return {} if self.is_live else {"version": str(self.version)}

    @property
    def suffix(self) -> str:
        """``?version=3``, or nothing."""
        return f"?{urlencode(self.query)}" if self.query else ""

    @property
    def title(self) -> Text:
        if self.draft:
            return _("The draft")
        return _("Version %(version)d") % {"version": self.version}

    @property
    def note(self) -> Text:
        if self.draft:
            return _("not published")
        return _("live now") if self.is_live else _("an earlier version")


def chosen_definition(slug: str, *, version: int = 0, draft: str = "") -> Chosen:
    """The live version unless another is asked for; 404 for what is not there."""
    if draft:
        definition = draft_definition(slug)
        if definition is None:
            raise Http404
        return Chosen(slug, definition, queries.journey_by_slug(slug), draft=draft)
    journey = queries.journey_by_slug(slug)
    live = journey.live_version if journey is not None else None
    if journey is None or live is None:
        raise Http404
    found = queries.version_of(journey, version) if version and version != live.number else live
    if found is None:
        raise Http404
    return Chosen(
        slug, queries.definition_of_version(found), journey, found.number, is_live=found.id == live.id
    )


def draft_definition(slug: str) -> Definition | None:
    """None: the journey has no draft, or its text cannot be read yet."""
    draft = queries.draft_of(slug)
    try:
        definition = None if draft is None else read(draft.text)
    except DefinitionError:
        return None
    return definition if definition is not None and definition.slug == slug else None


def asked_for(slug: str, given: QueryDict | Mapping[str, str]) -> Chosen:
    """``version`` and ``draft`` as an address or a form says them."""
    number = str(given.get("version", ""))
    version = int(number) if number.isascii() and number.isdigit() and len(number) < 9 else 0
    return chosen_definition(slug, version=version, draft=str(given.get("draft", ""))[:60])
