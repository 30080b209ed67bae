"""What an import makes, as columns of the tables into which they are copied."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from tactful.contacts.rules.names import company_key
from tactful.contacts.rules.searching import written_down
from tactful.contacts.types import RowPlan
from tactful.foundation.copying import Behind, written
from tactful.foundation.ids import new_ids

from ._import_people import Firm, Held
from ._writing import KEY

AT_ONCE = 1000  # while PostgreSQL takes these in, the next ones are written down


def copy_firms(behind: Behind, firms: Sequence[Firm]) -> None:
    behind.copy(
        "company",
        [
            ("id", "bigint", [firm.id for firm in firms]),
            ("name", "text", [firm.name for firm in firms]),
            ("key", "text", [company_key(firm.name)[:KEY] for firm in firms]),
            ("org_number", "text", [firm.org_number for firm in firms]),
            ("address", "jsonb", [{}] * len(firms)),
            ("industry", "text", [""] * len(firms)),
        ],
    )


def copy_people(behind: Behind, people: Sequence[Held], source: str, now: datetime) -> None:
    """What a file says nothing of stands in the database by itself."""
    count = len(people)
    words, pieces = _search(people)
    behind.copy(
        "contact",
        [
            ("id", "bigint", [held.id for held in people]),
            ("name", "text", [held.name for held in people]),
            ("given_name", "text", [held.given_name for held in people]),
            ("sort_key", "text", [held.sort_key for held in people]),
            ("language", "text", [held.language for held in people]),
            ("country", "text", ["NO"] * count),
            ("company_id", "bigint", [held.firm.id if held.firm else None for held in people]),
            ("manager_id", "bigint", [held.manager_id for held in people]),
            ("attributes", "plain", [held.attributes for held in people]),
            ("source", "text", [source] * count),
            ("created_at", "timestamptz", [now] * count),
            ("search", "written", words),
            ("pieces", "written", pieces),
        ],
    )


def _search(people: Sequence[Held]) -> tuple[list[bytes], list[bytes]]:
    words, pieces = [], []
    for held in people:
        names = (held.name, held.firm.name) if held.firm else (held.name,)
        own, numbers = written_down(names, held.mails, held.phones)
        words.append(written("tsvector", own))
        pieces.append(written("integer[]", numbers))
    return words, pieces


def copy_addresses(
    behind: Behind,
    addresses: Sequence[tuple[int, str, str]],
    primary: set[tuple[int, str]],
    now: datetime,
) -> list[int]:
    """``primary``: who has an address of the kind that is written to first. Others get one: the first.
    Answers with the ids of the rows."""
    first = []
    for owner, kind, _ in addresses:
        first.append((owner, kind) not in primary)
        primary.add((owner, kind))
    owners, kinds, values = zip(*addresses, strict=True) if addresses else ((), (), ())
    ids = new_ids(len(addresses))
    behind.copy(
        "identity",
        [
            ("id", "bigint", ids),
            ("contact_id", "bigint", owners),
            ("kind", "text", kinds),
            ("value", "text", values),
            ("shown", "text", values),
            ("is_primary", "boolean", first),
            ("added_at", "timestamptz", [now] * len(addresses)),
        ],
    )
    return ids


def copy_spells(
    behind: Behind, spells: Mapping[tuple[int, str, str], object], by: int | None, now: datetime
) -> list[int]:
    """``spells``: contact, kind and key -> value. Answers with the ids of the rows."""
    count = len(spells)
    ids = new_ids(count)
    owners, kinds, keys = zip(*spells, strict=True) if spells else ((), (), ())
    behind.copy(
        "contact_spell",
        [
            ("id", "bigint", ids),
            ("contact_id", "bigint", owners),
            ("kind", "text", kinds),
            ("key", "text", [key[:80] for key in keys]),
            ("value", "plain", list(spells.values())),
            ("by", "bigint", [by] * count),
            ("from_at", "timestamptz", [now] * count),
            ("recorded_at", "timestamptz", [now] * count),
        ],
    )
    return ids


_NO_REASONS = written("plain", ())


def _reasons(plan: RowPlan) -> bytes:
    return written("plain", [{"code": note.code, "params": note.params} for note in plan.notes])


def copy_rows(behind: Behind, run_id: int, plans: Sequence[RowPlan], owners: Mapping[int, int]) -> None:
    """Every row of the file with what became of it, and why."""
    for at in range(0, len(plans), AT_ONCE):
        _copy_rows(behind, run_id, plans[at : at + AT_ONCE], owners)


def _copy_rows(behind: Behind, run_id: int, plans: Sequence[RowPlan], owners: Mapping[int, int]) -> None:
    behind.copy(
        "import_row",
        [
            ("id", "bigint", new_ids(len(plans))),
            ("run_id", "bigint", [run_id] * len(plans)),
            ("number", "integer", [plan.row.line for plan in plans]),
            ("outcome", "text", [plan.outcome for plan in plans]),
            ("raw", "plain", [plan.row.cells for plan in plans]),
            ("reasons", "written", [_reasons(plan) if plan.notes else _NO_REASONS for plan in plans]),
            ("contact_id", "bigint", [owners.get(plan.row.line) for plan in plans]),
        ],
    )
