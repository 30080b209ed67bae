"""The rows that an import plan leads to, collected first and written in bulk."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache

from tactful.contacts.models import ContactSpell, Identity
from tactful.contacts.rules.names import PersonName, only_one, person_sort_key
from tactful.contacts.types import BEGAN, Field, ImportRequest, RowOutcome, RowPlan
from tactful.foundation import pg
from tactful.foundation.copying import Behind, copying
from tactful.foundation.ids import new_ids
from tactful.foundation.models import Role, User

from ._import_columns import AT_ONCE, copy_addresses, copy_firms, copy_people, copy_spells
from ._import_grounds import Grounds
from ._import_people import Firms, Held, met
from ._import_traces import Traces

_UPDATE = """
    UPDATE contact SET name = u.name, given_name = u.given_name, sort_key = u.sort_key,
                       language = u.language, company_id = u.company_id, manager_id = u.manager_id,
                       attributes = u.attributes::jsonb, gate_rev = gate_rev + 1
    FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::text[], %s::text[], %s::bigint[], %s::bigint[],
                %s::text[])
         AS u (id, name, given_name, sort_key, language, company_id, manager_id, attributes)
    WHERE contact.id = u.id"""
_CREATED = RowOutcome.CREATED
EMAIL, PHONE = Identity.Kind.EMAIL.value, Identity.Kind.PHONE.value
_NAME, _LANGUAGE, _COMPANY = Field.NAME, Field.LANGUAGE, Field.COMPANY
_NUMBER, _MANAGER = Field.ORG_NUMBER, Field.ACCOUNT_MANAGER
_FIRM = frozenset({_COMPANY, _NUMBER})
_APART = frozenset({_NAME, Field.GIVEN_NAME, _LANGUAGE, _COMPANY, _NUMBER, _MANAGER})


@dataclass(slots=True)
class Writer:
    """Carries out the plans of some rows. ``controller``: the business, for the receipts (R68).

    First ``meet`` those who were here before, then ``decide`` and ``carry_out``, which ask the database about
    them only, and ``copy`` all that is new.
    """

    now: datetime
    by: int | None
    controller: str
    request: ImportRequest
    changing: Sequence[RowPlan] = ()  # those that add something
    owners: dict[int, int] = field(default_factory=dict)  # line of the file -> contact
    people: dict[int, Held] = field(default_factory=dict)
    changed: dict[int, Held] = field(default_factory=dict)
    addresses: list[tuple[int, str, str]] = field(default_factory=list)
    spells: dict[tuple[int, str, str], object] = field(default_factory=dict)
    ended: set[tuple[int, str]] = field(default_factory=set)
    objecting: list[int] = field(default_factory=list)
    managers: tuple[tuple[int, str], ...] = ()
    firms: Firms = field(init=False)
    grounds: Grounds = field(init=False)
    primary: set[tuple[int, str]] = field(default_factory=set)
    traces: Traces = field(default_factory=Traces)
    firms_are_there: bool = False

    def meet(self, plans: Sequence[RowPlan]) -> None:
        """Whom the rows speak of: those who were here before, locked, and new ones, who get their ids."""
        self.changing = [plan for plan in plans if plan.changes]
        self._load(self.changing)
        fresh = iter(new_ids(len(plans)))
        for plan in plans:
            if plan.contact_id is not None:
                self.owners[plan.row.line] = plan.contact_id
            elif plan.same_as_line is not None:
                self.owners[plan.row.line] = self.owners[plan.same_as_line]
            elif plan.outcome is _CREATED:
                self.owners[plan.row.line] = next(fresh)

    def decide(self) -> None:
        """What the new addresses allow us."""
        add = self.addresses.append
        for plan in self.changing:
            ident, changes = self.owners[plan.row.line], plan.changes
            for value in changes.mails:
                add((ident, EMAIL, value))
            for value in changes.phones:
                add((ident, PHONE, value))
            if changes.objects:
                self.objecting.append(ident)
        self.grounds = Grounds(self.now, self.by, self.controller, self.request)
        self.grounds.decide(self.were_here(), self.addresses, self.objecting)

    def were_here(self) -> list[int]:
        """Those whom the rows add something to: their search words must be made anew after the copy."""
        return sorted(ident for ident, held in self.people.items() if not held.is_new)

    def carry_out(self) -> None:
        for plan in self.changing:
            ident = self.owners[plan.row.line]
            if plan.contact_id is None and ident not in self.people:
                self.people[ident] = held = Held(ident)
                self.spells[ident, BEGAN, ""] = held.began
            self._apply(self.people[ident], plan)
        self._change()

    def _load(self, plans: Sequence[RowPlan]) -> None:
        before = list(met(plans))
        self.firms = Firms(plans, {firm for _, firm in before if firm is not None})
        for held, firm in before:
            held.firm = self.firms.of(firm)
            self.people[held.id] = held
            self.traces.before(held)
        if any(_MANAGER in plan.changes.fill for plan in plans):
            people = User.objects.filter(is_active=True).exclude(role=Role.HELPER)
            self.managers = tuple(people.values_list("id", "name"))

    def _apply(self, held: Held, plan: RowPlan) -> None:
        changes, ident = plan.changes, held.id
        self.changed[ident] = held
        self._set_columns(held, plan)
        attributes = [item for item in changes.fill.items() if item[0] not in _APART]
        if held.is_new:  # with these they begin
            held.attributes.update(attributes)
        else:
            for name, value in attributes:
                self._set_attribute(held, name, value)
        for tag in changes.tags:
            self.spells[ident, "tag", tag] = None
        held.mails += changes.mails
        held.phones += changes.phones

    def _set_columns(self, held: Held, plan: RowPlan) -> None:
        fill = plan.changes.fill
        if _NAME in fill:
            _set_name(held, plan)
        held.language = fill.get(_LANGUAGE, held.language)
        if not _FIRM.isdisjoint(fill):
            self._set_firm(held, fill.get(_COMPANY, ""), fill.get(_NUMBER, ""))
        if _MANAGER in fill:
            self._set_manager(held, fill[_MANAGER])

    def _set_firm(self, held: Held, name: str, org_number: str) -> None:
        if name:
            held.firm = self.firms.meant(name, org_number)
            if held.is_new:
                held.began["company"] = held.firm.id
            else:
                self.spells[held.id, "company", ""] = held.firm.id
                self.ended.add((held.id, "company"))
        elif org_number:
            if held.firm is None:
                self._set_attribute(held, _NUMBER, org_number)
            elif not held.firm.org_number:
                self.firms.number(held.firm, org_number)

    def _set_manager(self, held: Held, name: str) -> None:
        """One of us by that name; a name that is nobody's stays as an attribute."""
        found = only_one(name, self.managers)
        if found is not None:
            held.manager_id = found
            self.spells[held.id, "manager", ""] = found
            if not held.is_new:
                self.ended.add((held.id, "manager"))
        else:
            self._set_attribute(held, _MANAGER, name)

    def _set_attribute(self, held: Held, name: Field, value: str) -> None:
        """One spell per file and key: a later row that says more takes the place of the earlier one. With
        what they have been made with, new clients begin."""
        if not held.is_new:
            if name in held.attributes:
                self.ended.add((held.id, name))
            self.spells[held.id, "attribute", name] = value
        held.attributes[name] = value

    def _change(self) -> None:
        """Those who were here before."""
        before = [self.people[ident] for ident in self.were_here()]
        if not before:
            return
        with copying() as behind:  # some of them may be in a firm that is new
            self._copy_firms(behind)
        _update(before)
        self._end_spells()
        own = Identity.objects.filter(contact_id__in=[held.id for held in before], is_primary=True)
        self.primary = set(own.values_list("contact_id", "kind"))

    def _end_spells(self) -> None:
        for key in sorted({key for _, key in self.ended}):
            ids = [ident for ident, ended in self.ended if ended == key]
            kind, named = (key, "") if key in ("company", "manager") else ("attribute", key)
            running = ContactSpell.objects.running().filter(contact_id__in=ids, kind=kind, key=named)
            ends = list(running.values_list("contact_id", "id"))
            self.traces.note(self.traces.ended, "contact_spell", ends)
            ContactSpell.objects.filter(id__in=[ident for _, ident in ends]).update(
                to_at=self.now, end_recorded_at=self.now
            )

    def copy(self, behind: Behind, run_id: int) -> None:
        """All that is new. Firms come before the people in them, people before what they have."""
        self._copy_firms(behind)
        new = [held for held in self.changed.values() if held.is_new]
        for at in range(0, len(new), AT_ONCE):
            copy_people(behind, new[at : at + AT_ONCE], self.request.file_name[:120], self.now)
        traces, made = self.traces, self.traces.made
        owners = [owner for owner, _, _ in self.addresses]
        ids = copy_addresses(behind, self.addresses, self.primary, self.now)
        traces.note(made, "identity", zip(owners, ids, strict=True))
        owners = [owner for owner, _, _ in self.spells]
        ids = copy_spells(behind, self.spells, self.by, self.now)
        traces.note(made, "contact_spell", zip(owners, ids, strict=True))
        traces.note(made, "basis_spell", self.grounds.copy(behind))
        traces.copy(behind, run_id, self.changed, self.firms, self.now)

    def _copy_firms(self, behind: Behind) -> None:
        if not self.firms_are_there:
            copy_firms(behind, self.firms.new)
        self.firms_are_there = True


def _update(people: Sequence[Held]) -> None:
    """Those who were here before; what the gate asks of them may have changed too."""
    pg.run(
        _UPDATE,
        [
            pg.numbers(held.id for held in people),
            pg.texts(held.name for held in people),
            pg.texts(held.given_name for held in people),
            pg.texts(held.sort_key for held in people),
            pg.texts(held.language for held in people),
            pg.numbers(held.firm.id if held.firm else None for held in people),
            pg.numbers(held.manager_id for held in people),
            pg.texts(json.dumps(held.attributes, ensure_ascii=False) for held in people),
        ],
    )


def _set_name(held: Held, plan: RowPlan) -> None:
    draft = plan.draft
    held.name, held.given_name = draft.name, draft.given_name[:100]
    held.sort_key = _sort_key(draft.name, draft.given_name, draft.family_name)


@lru_cache(maxsize=4096)
def _sort_key(full: str, given: str, family: str) -> str:
    return person_sort_key(PersonName(full, given, family))[:200]
