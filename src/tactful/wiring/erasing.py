"""A client is erased: from every table and file of the house, at once or not at all (R75, R76).

In this order, each part complete before the next begins, so that a kill at any point leaves what the worker
goes on from:

1. it is asked for: from this commit on nothing goes to them and nothing of them comes in;
2. a line in the journal of erasures, on the disk;
3. one transaction over all tables (``erasing_steps``), as soon as no mail to them is on the wire;
4. their files;
5. a little later, once more over the tables, for what was being written while they went.
"""

import logging
from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, Final

from django.db import transaction

from tactful.contacts import actions as contacts
from tactful.contacts.actions import ErasureWish, erasing
from tactful.contacts.actions.importing import let_go_of_files_about
from tactful.contacts.queries.erasing import (
    CALENDAR,
    TRACKED,
    Erasure,
    Place,
    erasure,
    erasures,
    running_erasures,
)
from tactful.foundation import files, pg
from tactful.wiring import erasure_journal
from tactful.wiring.erasing_steps import STEPS, Emptied, Gone, Stays, Step
from tactful.wiring.personal_copy import asked_of
from tactful.wiring.personal_data import SECTIONS

logger = logging.getLogger(__name__)

SWEPT_AFTER: Final = timedelta(minutes=2)
SHORTEST_NEEDLE: Final = 6
HELD: Final = {each.table: each.of for section in SECTIONS for each in section.tables}
FILES: Final = ("entry_file", "received_file")

_OWN = "SELECT kind, value, shown FROM identity WHERE contact_id = %s"
_NAME = "SELECT name, company_id, household_id FROM contact WHERE id = %s"
_FIRMS = """SELECT kind, (value #>> '{}')::bigint FROM contact_spell
    WHERE contact_id = %(contact)s AND kind IN ('company', 'household') AND jsonb_typeof(value) = 'number'
    UNION ALL SELECT 'company', (value ->> 'company')::bigint FROM contact_spell
    WHERE contact_id = %(contact)s AND kind = 'began' AND jsonb_typeof(value -> 'company') = 'number'"""
_KEYS = """SELECT key FROM object_fact WHERE contact_id = %(contact)s
    UNION SELECT key FROM calendar_appointment WHERE contact_id = %(contact)s"""
_UIDS = "SELECT feed_id, uid FROM calendar_appointment WHERE contact_id = %s"
_DEVICES = "SELECT value FROM visitor WHERE id = ANY(%s::bigint[])"
_LOCK = "SELECT id FROM contact WHERE id = ANY(%s::bigint[]) ORDER BY id FOR UPDATE"
_WALKS = "SELECT id FROM enrolment WHERE contact_id = ANY(%s::bigint[]) ORDER BY id FOR UPDATE"
_ON_THE_WIRE = (
    "SELECT EXISTS (SELECT FROM dispatch WHERE contact_id = ANY(%s::bigint[]) AND state = 'handoff')"
)
_SEALS = f"""SELECT t.sealed_order, t.seal FROM consent_receipt t WHERE {HELD["consent_receipt"]}
    AND t.wording || t.source <> '' ORDER BY t.id FOR UPDATE"""  # noqa: S608 - our own
_USED = """SELECT stored FROM entry_file WHERE stored = ANY(%(files)s::text[])
    UNION SELECT stored FROM received_file WHERE stored = ANY(%(files)s::text[])"""


@dataclass(frozen=True, slots=True)
class Weight:
    """What goes and what stays, for who is asked to confirm it."""

    words: int
    messages: int
    planned: int
    files: int
    documents: int
    consents: int
    merged: int


@transaction.atomic
def ask(wish: ErasureWish, *, acting_user: int | None, now: datetime) -> Erasure:
    """Begin; once this is committed it is carried out at once, and by the worker if that fails."""
    row = contacts.ask_erasure(wish, _places(wish.contact_id), acting_user=acting_user, now=now)
    transaction.on_commit(partial(carry_on, row.id, now), robust=True)
    return row


def carry_on(erasure_id: int, now: datetime, *, alone: bool = False) -> bool:
    """As far as it goes now. ``alone``: nobody else is at the database, so nothing is on the wire. Answers
    whether database and files hold nothing more of them."""
    for _part in range(2):
        with transaction.atomic():
            row = erasing.running(erasure_id)
            if row is not None:
                _next(row, now, alone)
    found = erasure(erasure_id)
    return found is not None and found.wiped_at is not None and not found.files


def continue_erasures(now: datetime) -> int:
    """Whatever has begun and is not done; one that fails stops no other. Answers how many."""
    waiting = running_erasures()
    for ident in waiting:
        try:
            with transaction.atomic():
                row = erasing.running(ident)
                if row is not None:
                    _next(row, now, alone=False)
        except Exception:
            logger.exception("Erasure %s could not go on. It is tried again.", ident)
    return len(waiting)


def keep_journal(_now: datetime) -> int:
    """The journal beside the backups has every erasure that the house knows of."""
    return erasure_journal.bring_after(row for row in erasures(100_000) if row.wiped_at is not None)


def let_in_again(address: str, *, region: str, acting_user: int, now: datetime) -> None:
    """Raises ``ContactError``."""
    with transaction.atomic():
        marks = contacts.let_in_again(address, region=region, acting_user=acting_user, now=now)
        erasure_journal.keep_lifting(marks, now)


