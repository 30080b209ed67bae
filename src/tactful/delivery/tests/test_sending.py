"""From enqueue to outcome with one worker: the retry table, the bytes, the facts."""

from datetime import timedelta

import pytest

from tactful.channels.models import Account
from tactful.channels.types import OutboundMessage, Outcome, SendResult
from tactful.delivery.actions import enqueue
from tactful.delivery.models import Batch, Dispatch, Message
from tactful.delivery.tests.house import (
    Clerk,
    Drawn,
    House,
    Provider,
    answer,
    due_at_once,
    make_contacts,
    new_message,
    pass_time,
    queue,
    state,
    states,
)
from tactful.events.models import Event
from tactful.foundation.clock import business_now
from tactful.touchpoints.types import MessageClass

pytestmark = pytest.mark.django_db


def names() -> list[str]:
    return sorted(Event.objects.values_list("name", flat=True))


def test_what_is_queued_is_sent_once_and_told(clerk: Clerk, provider: Provider, line: Drawn) -> None:
    ids = queue(make_contacts(3), line)
    assert clerk.turn()
    assert states(ids) == {"sent": 3}
    assert sorted(provider.copies()) == sorted(ids)
    assert names() == ["message.sent"] * 3
    for told in Event.objects.all():
        message = Message.objects.get(pk=told.data["message"])
        assert (told.contact_id, told.data["touchpoint"]) == (message.contact_id, message.touchpoint_id)
        assert [told.data[name] for name in ("cause", "cause_id", "visit")] == [
            message.cause_kind, message.cause_id, message.cause_visit,
        ]  # fmt: skip
    assert Batch.objects.count() == 0
    assert not clerk.turn()


def test_the_same_key_is_written_once(line: Drawn) -> None:
    (contact,) = make_contacts(1)
    one = new_message(contact, line, dedupe_key="visit:1:2")
    (first,) = enqueue([one], now=business_now())
    again = enqueue([one, new_message(contact, line)], now=business_now())
    assert first is not None
    assert again[0] is None
    assert again[1] is not None
    assert Message.objects.count() == Dispatch.objects.count() == 2


def test_many_different_messages_keep_what_is_theirs(line: Drawn) -> None:
    contacts = make_contacts(3)
    made = [
        new_message(
            who, line, topics=("engagement:1", 'a"b'), variables={"n": str(number)}, language="nb"[:number]
        )
        for number, who in enumerate(contacts)
    ]
    ids = enqueue(made, now=business_now())
    rows = {row.pk: row for row in Message.objects.all()}
    for ident, message in zip(ids, made, strict=True):
        assert ident is not None
        row = rows[ident]
        assert (row.contact_id, row.variables, row.language) == (
            message.contact_id,
            message.variables,
            message.language,
        )
        assert row.topics == ["engagement:1", 'a"b']


def test_every_attempt_carries_the_same_bytes(
    clerk: Clerk, house: House, provider: Provider, line: Drawn
) -> None:
    (contact,) = make_contacts(1)
    (ident,) = queue([contact], line)
    seen: list[OutboundMessage] = []
    provider.before = seen.append
    provider.plan = lambda message: SendResult(message.ident, message.attempt, Outcome.AMBIGUOUS)
    clerk.turn()
    assert state(ident) == "unknown"
    house.names[contact] = "A new name"
    house.head = house.head.from_json(house.head.as_json() | {"sender_name": "A new business"})
    pass_time(timedelta(minutes=30))
    Dispatch.objects.update(state="queued")
    provider.plan = lambda message: None
    clerk.turn()
    first, second = seen
    assert first.payload == second.payload
    assert (first.sender, first.recipient) == (second.sender, second.recipient)
    assert first.attempt < second.attempt


def test_one_bad_address_among_a_hundred(clerk: Clerk, provider: Provider, line: Drawn) -> None:
    ids = queue(make_contacts(100), line)
    bad = ids[41]
    refuse = answer(Outcome.CONTENT, 554)
    provider.plan = lambda message: refuse(message) if message.ident == bad else None
    for _ in range(10):
        clerk.turn()
        due_at_once()
    assert states(ids) == {"sent": 99, "dead": 1}
    assert set(provider.copies().values()) == {1}
    assert state(bad) == "dead"


@pytest.mark.parametrize(
    ("outcome", "code", "after", "tries"),
    [
        (Outcome.SAFE, None, "queued", 1),
        (Outcome.TRANSIENT, 451, "queued", 1),
        (Outcome.RATE, 429, "queued", 0),
        (Outcome.ACCOUNT, 535, "queued", 0),
        (Outcome.POLICY, 550, "queued", 0),
        (Outcome.HARD_ADDRESS, 550, "dead", 1),
        (Outcome.MAILBOX_FULL, 552, "dead", 1),
        (Outcome.CONTENT, 554, "dead", 1),
        (Outcome.AMBIGUOUS, None, "unknown", 1),
    ],
)
def test_the_retry_table(
    clerk: Clerk, provider: Provider, line: Drawn, outcome: Outcome, code: int | None, after: str, tries: int
) -> None:
    (ident,) = queue(make_contacts(1), line)
    provider.plan = answer(outcome, code)
    clerk.turn()
    row = Dispatch.objects.get(pk=ident)
    assert (row.state, row.tries) == (after, tries)


