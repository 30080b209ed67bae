"""What providers say later, and a business clock that jumps."""

from datetime import timedelta
from pathlib import Path

import pytest

from tactful.channels.types import DeliveryEvent, DeliveryEventKind, Outcome
from tactful.delivery.actions import apply_delivery_event, confirm_sending
from tactful.delivery.guard import may_send
from tactful.delivery.rules.mail import MESSAGE_ID, RETURN_PATH
from tactful.delivery.tests.house import (
    JOURNALS,
    Clerk,
    Drawn,
    House,
    Provider,
    answer,
    make_contacts,
    pass_time,
    queue,
    state,
)
from tactful.delivery.worker import DeliveryWorker
from tactful.events.models import Event
from tactful.foundation.clock import business_now
from tactful.foundation.models import Instance
from tactful.foundation.secrets import key_ring
from tactful.kernel.tokens import KeyRing, sign

pytestmark = pytest.mark.django_db
HARD = Outcome.HARD_ADDRESS


def bounce(token: str = "", message_id: str = "") -> DeliveryEvent:
    return DeliveryEvent(
        DeliveryEventKind.BOUNCED, "x@client.example", token, message_id, HARD, "5.1.1", "Unknown"
    )


def test_a_bounce_with_our_token_resolves_and_suppresses_once(
    clerk: Clerk, provider: Provider, line: Drawn
) -> None:
    (ident,) = queue(make_contacts(1), line)
    provider.plan = answer(Outcome.AMBIGUOUS)
    clerk.turn()
    token = sign(key_ring(), RETURN_PATH, ident)
    assert apply_delivery_event(bounce(token), now=business_now())
    assert apply_delivery_event(bounce(token), now=business_now())
    assert state(ident) == "sent"
    fact = Event.objects.get(name="message.bounced")
    assert fact.data["kind"] == "hard"
    assert fact.data["address"].startswith("c")  # ours, not the one that the report claims


def test_a_forged_bounce_does_nothing(clerk: Clerk, line: Drawn) -> None:
    (ident,) = queue(make_contacts(1), line)
    clerk.turn()
    forged = sign(KeyRing({1: b"another key"}, 1), RETURN_PATH, ident)
    borrowed = sign(key_ring(), MESSAGE_ID, ident)  # every recipient has seen this one
    for event in (bounce(forged), bounce(borrowed), bounce("")):
        assert not apply_delivery_event(event, now=business_now())
    apply_delivery_event(bounce(message_id=f"<{borrowed}@fjord.example>"), now=business_now())
    assert not Event.objects.filter(name="message.bounced").exists()


def test_a_token_expires(clerk: Clerk, line: Drawn) -> None:
    (ident,) = queue(make_contacts(1), line)
    clerk.turn()
    pass_time(timedelta(days=31))
    assert not apply_delivery_event(bounce(sign(key_ring(), RETURN_PATH, ident)), now=business_now())


def test_a_receipt_by_message_id_resolves_an_unknown(clerk: Clerk, provider: Provider, line: Drawn) -> None:
    (ident,) = queue(make_contacts(1), line)
    provider.plan = answer(Outcome.AMBIGUOUS)
    clerk.turn()
    token = sign(key_ring(), MESSAGE_ID, ident)
    event = DeliveryEvent(DeliveryEventKind.DELIVERED, "", message_id=f"<{token}@fjord.example>")
    assert apply_delivery_event(event, now=business_now())
    assert state(ident) == "sent"


def test_a_clock_that_goes_back_pauses_until_a_person_confirms(
    clerk: Clerk, house: House, provider: Provider, line: Drawn, tmp_path: Path
) -> None:
    worker = DeliveryWorker(house.sources(), provider.open, tmp_path, JOURNALS)
    assert may_send(business_now())
    pass_time(timedelta(minutes=-1))
    assert may_send(business_now())  # a minute is nothing
    pass_time(timedelta(days=30))
    assert worker.turn(clerk.hand) is False
    pass_time(timedelta(days=-30))
    (ident,) = queue(make_contacts(1), line)
    assert worker.turn(clerk.hand) is False
    assert Instance.objects.get().sending_paused == "clock"
    assert worker.turn(clerk.hand) is False
    assert [fact.data["kind"] for fact in Event.objects.filter(name="task.wanted")] == ["sending_paused"]
    assert provider.accepted == []
    confirm_sending(acting_user=1, now=business_now())
    assert worker.turn(clerk.hand)
    assert state(ident) == "sent"
