"""Everybody of an audience, page by page, each with where they stand and why."""

from django.urls import reverse
from django.utils.translation import gettext as _

from tactful.broadcasts import queries
from tactful.broadcasts.queries import Broadcast, OnePerson
from tactful.broadcasts.types import Standing
from tactful.contacts import queries as contacts
from tactful.delivery import queries as outbox
from tactful.delivery.queries import Dispatch
from tactful.web.build.around import Around, look_around
from tactful.web.build.broadcast import STANDINGS, people_url, reason_words, standing_words
from tactful.web.build.outbox import sentence
from tactful.web.pages.broadcasts import PeoplePage, PersonRow
from tactful.web.templatetags.tactful import near
from tactful.web.types import EmptyState
from tactful.web.visit import Visit

PAGE = 50
GLYPHS = dict(STANDINGS)


def people_page(row: Broadcast, standing: Standing | None, code: str, after: int, visit: Visit) -> PeoplePage:
    found = queries.people_of(row.id, standing, code=code, after=after, limit=PAGE + 1)
    rows, more = found[:PAGE], found[PAGE:]
    kept = contacts.kept_of([each.contact_id for each in rows])
    around = look_around(visit, [*(each.contact_id for each in rows), *kept.values()])
    messages = outbox.dispatches([each.message_id for each in rows if each.message_id])
    title = standing_words(standing) if standing else _("everybody")
    return PeoplePage(
        id=row.id,
        name=row.name,
        title=f"{title}: {reason_words(code)}" if code else title,
        rows=tuple(
            _row(each, messages.get(each.message_id or 0), around, kept.get(each.contact_id, each.contact_id))
            for each in rows
        ),
        next_url=people_url(row.id, standing, code, rows[-1].contact_id) if more else "",
        empty=None
        if rows
        else EmptyState(_("Nobody stands here"), _("The others are one step back."), "sent"),
    )


def _row(person: OnePerson, message: Dispatch | None, around: Around, now_is: int) -> PersonRow:
    """``now_is``: the client that they are now part of, or they themselves."""
    who = around.client(now_is)
    at = (message.settled_at or message.not_before) if message else person.due_at
    return PersonRow(
        url=reverse("web:message", args=[message.pk]) if message else who.url,
        name=who.name,
        glyph=GLYPHS[person.standing],
        sentence=sentence(message, around) if message else _without(person.standing),
        when=near(at, around.visit.now),
    )


def _without(standing: Standing) -> str:
    if standing is Standing.WAITING:
        return _("The turn has not come yet.")
    if standing is Standing.GONE:
        return _("No client any more when the turn came.")
    return _("It was stopped before it went.")
