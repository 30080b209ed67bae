"""The log is read once, in order, by everybody; what fails does not stop the rest."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial
from threading import Event as Signal

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tactful.delivery.models import Message
from tactful.events import feed
from tactful.events.actions import record
from tactful.events.models import Event
from tactful.events.types import Fact, NewFact
from tactful.inbox.models import Task
from tactful.journeys.models import Enrolment
from tactful.journeys.tests.build import MONDAY
from tactful.journeys.tests.world import World, client, make_world
from tactful.testing.log import read_to_the_end
from tactful.testing.threads import together
from tactful.wiring import reactor

pytestmark = pytest.mark.usefixtures("committed_db")
SAID = ("entry_key", "entry_no", "step", "visit", "phase", "due_at", "wait_since", "end_reason")


@pytest.fixture
def world() -> World:
    return make_world()


@pytest.fixture
def seen(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    names: list[str] = []

    def note(facts: Sequence[Fact], now: datetime) -> None:
        names.extend(fact.name for fact in facts)

    monkeypatch.setattr(reactor, "CONSUMERS", {"test": note})
    return names


def tell(name: str, contact: int, ts: datetime = MONDAY, **data: object) -> None:
    record([NewFact(name, contact, data, ts)], now=MONDAY)


def settle() -> None:
    read_to_the_end(reactor.CONSUMERS, partial(reactor.run_all, MONDAY))


def test_what_commits_late_is_not_skipped(seen: list[str]) -> None:
    """The first transaction takes its number before the second and commits after it."""
    written, read = Signal(), Signal()

    def slow() -> None:
        with transaction.atomic():
            tell("slow", 8)
            written.set()
            assert read.wait(30)

    def quick() -> None:
        assert written.wait(30)
        tell("quick", 8)
        assert reactor.run_all(MONDAY) == 0, "nothing after an open transaction may be read yet"
        read.set()

    together(slow, quick)
    settle()
    assert seen == ["slow", "quick"]
    settle()
    assert seen == ["slow", "quick"]


def test_two_reactors_read_each_fact_once(seen: list[str]) -> None:
    names = [f"fact.{number}" for number in range(40)]
    for place, name in enumerate(names):
        tell(name, place)
    together(settle, settle, settle)
    settle()
    assert sorted(seen) == sorted(names)


def test_a_fact_that_cannot_be_taken_in_becomes_a_task_and_the_others_go_on(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    good, bad = 8 * client(), 8 * client()
    move = reactor.move_journeys

    def picky(facts: Sequence[Fact], now: datetime) -> None:
        if any(fact.contact_id == bad for fact in facts):
            raise ValueError("cannot be")
        move(facts, now)

    monkeypatch.setattr(reactor, "CONSUMERS", {"journeys": picky})
    for contact in (good, bad):
        tell("wanted", contact, engagement=17)
    settle()
    assert list(Enrolment.objects.values_list("contact_id", flat=True)) == [good]
    task = Task.objects.get(code="fact_failed")
    assert (task.contact_id, task.params["fact"]) == (bad, "wanted")
    tell("complete", good, engagement=17)
    settle()
    assert Enrolment.objects.get().step == "receipt"


def test_effects_and_cursor_are_one(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The process dies after the effects are written and before the cursor is."""
    contact = client()
    tell("wanted", contact, engagement=17)
    with monkeypatch.context() as dying:
        dying.setattr(feed, "advance", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            settle()
    assert not Enrolment.objects.exists()
    settle()
    assert Enrolment.objects.get().contact_id == contact
    assert Event.objects.filter(name="journey.entered").count() == 1


def test_a_deadlock_is_nobodys_fault(seen: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    times: list[int] = []

    def unlucky(facts: Sequence[Fact], now: datetime) -> None:
        times.append(len(facts))
        if len(times) == 1:
            with connection.cursor() as cursor:
                cursor.execute("DO $$ BEGIN RAISE EXCEPTION 'deadlock' USING ERRCODE = '40P01'; END $$")

    monkeypatch.setattr(reactor, "CONSUMERS", {"test": unlucky})
    tell("one", 8)
    tell("two", 8)
    assert reactor.run_all(MONDAY) == 0
    settle()
    assert times == [2, 2]
    assert not Task.objects.exists()


def test_what_is_closed_after_it_was_opened_stays_closed() -> None:
    """In the order of the log, whatever else stands between."""

    def wanted(visit: int) -> NewFact:
        words = {"en": "Call", "nb": "Ring"}
        data = {"enrolment": 5, "visit": visit, "kind": "call", "title": words, "journey_name": words,
                "answers": [], "about": ""}  # fmt: skip
        return NewFact("task.wanted", 8, data)

    def unwanted(visit: int) -> NewFact:
        return NewFact("task.unwanted", 8, {"enrolment": 5, "visit": visit, "reason": "timeout"})

    record([unwanted(0), wanted(1), unwanted(1), wanted(2)], now=MONDAY)
    settle()
    tasks = Task.objects.filter(subject_kind="enrolment").order_by("id")
    assert [(task.params["visit"], task.done_at is None) for task in tasks] == [(1, False), (2, True)]


STORY = [("wanted", 0), ("viewed", 1), ("complete", 2)]


@given(
    order=st.permutations([*range(3), *range(3)]),
    cuts=st.sets(st.integers(0, 5)),
)
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
def test_duplicate_late_and_reordered_facts_come_to_the_same(
    world: World, order: list[int], cuts: set[int]
) -> None:
    """Each fact is told twice, in any order, read in any portions (R21)."""
    there = _walked(order, cuts)
    assert there == _walked([0, 1, 2], set())
    assert len(there) == 1


def _walked(order: Sequence[int], cuts: set[int]) -> list[object]:
    contact = client()
    for place, number in enumerate(order):
        name, hour = STORY[number]
        tell(name, contact, MONDAY + timedelta(hours=hour), engagement=17)
        if place in cuts:
            settle()
    settle()
    assert Message.objects.filter(contact_id=contact).count() == 1
    return list(Enrolment.objects.filter(contact_id=contact).values(*SAID))
