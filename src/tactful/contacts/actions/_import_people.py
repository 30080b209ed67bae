"""Whom a file speaks of and which firms it names, as they stand while its rows are carried out."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from tactful.contacts.models import Contact
from tactful.contacts.rules.names import company_key
from tactful.contacts.types import Field, RowPlan
from tactful.foundation import pg
from tactful.foundation.ids import new_id

from ._writing import KEY

#: Three ways to mean a firm, each by its own index.
_FIRMS = """
    SELECT id, name, org_number FROM company WHERE key = ANY(%s::text[])
    UNION SELECT id, name, org_number FROM company WHERE org_number = ANY(%s::text[])
    UNION SELECT id, name, org_number FROM company WHERE id = ANY(%s::bigint[])
    ORDER BY 1"""

_NUMBERED = """
    UPDATE company SET org_number = u.org_number FROM unnest(%s::bigint[], %s::text[]) AS u (id, org_number)
    WHERE company.id = u.id"""

_COMPANY, _NUMBER = Field.COMPANY, Field.ORG_NUMBER


@dataclass(slots=True)
class Firm:
    id: int
    name: str
    org_number: str


@dataclass(slots=True)
class Held:
    """A contact under our hands. ``mails`` and ``phones``: those that the file adds. ``began``: of a new one,
    the value of the spell of that kind; it holds ``attributes`` as they grow."""

    id: int
    is_new: bool = True
    name: str = ""
    given_name: str = ""
    sort_key: str = ""
    language: str = ""
    firm: Firm | None = None
    manager_id: int | None = None
    attributes: dict[str, Any] = field(default_factory=dict)
    mails: list[str] = field(default_factory=list)
    phones: list[str] = field(default_factory=list)
    began: dict[str, Any] = field(init=False)

    def __post_init__(self) -> None:
        self.began = {"attributes": self.attributes}


class Firms:
    """Those that the file may mean: of two the older one. A number says more than a name."""

    def __init__(self, plans: Sequence[RowPlan], ids: Collection[int]) -> None:
        fills = [plan.changes.fill for plan in plans]
        names = {fill[_COMPANY] for fill in fills if _COMPANY in fill}
        keys = {company_key(name)[:KEY] for name in names}
        numbers = {fill[_NUMBER] for fill in fills if _NUMBER in fill}
        self.new: list[Firm] = []
        self.numbered: dict[int, Firm] = {}
        self._by_name: dict[str, Firm] = {}
        self._by_number: dict[str, Firm] = {}
        self._by_id: dict[int, Firm] = {}
        if keys or numbers or ids:
            wanted = [pg.texts(keys), pg.texts(numbers), pg.numbers(ids)]
            for row in pg.many(_FIRMS, wanted):
                self._know(Firm(*row))

    def _know(self, firm: Firm) -> None:
        self._by_id[firm.id] = firm
        if firm.org_number:
            self._by_number.setdefault(firm.org_number, firm)
        self._by_name.setdefault(company_key(firm.name), firm)

    def of(self, ident: int | None) -> Firm | None:
        return self._by_id[ident] if ident is not None else None

    def meant(self, name: str, org_number: str) -> Firm:
        if org_number and (found := self._by_number.get(org_number)):
            return found
        found = self._by_name.get(company_key(name))
        if found and (not org_number or org_number == found.org_number):
            return found
        if found and not found.org_number:
            self.number(found, org_number)
            return found
        firm = Firm(new_id(), name[:200], org_number)
        self.new.append(firm)
        self._know(firm)
        return firm

    def number(self, firm: Firm, org_number: str) -> None:
        firm.org_number = org_number
        self.numbered[firm.id] = firm
        self._know(firm)

    def write_numbers(self) -> None:
        """Of firms that were here before and had none."""
        fresh = {firm.id for firm in self.new}
        named = [firm for firm in self.numbered.values() if firm.id not in fresh]
        if named:
            ids, own = pg.numbers(firm.id for firm in named), pg.texts(firm.org_number for firm in named)
            pg.run(_NUMBERED, [ids, own])


def met(plans: Sequence[RowPlan]) -> Iterator[tuple[Held, int | None]]:
    """Those who were here before and to whom something is added, locked in the order of their ids; each
    with the id of the firm."""
    ids = sorted({plan.contact_id for plan in plans if plan.contact_id is not None})
    if not ids:
        return
    rows = Contact.objects.select_for_update().filter(id__in=ids).order_by("id")
    for ident, name, given, key, language, firm, manager, attributes in rows.values_list(
        "id", "name", "given_name", "sort_key", "language", "company_id", "manager_id", "attributes"
    ):
        yield Held(ident, False, name, given, key, language, None, manager, attributes), firm
