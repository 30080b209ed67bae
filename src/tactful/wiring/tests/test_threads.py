"""Whose thread a mail lands in (R38), and what a mail may do that nobody vouches for (R93)."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tactful.channels.models import InboundRaw
from tactful.contacts.actions import create_contact
from tactful.contacts.types import NewContact
from tactful.gate.models import StandingHold
from tactful.inbox.models import Conversation, Entry, TalkSpell
from tactful.wiring.tests.cast import MESSAGE_ID, REPLY, RETURN_PATH, UNSUBSCRIBE, US, WHY, Cast, facts


def test_everything_of_one_client_stands_in_one_thread(cast: Cast) -> None:
    first, second = cast.writes("Når er fristen?"), cast.writes("Er det fredag?", Subject="Noe annet")
    assert first.conversation_id == second.conversation_id == cast.thread().id
    assert Conversation.objects.count() == 1


def test_the_address_finds_the_client_in_whatever_case_it_is_written(cast: Cast) -> None:
    entry = cast.writes("Hei?", From="LIV <Liv@Client.EXAMPLE>")
    assert entry.conversation.contact_id == cast.liv.id


def test_a_token_places_a_mail_from_an_address_that_nobody_knows(cast: Cast) -> None:
    message = cast.sent(cast.liv)
    entry = cast.writes(
        "Når er fristen?", passes=False, From="other@home.example", To=cast.plus(REPLY, message)
    )
    assert (entry.conversation.contact_id, entry.verified, entry.data["about"]) == (
        cast.liv.id,
        True,
        message,
    )
    assert cast.talks() == {"conversation", "question"}


@pytest.mark.parametrize("header", ["In_Reply_To", "References"])
def test_the_message_ids_of_ours_place_an_answer(cast: Cast, header: str) -> None:
    message = cast.sent(cast.liv)
    ours = f"<{cast.token(MESSAGE_ID, message)}@fjord.example>"
    entry = cast.writes(
        "Når er fristen?", passes=False, From="other@home.example", **{header: f"<a@b> {ours}"[6:]}
    )
    assert (entry.conversation.contact_id, entry.verified) == (cast.liv.id, True)


@pytest.mark.parametrize("purpose", [RETURN_PATH, UNSUBSCRIBE, WHY, MESSAGE_ID])
def test_a_token_for_another_door_opens_no_thread(cast: Cast, purpose: str) -> None:
    message = cast.sent(cast.liv)
    raw = cast.mail("Hei?", From="other@home.example", To=cast.plus(purpose, message))
    entry = cast.arrives(raw)
    assert entry is None or entry.conversation.contact_id is None


def test_a_client_with_the_token_of_another_speaks_for_themselves(cast: Cast) -> None:
    message = cast.sent(cast.liv)
    entry = cast.writes("Når er fristen?", From="Pål <paal@client.example>", To=cast.plus(REPLY, message))
    assert (entry.conversation.contact_id, entry.data["about"]) == (cast.paal.id, None)
    assert cast.talks(cast.liv) == set()


def test_the_token_of_another_vouches_for_nobody(cast: Cast) -> None:
    message = cast.sent(cast.liv)
    entry = cast.writes("Hei?", passes=False, From="paal@client.example", To=cast.plus(REPLY, message))
    assert (entry.conversation.contact_id, entry.verified) == (cast.paal.id, False)


def test_citing_the_mail_of_a_client_does_not_lead_into_their_thread(cast: Cast) -> None:
    """Whoever got a copy knows that Message-ID."""
    cast.writes("Når er fristen?", Message_ID="<known@client.example>")
    raw = cast.mail("I am Liv.", From="x@evil.example", In_Reply_To="<known@client.example>")
    entry = cast.arrives(raw.replace(b"header.from=client.example", b"header.from=evil.example"))
    assert entry is not None
    assert entry.conversation.contact_id is None


letters = st.text("abcdefghijklmnopqrstuvwxyz234567", max_size=40)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(token=letters, cut=st.integers(0, 34), flip=st.integers(0, 33), sign_=st.sampled_from("abcdefg234567"))
def test_no_forged_token_leads_into_the_thread_of_a_client(
    cast: Cast, token: str, cut: int, flip: int, sign_: str
) -> None:
    real = cast.token(REPLY, cast.sent(cast.liv))
    bent = real[:flip] + sign_ + real[flip + 1 :]
    for forged in {token, real[:cut], bent} - {real}:
        to = US.replace("@", f"+{forged}@") if forged else US
        entry = cast.writes("Hei?", From="x@evil.example", To=to, References=f"<{forged}@fjord.example>")
        assert entry.conversation.contact_id is None
    assert not Entry.objects.filter(conversation__contact_id=cast.liv.id).exists()


def test_mail_that_nobody_vouches_for_opens_and_withdraws_nothing(cast: Cast) -> None:
    entry = cast.writes("STOP. This is unacceptable! When is the deadline?", passes=False)
    cast.reacts()
    assert not entry.verified
    assert cast.thread().state == "closed"
    assert (cast.talks(), cast.flags()) == (set(), set())
    assert facts("reply.received") == facts("conversation.opened") == []
    (task,) = cast.tasks()
    assert (task.code, task.owner_id, task.contact_id) == ("unverified", cast.colleague.id, cast.liv.id)
    (hold,) = StandingHold.objects.all()
    assert (hold.topic, hold.scope_id, hold.released_at) == ("marketing", cast.liv.id, None)


def test_a_flood_of_forged_mail_makes_one_task_and_one_hold(cast: Cast) -> None:
    for number in range(5):
        cast.writes(f"Call me {number}", passes=False)
        cast.reacts()
    assert len(cast.tasks(code="unverified")) == 1
    assert StandingHold.objects.filter(released_at=None).count() == 1


def test_an_address_of_ours_that_somebody_else_vouches_for_is_not_the_client(cast: Cast) -> None:
    """A pass for evil.example says nothing about who Liv is."""
    raw = cast.mail("Hei?", passes=False).replace(
        b"dmarc=fail header.from=client.example", b"spf=pass smtp.mailfrom=x@evil.example"
    )
    entry = cast.arrives(raw)
    assert entry is not None
    assert not entry.verified


def test_a_stranger_opens_a_thread_of_their_own_and_nothing_else(cast: Cast) -> None:
    first = cast.writes("Hei, tar dere nye kunder?", From="new@person.example")
    second = cast.writes("Hallo?", From="new@person.example")
    assert first.conversation_id == second.conversation_id
    assert (first.conversation.stranger, first.conversation.state) == ("new@person.example", "open")
    assert TalkSpell.objects.count() == 0


def test_a_newsletter_wakes_nobody(cast: Cast) -> None:
    entry = cast.writes("Buy now!", From="news@shop.example", List_Id="<news.shop.example>")
    assert (entry.conversation.state, entry.conversation.unread) == ("closed", False)


def test_a_sender_of_any_length_is_taken_in(cast: Cast) -> None:
    entry = cast.writes("Hei?", From=f"{'x' * 900}@person.example", Subject="s" * 2000)
    assert len(entry.sender) == 320
    assert len(entry.subject) == 300


def test_two_clients_never_share_a_thread(cast: Cast) -> None:
    eva = create_contact(NewContact("Eva", ("eva@client.example",)), acting_user=None, now=cast.now)
    for name in ("liv", "paal", "eva"):
        cast.writes("Hei?", From=f"{name}@client.example")
    assert {cast.thread(each).id for each in (cast.liv, cast.paal, eva)} == set(
        Conversation.objects.values_list("id", flat=True)
    )
    assert InboundRaw.objects.filter(result="message").count() == 3
