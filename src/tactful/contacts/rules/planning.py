"""What will happen with each row of a file. Pure: the same rows and contacts give the same plan.

Two records are one person on strong evidence only: the same mail address or the same phone number,
*and* names that one person can have. One mail address with two different people is refused, for a
message would reach the wrong one. Nothing that we hold is overwritten unless the person who imports
says that the file is newer (``ColumnMapping.prefer_file``), so a second import changes nothing.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from tactful.contacts.types import (
    Changes,
    ColumnMapping,
    Draft,
    Field,
    KnownContact,
    Note,
    RowOutcome,
    RowPlan,
    SourceRow,
    made,
)

from .cleaning import clean
from .names import company_key, compatible, is_full

#: By a name of this module a field is there at once; Python asks an enumeration for a tenth of a microsecond.
_NAME, _GIVEN_NAME, _FAMILY_NAME = Field.NAME, Field.GIVEN_NAME, Field.FAMILY_NAME
_LANGUAGE, _BIRTHDAY, _CLIENT_SINCE = Field.LANGUAGE, Field.BIRTHDAY, Field.CLIENT_SINCE
_CREATED = RowOutcome.CREATED
_changes, _plan = made(Changes), made(RowPlan)


@dataclass(slots=True)
class _Person:
    """A contact that we hold (``contact_id``), or that a row of this file makes or has made (``line``)."""

    contact_id: int | None
    line: int
    name: str
    mails: set[str]
    phones: set[str]
    tags: set[str]
    fields: dict[Field, str]
    objects: bool
    written: set[Field] = field(default_factory=set)  # a file does not contradict itself twice


@dataclass(slots=True)
class _Known:
    """Who owns which address, rows planned so far included. Whom a row has made is its plan until somebody
    meets them, for most are never met again."""

    mails: dict[str, _Person | RowPlan] = field(default_factory=dict)
    phones: dict[str, _Person | RowPlan] = field(default_factory=dict)

    def add(self, person: _Person) -> None:
        for mail in person.mails:
            self.mails.setdefault(mail, person)
        for phone in person.phones:
            self.phones.setdefault(phone, person)

    def add_new(self, plan: RowPlan) -> None:
        """Nobody owns the addresses that the plan adds."""
        for mail in plan.changes.mails:
            self.mails[mail] = plan
        for phone in plan.changes.phones:
            self.phones[phone] = plan

    def nobody(self, draft: Draft) -> bool:
        """Are all its addresses nobody's?"""
        return self.mails.keys().isdisjoint(draft.mails) and self.phones.keys().isdisjoint(draft.phones)

    def by_mail(self, mail: str) -> _Person | None:
        return self._met(self.mails.get(mail))

    def by_phone(self, phone: str) -> _Person | None:
        return self._met(self.phones.get(phone))

    def _met(self, found: _Person | RowPlan | None) -> _Person | None:
        if not isinstance(found, RowPlan):
            return found
        person = _of_plan(found)
        self.mails.update(dict.fromkeys(person.mails, person))
        self.phones.update(dict.fromkeys(person.phones, person))
        return person


@dataclass(frozen=True, slots=True)
class _Meeting:
    """Whom a row meets, and by what."""

    person: _Person | None = None
    by_mail: bool = False
    refusal: Note | None = None
    notes: tuple[Note, ...] = ()


def plan_import(
    rows: Sequence[SourceRow],
    mapping: ColumnMapping,
    existing: Iterable[KnownContact],
    today: date,
) -> list[RowPlan]:
    """One plan per row, in order. ``existing``: at least every contact that owns an address in the
    file. ``today``: the business's calendar day, for dates of two-digit years."""
    return plan_cleaned([(row, *clean(row, mapping, today)) for row in rows], existing, mapping.prefer_file)


def plan_cleaned(
    rows: Iterable[tuple[SourceRow, Draft, tuple[Note, ...]]],
    existing: Iterable[KnownContact],
    prefer_file: bool = False,
) -> list[RowPlan]:
    """``plan_import`` for rows that ``cleaning.clean`` has read already."""
    known = _Known()
    for contact in existing:
        known.add(_of_contact(contact))
    return [_plan_row(row, draft, problems, known, prefer_file) for row, draft, problems in rows]


