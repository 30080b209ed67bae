"""Making and changing segments, and keeping those that are live."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import transaction
from django.db.models import F, Q
from django.utils.text import slugify
from django.utils.translation import gettext as _

from tactful.events.actions import record
from tactful.events.types import Fact, NewFact
from tactful.foundation.actions import record_audit
from tactful.segments.hot import asking, members
from tactful.segments.hot.members import Difference
from tactful.segments.models import Segment, SegmentMember
from tactful.segments.rules.problems import SegmentError
from tactful.segments.rules.reading import read
from tactful.segments.rules.walking import ALWAYS_HEARD, interest, leaves, unfold
from tactful.segments.sentences import problem_sentence
from tactful.segments.stored import Stored, dependants, library, stored, together
from tactful.segments.types import Allowed, Moment, Node, Value

ENTERED: Final = "segment.entered"
LEFT: Final = "segment.left"
AT_ONCE: Final = 1_000  # changed clients looked at in one go
BATCHES: Final = 10  # such goes in one run
TIMED: Final = timedelta(minutes=5)
QUIET: Final = timedelta(hours=1)
RESERVED: Final = frozenset({"new", "preview"})  # addresses of pages
NORDIC: Final = str.maketrans({"æ": "ae", "ø": "o", "å": "a", "Æ": "ae", "Ø": "o", "Å": "a"})


class SegmentRefused(ValueError):
    """What was asked cannot be done; the sentence says why and what to do."""


@dataclass(frozen=True, slots=True)
class NewSegment:
    """``document``: as ``schema.json`` says."""

    name: str
    document: dict[str, Any]


@transaction.atomic
def make_segment(new: NewSegment, *, allowed: Allowed, acting_user: int | None, moment: Moment) -> Segment:
    """Raises ``SegmentRefused``. Its slug comes of its name and stays."""
    slug = _free_slug(new.name)
    tree = _checked(new, slug, allowed)
    row = Segment.objects.create(
        slug=slug,
        name=new.name.strip(),
        document=new.document,
        created_at=moment.now,
        changed_at=moment.now,
        by=acting_user,
        by_time=interest(tree, allowed).by_time,
        size=asking.count(tree, allowed, moment),
        counted_at=moment.now,
    )
    _tell("segment.made", row, acting_user, moment.now, document=new.document)
    return row


@transaction.atomic
def change_segment(
    segment_id: int, new: NewSegment, *, allowed: Allowed, acting_user: int | None, moment: Moment
) -> Segment:
    """Raises ``SegmentRefused``. Whom the new definition lets in or out neither enters nor leaves: nothing
    has happened to them. Their stays begin and end without a fact."""
    row = Segment.objects.select_for_update().get(id=segment_id)
    tree = _checked(new, row.slug, allowed)
    row.name, row.document, row.changed_at = new.name.strip(), new.document, moment.now
    row.by_time, row.checked_at = interest(tree, allowed).by_time, None
    row.size, row.counted_at = asking.count(tree, allowed, moment), moment.now
    row.save()
    asking_it = dependants(row.slug, library(allowed))
    Segment.objects.filter(slug__in=asking_it).update(checked_at=None)
    _tell("segment.changed", row, acting_user, moment.now, document=new.document)
    return row


@transaction.atomic
def remove_segment(segment_id: int, *, allowed: Allowed, acting_user: int | None, now: datetime) -> None:
    """With all that is known of its members. Raises ``SegmentRefused`` while another segment asks it."""
    row = Segment.objects.select_for_update().get(id=segment_id)
    using = sorted(dependants(row.slug, library(allowed)))
    if using:
        names = Segment.objects.filter(slug__in=using).order_by("name").values_list("name", flat=True)
        raise SegmentRefused(_("“%(name)s” asks this segment. Change that one first.") % {"name": names[0]})
    _tell("segment.removed", row, acting_user, now)
    row.delete()


@transaction.atomic
def set_live(segment_id: int, live: bool, *, acting_user: int | None, now: datetime) -> Segment:
    """Kept up to date from now on, or no longer. Who is in it already does not enter: nothing happened."""
    row = Segment.objects.select_for_update().get(id=segment_id)
    if (row.live_since is not None) is live:
        return row
    row.live_since, row.checked_at = (now if live else None), None
    row.save(update_fields=["live_since", "checked_at"])
    if not live:
        SegmentMember.objects.running().filter(segment=row).update(to_at=now, end_recorded_at=now)
    _tell("segment.kept" if live else "segment.let_go", row, acting_user, now)
    return row


def heard(allowed: Allowed) -> frozenset[str]:
    """Names of the facts after which somebody may come into a live segment or leave it; none if none is."""
    live = _kept(Segment.objects.filter(live_since__isnull=False), allowed)
    return together(live, allowed).facts | ALWAYS_HEARD if live else frozenset()


def hear(facts: Sequence[Fact], *, allowed: Allowed) -> None:
    """Contacts about whom something was said that a live segment asks for come into the queue."""
    names = heard(allowed)
    ids = {fact.contact_id for fact in facts if fact.contact_id is not None and fact.name in names}
    if ids:
        members.soil(sorted(ids))


def asked_values(kind: str, *, allowed: Allowed) -> frozenset[str]:
    """Names of the values of a kind (``types.ValueLeaf``) that live segments ask for."""
    live = _kept(Segment.objects.filter(live_since__isnull=False), allowed)
    asked = (leaf for each in live for leaf in leaves(each.unfolded))
    return frozenset(leaf.name for leaf in asked if isinstance(leaf, Value) and leaf.kind == kind)


def look_again(contact_ids: Sequence[int]) -> None:
    """Clients whose values have changed come into the queue."""
    members.soil(contact_ids)


@transaction.atomic
def refresh_dirty(*, allowed: Allowed, moment: Moment) -> int:
    """Every live segment once more for the contacts of the queue. Answers how many contacts it were.

    A segment whose members have not been gone through yet is left out: ``refresh_due`` does it, silently.
    """
    looked_at = 0
    for _batch in range(BATCHES):
        ids = members.take_dirty(AT_ONCE)
        if not ids:
            break
        looked_at += len(ids)
        reevaluate(ids, allowed=allowed, moment=moment)
    return looked_at


@transaction.atomic
def reevaluate(ids: Sequence[int], *, allowed: Allowed, moment: Moment) -> None:
    """These contacts against every live segment, all in one statement."""
    rows = Segment.objects.filter(live_since__isnull=False, checked_at__isnull=False)
    live = _kept(rows.select_for_update().order_by("id"), allowed)
    inside = asking.among([each.unfolded for each in live], allowed, moment, ids) if live else []
    before = members.running([each.row.id for each in live], ids)
    found = {
        each.row.id: _between(before[each.row.id], now_in) for each, now_in in zip(live, inside, strict=True)
    }
    written = members.write_all(found, moment.now)
    facts = [fact for each in live for fact in _facts(each.row.slug, written[each.row.id])]
    record(facts, now=moment.now)


def _between(was_in: set[int], now_in: set[int]) -> Difference:
    return Difference(tuple(sorted(now_in - was_in)), tuple(sorted(was_in - now_in)))


@transaction.atomic
def refresh_due(*, allowed: Allowed, moment: Moment) -> str:
    """The live segment that waits longest for a look at all contacts, if one is due: windows expire although
    nothing happens. Answers its slug, or ""."""
    late = Q(by_time=True, checked_at__lt=moment.now - TIMED) | Q(checked_at__lt=moment.now - QUIET)
    due = Segment.objects.filter(Q(checked_at__isnull=True) | late, live_since__isnull=False)
    row = due.select_for_update(skip_locked=True).order_by(F("checked_at").asc(nulls_first=True)).first()
    if row is None:
        return ""
    silent, row.checked_at = row.checked_at is None, moment.now
    row.save(update_fields=["checked_at"])
    for each in _kept([row], allowed):
        compiled = asking.compiled(each.unfolded, allowed, moment, vouched=True)
        found = members.write(row.id, members.difference(row.id, compiled), moment.now)
        record([] if silent else _facts(row.slug, found), now=moment.now)
    return row.slug


@transaction.atomic
def recount_due(*, allowed: Allowed, moment: Moment) -> None:
    """The size of the segment that was counted longest ago, for the list; live ones know theirs."""
    stale = Segment.objects.filter(live_since__isnull=True, counted_at__lt=moment.now - QUIET)
    row = stale.select_for_update(skip_locked=True).order_by("counted_at").first()
    for each in _kept([row] if row else [], allowed):
        each.row.size = asking.count(each.unfolded, allowed, moment)
    if row is not None:
        row.counted_at = moment.now
        row.save(update_fields=["size", "counted_at"])


def _kept(rows: Any, allowed: Allowed) -> list[Stored]:
    rows = list(rows)
    known = library(allowed) if rows else {}
    return [found for row in rows if (found := stored(row, allowed, known)) is not None]


def _facts(slug: str, found: Difference) -> list[NewFact]:
    came = [NewFact(ENTERED, ident, {"segment": slug}) for ident in found.entered]
    return came + [NewFact(LEFT, ident, {"segment": slug}) for ident in found.left]


def _checked(new: NewSegment, slug: str, allowed: Allowed) -> Node:
    if not new.name.strip() or len(new.name) > 120 or "\0" in new.name:
        raise SegmentRefused(_("Give the segment a name of at most 120 letters."))
    try:
        tree = read(new.document, allowed)
        return unfold(tree, {**library(allowed), slug: tree})
    except SegmentError as error:
        raise SegmentRefused(problem_sentence(error.problem)) from error


def _free_slug(name: str) -> str:
    wanted = slugify(name.translate(NORDIC))[:50] or "segment"
    taken = RESERVED | {*Segment.objects.filter(slug__startswith=wanted).values_list("slug", flat=True)}
    return next(slug for slug in (wanted, *(f"{wanted}-{n}" for n in range(2, 10_000))) if slug not in taken)


def _tell(verb: str, row: Segment, by: int | None, now: datetime, **body: Any) -> None:
    record([NewFact(verb, None, {"segment": row.slug})], now=now)
    if by is not None:
        record_audit(actor=by, verb=verb, subject=f"segment:{row.id}", now=now, body=body)
