"""Pieces that the actions share."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import connection
from django.db.models import F

from tactful.contacts.models import Company, Contact, ContactSpell, Identity
from tactful.contacts.rules.names import company_key
from tactful.contacts.rules.searching import number_of, searchable
from tactful.events.actions import record
from tactful.events.types import NewFact
from tactful.foundation.actions import record_audit

_SEARCH = """
    UPDATE contact SET search = array_to_tsvector(string_to_array(fresh.words, ' ')),
                       pieces = string_to_array(fresh.pieces, ' ')::integer[]
    FROM unnest(%s::bigint[], %s::text[], %s::text[]) AS fresh (id, words, pieces)
    WHERE contact.id = fresh.id"""


KEY = 200  # characters of ``Company.key``


def locked(contact_id: int) -> Contact:
    """The contact's row, locked first as everywhere (contacts, then caps, then rows)."""
    return Contact.objects.select_for_update().get(id=contact_id)


def bump_gate(contact_ids: Iterable[int]) -> None:
    """A gate fact changed: a message between gate and handoff mark goes back to the gate.

    Every action that changes such a fact calls it in its own transaction, on any floor.
    """
    Contact.objects.filter(id__in=sorted(contact_ids)).update(gate_rev=F("gate_rev") + 1)


def tell(verb: str, contact_id: int, now: datetime, actor: int | None, **data: object) -> None:
    """The fact for the log and, for a person's act, the audit row.

    ``data`` goes to both; it holds codes and ids, no words of or about the client.
    """
    record([NewFact(verb, contact_id, dict(data))], now=now)
    if actor is not None:
        record_audit(actor=actor, verb=verb, subject=f"contact:{contact_id}", now=now, body=dict(data))


def refresh_search(contact_ids: Sequence[int]) -> None:
    """Make the search columns anew. Three queries for any number of contacts."""
    identities: dict[int, list[tuple[str, str]]] = {}
    for owner, kind, value in Identity.objects.filter(contact_id__in=contact_ids).values_list(
        "contact_id", "kind", "value"
    ):
        identities.setdefault(owner, []).append((kind, value))
    ids, words, pieces = [], [], []
    named = Contact.objects.filter(id__in=contact_ids).values_list("id", "name", "company__name")
    for ident, name, company in named:
        own = identities.get(ident, [])
        found = searchable(
            (name, company or ""),
            [value for kind, value in own if kind == Identity.Kind.EMAIL],
            [value for kind, value in own if kind == Identity.Kind.PHONE],
        )
        ids.append(ident)
        words.append(" ".join(found.words))
        pieces.append(" ".join([str(number_of(piece)) for piece in found.pieces]))
    if ids:
        with connection.cursor() as cursor:
            cursor.execute(_SEARCH, [ids, words, pieces])


def spell(
    contact_id: int, kind: str, key: str, now: datetime, value: object = None, by: int | None = None
) -> ContactSpell:
    return ContactSpell(
        contact_id=contact_id, kind=kind, key=key[:80], value=value, by=by, from_at=now, recorded_at=now
    )


def change_attributes(
    contact: Contact, values: dict[str, str], now: datetime, by: int | None
) -> list[ContactSpell]:
    """Set attributes on the (unsaved) contact; ends the running spells and answers with new ones to save."""
    changed = {key: value for key, value in values.items() if contact.attributes.get(key, "") != value}
    if not changed:
        return []
    ContactSpell.objects.running().filter(contact=contact, kind="attribute", key__in=changed).update(
        to_at=now, end_recorded_at=now
    )
    contact.attributes = {**contact.attributes, **changed}
    return [spell(contact.id, "attribute", key, now, value, by) for key, value in changed.items()]


def company_named(name: str, org_number: str = "") -> Company:
    """The company with this number, else with this name, else a new one."""
    if org_number and (found := Company.objects.filter(org_number=org_number).first()):
        return found
    name = name[:200]
    key = company_key(name)
    for company in Company.objects.filter(key=key[:KEY]).order_by("id"):
        if company_key(company.name) == key and org_number in ("", company.org_number):
            return company
    return Company.objects.create(name=name, key=key[:KEY], org_number=org_number)
