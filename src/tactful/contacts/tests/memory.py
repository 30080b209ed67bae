"""Contacts in a dictionary: what the plans say, applied without a database."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from tactful.contacts.types import Draft, Field, KnownContact, RowOutcome, RowPlan

_OWN = (Field.NAME, Field.GIVEN_NAME, Field.FAMILY_NAME, Field.LANGUAGE)
_DATES = (Field.BIRTHDAY, Field.CLIENT_SINCE)


class Memory:
    def __init__(self) -> None:
        self._drafts: dict[int, Draft] = {}

    def known(self) -> list[KnownContact]:
        return [KnownContact(ident, draft) for ident, draft in self._drafts.items()]

    def apply(self, plans: Sequence[RowPlan]) -> None:
        lines: dict[int, int] = {}
        for plan in plans:
            if plan.outcome is RowOutcome.REFUSED:
                continue
            ident = plan.contact_id or lines.get(plan.same_as_line or 0) or len(self._drafts) + 1
            lines[plan.row.line] = ident
            self._drafts[ident] = _changed(self._drafts.get(ident, Draft()), plan)


def _changed(draft: Draft, plan: RowPlan) -> Draft:
    changes = plan.changes
    own: dict[str, Any] = {name.value: value for name, value in changes.fill.items() if name in _OWN}
    own |= {name.value: date.fromisoformat(value) for name, value in changes.fill.items() if name in _DATES}
    rest = {name: value for name, value in changes.fill.items() if name not in (*_OWN, *_DATES)}
    return draft._replace(
        mails=draft.mails + changes.mails,
        phones=draft.phones + changes.phones,
        tags=draft.tags + changes.tags,
        values={**draft.values, **rest},
        consent=False if changes.objects else draft.consent,
        **own,
    )
