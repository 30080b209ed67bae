"""Making and changing people."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from tactful.contacts.models import Contact, ContactSpell, Identity
from tactful.contacts.queries.erasing import shut_identities
from tactful.contacts.rules.addresses import read_mail, read_phone
from tactful.contacts.rules.names import person_sort_key, read_name
from tactful.contacts.rules.trouble import Unusable
from tactful.contacts.sentences import sentence
from tactful.contacts.types import Field, NewContact, Note

from ._writing import bump_gate, change_attributes, company_named, locked, refresh_search, spell, tell

COLUMNS = frozenset({"name", "language", "time_zone", "country", "subdivision", "tier", "manager_id"})
NO_ATTRIBUTES = COLUMNS | {"company"}
"""What ``update_contact`` takes for something else than an attribute."""


class ContactError(ValueError):
    """What was asked cannot be done; the sentence says why and what to do."""


@transaction.atomic
def create_contact(
    new: NewContact, *, acting_user: int | None, now: datetime, source: str = "typed"
) -> Contact:
    """A new person with cleaned addresses. Raises ``ContactError`` for a bad or a taken address."""
    name = read_name(new.name)
    if not name.full:
        raise ContactError(_("The name is missing. Write the name of the person."))
    addresses = _cleaned(new)
    _require_let_in(addresses)
    for kind, value in addresses:
        _require_free(kind, value)
    company = company_named(new.company) if new.company.strip() else None
    contact = Contact.objects.create(
        name=name.full,
        given_name=name.given[:100],
        sort_key=person_sort_key(name)[:200],
        language=new.language,
        company=company,
        attributes={Field.FAMILY_NAME.value: name.family} if name.family else {},
        source=source[:120],
        created_at=now,
    )
    Identity.objects.bulk_create(identities(contact.id, addresses, now))
    spells = [spell(contact.id, "tag", tag, now, by=acting_user) for tag in dict.fromkeys(new.tags)]
    spells += [spell(contact.id, "company", "", now, company.id, acting_user)] if company else []
    ContactSpell.objects.bulk_create(spells)
    refresh_search([contact.id])
    tell("contact.created", contact.id, now, acting_user, source=source)
    return contact


@transaction.atomic
def update_contact(
    contact_id: int, values: Mapping[str, object], *, acting_user: int | None, now: datetime
) -> Contact:
    """Change columns (``COLUMNS``), ``company`` by name, or any attribute. Each change is a spell."""
    contact = locked(contact_id)
    spells = _columns_changed(contact, values, acting_user, now)
    spells += _company_changed(contact, values, acting_user, now)
    rest = {k: str(v) for k, v in values.items() if k not in COLUMNS and k != "company"}
    attributes = change_attributes(contact, rest, now, acting_user)
    if not spells and not attributes:
        return contact
    _end(contact_id, spells, now)
    ContactSpell.objects.bulk_create([*spells, *attributes])
    contact.save()
    refresh_search([contact_id])
    bump_gate([contact_id])
    changed = sorted({s.key or s.kind for s in (*spells, *attributes)})
    tell("contact.updated", contact_id, now, acting_user, fields=changed)
    return contact


@transaction.atomic
def add_identity(
    contact_id: int, kind: str, text: str, *, acting_user: int | None, now: datetime, region: str = "NO"
) -> Identity:
    """One more address. Idempotent for its own contact; ``ContactError`` if it belongs to another."""
    value = _read(kind, text, region)
    _require_let_in([(kind, value)])
    contact = locked(contact_id)
    own = Identity.objects.filter(kind=kind, value=value, contact=contact).first()
    if own:
        return own
    _require_free(kind, value)
    first = not Identity.objects.filter(contact=contact, kind=kind).exists()
    identity = Identity.objects.create(
        contact=contact, kind=kind, value=value, shown=text.strip()[:320], is_primary=first, added_at=now
    )
    refresh_search([contact_id])
    bump_gate([contact_id])
    tell("contact.identity_added", contact_id, now, acting_user, kind=kind, identity=identity.id)
    return identity


def identities(contact_id: int, addresses: Sequence[tuple[str, str]], now: datetime) -> list[Identity]:
    """Unsaved identities of somebody who has none yet; the first of each kind is the primary one."""
    seen: set[str] = set()
    made = []
    for kind, value in addresses:
        made.append(
            Identity(
                contact_id=contact_id,
                kind=kind,
                value=value,
                shown=value,
                is_primary=kind not in seen,
                added_at=now,
            )
        )
        seen.add(kind)
    return made


def _columns_changed(
    contact: Contact, values: Mapping[str, object], by: int | None, now: datetime
) -> list[ContactSpell]:
    before = {key: getattr(contact, key) for key in COLUMNS & values.keys()}
    _set_columns(contact, values)
    return [
        spell(contact.id, "attribute", key, now, getattr(contact, key), by)
        for key, old in before.items()
        if old != getattr(contact, key)
    ]


def _company_changed(
    contact: Contact, values: Mapping[str, object], by: int | None, now: datetime
) -> list[ContactSpell]:
    if "company" not in values:
        return []
    company = company_named(str(values["company"])) if values["company"] else None
    if company == contact.company:
        return []
    contact.company = company
    return [spell(contact.id, "company", "", now, company.id if company else None, by)]


def _set_columns(contact: Contact, values: Mapping[str, object]) -> None:
    for key in COLUMNS & values.keys():
        setattr(contact, key, values[key])
    if "name" in values:
        name = read_name(str(values["name"]))
        if not name.full:
            raise ContactError(_("The name is missing. Write the name of the person."))
        contact.name, contact.given_name = name.full, name.given[:100]
        contact.sort_key = person_sort_key(name)[:200]


def _end(contact_id: int, fresh: Sequence[ContactSpell], now: datetime) -> None:
    for new in fresh:
        ContactSpell.objects.running().filter(contact_id=contact_id, kind=new.kind, key=new.key).update(
            to_at=now, end_recorded_at=now
        )


def _cleaned(new: NewContact) -> list[tuple[str, str]]:
    mails = [
        (Identity.Kind.EMAIL.value, _read("email", text, new.region)) for text in new.mails if text.strip()
    ]
    phones = [
        (Identity.Kind.PHONE.value, _read("phone", text, new.region)) for text in new.phones if text.strip()
    ]
    return list(dict.fromkeys(mails + phones))


def _read(kind: str, text: str, region: str) -> str:
    try:
        return read_mail(text) if kind == Identity.Kind.EMAIL else read_phone(text, region)
    except Unusable as trouble:
        raise ContactError(sentence(trouble.note)) from trouble


def _require_let_in(addresses: Sequence[tuple[str, str]]) -> None:
    """Who was erased comes back by their own wish only, and a person says so (``erasing.let_in_again``)."""
    if shut_identities(addresses):
        raise ContactError(sentence(Note("person.erased")))


def _require_free(kind: str, value: str) -> None:
    owner = Identity.objects.filter(kind=kind, value=value).select_related("contact").first()
    if owner:
        code = "mail.two_persons" if kind == Identity.Kind.EMAIL else "phone.two_persons"
        raise ContactError(sentence(Note(code, {"address": value, "name": owner.contact.name})))
