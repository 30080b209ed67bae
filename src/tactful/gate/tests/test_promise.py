"""The promise, and what else is true of every verdict, whatever the message and the facts."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TypeVar

import hypothesis
from hypothesis import assume, example, given
from hypothesis import strategies as st

from tactful.gate.rules.check import PlainSitting, Sitting, check
from tactful.gate.tests.cast import SETTINGS, debt, mood, order, question, settings
from tactful.gate.tests.drawn import AUTHORS, NOWS, OBJECTIONS, SOUND, Drawn, cases, facts_around
from tactful.gate.tests.oracle import expected
from tactful.gate.types import (
    UNKNOWN,
    AddressState,
    Author,
    BasisFact,
    BasisKind,
    CapUsage,
    Clearance,
    ConditionFact,
    Facts,
    SensitiveFact,
    Unknown,
    Verdict,
    VerdictKind,
)
from tactful.kernel.zones import local_day
from tactful.touchpoints.types import Line, MessageClass, Purpose

CLEAR, HOLD, REFUSE, RETRY = VerdictKind.CLEAR, VerdictKind.HOLD, VerdictKind.REFUSE, VerdictKind.RETRY
SEVERITY = [CLEAR, HOLD, RETRY, REFUSE]
MINUTE = timedelta(minutes=1)
EVERYBODY = st.sampled_from(list(Author))
CAPS = st.builds(CapUsage, st.integers(0, 3), st.integers(0, 4))


def verdict_of(drawn: Drawn) -> Verdict:
    return check(drawn.request, drawn.facts, SETTINGS, drawn.now)


@hypothesis.settings(max_examples=200)
@given(cases())
@example(SOUND)
def test_the_promise(drawn: Drawn) -> None:
    """A clear for automation has a structural line, a basis, no unread fact and nothing against it."""
    verdict = verdict_of(drawn)
    assert verdict.kind is expected(drawn.request, drawn.facts, SETTINGS, drawn.now)
    if verdict.kind is CLEAR:
        basis = drawn.facts.basis
        assert drawn.request.line is Line.STRUCTURAL
        assert basis is not UNKNOWN
        assert basis.kind is not BasisKind.NONE


@given(cases(authors=EVERYBODY), st.booleans())
@example(SOUND, False)
def test_the_shape_of_a_verdict(drawn: Drawn, everything_held: bool) -> None:
    verdict = check(drawn.request, drawn.facts, settings(everything_held=everything_held), drawn.now)
    assert (verdict.kind is CLEAR) == (verdict.clearance is not None) == (not verdict.reasons)
    assert (verdict.kind is HOLD) == (verdict.until is not None)
    if verdict.clearance is not None:
        assert verdict.clearance.message_id == drawn.request.message_id
        assert verdict.clearance.cleared_at == drawn.now
    if verdict.until is not None:
        assert verdict.until > drawn.now
        latest_at = drawn.request.latest_at
        assert latest_at is None or verdict.until <= max(latest_at, drawn.now + MINUTE)
        in_time = not verdict.wake_on and verdict.on_release != "ask"  # time alone ends it before then
        assert latest_at is None or in_time or verdict.task_at is not None
        owners = [reason.owner_id for reason in verdict.reasons if reason.owner_id is not None]
        assert verdict.owner_id == (owners[0] if owners else None)


@given(cases(authors=EVERYBODY))
def test_asking_twice_gives_the_same_answer(drawn: Drawn) -> None:
    one, other = verdict_of(drawn), verdict_of(drawn)
    assert one._replace(clearance=None) == other._replace(clearance=None)


@given(
    st.lists(cases(authors=EVERYBODY) | st.just(SOUND), min_size=1, max_size=3),
    st.lists(
        st.tuples(st.integers(0, 2), st.integers(1, 99), st.datetimes(timezones=st.just(UTC))), max_size=6
    ),
    st.booleans(),
)
def test_a_sitting_says_what_the_gate_says(
    drawn: list[Drawn], again: list[tuple[int, int, datetime]], everything_held: bool
) -> None:
    """Whatever was asked before, and whoever asks the same."""
    house, now = settings(everything_held=everything_held), drawn[0].now
    sitting = Sitting(house, now)
    for place, ident, since in [(place, place, now) for place in range(len(drawn))] + again:
        case = drawn[place % len(drawn)]
        request, facts = case.request, case.facts
        request = request._replace(message_id=ident, contact_id=ident)
        if facts.basis is not UNKNOWN:
            facts = facts._replace(basis=facts.basis._replace(since=since, receipt_id=ident))
        expected_, found = check(request, facts, house, now), sitting.check(request, facts)
        assert found._replace(clearance=None) == expected_._replace(clearance=None)
        assert _shown(found.clearance) == _shown(expected_.clearance)


@given(
    st.lists(cases(authors=EVERYBODY) | st.just(SOUND), min_size=1, max_size=3),
    st.lists(st.tuples(st.integers(0, 2), st.integers(1, 99), NOWS, CAPS), max_size=6),
    st.booleans(),
)
def test_a_plain_sitting_says_what_the_gate_says(
    drawn: list[Drawn], again: list[tuple[int, int, datetime, CapUsage]], everything_held: bool
) -> None:
    """Whatever was asked before, at any moment, and with other places taken under the caps."""
    house, sitting = settings(everything_held=everything_held), PlainSitting()
    first = [(place, place, drawn[place].now, CapUsage()) for place in range(len(drawn))]
    for place, ident, now, caps in first + again:
        case = drawn[place % len(drawn)]
        request = case.request._replace(message_id=ident, contact_id=ident)
        facts = case.facts if case.facts.caps is UNKNOWN else case.facts._replace(caps=caps)
        expected_, found = check(request, facts, house, now), sitting.check(request, facts, house, now)
        assert found._replace(clearance=None) == expected_._replace(clearance=None)
        assert _shown(found.clearance) == _shown(expected_.clearance)


def _shown(clearance: Clearance | None) -> object:
    return clearance and (clearance.message_id, clearance.cleared_at, clearance.checks, clearance.mask)


T = TypeVar("T")

OBSTACLES: list[Callable[[Facts], Facts]] = [
    lambda facts: facts._replace(address=AddressState.MISSING),
    lambda facts: facts._replace(basis=BasisFact(BasisKind.CONSENT, withdrawn=True)),
    lambda facts: facts._replace(condition=ConditionFact(False)),
    lambda facts: facts._replace(talks=(*_read(facts.talks), question())),
    lambda facts: facts._replace(debts=(*_read(facts.debts), debt())),
    lambda facts: facts._replace(moods=(*_read(facts.moods), mood(is_open=True))),
    lambda facts: facts._replace(caps=CapUsage(9, 9, 9, 9)),
    lambda facts: facts._replace(sensitive=SensitiveFact(True, True)),
    lambda facts: facts._replace(standing=(*_read(facts.standing), order())),
]


def _read(fact: tuple[T, ...] | Unknown) -> tuple[T, ...]:
    return () if fact is UNKNOWN else fact


@given(cases(unread=False, authors=EVERYBODY), st.sampled_from(OBSTACLES))
def test_one_more_obstacle_never_helps(drawn: Drawn, worsen: Callable[[Facts], Facts]) -> None:
    before = verdict_of(drawn)
    after = verdict_of(replace(drawn, facts=worsen(drawn.facts)))
    assert SEVERITY.index(after.kind) >= SEVERITY.index(before.kind)


@given(cases(), st.sampled_from(sorted(Facts._fields)))
def test_a_fact_lost_never_clears_nor_refuses(drawn: Drawn, field: str) -> None:
    before = verdict_of(drawn)
    after = verdict_of(replace(drawn, facts=drawn.facts._replace(**{field: UNKNOWN})))
    assert after.kind in (RETRY, REFUSE)
    assert before.kind is REFUSE or after.kind is RETRY


@given(cases(unread=False), st.data())
def test_awaited_passes_6_to_10(drawn: Drawn, data: st.DataObject) -> None:
    ways = facts_around(drawn.now)
    other = {name: data.draw(ways[name], name) for name in ("talks", "debts", "moods", "caps")}
    awaited = replace(drawn, request=drawn.request._replace(message_class=MessageClass.AWAITED))
    changed = replace(awaited, facts=awaited.facts._replace(**other))
    one, two = verdict_of(awaited), verdict_of(changed)
    assert (one.kind, one.reasons, one.until) == (two.kind, two.reasons, two.until)


@given(cases(authors=st.just(Author.PERSON_DIRECT)), st.data())
def test_a_person_is_not_asked_what_automation_is_asked(drawn: Drawn, data: st.DataObject) -> None:
    ways = facts_around(drawn.now)
    names = ("condition", "talks", "debts", "moods", "caps", "sensitive", "standing")
    other = {name: data.draw(ways[name] | st.just(UNKNOWN), name) for name in names}
    changed = replace(drawn, facts=drawn.facts._replace(**other))
    one, two = verdict_of(drawn), verdict_of(changed)
    assert (one.kind, one.reasons) == (two.kind, two.reasons)


@given(cases(authors=EVERYBODY), st.sampled_from(OBJECTIONS))
def test_nobody_writes_against_an_objection(drawn: Drawn, basis: BasisFact) -> None:
    assert verdict_of(replace(drawn, facts=drawn.facts._replace(basis=basis))).kind is REFUSE


@given(cases(authors=EVERYBODY))
def test_an_approval_never_removes_a_check(drawn: Drawn) -> None:
    approved = verdict_of(replace(drawn, request=drawn.request._replace(approved_by=7)))
    plain = verdict_of(replace(drawn, request=drawn.request._replace(approved_by=None)))
    assert (approved.kind, approved.reasons, approved.until) == (plain.kind, plain.reasons, plain.until)


@given(cases())
def test_bulk_by_a_person_counts_as_automation(drawn: Drawn) -> None:
    bulk = verdict_of(replace(drawn, request=drawn.request._replace(author=Author.PERSON_BULK)))
    machine = verdict_of(replace(drawn, request=drawn.request._replace(author=Author.AUTOMATION)))
    assert (bulk.kind, bulk.reasons, bulk.until) == (machine.kind, machine.reasons, machine.until)


@given(cases(unread=False), st.lists(st.integers(0, 10_000), min_size=1, max_size=3))
def test_debts_that_wait_on_the_client_do_not_count(drawn: Drawn, overdue: list[int]) -> None:
    theirs = tuple(debt(drawn.now - timedelta(minutes=ago), waits_on_client=True) for ago in overdue)
    ours = drawn.facts.debts
    assert ours is not UNKNOWN
    without, with_them = (
        verdict_of(drawn),
        verdict_of(replace(drawn, facts=drawn.facts._replace(debts=ours + theirs))),
    )
    assert (without.kind, without.reasons) == (with_them.kind, with_them.reasons)


@given(cases(), st.sampled_from([Purpose.MARKETING, Purpose.SERVICE]))
def test_only_relationship_and_marketing_count_in_caps(drawn: Drawn, purpose: Purpose) -> None:
    verdict = verdict_of(replace(drawn, request=drawn.request._replace(purpose=purpose)))
    counted = drawn.request.message_class in (MessageClass.RELATIONSHIP, MessageClass.MARKETING)
    assert verdict.counts_in_caps == counted


# Holds that time alone ends


def _later(drawn: Drawn, at: datetime) -> Verdict:
    """The same message asked again at ``at``: its caps are empty once a new day has begun everywhere."""
    place = drawn.facts.place
    assert place is not UNKNOWN
    new_day = all(local_day(at, name) > local_day(drawn.now, name) for name in place.zones)
    known = drawn.facts._replace(caps=CapUsage()) if new_day else drawn.facts
    return check(drawn.request._replace(due_at=at), known, SETTINGS, at)


@st.composite
def waiting(draw: st.DrawFn) -> Drawn:
    """A message that time alone holds, if anything does: moods that fade, nights, caps, SMS hours."""
    drawn = draw(cases(unread=False, authors=AUTHORS))
    ways = facts_around(drawn.now)
    moods = draw(ways["moods"])
    known = SOUND.facts._replace(
        place=draw(ways["place"].filter(lambda place: bool(place.zones))),
        moods=tuple(replace(felt, open=False) for felt in moods),
        caps=draw(st.just(CapUsage()) | ways["caps"]),
    )
    message = drawn.request._replace(line=Line.STRUCTURAL, due_at=drawn.now, latest_at=None)
    return Drawn(message, known, drawn.now)


@hypothesis.settings(max_examples=50)
@given(waiting())
def test_the_end_of_a_hold_is_the_first_moment_at_which_it_can_go(drawn: Drawn) -> None:
    verdict = verdict_of(drawn)
    assume(verdict.kind is HOLD)
    assert verdict.wake_on == ()
    assert verdict.until is not None
    assert _later(drawn, verdict.until).kind is CLEAR
    assert _later(drawn, verdict.until - MINUTE).kind is HOLD
    for step in range(0, int((verdict.until - drawn.now) / MINUTE), 211):
        assert _later(drawn, drawn.now + step * MINUTE).kind is HOLD


@given(waiting(), st.integers(0, 5000))
def test_asked_later_a_hold_of_the_clock_ends_no_earlier(drawn: Drawn, minutes: int) -> None:
    drawn = replace(drawn, facts=drawn.facts._replace(caps=CapUsage()))
    later = drawn.now + timedelta(minutes=minutes)
    now, then = verdict_of(drawn), _later(drawn, later)
    if REFUSE not in (now.kind, then.kind):
        assert (now.until or drawn.now) <= (then.until or later)
