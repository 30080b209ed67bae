"""Reads around imports: what we know of the people in a file, and what became of its rows."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from itertools import chain
from typing import Any

import msgspec
from django.db.models import QuerySet

from tactful.contacts.models import Contact, ImportRow, ImportRun
from tactful.contacts.rules.comparing import Said
from tactful.contacts.rules.refused import refused_file
from tactful.contacts.sentences import reason_heading, sentences
from tactful.contacts.types import ColumnMapping, Draft, Field, KnownContact, Note, RowOutcome
from tactful.foundation import pg

__all__ = ["ImportRow", "ImportRun"]  # the rows that these queries give

#: Fields that live in ``Contact.attributes`` under their own name.
ATTRIBUTES = (
    Field.FAMILY_NAME,
    Field.BIRTHDAY,
    Field.CLIENT_SINCE,
    Field.ADDRESS,
    Field.POSTAL_CODE,
    Field.CITY,
    Field.NOTES,
    Field.ORG_NUMBER,
    Field.ACCOUNT_MANAGER,
)
_APART = frozenset(ATTRIBUTES[:3])
_FAMILY_NAME, _BIRTHDAY, _CLIENT_SINCE = ATTRIBUTES[:3]
_COMPANY, _ORG_NUMBER, _MANAGER = Field.COMPANY, Field.ORG_NUMBER, Field.ACCOUNT_MANAGER

LOOKED_AT = 20  # runs
#: Not joined to a list of addresses: what is planned while there are few clients must do for many.
_OWNERS = """
    SELECT contact_id FROM identity WHERE kind = 'email' AND value = ANY(%s::text[])
    UNION SELECT contact_id FROM identity WHERE kind = 'phone' AND value = ANY(%s::text[])"""

_ANYBODY = """
    SELECT EXISTS (SELECT FROM identity WHERE kind = 'email' AND value = ANY(%s::text[]))
        OR EXISTS (SELECT FROM identity WHERE kind = 'phone' AND value = ANY(%s::text[]))"""
#: Who says of themselves what stands in the row, word for word, and was not made by this very file.
_UNCHANGED = """
    SELECT u.place, c.id
    FROM unnest(%(places)s::bigint[], %(mails)s::text[], %(phones)s::text[], %(names)s::text[],
        %(given)s::text[], %(languages)s::text[], %(firms)s::text[], %(numbers)s::text[],
        %(attributes)s::text[], %(tags)s::text[])
        AS u (place, mail, phone, name, given_name, language, firm, org_number, attributes, tags)
    CROSS JOIN LATERAL (
        SELECT contact_id FROM identity WHERE kind = 'email' AND value = u.mail
        UNION ALL SELECT contact_id FROM identity WHERE u.mail = '' AND kind = 'phone' AND value = u.phone
    ) AS owner
    JOIN contact c ON c.id = owner.contact_id LEFT JOIN company f ON f.id = c.company_id
    WHERE c.name = u.name AND u.given_name IN ('', c.given_name) AND u.language IN ('', c.language)
        AND (u.firm = '' OR u.firm = f.name) AND (u.org_number = '' OR u.org_number = f.org_number)
        AND c.attributes @> u.attributes::jsonb
        AND ('' IN (u.mail, u.phone) OR EXISTS (
            SELECT FROM identity p WHERE p.kind = 'phone' AND p.value = u.phone AND p.contact_id = c.id))
        AND (u.tags = '' OR NOT EXISTS (
            SELECT FROM unnest(string_to_array(u.tags, E'\n')) AS own (tag) WHERE NOT EXISTS (
                SELECT FROM contact_spell s WHERE s.contact_id = c.id AND s.kind = 'tag' AND s.key = own.tag
                    AND s.to_at IS NULL)))
        AND NOT EXISTS (SELECT FROM import_row r
            WHERE r.contact_id = c.id AND r.run_id = %(run)s AND r.outcome = 'created')"""

_HELD = """
    SELECT c.id, c.name, c.given_name, c.language, c.attributes::text, f.name, f.org_number, u.name
    FROM contact c LEFT JOIN company f ON f.id = c.company_id LEFT JOIN staff u ON u.id = c.manager_id
    WHERE c.id = ANY(%s::bigint[])"""
_ADDRESSES = "SELECT contact_id, kind, value FROM identity WHERE contact_id = ANY(%s::bigint[])"
_SPELLS = """
    SELECT contact_id, kind, key FROM contact_spell WHERE contact_id = ANY(%s::bigint[]) AND to_at IS NULL
        AND (kind = 'tag' OR kind = 'flag' AND key = 'objected:marketing')"""


def known_contacts(mails: Iterable[str], phones: Iterable[str]) -> list[KnownContact]:
    """Every contact who owns one of the addresses, with all that it holds. Four queries."""
    owners = _owners(mails, phones)
    if not owners:
        return []
    ids = [pg.numbers(owners)]
    drafts = {row[0]: _draft(row) for row in pg.many(_HELD, ids)}
    own: dict[tuple[int, str], list[str]] = {}
    for contact_id, kind, value in chain(pg.many(_ADDRESSES, ids), pg.many(_SPELLS, ids)):
        own.setdefault((contact_id, kind), []).append(value)
    return [
        KnownContact(
            ident,
            draft._replace(
                mails=tuple(own.get((ident, "email"), ())),
                phones=tuple(own.get((ident, "phone"), ())),
                tags=tuple(own.get((ident, "tag"), ())),
                consent=False if (ident, "flag") in own else None,
            ),
        )
        for ident, draft in drafts.items()
    ]


Asked = tuple[pg.Texts, pg.Texts]
"""Mail addresses and phone numbers, ready for the database."""


def asked(mails: Iterable[str], phones: Iterable[str]) -> Asked:
    return pg.texts(mails), pg.texts(phones)


def anybody_known(addresses: Asked) -> bool:
    """Does anybody own one of the addresses?"""
    row = pg.one(_ANYBODY, addresses)
    return bool(row and row[0])


def unchanged(rows: Mapping[int, Said], run_id: int) -> dict[int, int]:
    """Rows, by their place, that say of a client what we hold already: with the client. Those whom an
    earlier row of the same run has made are left out."""
    words = list(rows.values())
    params = {
        "run": run_id,
        "places": pg.numbers(rows),
        "mails": pg.texts(each.mail for each in words),
        "phones": pg.texts(each.phone for each in words),
        "names": pg.texts(each.name for each in words),
        "given": pg.texts(each.given_name for each in words),
        "languages": pg.texts(each.language for each in words),
        "firms": pg.texts(each.company for each in words),
        "numbers": pg.texts(each.org_number for each in words),
        "attributes": pg.texts(_encode(each.attributes).decode() for each in words),
        "tags": pg.texts("\n".join(each.tags) for each in words),
    }
    return dict(pg.many(_UNCHANGED, params))


_encode = msgspec.json.Encoder().encode


def _owners(mails: Iterable[str], phones: Iterable[str]) -> list[int]:
    return [row[0] for row in pg.many(_OWNERS, [pg.texts(mails), pg.texts(phones)])]


def _draft(row: pg.Row) -> Draft:
    """Without what other tables hold of it."""
    _, name, given_name, language, attributes, company, org_number, manager = row
    held = msgspec.json.decode(attributes)
    values = _values(held, company, org_number, manager)
    return Draft(
        name=name,
        given_name=given_name,
        family_name=held.get(_FAMILY_NAME, ""),
        language=language,
        birthday=_date(held.get(_BIRTHDAY)),
        client_since=_date(held.get(_CLIENT_SINCE)),
        values={name: value for name, value in values.items() if value and name not in _APART},
    )


def held_values(contact: Contact) -> dict[Field, str]:
    """What stands in a contact's attributes, its company and its manager, under the names of columns."""
    company, manager = contact.company, contact.manager
    return _values(
        contact.attributes,
        company.name if company else None,
        company.org_number if company else "",
        manager.name if manager else None,
    )


