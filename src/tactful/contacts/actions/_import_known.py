"""What becomes of rows whose addresses may be somebody's: the plans of a batch."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from tactful.contacts.models import ImportRow, ImportRun
from tactful.contacts.queries.importing import Asked, anybody_known, asked, known_contacts, unchanged
from tactful.contacts.rules.cleaning import clean
from tactful.contacts.rules.comparing import said
from tactful.contacts.rules.plain_rows import Cleaned
from tactful.contacts.rules.planning import fields_of, plan_cleaned
from tactful.contacts.types import ColumnMapping, Field, KnownContact, RowOutcome, RowPlan, SourceRow


@dataclass(frozen=True, slots=True)
class Meeting:
    """Rows of ``run`` on their way to those who are here."""

    run: ImportRun
    mapping: ColumnMapping
    today: date

    def plans(self, rows: Cleaned, addresses: Asked) -> list[RowPlan] | None:
        """One for each row. ``addresses``: theirs. None: all of these are nobody's.

        Rows that say what we hold are told by the database. They are planned with the others nevertheless
        where another row of the batch speaks of the same client: that one may come first and change them.
        """
        if not anybody_known(addresses):
            return None
        same = self._same(rows)
        known = known_contacts(*_addresses([row for place, row in enumerate(rows) if place not in same]))
        met = {contact.id for contact in known}
        same = {place: owner for place, owner in same.items() if owner not in met}
        rest = [row for place, row in enumerate(rows) if place not in same]
        planned = iter(plan_cleaned(rest, self._met_before(known), self.mapping.prefer_file))
        return [
            RowPlan(row[0], RowOutcome.UNCHANGED, draft=row[1], contact_id=same[place])
            if place in same
            else next(planned)
            for place, row in enumerate(rows)
        ]

    def _same(self, rows: Cleaned) -> dict[int, int]:
        """Place of a row -> the client of whom it says what we hold."""
        told = {
            place: words
            for place, (_row, draft, notes) in enumerate(rows)
            if not notes and (words := said(draft)) is not None
        }
        return unchanged(told, self.run.id)

    def _met_before(self, known: Sequence[KnownContact]) -> list[KnownContact]:
        """With what earlier batches of the same file have made of them."""
        if not self.run.done or not known:
            return list(known)
        lines: dict[int, int] = {}
        written: dict[int, set[Field]] = {}
        earlier = ImportRow.objects.filter(run=self.run, contact_id__in=[contact.id for contact in known])
        for number, outcome, raw, owner in earlier.values_list("number", "outcome", "raw", "contact_id"):
            if outcome == RowOutcome.CREATED:
                lines[owner] = number
            if self.mapping.prefer_file:
                draft, _notes = clean(SourceRow(number, tuple(raw)), self.mapping, self.today)
                written.setdefault(owner, set()).update(fields_of(draft))
        return [
            replace(each, line=lines.get(each.id, 0), written=frozenset(written.get(each.id, ())))
            for each in known
        ]


def addresses_of(rows: Cleaned) -> Asked:
    return asked(*_addresses(rows))


def _addresses(rows: Cleaned) -> tuple[set[str], set[str]]:
    mails = {mail for _row, draft, _notes in rows for mail in draft.mails}
    phones = {phone for _row, draft, _notes in rows for phone in draft.phones}
    return mails, phones
