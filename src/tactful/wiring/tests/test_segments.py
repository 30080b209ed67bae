"""From an event to a journey: the client enters a segment, and the journey that begins with it begins."""

import time
from datetime import timedelta

import pytest
from django.db import transaction

from tactful.contacts.actions import create_contact
from tactful.contacts.types import NewContact
from tactful.events.actions import record
from tactful.events.types import NewFact
from tactful.foundation.ids import new_id
from tactful.inbox.actions import spells
from tactful.journeys.models import Enrolment
from tactful.journeys.tests.build import MONDAY
from tactful.journeys.tests.world import make_world
from tactful.journeys.types import END, Delay, SegmentEntry, Wait
from tactful.segments import actions, queries
from tactful.segments.models import SegmentDirty, SegmentMember
from tactful.segments.types import FORMAT
from tactful.testing.log import PATIENCE, unread
from tactful.wiring import reactor
from tactful.wiring.chores import CHORES, run_chore
from tactful.wiring.segments import ALLOWED, moment_at

pytestmark = pytest.mark.usefixtures("committed_db")
OURS = [chore for chore in CHORES if "segment" in chore.name]


def go_round(until: timedelta = timedelta()) -> None:
    """The log is read and our chores are done until nothing more follows."""
    patience = time.monotonic() + PATIENCE
    more = True
    while more:
        more = bool(reactor.run_all(MONDAY + until))
        for chore in OURS:
            assert run_chore(chore, MONDAY + until)
        more = more or unread(reactor.CONSUMERS) or SegmentDirty.objects.exists()
        assert time.monotonic() < patience, "The log is never read to its end."
        time.sleep(0.01)


def live(where: dict[str, object], name: str) -> str:
    new = actions.NewSegment(name, {"format": FORMAT, "where": where})
    row = actions.make_segment(new, allowed=ALLOWED, acting_user=None, moment=moment_at(MONDAY))
    actions.set_live(row.id, True, acting_user=None, now=MONDAY)
    go_round()
    return row.slug


def test_a_journey_begins_when_an_event_makes_a_client_enter() -> None:
    slug = live({"event": "Order Completed", "times": {"at_least": 2}, "in_last_days": 30}, "Regulars")
    make_world(entry=SegmentEntry(slug), goal=None, exits=(), steps=(Wait("rest", END, Delay(days=1)),))
    liv = create_contact(NewContact("Liv Hansen"), acting_user=None, now=MONDAY).id
    record([NewFact("Order Completed", liv, {"total": 100})], now=MONDAY)
    go_round()
    assert not Enrolment.objects.exists()
    record([NewFact("Order Completed", liv, {"total": 200})], now=MONDAY)
    go_round()
    assert list(Enrolment.objects.values_list("contact_id", flat=True)) == [liv]
    assert SegmentMember.objects.running().filter(contact_id=liv).count() == 1
    go_round(timedelta(days=31))
    assert not SegmentMember.objects.running().exists(), "the window has expired"
    assert Enrolment.objects.count() == 1


def test_what_stands_above_is_asked_by_its_description() -> None:
    talking = live({"conversation": "open"}, "Talking")
    liv = create_contact(NewContact("Liv Hansen"), acting_user=None, now=MONDAY).id
    spells.begin(spells.NewTalk(liv, "conversation", new_id()), now=MONDAY)
    go_round()
    assert queries.segments_of(liv) == [(talking, "Talking", MONDAY)]
    with transaction.atomic():
        spells.end(liv, ["conversation"], acting_user=None, now=MONDAY)
    go_round()
    assert queries.segments_of(liv) == []