def test_a_hard_bounce_asks_for_suppression_and_a_policy_refusal_does_not(
    clerk: Clerk, provider: Provider, line: Drawn
) -> None:
    ids = queue(make_contacts(2), line)
    refusals = {ids[0]: answer(Outcome.HARD_ADDRESS, 550), ids[1]: answer(Outcome.POLICY, 550)}
    provider.plan = lambda message: refusals[message.ident](message)
    clerk.turn()
    bounced = Event.objects.get(name="message.bounced")
    assert bounced.data["reason"] == "hard_bounce"
    assert bounced.data["message"] == ids[0]
    assert bounced.data["address"].endswith("@client.example")
    assert Account.objects.get().paused_reason == "policy"


def test_a_full_mailbox_is_suppressed_at_the_third_time(
    clerk: Clerk, provider: Provider, line: Drawn
) -> None:
    (contact,) = make_contacts(1)
    provider.plan = answer(Outcome.MAILBOX_FULL, 552)
    for _ in range(3):
        queue([contact], line)
        clerk.turn()
    facts = Event.objects.filter(name="message.bounced").order_by("id")
    assert [fact.data.get("reason", "") for fact in facts] == ["", "", "mailbox_full"]


def test_refused_credentials_pause_the_account_once(clerk: Clerk, provider: Provider, line: Drawn) -> None:
    ids = queue(make_contacts(60), line)
    provider.plan = answer(Outcome.ACCOUNT, 535)
    clerk.turn()
    assert not clerk.turn()
    assert states(ids) == {"queued": 60}
    assert set(Dispatch.objects.values_list("tries", flat=True)) == {0}
    assert names() == ["task.wanted"]


def test_must_arrive_goes_twice_at_most_with_one_message_id(
    clerk: Clerk, provider: Provider, line: Drawn
) -> None:
    (ident,) = queue(make_contacts(1), line, message_class=MessageClass.AWAITED)
    provider.plan = answer(Outcome.AMBIGUOUS)
    for _ in range(4):
        clerk.turn()
    assert state(ident) == "unknown"
    assert len(provider.accepted) == 2
    assert len({message.payload for message in provider.accepted}) == 1


def test_poison_dies_after_three_tries_and_the_others_go(
    clerk: Clerk, house: House, provider: Provider, line: Drawn
) -> None:
    house.broken = {"poison"}
    contacts = make_contacts(5)
    (bad,) = queue(contacts[:1], line, template="poison")
    good = queue(contacts[1:], line)
    for _ in range(5):
        clerk.turn()
        due_at_once()
    row = Dispatch.objects.get(pk=bad)
    assert (row.state, row.tries) == ("dead", 3)
    assert "cannot be built" in row.result
    assert states(good) == {"sent": 4}


def test_it_gives_up_after_five_days(clerk: Clerk, provider: Provider, line: Drawn) -> None:
    (ident,) = queue(make_contacts(1), line)
    provider.plan = answer(Outcome.TRANSIENT, 451)
    clerk.turn()
    pass_time(timedelta(days=5, minutes=1))
    due_at_once()
    clerk.turn()
    assert state(ident) == "dead"
    assert "message.dead" in names()


def test_its_own_latest_moment_wins(clerk: Clerk, provider: Provider, line: Drawn) -> None:
    (ident,) = queue(make_contacts(1), line, latest_at=business_now() + timedelta(hours=1))
    provider.plan = answer(Outcome.TRANSIENT, 451)
    clerk.turn()
    pass_time(timedelta(hours=2))
    due_at_once()
    clerk.turn()
    assert state(ident) == "expired"


def test_the_breaker_rests_and_one_probe_closes_it(clerk: Clerk, provider: Provider, line: Drawn) -> None:
    ids = queue(make_contacts(8), line)
    provider.plan = answer(Outcome.SAFE)
    clerk.turn()
    due_at_once()
    assert not clerk.turn()  # open
    breaker = Account.objects.get().breaker
    type(breaker).objects.update(open_until=business_now() - timedelta(days=1))
    provider.plan = lambda message: None
    first, second = clerk.claim(), clerk.claim()
    assert len(first.items) == 1
    assert second is None  # somebody is probing
    clerk.send(first)
    clerk.turn()
    assert states(ids) == {"sent": 8}


def test_another_account_keeps_sending(clerk: Clerk, provider: Provider, line: Drawn) -> None:
    other = Account.objects.create(channel="mail", name="Other", address="other@fjord.example").pk
    down = queue(make_contacts(6), line)
    provider.plan = answer(Outcome.SAFE)
    clerk.turn()
    due_at_once()
    up = queue(make_contacts(2), line, account_id=other)
    provider.plan = lambda message: None
    clerk.turn()
    assert states(up) == {"sent": 2}
    assert states(down) == {"queued": 6}
