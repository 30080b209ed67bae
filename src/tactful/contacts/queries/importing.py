"""Reads around imports: what we know of the people in a file, and what became of its rows."""

from collections.abc import Iterable, Sequence
from datetime import date

from django.db.models import Q, QuerySet

from tactful.contacts.models import Contact, ContactSpell, Identity, ImportRow, ImportRun
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


LOOKED_AT = 20  # runs
#: Not joined to a list of addresses: what is planned while there are few clients must do for many.
_OWNERS = """
    SELECT contact_id FROM identity WHERE kind = 'email' AND value = ANY(%s::text[])
    UNION SELECT contact_id FROM identity WHERE kind = 'phone' AND value = ANY(%s::text[])"""


def known_contacts(mails: Iterable[str], phones: Iterable[str]) -> list[KnownContact]:
    """Every contact who owns one of the addresses, with all that it holds. Four queries."""
    owners = _owners(mails, phones)
    if not owners:
        return []
    contacts = list(
        Contact.objects.filter(id__in=owners)
        .select_related("company", "manager")
        .prefetch_related("identities")
    )
    tags: dict[int, list[str]] = {}
    objecting: set[int] = set()
    running = ContactSpell.objects.running().filter(contact__in=contacts)
    wanted = Q(kind="tag") | Q(kind="flag", key="objected:marketing")
    for contact_id, kind, key in running.filter(wanted).values_list("contact_id", "kind", "key"):
        if kind == "tag":
            tags.setdefault(contact_id, []).append(key)
        else:
            objecting.add(contact_id)
    return [KnownContact(c.id, _draft(c, tags.get(c.id, []), c.id in objecting)) for c in contacts]


def _owners(mails: Iterable[str], phones: Iterable[str]) -> list[int]:
    return [row[0] for row in pg.many(_OWNERS, [pg.texts(mails), pg.texts(phones)])]


def _draft(contact: Contact, tags: list[str], objects: bool) -> Draft:
    held, values = contact.attributes, held_values(contact)
    identities = list(contact.identities.all())
    return Draft(
        name=contact.name,
        given_name=contact.given_name,
        family_name=held.get(Field.FAMILY_NAME, ""),
        mails=tuple(i.value for i in identities if i.kind == Identity.Kind.EMAIL),
        phones=tuple(i.value for i in identities if i.kind == Identity.Kind.PHONE),
        language=contact.language,
        birthday=_date(held.get(Field.BIRTHDAY)),
        client_since=_date(held.get(Field.CLIENT_SINCE)),
        values={name: value for name, value in values.items() if value and name not in ATTRIBUTES[:3]},
        tags=tuple(tags),
        consent=False if objects else None,
    )


def held_values(contact: Contact) -> dict[Field, str]:
    """What stands in a contact's attributes, its company and its manager, under the names of columns."""
    held = contact.attributes
    values = {name: str(held[name]) for name in ATTRIBUTES if held.get(name)}
    if contact.company:
        values[Field.COMPANY] = contact.company.name
        values[Field.ORG_NUMBER] = contact.company.org_number or values.get(Field.ORG_NUMBER, "")
    if contact.manager:
        values[Field.ACCOUNT_MANAGER] = contact.manager.name
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