def _plan_row(
    row: SourceRow, draft: Draft, problems: tuple[Note, ...], known: _Known, prefer_file: bool
) -> RowPlan:
    if problems:
        return RowPlan(row, RowOutcome.REFUSED, problems, draft)
    if known.nobody(draft):
        return _create(row, draft, draft.phones, known)
    meeting = _meet(draft, known)
    if meeting.refusal:
        return RowPlan(row, RowOutcome.REFUSED, (meeting.refusal,), draft)
    if meeting.person is None:
        free = tuple(phone for phone in draft.phones if phone not in known.phones)
        return _create(row, draft, free, known, meeting.notes)
    return _join(row, draft, meeting.person, meeting, known, prefer_file)


def _meet(draft: Draft, known: _Known) -> _Meeting:
    owners = {id(p): p for mail in draft.mails if (p := known.by_mail(mail))}
    for person in owners.values():
        if not compatible(person.name, draft.name):
            taken = next(mail for mail in draft.mails if known.by_mail(mail) is person)
            return _Meeting(refusal=_two_persons("mail", taken, person))
    if len(owners) > 1:
        first, second = list(owners.values())[:2]
        return _Meeting(refusal=Note("mail.two_contacts", {"one": first.name, "other": second.name}))
    if owners:
        return _Meeting(next(iter(owners.values())), by_mail=True, notes=_shared_phones(draft, known, owners))
    return _meet_by_phone(draft, known)


def _meet_by_phone(draft: Draft, known: _Known) -> _Meeting:
    """A shared switchboard is common, so a number alone proves nothing: both names must be full."""
    owners = {id(p): p for phone in draft.phones if (p := known.by_phone(phone))}
    same = [p for p in owners.values() if _surely_same(p.name, draft.name)]
    if len(same) > 1:
        return _Meeting(refusal=Note("phone.two_contacts", {"one": same[0].name, "other": same[1].name}))
    if same:
        return _Meeting(same[0], notes=_shared_phones(draft, known, {id(same[0]): same[0]}))
    free = [phone for phone in draft.phones if phone not in known.phones]
    if owners and not draft.mails and not free:
        taken, person = next((p, owner) for p in draft.phones if (owner := known.by_phone(p)))
        return _Meeting(refusal=_two_persons("phone", taken, person))
    return _Meeting(notes=_shared_phones(draft, known, {}))


def _surely_same(one: str, other: str) -> bool:
    return is_full(one) and is_full(other) and compatible(one, other)


def _two_persons(kind: str, address: str, person: _Person) -> Note:
    return Note(f"{kind}.two_persons", {"address": address, "name": person.name})


def _shared_phones(draft: Draft, known: _Known, own: Mapping[int, _Person]) -> tuple[Note, ...]:
    """A number has one owner; who shares it is told so and keeps the rest of the row."""
    return tuple(
        Note("phone.kept_by", {"address": phone, "name": person.name})
        for phone in draft.phones
        if (person := known.by_phone(phone)) and id(person) not in own
    )


def _create(
    row: SourceRow, draft: Draft, phones: tuple[str, ...], known: _Known, notes: tuple[Note, ...] = ()
) -> RowPlan:
    changes = _changes((fields_of(draft), draft.mails, phones, draft.tags, draft.consent is False))
    plan = _plan((row, _CREATED, notes, draft, changes, None, None))
    known.add_new(plan)
    return plan


def _join(
    row: SourceRow, draft: Draft, person: _Person, meeting: _Meeting, known: _Known, prefer_file: bool
) -> RowPlan:
    changes, kept = _difference(draft, person, known, prefer_file)
    outcome = _outcome(person, bool(changes), meeting.by_mail)
    notes = (*meeting.notes, *_told(person, outcome, meeting.by_mail, kept))
    _absorb(person, changes, known)
    same_as = person.line if person.contact_id is None else None
    return RowPlan(row, outcome, notes, draft, changes, person.contact_id, same_as)


