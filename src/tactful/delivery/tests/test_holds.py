"""What the gate holds, refuses and cannot read; what ends a hold; caps and one voice a day."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tactful.channels.types import Outcome
from tactful.contacts.models import Company, Household
from tactful.delivery import queries
from tactful.delivery.actions import (
    cancel,
    cancel_cause,
    decide_late,
    decide_unknown,
    pause,
    release,
    resume,
    stop_message,
)
from tactful.delivery.actions.people import NothingToDecide
from tactful.delivery.hot import sweeps
from tactful.delivery.models import CapUse, Dispatch
from tactful.delivery.tests.house import (
    Clerk,
    Drawn,
    House,
    Provider,
    answer,
    due_at_once,
    make_contacts,
    pass_time,
    queue,
    state,
    states,
)
from tactful.delivery.worker import ask_people
from tactful.events.models import Event
from tactful.foundation.clock import business_now
from tactful.foundation.models import Audit
from tactful.gate.types import BasisFact, BasisKind, TalkFact
from tactful.touchpoints.types import MessageClass

pytestmark = pytest.mark.django_db
COUNTED = MessageClass.RELATIONSHIP


def events(name: str) -> list[dict[str, object]]:
    return [fact.data for fact in Event.objects.filter(name=name).order_by("id")]


def talk() -> tuple[TalkFact, ...]:
    return (TalkFact("question", business_now(), 5, 9),)


def used() -> dict[str, int]:
    return {row.scope: row.used for row in CapUse.objects.all()}


def test_a_hold_keeps_reasons_owner_and_what_ends_it(clerk: Clerk, house: House, line: Drawn) -> None:
    (contact,) = make_contacts(1)
    house.set(contact, talks=talk())
    (ident,) = queue([contact], line)
    clerk.turn()
    (held,) = queries.held()
    assert held.message.pk == ident
    assert held.reasons[0].code == "talk.question"
    assert held.owner_id == 9
    assert "question.answered" in held.wake_on
    assert held.until > business_now()
    assert events("message.held")[0]["message"] == ident


def test_the_end_of_a_hold_sends_what_no_journey_recomputes(
    clerk: Clerk, house: House, provider: Provider, line: Drawn
) -> None:
    contact, other = make_contacts(2)
    house.set(contact, talks=talk())
    house.set(other, talks=talk())
    ids = queue([contact, other], line)
    clerk.turn()
    house.set(contact, talks=())
    assert (
        release(names=["conversation.closed"], contact_ids=[contact], now=business_now()) == 0
    )  # another fact
    assert release(names=["question.answered"], contact_ids=[contact], now=business_now()) == 1
    clerk.turn()
    assert [state(ident) for ident in ids] == ["sent", "held"]
    assert release(names=["question.answered"], contact_ids=None, now=business_now()) == 1


def test_a_journey_decides_anew_about_what_was_held(clerk: Clerk, house: House, line: Drawn) -> None:
    (contact,) = make_contacts(1)
    house.set(contact, talks=talk())
    (ident,) = queue([contact], line, cause_kind="visit", cause_id=3, cause_visit=2)
    clerk.turn()
    release(names=["question.answered"], contact_ids=[contact], now=business_now())
    assert state(ident) == "cancelled"
    (released,) = events("message.released")
    assert (released["cause_id"], released["visit"], released["message"]) == (3, 2, ident)


def test_an_expired_hold_asks_its_owner(clerk: Clerk, house: House, line: Drawn) -> None:
    (contact,) = make_contacts(1)
    house.set(contact, talks=talk())
    (ident,) = queue([contact], line)
    clerk.turn()
    pass_time(queries.held()[0].until - business_now())
    sweeps.end_holds(business_now())
    assert state(ident) == "queued"
    clerk.turn()
    assert state(ident) == "held"
    assert [(fact["kind"], fact["owner"]) for fact in events("task.wanted")] == [("hold_expired", 9)]


def test_what_has_no_fitting_moment_left_is_left_out_and_nobody_is_asked(
    clerk: Clerk, house: House, line: Drawn
) -> None:
    only = (business_now() + timedelta(days=3)).weekday()
    house.settings = replace(house.settings, quiet_weekdays=frozenset(range(7)) - {only})
    latest_at = business_now() + timedelta(minutes=1)
    (ident,) = queue(make_contacts(1), line, message_class=MessageClass.REMINDER, latest_at=latest_at)
    clerk.turn()
    assert state(ident) == "expired"
    assert events("message.expired")[0]["reasons"] == ["late.no_room", "quiet.weekend"]
    assert events("message.held") == events("task.wanted") == []


def test_a_refusal_is_final(clerk: Clerk, house: House, line: Drawn) -> None:
    (contact,) = make_contacts(1)
    house.set(contact, basis=BasisFact(BasisKind.NONE))
    (ident,) = queue([contact], line)
    clerk.turn()
    assert state(ident) == "refused"
    assert events("message.refused")[0]["reasons"] == ["basis.none"]


def test_a_fact_that_cannot_be_read_destroys_nothing(clerk: Clerk, house: House, line: Drawn) -> None:
    (ident,) = queue(make_contacts(1), line)
    house.unreadable = True
    for _ in range(6):
        clerk.turn()
        due_at_once()
    row = Dispatch.objects.get(pk=ident)
    assert (row.state, row.misses, row.tries) == ("queued", 6, 0)
    assert [fact["kind"] for fact in events("task.wanted")] == ["fact_unreadable"]
    house.unreadable = False
    clerk.turn()
    assert state(ident) == "sent"


def test_one_a_day_and_the_second_waits(clerk: Clerk, line: Drawn) -> None:
    (contact,) = make_contacts(1)
    ids = queue([contact, contact], line, message_class=COUNTED)
    clerk.turn()
    assert sorted(state(ident) for ident in ids) == ["held", "sent"]
    assert used() == {"contact": 1}


def test_three_a_week(clerk: Clerk, line: Drawn) -> None:
    (contact,) = make_contacts(1)
    sent = []
    for _ in range(4):
        sent += queue([contact], line, message_class=COUNTED)
        clerk.turn()
        pass_time(timedelta(days=1))
    assert [state(ident) for ident in sent] == ["sent", "sent", "sent", "held"]


def test_household_and_company_share_theirs(clerk: Clerk, line: Drawn) -> None:
    company = Company.objects.create(name="Fjell AS")
    household = Household.objects.create(name="Hansen")
    family = make_contacts(3, household=household)
    colleagues = make_contacts(6, company=company)
    ids = queue(family, line, message_class=COUNTED)
    others = queue(colleagues, line, message_class=COUNTED)
    clerk.turn()
    assert states(ids) == {"sent": 2, "held": 1}
    assert states(others) == {"sent": 5, "held": 1}


def test_a_place_goes_back_when_the_message_does_not_go(
    clerk: Clerk, house: House, provider: Provider, line: Drawn
) -> None:
    contacts = make_contacts(3)
    house.set(contacts[0], talks=talk())
    ids = queue(contacts, line, message_class=COUNTED)
    refuse = answer(Outcome.HARD_ADDRESS, 550)
    provider.plan = lambda message: refuse(message) if message.ident == ids[1] else None
    claimed = clerk.claim()
    stop_message(message_id=ids[2], acting_user=7, now=business_now())
    clerk.send(claimed)
    assert [state(ident) for ident in ids] == ["held", "dead", "cancelled"]
    assert set(CapUse.objects.values_list("used", flat=True)) <= {0}


def test_a_requeued_message_keeps_its_one_place(clerk: Clerk, line: Drawn) -> None:
    (contact,) = make_contacts(1)
    (ident,) = queue([contact], line, message_class=COUNTED)
    clerk.claim()
    Dispatch.objects.update(state="queued")
    clerk.turn()
    assert state(ident) == "sent"
    assert used() == {"contact": 1}


def test_uncounted_classes_take_no_place(clerk: Clerk, line: Drawn) -> None:
    (contact,) = make_contacts(1)
    ids = queue([contact] * 3, line, message_class=MessageClass.REMINDER)
    clerk.turn()
    assert states(ids) == {"sent": 3}
    assert used() == {}


def test_one_voice_a_day_carries_the_others(
    clerk: Clerk, house: House, provider: Provider, line: Drawn
) -> None:
    house.takes_also = True
    (contact,) = make_contacts(1)
    ids = queue([contact], line, message_class=COUNTED, may_merge=True, variables={"summary": "Main"})
    ids += queue(
        [contact], line, message_class=MessageClass.MARKETING, may_merge=True, variables={"summary": "Offer"}
    )
    clerk.turn()
    assert [state(ident) for ident in ids] == ["sent", "merged"]
    assert Dispatch.objects.get(pk=ids[1]).merged_into == ids[0]
    assert b"also=Offer" in provider.accepted[0].payload
    assert events("message.merged")[0]["into"] == ids[0]


def test_without_a_place_the_higher_class_goes_and_the_other_waits(clerk: Clerk, line: Drawn) -> None:
    (contact,) = make_contacts(1)
    low = queue([contact], line, message_class=MessageClass.MARKETING, may_merge=True)
    high = queue([contact], line, message_class=COUNTED, may_merge=True)
    clerk.turn()
    assert (state(high[0]), state(low[0])) == ("sent", "held")
    pass_time(queries.held()[0].until - business_now())
    sweeps.end_holds(business_now())
    clerk.turn()
    assert state(low[0]) == "sent"


def test_riders_go_alone_when_their_speaker_dies(
    clerk: Clerk, house: House, provider: Provider, line: Drawn
) -> None:
    house.takes_also = True
    (contact,) = make_contacts(1)
    speaker = queue([contact], line, message_class=COUNTED, may_merge=True)
    rider = queue(
        [contact], line, message_class=MessageClass.MARKETING, may_merge=True, variables={"summary": "x"}
    )
    refuse = answer(Outcome.CONTENT, 554)
    provider.plan = lambda message: refuse(message) if message.ident == speaker[0] else None
    clerk.turn()
    assert (state(speaker[0]), state(rider[0])) == ("dead", "queued")
    clerk.turn()
    assert state(rider[0]) == "sent"


def test_a_paused_broadcast_waits_and_others_go(clerk: Clerk, line: Drawn) -> None:
    paused = queue(make_contacts(2), line, cause_id=8)
    other = queue(make_contacts(2), line, cause_id=9)
    pause(scope="broadcast", scope_id=8, acting_user=1, now=business_now())
    clerk.turn()
    assert (states(paused), states(other)) == ({"queued": 2}, {"sent": 2})
    pass_time(timedelta(days=2))
    resume(scope="broadcast", scope_id=8, acting_user=1, now=business_now())
    clerk.turn()
    assert states(paused) == {"sent": 2}
    assert set(Audit.objects.values_list("verb", flat=True)) == {"sending.paused", "sending.resumed"}


def test_a_cause_is_cancelled_as_a_whole_and_all_are_accounted_for(clerk: Clerk, line: Drawn) -> None:
    contacts = make_contacts(4)
    queue(contacts, line, cause_id=8)
    claimed = clerk.claim(limit=1)
    clerk.send(claimed)
    assert cancel_cause(kind="broadcast", ident=8, now=business_now()) == 3
    audience = queries.audience("broadcast", 8)
    assert (audience.total, audience.live, audience.final, audience.unknown) == (4, 0, 4, 0)
    assert len(events("message.cancelled")) == 3


def test_visits_are_cancelled_one_by_one(line: Drawn) -> None:
    (contact,) = make_contacts(1)
    (gone,) = queue([contact], line, cause_kind="visit", cause_id=1, cause_visit=1)
    (stays,) = queue([contact], line, cause_kind="visit", cause_id=1, cause_visit=2)
    assert cancel(visits=[(1, 1)], reason="replied", now=business_now()) == 1
    assert (state(gone), state(stays)) == ("cancelled", "queued")
    assert events("message.cancelled")[0]["why"] == "replied"


def test_past_its_grace_a_person_decides(clerk: Clerk, line: Drawn) -> None:
    send, drop = queue(make_contacts(2), line)
    pass_time(timedelta(hours=3))
    clerk.turn()
    assert states([send, drop]) == {"held": 2}
    decide_late(message_id=send, send=True, acting_user=7, now=business_now())
    decide_late(message_id=drop, send=False, acting_user=7, now=business_now())
    clerk.turn()
    assert (state(send), state(drop)) == ("sent", "cancelled")
    with pytest.raises(NothingToDecide):
        decide_late(message_id=send, send=True, acting_user=7, now=business_now())


def test_an_unknown_is_asked_about_after_a_day_and_decided(
    clerk: Clerk, provider: Provider, line: Drawn
) -> None:
    again, leave = queue(make_contacts(2), line)
    provider.plan = answer(Outcome.AMBIGUOUS)
    clerk.turn()
    ask_people()
    assert events("task.wanted") == []
    pass_time(timedelta(hours=25))
    ask_people()
    ask_people()
    assert sorted(str(fact["message"]) for fact in events("task.wanted")) == sorted([str(again), str(leave)])
    provider.plan = lambda message: None
    decide_unknown(message_id=again, send_again=True, acting_user=7, now=business_now())
    decide_unknown(message_id=leave, send_again=False, acting_user=7, now=business_now())
    clerk.turn()
    assert (state(again), state(leave)) == ("sent", "unknown")
    assert len({message.payload for message in provider.accepted if message.ident == again}) == 1


def test_the_whole_chain_of_a_message(clerk: Clerk, line: Drawn) -> None:
    (ident,) = queue(make_contacts(1), line, message_class=COUNTED)
    clerk.turn()
    trace = queries.trace(ident, "fjord.example")
    assert trace.message_id.endswith("@fjord.example>")
    assert len(trace.checks) == 12
    assert [name for _, name, _ in trace.facts] == ["message.sent"]
    assert trace.dispatch.basis_receipt == 77
