"""A whole file is taken back: the clients that it made go, unless something has happened with them since, and
the others get back what they had, as far as nobody has written since.

Some thousand clients in a transaction of its own: after a kill the next one goes on where the last one ended.
A "no" that the file brought stays on everybody who stays.
"""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from tactful.contacts.models import (
    BasisSpell,
    ConsentReceipt,
    Contact,
    ContactSpell,
    Identity,
    ImportPart,
    ImportRow,
    ImportRun,
    ImportTouch,
)
from tactful.contacts.queries.undoing import Touched, created_by, touched, undo_trouble, what_holds
from tactful.contacts.rules.undoing import Ties
from tactful.contacts.sentences import sentence
from tactful.contacts.types import Ground, Note
from tactful.events.actions import record
from tactful.events.types import NewFact
from tactful.foundation import pg
from tactful.foundation.actions import record_audit
from tactful.foundation.queries import business_at

from ._writing import bump_gate, refresh_search
from .basis import receipt
from .people import ContactError

AT_A_TIME = 2000
COUNTED = ("removed", "stayed", "clients", "fields", "grounds", "firms")

_WRITE = """
    UPDATE contact SET name = u.name, given_name = u.given_name, sort_key = u.sort_key,
                       language = u.language, company_id = u.company_id, manager_id = u.manager_id,
                       attributes = u.attributes::jsonb
    FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::text[], %s::text[], %s::bigint[], %s::bigint[],
                %s::text[])
         AS u (id, name, given_name, sort_key, language, company_id, manager_id, attributes)
    WHERE contact.id = u.id"""
_LEAD = """UPDATE identity t SET is_primary = true FROM (
    SELECT DISTINCT ON (i.contact_id, i.kind) i.id FROM identity i WHERE i.contact_id = ANY(%(ids)s::bigint[])
        AND NOT EXISTS (SELECT FROM identity p WHERE p.contact_id = i.contact_id AND p.kind = i.kind
            AND p.is_primary)
    ORDER BY i.contact_id, i.kind, i.added_at, i.id) AS first WHERE t.id = first.id"""
_FIRMS_GO = """DELETE FROM company c WHERE c.id = ANY(%(ids)s::bigint[])
    AND NOT EXISTS (SELECT FROM contact p WHERE p.company_id = c.id)
    AND NOT EXISTS (SELECT FROM contact_spell s WHERE s.kind = 'company' AND s.value = to_jsonb(c.id))
    AND NOT EXISTS (SELECT FROM contact_spell s
        WHERE s.kind = 'began' AND s.value -> 'company' = to_jsonb(c.id))"""
_NUMBERS_GO = """UPDATE company c SET org_number = '' FROM import_part p
CROSS JOIN LATERAL jsonb_each_text(p.numbered) AS n (firm, given)
WHERE p.run_id = %(run)s AND c.id = n.firm::bigint AND c.org_number = n.given"""


@transaction.atomic
def ask_undo(run_id: int, *, acting_user: int, now: datetime) -> ImportRun:
    """Have a file taken back; asking again changes nothing. Raises ``ContactError`` where it cannot be."""
    run = ImportRun.objects.select_for_update().get(id=run_id)
    if trouble := undo_trouble(run, now):
        raise ContactError(sentence(Note(trouble)))
    if run.undo_asked_at is None:
        run.undo_asked_at, run.undone_by = now, acting_user
        run.undone = {**dict.fromkeys(COUNTED, 0), "after": 0}
        run.save(update_fields=["undo_asked_at", "undone_by", "undone"])
    return run


@transaction.atomic
def continue_undoing(ties: Ties, *, now: datetime, run_id: int | None = None, size: int = AT_A_TIME) -> bool:
    """The next clients of a file that is being taken back, of the oldest one if none is named. Answers
    whether there was anything to do."""
    waiting = ImportRun.objects.select_for_update(skip_locked=True).exclude(undo_asked_at=None)
    waiting = waiting.filter(undone_at=None, **({} if run_id is None else {"id": run_id}))
    run = waiting.order_by("undo_asked_at", "id").first()
    if run is None:
        return False
    assert run.undone is not None
    if ids := created_by(run.id, after=run.undone["after"], limit=size):
        _remove(run, ids, ties, now)
        run.undone["after"] = ids[-1]
    elif touches := list(run.touches.order_by("-id")[:size]):
        _put_back(run, touches, now)
    else:
        _finish(run, now)
    run.save(update_fields=["undone", "undone_at"])
    return True


