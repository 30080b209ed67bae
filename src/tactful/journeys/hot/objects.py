"""What events tell of objects, kept as intervals: what was known at any moment can be asked again."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db.models import Max, Q

from tactful.contacts.actions import bump_gate
from tactful.events.types import Fact
from tactful.journeys.models import ObjectFact
from tactful.journeys.rules.dates import CANCELLED, object_fields, told_object

Named = tuple[str, str]  # kind, key
MOST_KEY, MOST_FIELD = 80, 80


def take_in(facts: Sequence[Fact]) -> None:
    """In the transaction that reads the log, before anybody asks for these dates. What the gate has cleared
    by what was known of them meets it again. The contacts come first, as everywhere."""
    told = [(found, fact) for fact in facts if (found := told_object(fact.name, fact.data)) is not None]
    if not told:
        return
    bump_gate({fact.contact_id for _, fact in told if fact.contact_id is not None})
    named = {(kind, key) for (kind, key, _), _ in told if _ours(kind, key)}
    running, over = _running(named), _over(named)
    fresh: list[ObjectFact] = []
    ended: dict[int, ObjectFact] = {}
    for (kind, key, verb), fact in told:
        if _ours(kind, key):
            known = running[kind, key]
            said = {} if verb == CANCELLED else dict(object_fields(kind, fact.data))
            closing = list(known) if verb == CANCELLED else [name for name in said if name in known]
            _end(known, closing, said, fact, ended)
            ends = over[kind, key]
            if verb == CANCELLED:  # once more: it counts from now on
                again = [name for name, end in ends.items() if name not in known and end < _since(fact)]
                fresh += [_still_over((kind, key), name, fact) for name in again]
                closing += again
            ends |= {name: _since(fact) for name in closing if name not in known}
            late = [name for name, end in ends.items() if end > _since(fact)]
            fresh += _begin(known, (kind, key), {n: v for n, v in said.items() if n not in late}, fact)
    new = {row.id for row in fresh}
    ObjectFact.objects.bulk_create(fresh)
    ObjectFact.objects.bulk_update(
        [row for row in ended.values() if row.id not in new], ["to_at", "end_recorded_at"]
    )


def values_at(named: Collection[Named], at: datetime) -> dict[Named, tuple[int | None, dict[str, Any]]]:
    """Contact and fields of each object that was ever told of; no fields when it is off."""
    if not named:
        return {}
    found: dict[Named, tuple[int | None, dict[str, Any]]] = {}
    rows = ObjectFact.objects.filter(_among(named))
    for kind, key, contact in rows.values_list("kind", "key", "contact_id").distinct():
        found[kind, key] = (contact, {})
    for row in rows.at(at):
        found[row.kind, row.key][1][row.field] = row.value
    return found


def between(kind: str, since: datetime, until: datetime) -> dict[int, list[str]]:
    """By contact, the keys of the objects of this kind of which anything was known in a stretch of time."""
    found: dict[int, list[str]] = defaultdict(list)
    rows = ObjectFact.objects.filter(kind=kind, contact_id__isnull=False, recorded_at__lte=until)
    rows = rows.filter(Q(to_at=None) | Q(to_at__gt=since) | Q(end_recorded_at__gt=since))
    for contact, key in rows.values_list("contact_id", "key").distinct().order_by("contact_id", "key"):
        found[contact].append(key)
    return found


def pasts(named: Collection[Named]) -> dict[Named, list[ObjectFact]]:
    """All that was ever known of these objects, the oldest first."""
    found: dict[Named, list[ObjectFact]] = defaultdict(list)
    if named:
        for row in ObjectFact.objects.filter(_among(named)).order_by("from_at", "id"):
            found[row.kind, row.key].append(row)
    return found


def _ours(kind: str, key: str) -> bool:
    return len(kind) <= 40 and len(key) <= MOST_KEY


def _running(named: Collection[Named]) -> defaultdict[Named, dict[str, ObjectFact]]:
    found: defaultdict[Named, dict[str, ObjectFact]] = defaultdict(dict)
    if named:
        for row in ObjectFact.objects.running().filter(_among(named)).select_for_update().order_by("id"):
            found[row.kind, row.key][row.field] = row
    return found


def _over(named: Collection[Named]) -> defaultdict[Named, dict[str, datetime]]:
    """Up to when each field had a value that has ended: an older word, read only now, revives nothing."""
    found: defaultdict[Named, dict[str, datetime]] = defaultdict(dict)
    if named:
        rows = ObjectFact.objects.filter(_among(named), to_at__isnull=False)
        ends = rows.values_list("kind", "key", "field").annotate(end=Max("to_at")).order_by()
        for kind, key, field, end in ends:
            found[kind, key][field] = end
    return found


def _among(named: Iterable[Named]) -> Q:
    by_kind: dict[str, list[str]] = defaultdict(list)
    for kind, key in sorted(named):
        by_kind[kind].append(key)
    asked = Q(pk__in=())
    for kind, keys in by_kind.items():
        asked |= Q(kind=kind, key__in=keys)
    return asked


def _end(
    known: dict[str, ObjectFact],
    closing: list[str],
    said: dict[str, Any],
    fact: Fact,
    ended: dict[int, ObjectFact],
) -> None:
    """What was said later than this fact happened stays. What is said again holds from now on by this word,
    so that none which is older than it and comes later has a say."""
    for name in closing:
        row, since = known[name], _since(fact)
        again = name in said and said[name] == row.value
        if row.from_at < since or (row.from_at == since and not again):
            row.to_at, row.end_recorded_at = since, fact.recorded_at
            ended[row.id] = known.pop(name)


def _still_over(named: Named, field: str, fact: Fact) -> ObjectFact:
    """A row that holds at no moment, for the next batch to read up to when this is called off."""
    row = _row(named, field, None, fact)
    row.to_at, row.end_recorded_at = _since(fact), fact.recorded_at
    return row


def _begin(
    known: dict[str, ObjectFact], named: Named, said: dict[str, Any], fact: Fact
) -> Iterable[ObjectFact]:
    for name, value in said.items():
        if name in known or len(name) > MOST_FIELD:
            continue  # the same value, or one that is newer than this fact
        known[name] = _row(named, name, value, fact)
        yield known[name]


def _row(named: Named, field: str, value: Any, fact: Fact) -> ObjectFact:
    return ObjectFact(
        kind=named[0],
        key=named[1],
        field=field,
        value=value,
        contact_id=fact.contact_id,
        from_at=_since(fact),
        recorded_at=fact.recorded_at,
    )


def _since(fact: Fact) -> datetime:
    """A clock of another house may run ahead of ours."""
    return min(fact.ts, fact.recorded_at)
