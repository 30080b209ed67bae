"""Reads around imports: what we know of the people in a file, and what became of its rows."""

from collections.abc import Iterable
from datetime import date

from django.db import connection
from django.db.models import Q, QuerySet

from tactful.contacts.models import Contact, ContactSpell, Identity, ImportRow, ImportRun
from tactful.contacts.rules.refused import refused_file
from tactful.contacts.sentences import reason_heading, sentences
from tactful.contacts.types import Draft, Field, KnownContact, Note, RowOutcome

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


_OWNERS = """
    SELECT DISTINCT i.contact_id FROM unnest(%s::text[], %s::text[]) AS wanted (kind, value)
    JOIN identity i ON i.kind = wanted.kind AND i.value = wanted.value"""


def known_contacts(mails: Iterable[str], phones: Iterable[str]) -> list[KnownContact]:
    """Every contact who owns one of the addresses, with all that it holds. Four queries."""
    contacts = list(
        Contact.objects.filter(id__in=_owners(mails, phones))
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
    """As arrays: a list of a hundred thousand placeholders would take longer to plan than to answer."""
    kinds, values = [], []
    for kind, addresses in ((Identity.Kind.EMAIL, mails), (Identity.Kind.PHONE, phones)):
        for address in addresses:
            kinds.append(kind.value)
            values.append(address)
    with connection.cursor() as cursor:
        cursor.execute(_OWNERS, [kinds, values])
        return [row[0] for row in cursor.fetchall()]


def _draft(contact: Contact, tags: list[str], objects: bool) -> Draft:
    held = contact.attributes
    values = {name: str(held[name]) for name in ATTRIBUTES[3:] if held.get(name)}
    if contact.company:
        values[Field.COMPANY] = contact.company.name
        values[Field.ORG_NUMBER] = contact.company.org_number or values.get(Field.ORG_NUMBER, "")
    if contact.manager:
        values[Field.ACCOUNT_MANAGER] = contact.manager.name
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
        values={name: value for name, value in values.items() if value},
        tags=tuple(tags),
        consent=False if objects else None,
    )


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


def notes_of(row: ImportRow) -> list[Note]:
    return [Note(reason["code"], reason["params"]) for reason in row.reasons]


def refused_csv(run_id: int) -> bytes:
    """The refused rows, to be fixed and sent again: same columns, and the reason in the last one."""
    run = ImportRun.objects.get(id=run_id)
    refused = [(row.raw, sentences(notes_of(row))) for row in run_rows(run_id, RowOutcome.REFUSED)]
    return refused_file(run.shape["header"], refused, reason_heading(), run.shape["delimiter"])
