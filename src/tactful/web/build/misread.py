"""What we have read as an objection, for a person to correct."""

from django.urls import reverse

from tactful.contacts import queries as contacts
from tactful.inbox import queries as inbox
from tactful.web.pages.inbox import Misread
from tactful.web.visit import Visit

QUOTED = 160  # characters


def misread(contact_id: int | None, visit: Visit) -> tuple[Misread, ...]:
    """Only for those who may change it."""
    if contact_id is None or not visit.user.may_write:
        return ()
    sources = contacts.objection_sources(contact_id)
    read = [int(source.removeprefix("entry:")) for source in sources if source.startswith("entry:")]
    found = (entry for ident in sorted(read) if (entry := inbox.entry(ident)) is not None)
    return tuple(
        Misread(
            reverse("web:not_an_objection", args=[entry.id]),
            " ".join((entry.text or entry.subject).split())[:QUOTED],
            entry.at,
        )
        for entry in found
    )
