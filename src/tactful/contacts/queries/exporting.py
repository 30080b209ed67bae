"""Every client as a file that other programs read, and that ``actions.import_file`` reads again."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tactful.contacts.models import BasisSpell, Contact, ContactSpell, Identity
from tactful.contacts.rules.safe_csv import write_csv
from tactful.contacts.types import Field

from .importing import held_values
from .people import records

AT_ONCE = 1_000
#: Headings that the import knows; several addresses share a cell.
HEADINGS: Mapping[Field, str] = {
    Field.NAME: "Name",
    Field.GIVEN_NAME: "First name",
    Field.FAMILY_NAME: "Last name",
    Field.EMAIL: "E-mail",
    Field.PHONE: "Phone",
    Field.COMPANY: "Company",
    Field.ORG_NUMBER: "Org number",
    Field.LANGUAGE: "Language",
    Field.BIRTHDAY: "Birthday",
    Field.ADDRESS: "Address",
    Field.POSTAL_CODE: "Postal code",
    Field.CITY: "City",
    Field.TAGS: "Tags",
    Field.CLIENT_SINCE: "Client since",
    Field.ACCOUNT_MANAGER: "Account manager",
    Field.NOTES: "Notes",
    Field.CONSENT: "Consent",
}


def as_csv() -> bytes:
    """One line a client; no cell is a formula to a spreadsheet (R60). What has no column stands in
    ``as_json_lines`` alone."""
    return write_csv(list(HEADINGS.values()), (_cells(row) for batch in _batches() for row in batch))


def as_json_lines() -> Iterator[bytes]:
    """One JSON object a line, with all attributes and the running grounds for writing."""
    for batch in _batches():
        grounds: dict[int, list[dict[str, Any]]] = {}
        running = BasisSpell.objects.running().filter(contact__in=[row.contact for row in batch])
        for spell in running.order_by("purpose", "channel"):
            said = {"purpose": spell.purpose, "channel": spell.channel, "kind": spell.kind}
            grounds.setdefault(spell.contact_id, []).append(said | {"since": spell.from_at.isoformat()})
        yield b"".join(_line(row, grounds.get(row.contact.id, [])) for row in batch)


@dataclass(frozen=True, slots=True)
class _Leaving:
    contact: Contact
    objects: bool

    def addresses(self, kind: Identity.Kind) -> list[str]:
        return [each.value for each in self.contact.all_identities if each.kind == kind]  # type: ignore[attr-defined]

    def tags(self) -> list[str]:
        return [each.key for each in self.contact.tags]  # type: ignore[attr-defined]


def _batches() -> Iterator[list[_Leaving]]:
    after = 0
    while rows := records(after=after, limit=AT_ONCE):
        flags = ContactSpell.objects.running().filter(kind="flag", key="objected:marketing", contact__in=rows)
        objecting = set(flags.values_list("contact_id", flat=True))
        yield [_Leaving(row, row.id in objecting) for row in rows]
        after = rows[-1].id


def _cells(row: _Leaving) -> list[str]:
    contact = row.contact
    said = held_values(contact) | {
        Field.NAME: contact.name,
        Field.GIVEN_NAME: contact.given_name,
        Field.EMAIL: "; ".join(row.addresses(Identity.Kind.EMAIL)),
        Field.PHONE: "; ".join(row.addresses(Identity.Kind.PHONE)),
        Field.LANGUAGE: contact.language,
        Field.TAGS: ", ".join(row.tags()),
        Field.CONSENT: "no" if row.objects else "",
    }
    return [said.get(name, "") for name in HEADINGS]


def _line(row: _Leaving, grounds: list[dict[str, Any]]) -> bytes:
    contact = row.contact
    said = {
        "id": str(contact.id),
        "name": contact.name,
        "given_name": contact.given_name,
        "emails": row.addresses(Identity.Kind.EMAIL),
        "phones": row.addresses(Identity.Kind.PHONE),
        "other_ids": row.addresses(Identity.Kind.EXTERNAL),
        "language": contact.language,
        "time_zone": contact.time_zone,
        "country": contact.country,
        "tier": contact.tier,
        "company": contact.company.name if contact.company else None,
        "org_number": contact.company.org_number if contact.company else None,
        "account_manager": contact.manager.name if contact.manager else None,
        "tags": row.tags(),
        "attributes": contact.attributes,
        "objects_to_news": row.objects,
        "grounds": grounds,
        "source": contact.source,
        "created_at": contact.created_at.isoformat(),
    }
    return json.dumps(said, ensure_ascii=False).encode() + b"\n"
