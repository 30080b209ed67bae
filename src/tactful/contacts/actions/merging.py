"""Two contacts become one, by a person's word; and two again, row by row as it was.

What the floors above hold of a contact comes as ``holdings`` (``wiring.holdings``): nothing here knows them.
"""

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.utils.translation import gettext as _

from tactful.contacts.hot.ledger import Ledger, take_back, take_back_contact
from tactful.contacts.models import Contact, ContactMerge
from tactful.contacts.queries.merging import COLUMNS, places_of, sides
from tactful.contacts.rules.holdings import Add, Change, Holding, Remove
from tactful.contacts.rules.merging import MergePlan, Side, plan_merge
from tactful.contacts.types import BEGAN
from tactful.events.actions import record
from tactful.events.types import NewFact
from tactful.foundation import pg
from tactful.foundation.ids import new_id, new_ids

from ._writing import bump_gate, refresh_search, tell
from .people import ContactError

_NOW = "%(now)s::timestamptz"
_OF_IDS = "t.id = ANY(%(ids)s::bigint[])"
_END = {"to_at": _NOW, "end_recorded_at": _NOW}
_DEMOTE = Change("identity", {"is_primary": "false"}, _OF_IDS)
_END_SPELLS = Change("contact_spell", _END, _OF_IDS)
_END_BASIS = Change("basis_spell", _END, _OF_IDS)
_JOIN = Change("contact_spell", {"value": "%(value)s::jsonb"}, "t.id = %(id)s")
_BEGIN = Add(
    "contact_spell",
    ("id", "contact_id", "kind", "key", "value", "from_at", "recorded_at"),
    f"SELECT %(id)s::bigint, %(kept)s, '{BEGAN}', '', %(value)s::jsonb, {_NOW}, {_NOW}",
    ("id",),
)
_WRITE = Change(
    "contact",
    {name: f'(jsonb_populate_record(t, %(values)s::jsonb))."{name}"' for name in (*COLUMNS, "attributes")},
    "t.id = %(kept)s",
)
_SHUT = Add(
    "suppression",
    ("id", "from_at", "recorded_at", "channel", "address_hash", "contact_id", "reason", "scope", "detail"),
    f"""SELECT new.id, {_NOW}, {_NOW}, new.channel, new.address, %(kept)s, new.reason, new.scope, ''
    FROM unnest(%(ids)s::bigint[], %(channels)s::text[], %(addresses)s::bytea[], %(reasons)s::text[],
        %(scopes)s::text[]) AS new (id, channel, address, reason, scope)
    WHERE NOT EXISTS (SELECT FROM suppression s WHERE s.channel = new.channel AND s.to_at IS NULL
        AND s.address_hash = new.address AND s.scope = new.scope)""",  # noqa: S608 - put together from constants
    ("id",),
)
_IS_PAIR = "t.one = LEAST(%(kept)s, %(gone)s) AND t.other = GREATEST(%(kept)s, %(gone)s)"
_PAIR = "t.verdict <> 'merged' AND %(gone)s IN (t.one, t.other)"
_PARTNER = "(CASE WHEN {0}.one = %(gone)s THEN {0}.other ELSE {0}.one END)"
_TO = "{0} = LEAST(%(kept)s, {2}) AND {1} = GREATEST(%(kept)s, {2})"
_SAME_PAIR = _TO.format("k.one", "k.other", _PARTNER.format("t"))
_PAIRS = (
    Change(
        "duplicate_pair",
        {"verdict": "'merged'", "decided_at": _NOW, "decided_by": "%(by)s::bigint"},
        f"{_IS_PAIR} AND t.verdict = ''",
    ),
    # Whoever was told apart from the one who goes is told apart from the kept one.
    Change(
        "duplicate_pair",
        {"verdict": "g.verdict", "decided_at": "g.decided_at", "decided_by": "g.decided_by"},
        "t.verdict = '' AND g.verdict = 'different'",
        beside=f"""JOIN duplicate_pair g ON %(gone)s IN (g.one, g.other) AND g.reason = t.reason
            AND {_TO.format("t.one", "t.other", _PARTNER.format("g"))}""",
    ),
    Remove(
        "duplicate_pair",
        f"""{_PAIR} AND NOT ({_IS_PAIR}) AND EXISTS (SELECT FROM duplicate_pair k
            WHERE {_SAME_PAIR} AND k.reason = t.reason)""",
    ),
    Change(
        "duplicate_pair",
        {
            "one": f"LEAST(%(kept)s, {_PARTNER.format('t')})",
            "other": f"GREATEST(%(kept)s, {_PARTNER.format('t')})",
        },
        f"{_PAIR} AND NOT ({_IS_PAIR})",
    ),
)
_GO = Remove("contact", "t.id = %(gone)s")


class MergeError(ContactError):
    """These two cannot become one, or be two again, as things stand; the sentence says why."""


