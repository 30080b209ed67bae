"""What a part of a file has written, kept so that the file can be taken back."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from tactful.foundation.copying import Behind
from tactful.foundation.ids import new_id, new_ids

from ._import_people import Firms, Held

COLUMNS = ("name", "given_name", "sort_key", "language", "company_id", "manager_id")
Rows = dict[str, list[int]]


def state_of(held: Held) -> dict[str, Any]:
    return {
        "name": held.name,
        "given_name": held.given_name,
        "sort_key": held.sort_key,
        "language": held.language,
        "company_id": held.firm.id if held.firm else None,
        "manager_id": held.manager_id,
        "attributes": dict(held.attributes),
    }


@dataclass(slots=True)
class Traces:
    """Of the clients who were there before: as they were, and the rows made and ended."""

    was: dict[int, dict[str, Any]] = field(default_factory=dict)
    made: dict[int, Rows] = field(default_factory=dict)
    ended: dict[int, Rows] = field(default_factory=dict)

    def before(self, held: Held) -> None:
        self.was[held.id] = state_of(held)

    def note(self, into: dict[int, Rows], table: str, rows: Iterable[tuple[int, int]]) -> None:
        """``rows``: contact and id of each."""
        if not self.was:
            return
        for owner, ident in rows:
            if owner in self.was:
                into.setdefault(owner, {}).setdefault(table, []).append(ident)

    def copy(
        self, behind: Behind, run_id: int, changed: Mapping[int, Held], firms: Firms, now: datetime
    ) -> None:
        fresh = [firm.id for firm in firms.new]
        numbered = {
            str(firm.id): firm.org_number for firm in firms.numbered.values() if firm.id not in set(fresh)
        }
        behind.copy(
            "import_part",
            [
                ("id", "bigint", [new_id()]),
                ("run_id", "bigint", [run_id]),
                ("at", "timestamptz", [now]),
                ("firms", "jsonb", [fresh]),
                ("numbered", "jsonb", [numbered]),
            ],
        )
        owners = [ident for ident, held in changed.items() if not held.is_new]
        pairs = [_difference(self.was[ident], state_of(changed[ident])) for ident in owners]
        behind.copy(
            "import_touch",
            [
                ("id", "bigint", new_ids(len(owners))),
                ("run_id", "bigint", [run_id] * len(owners)),
                ("contact_id", "bigint", owners),
                ("at", "timestamptz", [now] * len(owners)),
                ("was", "jsonb", [was for was, _ in pairs]),
                ("became", "jsonb", [became for _, became in pairs]),
                ("made", "jsonb", [self.made.get(ident, {}) for ident in owners]),
                ("ended", "jsonb", [self.ended.get(ident, {}) for ident in owners]),
            ],
        )


def _difference(was: dict[str, Any], became: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Only what is another now; an attribute that was not there is null."""
    names = [name for name in COLUMNS if was[name] != became[name]]
    before, after = was["attributes"], became["attributes"]
    keys = [key for key, value in after.items() if before.get(key) != value]
    return (
        {**{name: was[name] for name in names}, "attributes": {key: before.get(key) for key in keys}},
        {**{name: became[name] for name in names}, "attributes": {key: after[key] for key in keys}},
    )
