"""The rows that an import plan leads to, collected first and written in bulk."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from tactful.contacts.models import Company, Contact, ContactSpell, Identity
from tactful.contacts.rules.names import PersonName, company_key, compatible, person_sort_key
from tactful.contacts.types import Field, ImportRequest, RowPlan
from tactful.foundation import pg
from tactful.foundation.ids import new_id
from tactful.foundation.models import User
from tactful.foundation.pg import copy_in

from ._import_grounds import BATCH, Grounds
from ._writing import refresh_search, spell

_UPDATE = """
    UPDATE contact SET name = u.name, given_name = u.given_name, sort_key = u.sort_key,
                       language = u.language, company_id = u.company_id, manager_id = u.manager_id,
                       attributes = u.attributes::jsonb, gate_rev = gate_rev + 1
    FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::text[], %s::text[], %s::bigint[], %s::bigint[],
                %s::text[])
         AS u (id, name, given_name, sort_key, language, company_id, manager_id, attributes)
    WHERE contact.id = u.id"""
_APART = frozenset(
    {Field.NAME, Field.GIVEN_NAME, Field.LANGUAGE, Field.COMPANY, Field.ORG_NUMBER, Field.ACCOUNT_MANAGER}
)


@dataclass(slots=True)
class Writer:
    """Writes the plans of one file. ``controller``: the business, for the receipts (R68)."""

    now: datetime
    by: int | None
    controller: str
    request: ImportRequest
    contacts: dict[int, Contact] = field(default_factory=dict)
    created: set[int] = field(default_factory=set)
    changed: set[int] = field(default_factory=set)
    companies: dict[str, Company] = field(default_factory=dict)
    new_companies: list[Company] = field(default_factory=list)
    named_companies: dict[int, Company] = field(default_factory=dict)
    identities: list[Identity] = field(default_factory=list)
    spells: dict[tuple[int, str, str], ContactSpell] = field(default_factory=dict)
    ended: set[tuple[int, str]] = field(default_factory=set)
    objecting: list[int] = field(default_factory=list)
    managers: tuple[User, ...] = ()

    def write(self, plans: Sequence[RowPlan]) -> dict[int, int]:
        """Line of the file -> contact, for every row that has one."""
        self._load(plans)
        owners: dict[int, int] = {}
        for plan in plans:
            ident = self._owner(plan, owners)
            if ident is not None:
                owners[plan.row.line] = ident
                if plan.changes:
                    self._apply(ident, plan)
        self._save()
        return owners

    def _load(self, plans: Sequence[RowPlan]) -> None:
        met = sorted({plan.contact_id for plan in plans if plan.contact_id is not None and plan.changes})
        self.contacts = {
            c.id: c for c in Contact.objects.select_for_update().filter(id__in=met).order_by("id")
        }
        companies = {c.company_id for c in self.contacts.values() if c.company_id}
        names = {plan.changes.fill[Field.COMPANY] for plan in plans if Field.COMPANY in plan.changes.fill}
        if names or companies:
            for company in Company.objects.order_by("id"):
                self._know(company)
        self.managers = tuple(User.objects.filter(is_active=True))

    def _know(self, company: Company) -> None:
        if company.org_number:
            self.companies.setdefault(f"no:{company.org_number}", company)
        self.companies.setdefault(f"name:{company_key(company.name)}", company)

    def _owner(self, plan: RowPlan, owners: dict[int, int]) -> int | None:
        if plan.contact_id is not None:
            return plan.contact_id
        if plan.same_as_line is not None:
            return owners[plan.same_as_line]
        return self._create() if plan.changes else None

    def _create(self) -> int:
        contact = Contact(
            id=new_id(), created_at=self.now, attributes={}, source=self.request.file_name[:120]
        )
        self.contacts[contact.id] = contact
        self.created.add(contact.id)
        return contact.id

    def _apply(self, ident: int, plan: RowPlan) -> None:
        contact, fill = self.contacts[ident], plan.changes.fill
        self.changed.add(ident)
        self._set_name(contact, plan)
        contact.language = fill.get(Field.LANGUAGE, contact.language)
        self._set_company(contact, fill.get(Field.COMPANY, ""), fill.get(Field.ORG_NUMBER, ""))
        self._set_manager(contact, fill.get(Field.ACCOUNT_MANAGER, ""))
        for name, value in fill.items():
            if name not in _APART:
                self._set_attribute(contact, name, value)
        for tag in plan.changes.tags:
            self._begin(ident, "tag", tag)
        self._add_addresses(contact, Identity.Kind.EMAIL, plan.changes.mails)
        self._add_addresses(contact, Identity.Kind.PHONE, plan.changes.phones)
        if plan.changes.objects:
            self.objecting.append(ident)

    def _set_name(self, contact: Contact, plan: RowPlan) -> None:
        if Field.NAME in plan.changes.fill:
            draft = plan.draft
            contact.name, contact.given_name = draft.name, draft.given_name[:100]
            name = PersonName(draft.name, draft.given_name, draft.family_name)
            contact.sort_key = person_sort_key(name)[:200]

    def _set_company(self, contact: Contact, name: str, org_number: str) -> None:
        if not name and org_number:
            company = contact.company
            if company and not company.org_number:
                company.org_number = org_number
                self.named_companies[company.id] = company
            elif not company:
                self._set_attribute(contact, Field.ORG_NUMBER, org_number)
        if name:
            contact.company = self._company(name, org_number)
            self._begin(contact.id, "company", "", contact.company.id)
            self.ended.add((contact.id, "company"))

    def _company(self, name: str, org_number: str) -> Company:
        by_number = self.companies.get(f"no:{org_number}") if org_number else None
        by_name = self.companies.get(f"name:{company_key(name)}")
        if by_number:
            return by_number
        if by_name and (not org_number or org_number == by_name.org_number):
            return by_name
        if by_name and not by_name.org_number:
            by_name.org_number = org_number
            self.named_companies[by_name.id] = by_name
            self._know(by_name)
            return by_name
        company = Company(id=new_id(), name=name[:200], org_number=org_number)
        self.new_companies.append(company)
        self._know(company)
        return company

    def _set_manager(self, contact: Contact, name: str) -> None:
        """One of us by that name; a name that is nobody's stays as an attribute."""
        found = [user for user in self.managers if name and compatible(user.name, name)]
        if len(found) == 1:
            contact.manager = found[0]
            self._begin(contact.id, "manager", "", found[0].id)
            self.ended.add((contact.id, "manager"))
        elif name:
            self._set_attribute(contact, Field.ACCOUNT_MANAGER, name)

    def _set_attribute(self, contact: Contact, name: Field, value: str) -> None:
        if name.value in contact.attributes and contact.id not in self.created:
            self.ended.add((contact.id, name.value))
        contact.attributes = {**contact.attributes, name.value: value}
        self._begin(contact.id, "attribute", name.value, value)

    def _begin(self, ident: int, kind: str, key: str, value: object = None) -> None:
        """One spell per file and key: a later row that says more takes the place of the earlier one."""
        self.spells[ident, kind, key] = spell(ident, kind, key, self.now, value, self.by)

    def _add_addresses(self, contact: Contact, kind: Identity.Kind, values: Iterable[str]) -> None:
        for value in values:
            identity = Identity(contact_id=contact.id, kind=kind, value=value, shown=value, added_at=self.now)
            identity.is_primary = False
            self.identities.append(identity)

    def _save(self) -> None:
        copy_in(self.new_companies)
        fresh = {company.id for company in self.new_companies}
        Company.objects.bulk_update(
            [c for c in self.named_companies.values() if c.id not in fresh], ["org_number"], batch_size=BATCH
        )
        new = [self.contacts[ident] for ident in sorted(self.created)]
        copy_in(new)
        touched = sorted(self.changed - self.created)
        self._update([self.contacts[ident] for ident in touched])
        self._save_identities()
        self._save_spells()
        self._save_basis()
        everybody = sorted(self.changed)
        for at in range(0, len(everybody), BATCH):
            refresh_search(everybody[at : at + BATCH])

    def _update(self, rows: Sequence[Contact]) -> None:
        """Those who were here before; what the gate asks of them may have changed too."""
        pg.run(
            _UPDATE,
            [
                pg.numbers(row.id for row in rows),
                pg.texts(row.name for row in rows),
                pg.texts(row.given_name for row in rows),
                pg.texts(row.sort_key for row in rows),
                pg.texts(row.language for row in rows),
                pg.numbers(row.company_id for row in rows),
                pg.numbers(row.manager_id for row in rows),
                pg.texts(json.dumps(row.attributes, ensure_ascii=False) for row in rows),
            ],
        )

    def _save_identities(self) -> None:
        having = set(
            Identity.objects.filter(contact_id__in=self.changed - self.created, is_primary=True).values_list(
                "contact_id", "kind"
            )
        )
        for identity in self.identities:
            if (identity.contact_id, identity.kind) not in having:
                identity.is_primary = True
                having.add((identity.contact_id, identity.kind))
        copy_in(self.identities)

    def _save_spells(self) -> None:
        for key in {key for _, key in self.ended}:
            ids = [ident for ident, ended in self.ended if ended == key]
            kind, named = (key, "") if key in ("company", "manager") else ("attribute", key)
            ContactSpell.objects.running().filter(contact_id__in=ids, kind=kind, key=named).update(
                to_at=self.now, end_recorded_at=self.now
            )
        copy_in(list(self.spells.values()))

    def _save_basis(self) -> None:
        added = {(i.contact_id, i.kind) for i in self.identities}
        touched = self.changed - self.created
        Grounds(self.now, self.by, self.controller, self.request).write(touched, added, self.objecting)