@transaction.atomic
def merge(
    kept_id: int, gone_id: int, holdings: Iterable[Holding], *, acting_user: int, now: datetime
) -> ContactMerge:
    """``gone`` becomes part of ``kept``: everything that named it names the kept one. Raises ``MergeError``.

    Both are locked, so nothing is sent to either meanwhile; afterwards everything that waits for them goes
    through the gate again, for their gate revision is another.
    """
    if kept_id == gone_id:
        raise MergeError(_("This is one client already."))
    gone = {row.id: row for row in _locked(kept_id, gone_id)}[gone_id]
    found = sides((kept_id, gone_id))
    kept_side, gone_side = found[kept_id], found[gone_id]
    plan = plan_merge(kept_side, gone_side)
    row = ContactMerge.objects.create(kept=kept_id, gone=gone_id, shown=gone.name, at=now, by=acting_user)
    ledger = Ledger(row.id, kept_id, gone_id, now)
    _carry_out(plan, kept_side, ledger)
    _extend_wishes(plan, kept_side, gone_side, ledger)
    for step in _PAIRS:
        ledger.take(step, by=acting_user)
    ledger.settle(holdings)
    ledger.take(_GO)
    refresh_search([kept_id])
    bump_gate([kept_id])
    if fields := sorted({*plan.columns, *plan.attributes} - {"sort_key", "given_name"}):
        record([NewFact("contact.updated", kept_id, {"fields": fields})], now=now)
    tell("contact.merged", kept_id, now, acting_user, merge=row.id, gone=gone_id)
    return row


def _locked(*ids: int) -> list[Contact]:
    rows = list(Contact.objects.select_for_update().filter(id__in=ids).order_by("id"))
    if len(rows) < len(ids):
        raise MergeError(_("One of the two is not here any more. Look at the list again."))
    return rows


def _carry_out(plan: MergePlan, kept: Side, ledger: Ledger) -> None:
    """What the plan says of the contact itself, its addresses, spells and grounds."""
    for step, ids in ((_DEMOTE, plan.demoted), (_END_SPELLS, plan.ended), (_END_BASIS, plan.ended_basis)):
        if ids:
            ledger.take(step, ids=pg.numbers(ids))
    for ident, value in plan.joined.items():
        ledger.take(_JOIN, id=ident, value=json.dumps(value, ensure_ascii=False))
    if plan.began is not None:
        ledger.take(_BEGIN, id=new_id(), value=json.dumps(plan.began, ensure_ascii=False))
    if plan.columns or plan.attributes:
        values: dict[str, Any] = {**plan.columns, "attributes": {**kept.attributes, **plan.attributes}}
        ledger.take(_WRITE, values=json.dumps(values, ensure_ascii=False, cls=_Exact))


class _Exact(DjangoJSONEncoder):
    """Django's own cuts moments off at milliseconds."""

    def default(self, o: Any) -> Any:
        return o.isoformat() if isinstance(o, datetime) else super().default(o)


def _extend_wishes(plan: MergePlan, kept: Side, gone: Side, ledger: Ledger) -> None:
    """Who has said "not to this address" has said it of all addresses of one person on that channel."""
    places = places_of((*kept.addresses, *gone.addresses))
    wanted = [
        (channel, digest, reason, scope)
        for channel, scope, reason in plan.wishes
        for own, _address, digest in places
        if own == channel
    ]
    fresh = {
        (channel, digest, scope): (channel, digest, reason, scope)
        for channel, digest, reason, scope in wanted
    }
    if fresh:
        rows = list(fresh.values())
        ledger.take(
            _SHUT,
            ids=pg.numbers(new_ids(len(rows))),
            channels=pg.texts(row[0] for row in rows),
            addresses=pg.bytes_(row[1] for row in rows),
            reasons=pg.texts(row[2] for row in rows),
            scopes=pg.texts(row[3] for row in rows),
        )


@transaction.atomic
def unmerge(merge_id: int, *, acting_user: int, now: datetime) -> tuple[ContactMerge, int]:
    """Two again, each row as it was before. What came in since, and what somebody has changed since, stays
    with the kept one. Answers with the merge and how many rows could not go back, because something new
    stands in their place. Raises ``MergeError``."""
    row = ContactMerge.objects.select_for_update().filter(id=merge_id).first()
    if row is None or row.undone_at is not None:
        raise MergeError(_("This was undone already."))
    _locked_for_undo(row)
    lost = take_back(row.id, left_out={"contact": "changed"})
    take_back_contact(row.id, COLUMNS)
    row.undone_at, row.undone_by = now, acting_user
    row.save(update_fields=["undone_at", "undone_by"])
    both = sorted((row.kept, row.gone))
    refresh_search(both)
    bump_gate(both)
    record([NewFact("contact.unmerged", row.gone, {"merge": row.id, "other": row.kept})], now=now)
    tell("contact.unmerged", row.kept, now, acting_user, merge=row.id, other=row.gone, lost=lost)
    return row, lost


def _locked_for_undo(row: ContactMerge) -> None:
    """The newest is undone first: what it wrote stands on what the ones before it wrote."""
    ours = Contact.objects.select_for_update().filter(id=row.kept).first()
    if ours is None:
        raise MergeError(_("The client has become part of another one since. Undo that first."))
    later = ContactMerge.objects.filter(kept=row.kept, undone_at__isnull=True, id__gt=row.id)
    if newest := later.order_by("-id").first():
        raise MergeError(
            _("%(name)s has become part of this client since. Undo that first.") % {"name": newest.shown}
        )


@transaction.atomic
def follow(holdings: Sequence[Holding], *, since: datetime, now: datetime) -> int:
    """What was being written of a contact while it became part of another comes after it, and is noted with
    the rest. Answers how many merges were looked at."""
    rows = list(ContactMerge.objects.filter(undone_at__isnull=True, at__gte=since).order_by("id"))
    for row in rows:
        if not Contact.objects.select_for_update().filter(id=row.kept).exists():
            continue
        last = row.parts.order_by("-number").values_list("number", flat=True).first() or 0
        ledger = Ledger(row.id, row.kept, row.gone, now, last)
        ledger.settle(holdings)
    return len(rows)