def _count(run: ImportRun, **more: int) -> None:
    assert run.undone is not None
    for name, number in more.items():
        run.undone[name] += number


def _remove(run: ImportRun, ids: Sequence[int], ties: Ties, now: datetime) -> None:
    locked = list(
        Contact.objects.select_for_update().filter(id__in=ids).order_by("id").values_list("id", flat=True)
    )
    stays = what_holds(run.id, locked, ties)
    going = [ident for ident in locked if ident not in stays]
    params = {"ids": pg.numbers(going)}
    for table, column in ties.going:
        pg.run(f"DELETE FROM {table} WHERE {column} = ANY(%(ids)s::bigint[])", params)  # noqa: S608 - our own names
    ImportRow.objects.filter(contact_id__in=going).update(contact=None)
    pg.run("DELETE FROM contact WHERE id = ANY(%(ids)s::bigint[])", params)
    record(
        [
            NewFact("contact.removed", None, {"contact_id": str(ident), "import": str(run.id)})
            for ident in going
        ],
        now=now,
    )
    _count(run, removed=len(going), stayed=len(stays))


def _put_back(run: ImportRun, touches: Sequence[ImportTouch], now: datetime) -> None:
    ids = sorted({touch.contact_id for touch in touches})
    list(Contact.objects.select_for_update().filter(id__in=ids).order_by("id").values_list("id"))
    found = touched(run, touches)
    backs = [back for each in found.backs.values() for back in each]
    changed = {owner for owner, each in found.backs.items() if any(back.fields for back in each)}
    changed |= set(found.identities)
    _write({owner: found.states[owner] for owner in sorted(changed)})
    gone = {ident for back in backs for ident in back.removed}
    ContactSpell.objects.filter(id__in=gone).delete()
    again = {ident for back in backs for ident in back.reopened} - gone
    ContactSpell.objects.filter(id__in=again).update(to_at=None, end_recorded_at=None)
    Identity.objects.filter(id__in=[i for each in found.identities.values() for i in each]).delete()
    pg.run(_LEAD, {"ids": pg.numbers(sorted(found.identities))})
    _end_grounds(run, found, now)
    ImportTouch.objects.filter(id__in=[touch.id for touch in touches]).delete()
    heard = sorted(changed | {each.contact_id for each in found.grounds})
    refresh_search(heard)
    bump_gate(heard)
    record([NewFact("contact.updated", owner, {"import_undone": run.id}) for owner in heard], now=now)
    _count(run, clients=len(changed), fields=found.fields, grounds=len(found.grounds))


def _write(states: dict[int, dict[str, Any]]) -> None:
    rows = list(states.values())
    pg.run(
        _WRITE,
        [
            pg.numbers(states),
            *(pg.texts(row[name] for row in rows) for name in ("name", "given_name", "sort_key", "language")),
            pg.numbers(row["company_id"] for row in rows),
            pg.numbers(row["manager_id"] for row in rows),
            pg.texts(json.dumps(row["attributes"], ensure_ascii=False) for row in rows),
        ],
    )


def _end_grounds(run: ImportRun, found: Touched, now: datetime) -> None:
    """They end, and the evidence says why: it is never rewritten, and messages may have rested on them."""
    controller = business_at(now).name
    BasisSpell.objects.filter(id__in=[each.id for each in found.grounds]).update(
        to_at=now, end_recorded_at=now
    )
    ConsentReceipt.objects.bulk_create(
        receipt(
            each.contact_id,
            Ground(each.purpose, each.channel, "taken_back", how="import_undone", source=run.file_name),
            "taken_back",
            controller,
            run.undone_by,
            now,
        )
        for each in found.grounds
    )


def _finish(run: ImportRun, now: datetime) -> None:
    parts = ImportPart.objects.filter(run=run)
    firms = [ident for made in parts.values_list("firms", flat=True) for ident in made]
    gone = pg.run(_FIRMS_GO, {"ids": pg.numbers(firms)})
    numbers = pg.run(_NUMBERS_GO, {"run": run.id})
    _count(run, firms=gone, fields=numbers)
    parts.delete()
    run.undone_at = now
    assert run.undone is not None
    assert run.undone_by is not None
    counts = {name: run.undone[name] for name in COUNTED}
    body = {"counts": counts, "file": run.file_name}
    record_audit(
        actor=run.undone_by, verb="contacts.import_undone", subject=f"import:{run.id}", now=now, body=body
    )
