"""The tally says what the log says, of everybody whom it does not name as untallied, in any order."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tactful.events.actions import record, tally_moved, tally_new
from tactful.events.feed import Span
from tactful.events.hot import tallies
from tactful.events.models import Event, EventTally, EventUntallied
from tactful.events.types import LANES, MARK, UNVERIFIED, NewFact
from tactful.foundation import pg
from tactful.testing.log import read_to_the_end

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
CONTACTS = (1, 2, 9, 10)  # two of them share a lane
ASIDE = {MARK: {UNVERIFIED: True}}

facts = st.builds(
    lambda name, contact, hours, vouched: NewFact(
        name, contact, {} if vouched else ASIDE, NOW + timedelta(hours=hours)
    ),
    st.sampled_from(("bought", "looked")),
    st.one_of(st.none(), st.sampled_from(CONTACTS)),
    st.sampled_from((-40, -1, 0, 3)),
    st.booleans(),
)
contacts = st.sampled_from(CONTACTS)
acts = st.one_of(
    st.tuples(st.just("tell"), st.lists(facts, min_size=1, max_size=4)),
    st.tuples(st.just("read"), st.sampled_from(range(LANES)), st.integers(1, 4)),
    st.tuples(st.just("merge"), contacts, contacts),
    st.tuples(st.just("place"), contacts, contacts),
    st.tuples(st.just("remove"), contacts),
    st.tuples(st.just("mend")),
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(done=st.lists(acts, min_size=1, max_size=14))
def test_what_is_tallied_is_what_the_log_says(db: None, done: list[tuple[Any, ...]]) -> None:
    with transaction.atomic():
        for act, *given_with in done:
            _ACTS[act](*given_with)
            _is_right(NOW)
            _is_right(NOW + timedelta(hours=5))
        tally_moved(NOW + timedelta(hours=5))
        for lane in range(LANES):
            _read(lane, 1_000)
        untallied = _is_right(NOW + timedelta(hours=5))
        assert untallied == set()
        transaction.set_rollback(True)


def _tell(told: list[NewFact]) -> None:
    record(told, now=NOW)


def _read(lane: int, limit: int) -> None:
    """As the consumer does, which reads nothing of a transaction that is still open."""
    cursor = pg.one("SELECT xid, event_id FROM reactor_cursor WHERE consumer = 'tally' AND lane = %s", [lane])
    after = cursor[1] if cursor else 0
    ids = list(
        Event.objects.filter(lane=lane, id__gt=after).order_by("id").values_list("id", flat=True)[:limit]
    )
    if ids:
        (xid,) = pg.one("SELECT pg_current_xact_id()::text::bigint") or (0,)
        params: dict[str, object] = {"lane": lane, "xid": str(cursor[0] if cursor else 0), "id": after}
        tallies.count_span(Span(lane, xid, ids[-1], params | {"to_xid": str(xid), "to_id": ids[-1]}), NOW)


def _merge(gone: int, kept: int) -> None:
    """The lane stays."""
    Event.objects.filter(contact_id=gone).update(contact_id=kept)


def _place(old: int, new: int) -> None:
    """The lane goes with the contact."""
    Event.objects.filter(contact_id=old, name="looked").update(contact_id=new, lane=new % LANES)


def _remove(contact: int) -> None:
    Event.objects.filter(contact_id=contact).delete()


_ACTS: dict[str, Any] = {
    "tell": _tell,
    "read": _read,
    "merge": _merge,
    "place": _place,
    "remove": _remove,
    "mend": lambda: tally_moved(NOW),
}


def _is_right(now: datetime) -> set[int]:
    untallied = set(tallies.untallied(now) or ())
    happened: Counter[tuple[str, int | None]] = Counter()
    vouched: Counter[tuple[str, int | None]] = Counter()
    for name, contact, data in Event.objects.filter(contact_id__isnull=False, ts__lte=now).values_list(
        "name", "contact_id", "data"
    ):
        happened[name, contact] += 1
        vouched[name, contact] += MARK not in data
    rows = [row for row in EventTally.objects.all() if row.contact_id not in untallied]
    known = {place: n for place, n in happened.items() if place[1] not in untallied}
    assert {(row.name, row.contact_id): row.n for row in rows} == known
    assert {(row.name, row.contact_id): row.vouched for row in rows} == {at: vouched[at] for at in known}
    return untallied


def test_too_many_are_nobody(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tallies, "MOST_UNTALLIED", 2)
    _tell([NewFact("bought", contact) for contact in (1, 2)])
    assert tallies.untallied(NOW) == [1, 2]
    _tell([NewFact("bought", 3)])
    assert tallies.untallied(NOW) is None


def test_the_consumer_reads_what_is_committed_once(committed_db: None) -> None:
    _tell([NewFact("bought", 1), NewFact("bought", 1, ASIDE), NewFact("looked", 2), NewFact("late", None)])
    read_to_the_end([tallies.CONSUMER], partial(tally_new, NOW))
    rows = EventTally.objects.order_by("name").values_list("name", "contact_id", "n", "vouched")
    assert list(rows) == [("bought", 1, 2, 1), ("looked", 2, 1, 1)]
    assert tallies.untallied(NOW) == []
    _merge(1, 2)
    assert tallies.untallied(NOW) == [1, 2]
    read_to_the_end([tallies.CONSUMER], partial(tally_new, NOW))
    rows = EventTally.objects.order_by("name").values_list("name", "contact_id", "n", "vouched")
    assert list(rows) == [("bought", 2, 2, 1), ("looked", 2, 1, 1)]
    assert not EventUntallied.objects.exists()
