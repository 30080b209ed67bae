"""Whose addresses and names are, for whoever has to find a client without asking."""

from collections.abc import Collection, Mapping

from django.db.models import Q

from tactful.contacts.models import Contact, Identity
from tactful.contacts.rules.addresses import read_mail, read_phone
from tactful.contacts.rules.names import person_sort_key, read_name, sort_key
from tactful.contacts.rules.trouble import Unusable


def owners_of(kind: str, values: Collection[str]) -> dict[str, int]:
    """The clients of addresses (``kind``: email, phone) in their normal form."""
    rows = Identity.objects.filter(kind=kind, value__in=list(values))
    return dict(rows.values_list("value", "contact_id"))


def called(names: Collection[str]) -> Mapping[str, frozenset[int]]:
    """The clients with each of these full names; case and accents do not count."""
    keys = {name: person_sort_key(read_name(name)) for name in names}
    found: dict[str, set[int]] = {}
    rows = Contact.objects.filter(sort_key__in={key for key in keys.values() if key})
    for ident, key in rows.values_list("id", "sort_key"):
        found.setdefault(key, set()).add(ident)
    return {name: frozenset(found[key]) for name, key in keys.items() if key in found}


def find_anybody(text: str) -> frozenset[int]:
    """The clients with this mail address, phone number or full name, as a person has typed it."""
    for kind, read in (("email", read_mail), ("phone", lambda given: read_phone(given, "NO"))):
        try:
            found = owners_of(kind, [read(text)])
        except Unusable:
            continue
        if found:
            return frozenset(found.values())
    return called([text]).get(text, frozenset())


def by_first_words(word: str, most: int) -> list[tuple[int, str]]:
    """Clients whose family name, or given name, is this word; for offering, never for deciding."""
    key = sort_key(word)
    if not key:
        return []
    rows = Contact.objects.filter(Q(sort_key__startswith=f"{key} ") | Q(given_name__iexact=word))
    return list(rows.order_by("sort_key", "id").values_list("id", "name")[:most])