def _difference(
    draft: Draft, person: _Person, known: _Known, prefer_file: bool
) -> tuple[Changes, list[Field]]:
    fill: dict[Field, str] = {}
    kept: list[Field] = []
    for name, value in fields_of(draft).items():
        held = person.fields.get(name, "")
        if name is Field.NOTES and held:
            if value not in held:
                fill[name] = f"{held}\n{value}"
        elif not held or (prefer_file and not _same(name, held, value) and name not in person.written):
            fill[name] = value
        elif not _same(name, held, value):
            kept.append(name)
    _leave_whole(fill, kept)
    if prefer_file:
        person.written |= fields_of(draft).keys()
    changes = Changes(
        fill,
        tuple(mail for mail in draft.mails if mail not in person.mails),
        tuple(phone for phone in draft.phones if phone not in known.phones),
        tuple(tag for tag in draft.tags if tag not in person.tags),
        draft.consent is False and not person.objects,
    )
    return changes, kept


def _same(name: Field, held: str, value: str) -> bool:
    """Different spellings of a name or a firm are no news; the first one stays."""
    if name in (Field.NAME, Field.GIVEN_NAME, Field.FAMILY_NAME, Field.ACCOUNT_MANAGER):
        return held == value or compatible(held, value)
    if name is Field.COMPANY:
        return company_key(held) == company_key(value)
    return held == value


_WHOLES = (
    frozenset({Field.COMPANY, Field.ORG_NUMBER}),
    frozenset({Field.ADDRESS, Field.POSTAL_CODE, Field.CITY}),
)


def _leave_whole(fill: dict[Field, str], kept: Sequence[Field]) -> None:
    """Half of another firm's data, or half of another address, would make a third that nobody has."""
    for whole in _WHOLES:
        if whole & set(kept):
            for name in whole:
                fill.pop(name, None)


def _outcome(person: _Person, changed: bool, by_mail: bool) -> RowOutcome:
    if person.line:
        return RowOutcome.MERGED
    if not changed:
        return RowOutcome.UNCHANGED
    return RowOutcome.UPDATED if by_mail else RowOutcome.MERGED


def _told(person: _Person, outcome: RowOutcome, by_mail: bool, kept: list[Field]) -> Iterable[Note]:
    if outcome is RowOutcome.MERGED:
        key = "mail" if by_mail else "phone"
        if person.line:
            yield Note(f"merged.row_{key}", {"line": person.line, "name": person.name})
        else:
            yield Note(f"merged.{key}", {"name": person.name})
    for name in kept:
        yield Note("kept", {"field": name.value})


def _absorb(person: _Person, changes: Changes, known: _Known) -> None:
    person.mails |= set(changes.mails)
    person.phones |= set(changes.phones)
    person.tags |= set(changes.tags)
    person.fields |= changes.fill
    person.objects |= changes.objects
    known.add(person)


def _of_plan(plan: RowPlan) -> _Person:
    draft, changes = plan.draft, plan.changes
    return _Person(
        None, plan.row.line, draft.name, set(draft.mails), set(changes.phones), set(draft.tags),
        dict(changes.fill), changes.objects, set(changes.fill),
    )  # fmt: skip


def _of_contact(contact: KnownContact) -> _Person:
    draft = contact.draft
    return _Person(
        contact.id, contact.line, draft.name, set(draft.mails), set(draft.phones), set(draft.tags),
        fields_of(draft), draft.consent is False, set(contact.written),
    )  # fmt: skip


def fields_of(draft: Draft) -> dict[Field, str]:
    """The single-valued fields that a draft speaks of, as they are stored."""
    name, given_name, family_name, _mails, _phones, language, birthday, client_since, values, *_ = draft
    fields: dict[Field, str] = {}
    if name:
        fields[_NAME] = name
    if given_name:
        fields[_GIVEN_NAME] = given_name
    if family_name:
        fields[_FAMILY_NAME] = family_name
    if language:
        fields[_LANGUAGE] = language
    if birthday:
        fields[_BIRTHDAY] = birthday.isoformat()
    if client_since:
        fields[_CLIENT_SINCE] = client_since.isoformat()
    fields |= values
    return fields
