"""What taking a file back would do: who goes, who stays and why, and what goes back to what it was."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from tactful.contacts.models import (
    BasisSpell,
    Company,
    Contact,
    ContactMerge,
    ContactSpell,
    Identity,
    ImportPart,
    ImportRow,
    ImportRun,
    ImportTouch,
)
from tactful.contacts.rules.undoing import Back, SpellNow, Ties, Touch, put_back
from tactful.foundation import pg

LOOKED_THROUGH = 5_000  # clients who were there before
UNDO_WITHIN = timedelta(days=30)
STATE = ("name", "given_name", "sort_key", "language", "company_id", "manager_id", "attributes")
_TIE = """SELECT t.{column} AS contact, '{code}' AS code FROM {table} t
WHERE t.{column} = ANY(%(ids)s::bigint[]) AND ({where})"""
_CREATED = """SELECT DISTINCT contact_id FROM import_row
WHERE run_id = %(run)s AND outcome = 'created' AND contact_id > %(after)s
ORDER BY contact_id LIMIT %(limit)s"""


@dataclass(slots=True)
class Touched:
    """Clients who were there before, as they would stand. ``backs``: contact -> what went back."""

    states: dict[int, dict[str, Any]] = field(default_factory=dict)
    backs: dict[int, list[Back]] = field(default_factory=dict)
    identities: dict[int, list[int]] = field(default_factory=dict)
    grounds: list[BasisSpell] = field(default_factory=list)

    @property
    def fields(self) -> int:
        told = sum(len(back.fields) for backs in self.backs.values() for back in backs)
        names = sum(
            len({"given_name", "sort_key"} & set(back.fields)) if "name" in back.fields else 0
            for backs in self.backs.values()
            for back in backs
        )
        return told - names + sum(map(len, self.identities.values()))


@dataclass(frozen=True, slots=True)
class Preview:
    """``stays``: contact -> codes. ``capped``: there are more clients than were looked through."""

    goes: int
    stays: dict[int, tuple[str, ...]]
    clients: int
    fields: int
    grounds: int
    capped: bool


def created_by(run_id: int, *, after: int = 0, limit: int | None = None) -> list[int]:
    params = {"run": run_id, "after": after, "limit": limit}
    return [row[0] for row in pg.many(_CREATED, params)]


def what_holds(run_id: int, ids: Collection[int], ties: Ties) -> dict[int, tuple[str, ...]]:
    """Those of the clients with whom something has happened since the file was read, with what."""
    moments = list(ImportPart.objects.filter(run_id=run_id).values_list("at", flat=True).distinct())
    query = "\nUNION ".join(
        _TIE.format(table=tie.table, column=tie.column, code=tie.code, where=tie.where)
        for tie in ties.holding
    )
    found: dict[int, list[str]] = {}
    params = {"run": run_id, "ids": pg.numbers(ids), "moments": pg.moments(moments)}
    for contact, code in pg.many(query, params):
        found.setdefault(contact, []).append(code)
    return {contact: tuple(sorted(codes)) for contact, codes in found.items()}


def touched(run: ImportRun, touches: Sequence[ImportTouch]) -> Touched:
    """``touches``: the newest first. Nothing is written."""
    found = Touched()
    ids = {touch.contact_id for touch in touches}
    rows = Contact.objects.filter(id__in=ids - _left_alone(run, ids))
    for row in rows.values("id", *STATE):
        found.states[row.pop("id")] = {**row, "attributes": dict(row["attributes"])}
    mine = [touch for touch in touches if touch.contact_id in found.states]
    firms = set(
        Company.objects.filter(id__in=_ids(touch.was.get("company_id") for touch in mine)).values_list(
            "id", flat=True
        )
    )
    spells = _spells(mine)
    for touch in mine:
        became = dict(touch.became)
        if touch.was.get("company_id") not in (None, *firms):
            became.pop("company_id", None)  # that firm is no more
        told = Touch(touch.contact_id, touch.at, touch.was, became, touch.made, touch.ended)
        back = put_back(told, found.states[touch.contact_id], spells)
        for ident in back.removed:
            spells.pop(ident)
        found.backs.setdefault(touch.contact_id, []).append(back)
    _rows(mine, found)
    return found


def _ids(values: Any) -> set[int]:
    return {value for value in values if value is not None}


def _left_alone(run: ImportRun, ids: Collection[int]) -> set[int]:
    """The file's own clients that stay, and whoever has become part of another or the other way round."""
    own = ImportRow.objects.filter(run=run, outcome="created", contact_id__in=ids)
    merged = ContactMerge.objects.filter(kept__in=ids, at__gte=run.started_at, undone_at=None)
    return set(own.values_list("contact_id", flat=True)) | set(merged.values_list("kept", flat=True))


def _spells(touches: Sequence[ImportTouch]) -> dict[int, SpellNow]:
    ids = [
        ident
        for touch in touches
        for rows in (touch.made, touch.ended)
        for ident in rows.get("contact_spell", ())
    ]
    rows = ContactSpell.objects.filter(id__in=ids).values_list("id", "kind", "key", "to_at")
    return {ident: SpellNow(kind, key, to_at) for ident, kind, key, to_at in rows}


def _rows(touches: Sequence[ImportTouch], found: Touched) -> None:
    """Addresses that nobody has confirmed, and grounds that still hold."""
    made = {
        table: [ident for touch in touches for ident in touch.made.get(table, ())]
        for table in ("identity", "basis_spell")
    }
    alone = Identity.objects.filter(id__in=made["identity"], verified_at=None, contact_id__in=found.states)
    for ident, owner in alone.order_by("id").values_list("id", "contact_id"):
        found.identities.setdefault(owner, []).append(ident)
    grounds = BasisSpell.objects.running().filter(id__in=made["basis_spell"], contact_id__in=found.states)
    found.grounds = list(grounds.order_by("id"))


def preview_undo(run: ImportRun, ties: Ties) -> Preview:
    ids = created_by(run.id)
    stays = what_holds(run.id, ids, ties) if ids else {}
    touches = list(run.touches.order_by("-id")[: LOOKED_THROUGH + 1])
    found = touched(run, touches[:LOOKED_THROUGH])
    clients = {owner for owner, backs in found.backs.items() if any(back.fields for back in backs)}
    return Preview(
        goes=len(ids) - len(stays),
        stays=stays,
        clients=len(clients | set(found.identities)),
        fields=found.fields,
        grounds=len(found.grounds),
        capped=len(touches) > LOOKED_THROUGH,
    )


def undo_trouble(run: ImportRun, now: datetime) -> str:
    """A code of why this file cannot be taken back, or nothing."""
    if run.undone_at is not None:
        return "undo.done"
    if run.undo_asked_at is not None:
        return ""
    if run.finished_at is None:
        return "undo.reading"
    if run.started_at < now - UNDO_WITHIN:
        return "undo.late"
    if run.done and not run.parts.exists():
        return "undo.unknown"
    return "" if run.done else "undo.nothing"
