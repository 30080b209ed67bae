"""Letters in a list, with what is missing in which language."""

from django.urls import reverse
from django.utils.translation import gettext as _

from tactful.broadcasts.rules.slugs import PREFIX
from tactful.content import queries as content
from tactful.content.rules.letters.letter import LANGUAGES
from tactful.web.forms.broadcasts import LANGUAGE_NAMES
from tactful.web.pages.letters import LetterRow, LettersPage
from tactful.web.types import EmptyState
from tactful.web.visit import Visit


def letters_page(visit: Visit, error: str = "") -> LettersPage:
    """Those of broadcasts stand with their broadcast."""
    live, drafts = content.languages_by_slug(), {each.slug: each for each in content.letter_drafts()}
    names = {each.slug: (each.name_nb, each.name_en) for each in content.templates() if each.slug in live}
    names |= {slug: (each.name_nb, each.name_en) for slug, each in drafts.items() if slug not in names}
    rows = [
        _row(slug, nb if visit.language == "nb" else en, live.get(slug, frozenset()), slug in drafts)
        for slug, (nb, en) in names.items()
        if not slug.startswith(PREFIX)
    ]
    empty = EmptyState(
        _("No letters yet"),
        _("A letter is what journeys send: its words and buttons in each language. A recipe brings its own."),
        "plan",
    )
    rows.sort(key=lambda row: str(row.name).casefold())
    return LettersPage(tuple(rows), visit.user.may_set_up, None if rows else empty, error)


def _row(slug: str, name: str, live: frozenset[str], is_draft: bool) -> LetterRow:
    missing = [str(LANGUAGE_NAMES[code]) for code in LANGUAGES if code not in live]
    state = _("Not used yet, being written") if not live else _("Being changed") if is_draft else _("In use")
    return LetterRow(
        reverse("web:letter", args=[slug]),
        name,
        state,
        _("Missing in %(languages)s") % {"languages": ", ".join(missing)} if missing and live else "",
    )