def replay(folder: Path, now: datetime) -> int:
    """After a restore, before anybody looks in or anything is sent: who was erased after the backup is erased
    again. Answers how many."""
    journal = erasure_journal.read_from(folder)
    let_in = journal.let_in()
    again = [each.id for each in journal.erased if erasing.erase_again(each, let_in, now=now)]
    for ident in (*again, *running_erasures()):
        carry_on(ident, now, alone=True)
    erasing.lift_again(let_in, now=now)
    if again:
        erasing.take_away_shut()
    erasure_journal.take_over(folder)
    keep_journal(now)
    return len(again)


def weight(contact_id: int) -> Weight:
    """Counted as the rows are now."""
    asked = _asked(contact_id, contact_id, None)

    def count(table: str, more: str = "true") -> int:
        query = f'SELECT count(*) FROM "{table}" t WHERE ({HELD[table]}) AND {more}'  # noqa: S608 - constants
        return int((pg.one(query, asked) or (0,))[0])

    return Weight(
        words=count("entry"),
        messages=count("dispatch", "t.state = 'sent'"),
        planned=count("dispatch", "t.state IN ('queued', 'held', 'claimed')"),
        files=count("entry_file") + count("received_file", "t.entry_file_id IS NULL"),
        documents=count("engagement"),
        consents=count("consent_receipt"),
        merged=count("contact_merge", "t.undone_at IS NULL"),
    )


def _next(row: Erasure, now: datetime, alone: bool) -> None:
    if row.wiped_at is None:
        pg.many(_LOCK, [pg.numbers(row.contacts)])
        pg.many(_WALKS, [pg.numbers(row.contacts)])
        if alone or not (pg.one(_ON_THE_WIRE, [pg.numbers(row.contacts)]) or (False,))[0]:
            erasure_journal.keep(row)
            _wipe(row, now)
    elif row.files:
        for stored in row.files:
            with suppress(FileNotFoundError):  # a name that we have never made
                files.discard(stored)
        erasing.files_gone(row)
    elif now - row.wiped_at >= SWEPT_AFTER:
        erasing.name_erasure(row.id)
        for contact in row.contacts:
            _through(_asked(contact, contact, now))
        erasing.swept(row, now=now)


def _wipe(row: Erasure, now: datetime) -> None:
    erasing.name_erasure(row.id)
    kept = row.contacts[0]
    asked = _asked(kept, kept, now)
    stored: set[str] = set(let_go_of_files_about(asked["texts"]))
    counts: Counter[str] = Counter()
    receipts: dict[str, str] = {}
    for contact in row.contacts:
        own = asked | {"contact": contact}
        stored |= _files(own)
        sealed = pg.many(_SEALS, own)
        receipts |= {str(order): bytes(seal).hex() for order, seal in sealed if order is not None}
    for contact in row.contacts:
        counts += _through(asked | {"contact": contact})
    used = {name for (name,) in pg.many(_USED, {"files": pg.texts(stored)})}
    erasing.wiped(row, counts, receipts, sorted(stored - used), now=now)


def _files(asked: Mapping[str, Any]) -> set[str]:
    found: set[str] = set()
    for table in FILES:
        query = f'SELECT t.stored FROM "{table}" t WHERE {HELD[table]}'  # noqa: S608 - constants
        found |= {stored for (stored,) in pg.many(query, asked) if stored}
    return found


def _through(asked: Mapping[str, Any]) -> Counter[str]:
    counts: Counter[str] = Counter()
    for step in STEPS:
        query = statement(step)
        done = pg.run(query, asked) if query else 0
        counts[step.table] += max(done, 0)
    return +counts


def statement(step: Step) -> str:
    """Its SQL; "" for what stays as it is."""
    if isinstance(step, Stays) or (isinstance(step, Emptied) and not step.sets):
        return ""
    own = step.of or HELD[step.table]
    where = f"({own}) OR ({step.also})" if step.also else own
    if isinstance(step, Gone):
        return f'DELETE FROM "{step.table}" t WHERE {where}'  # noqa: S608 - constants
    sets = ", ".join(f'"{column}" = {value}' for column, value in step.sets.items())
    return f'UPDATE "{step.table}" t SET {sets} WHERE {where}'  # noqa: S608 - constants


def _asked(contact: int, of: int, now: datetime | None) -> dict[str, Any]:
    """``of``: whose addresses and names are looked for. ``texts``: those, as they are."""
    own = pg.many(_OWN, [of])
    texts = {text.lower() for _kind, value, shown in own for text in (value, shown)}
    texts = {text for text in texts if len(text) >= SHORTEST_NEEDLE}
    name, company, household = pg.one(_NAME, [of]) or ("", None, None)
    among = {"company": {company}, "household": {household}}
    for kind, ident in pg.many(_FIRMS, {"contact": of}):
        among[kind].add(ident)
    asked = asked_of(of)
    return asked | {
        "contact": contact,
        "now": now,
        "texts": sorted(texts),
        "needles": pg.texts(sorted(texts)),
        "named": pg.texts(name.lower().split()),
        "keys": pg.texts(key for (key,) in pg.many(_KEYS, asked)),
        "firms": pg.numbers(each for each in among["company"] if each),
        "households": pg.numbers(each for each in among["household"] if each),
    }


def _places(contact_id: int) -> list[Place]:
    """Beside their addresses, what else would let them in again."""
    asked = asked_of(contact_id)
    ids = [row[0] for row in pg.many("SELECT unnest(%(users)s::text[])", asked)]
    ids += [row[0] for row in pg.many(_DEVICES, [asked["visitors"]])]
    uids = [f"{feed}\n{uid}" for feed, uid in pg.many(_UIDS, [contact_id])]
    return [*((TRACKED, each) for each in ids if each), *((CALENDAR, each) for each in uids)]
