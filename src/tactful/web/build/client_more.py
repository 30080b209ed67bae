"""Who a client is and who is around them: addresses, people of the same roof, files, and their doubles."""

from collections.abc import Iterable
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from tactful.contacts import queries as contacts
from tactful.contacts.queries import Contact, Profile
from tactful.contacts.rules.addresses import written_phone
from tactful.engagements import queries as engagements
from tactful.web.build.clients import LANGUAGES
from tactful.web.pages.clients import FileRow, Merged
from tactful.web.templatetags.tactful import full_date
from tactful.web.types import Fact, Link, Person
from tactful.web.visit import Visit
from tactful.wiring.merging import UNDO_WITHIN

FILES_SHOWN = 8
TWINS_SHOWN = 3


def facts(profile: Profile) -> tuple[Fact, ...]:
    """Their addresses, the one that we write to first at the head of its kind; language, and who they are."""
    return (*_addresses(profile), *_who(profile))


def _addresses(profile: Profile) -> Iterable[Fact]:
    names = {"email": _("Mail"), "phone": _("Phone"), "external": _("Number elsewhere")}
    for each in profile.identities:
        shown = written_phone(each.value) if each.kind == "phone" else each.shown
        yield Fact(names.get(each.kind, each.kind), shown)


def _who(profile: Profile) -> Iterable[Fact]:
    contact = profile.contact
    language = LANGUAGES.get(contact.language, lambda: contact.language or _("Not known"))()
    yield Fact(_("Language"), language)
    if contact.time_zone:
        yield Fact(_("Time zone"), contact.time_zone)
    if contact.company:
        url = f"{reverse('web:clients')}?{urlencode({'q': contact.company.name})}"
        yield Fact(_("Company"), contact.company.name, url)
    if contact.household:
        yield Fact(_("Household"), contact.household.name)
    if contact.tier:
        yield Fact(_("Tier"), contact.tier)
    yield Fact(_("Looked after by"), contact.manager.name if contact.manager else _("Nobody yet"))
    if profile.tags:
        yield Fact(_("Tags"), ", ".join(profile.tags))


def merged(contact_id: int, visit: Visit) -> tuple[Merged, ...]:
    """Who has become part of them lately. Only the newest can be taken back, so only it says where."""
    rows = contacts.merges_of(contact_id, visit.now - UNDO_WITHIN)[:1]
    return tuple(
        Merged(
            _("%(name)s has been part of this client since %(day)s.")
            % {"name": row.shown, "day": full_date(row.at)},
            Link(_("Take it back"), reverse("web:merged", args=[row.id])),
        )
        for row in rows
    )


def twins(contact_id: int) -> tuple[Link, ...]:
    """Who may be the same person, for a person to look at."""
    pairs = contacts.open_pairs(limit=TWINS_SHOWN, only=contact_id)
    others = {pair.other if pair.one == contact_id else pair.one for pair in pairs}
    if not others:
        return ()
    return tuple(
        Link(line.name, reverse("web:pair", args=[contact_id, line.id])) for line in contacts.lines(others)
    )


def related_people(contact: Contact) -> tuple[Person, ...]:
    words = {"household": _("same household"), "company": _("same company")}
    return tuple(
        Person(row.name, True, words[kind], reverse("web:client", args=[row.id]))
        for row, kind in contacts.related(contact)
    )


def files(contact_id: int) -> tuple[FileRow, ...]:
    return tuple(
        FileRow(
            row.name,
            row.received_at,
            reverse("web:entry_file", args=[row.entry_file_id]) if row.entry_file_id else "",
        )
        for row in engagements.files_of(contact_id, FILES_SHOWN)
    )