def _values(
    held: Mapping[str, Any], company: str | None, org_number: str | None, manager: str | None
) -> dict[Field, str]:
    values = {name: str(held[name]) for name in ATTRIBUTES if held.get(name)}
    if company is not None:
        values[_COMPANY] = company
        values[_ORG_NUMBER] = org_number or values.get(_ORG_NUMBER, "")
    if manager is not None:
        values[_MANAGER] = manager
    return values


def _date(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def import_runs(limit: int = 20) -> QuerySet[ImportRun]:
    return ImportRun.objects.order_by("-started_at", "-id")[:limit]


def import_run(run_id: int) -> ImportRun | None:
    return ImportRun.objects.filter(id=run_id).first()


def run_rows(run_id: int, outcome: RowOutcome | None = None) -> QuerySet[ImportRow]:
    """Rows in the order of the file. ``reasons`` become words through ``notes_of``."""
    rows = ImportRow.objects.filter(run_id=run_id).select_related("contact")
    return (rows.filter(outcome=outcome) if outcome else rows).order_by("number", "id")


def managers_of_run(run_id: int, among: Collection[int]) -> set[int]:
    """Who of these looks after a client of this file."""
    rows = ImportRow.objects.filter(run_id=run_id, contact__manager_id__in=among)
    return set(rows.order_by().values_list("contact__manager_id", flat=True).distinct()) if among else set()


def mapping_before(header: Sequence[str]) -> ColumnMapping | None:
    """What the same headings, in any order, meant when they came last. Files that were taken back teach
    nothing, and that a file was the newer one holds for that file only."""
    alike = ImportRun.objects.filter(
        shape__header__contains=list(header), shape__header__contained_by=list(header), undo_asked_at=None
    )
    for run in alike.order_by("-started_at", "-id")[:LOOKED_AT]:
        told = run.shape["header"]
        if told == list(header):
            order = {place: place for place in range(len(told))}
        elif sorted(told) == sorted(header) and len(set(header)) == len(header):
            order = {place: header.index(heading) for place, heading in enumerate(told)}
        else:
            continue
        columns = {order[int(place)]: Field(name) for place, name in run.mapping["columns"].items()}
        return ColumnMapping(columns, str(run.mapping["date_order"]))
    return None


def notes_of(row: ImportRow) -> list[Note]:
    return [Note(reason["code"], reason["params"]) for reason in row.reasons]


def refused_csv(run_id: int) -> bytes:
    """The refused rows, to be fixed and sent again: same columns, and the reason in the last one."""
    run = ImportRun.objects.get(id=run_id)
    refused = [(row.raw, sentences(notes_of(row))) for row in run_rows(run_id, RowOutcome.REFUSED)]
    return refused_file(run.shape["header"], refused, reason_heading(), run.shape["delimiter"])
