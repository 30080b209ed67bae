"""The promise attacked: by direct SQL, by an old revision, by what happens between gate and mark."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from tactful.channels.actions.sending import pause_account
from tactful.contacts.models import Contact
from tactful.delivery.actions import Words, approve_and_send, cancel, pause, pause_everything
from tactful.delivery.models import Dispatch, Message
from tactful.delivery.rules.words import words_hash
from tactful.delivery.tests.house import (
    Clerk,
    Drawn,
    House,
    Provider,
    make_contacts,
    make_touchpoint,
    move_line,
    queue,
    state,
    states,
)
from tactful.foundation.clock import business_now
from tactful.gate.actions import NewHold, keep_hold, place_hold
from tactful.gate.types import BasisFact, BasisKind, TalkFact
from tactful.touchpoints.types import Line

pytestmark = pytest.mark.django_db
BEYOND = ("handoff", "unknown", "sent", "dead")
GOOD: dict[str, Any] = {"author": "automation", "line": "structural", "clearance": 255}
PERSON: dict[str, Any] = {
    "author": "person_direct",
    "line": "judgement",
    "touchpoint_rev": None,
    "clearance": None,
    "approved_by": 7,
    "approved_hash": b"x" * 32,
    "body_hash": b"x" * 32,
}


@contextmanager
def refused() -> Iterator[None]:
    with pytest.raises(IntegrityError), transaction.atomic():
        yield


def put(ident: int, **values: Any) -> None:
    """Past the models: what somebody with a SQL prompt could try."""
    names = ", ".join(f"{name} = %s" for name in values)
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE dispatch SET {names} WHERE message_id = %s", [*values.values(), ident])


@pytest.mark.parametrize("target", BEYOND)
def test_nothing_goes_out_uncleared(line: Drawn, target: str) -> None:
    (ident,) = queue(make_contacts(1), line)
    with refused():
        put(ident, state=target)
    put(ident, **GOOD, state=target)
    assert state(ident) == target


@pytest.mark.parametrize("target", BEYOND)
@pytest.mark.parametrize("hole", [*GOOD, "touchpoint_rev"])
def test_a_null_in_any_column_lets_nothing_pass(line: Drawn, target: str, hole: str) -> None:
    (ident,) = queue(make_contacts(1), line)
    with refused():
        put(ident, **(GOOD | {hole: None}), state=target)


@pytest.mark.parametrize("target", BEYOND)
@pytest.mark.parametrize(
    "spoiled",
    [{"approved_by": None}, {"approved_hash": None}, {"body_hash": None}, {"body_hash": b"y" * 32}],
    ids=lambda spoiled: next(iter(spoiled)),
)
def test_a_person_s_words_are_these_words_or_stay(line: Drawn, target: str, spoiled: dict[str, Any]) -> None:
    (ident,) = queue(make_contacts(1), line)
    with refused():
        put(ident, **(PERSON | spoiled), state=target)
    put(ident, **PERSON, state=target)


@pytest.mark.parametrize("side", ["judgement", "undecided", "nonsense"])
def test_no_line_but_the_structural_one(line: Drawn, side: str) -> None:
    (ident,) = queue(make_contacts(1), line)
    with refused():
        put(ident, **(GOOD | {"line": side}), state="handoff")


def test_the_line_of_a_dispatch_is_that_of_its_revision() -> None:
    judgement = make_touchpoint(Line.JUDGEMENT)
    with refused():
        queue(make_contacts(1), judgement)  # says structural, and the revision says judgement


@pytest.mark.parametrize("named", [{"touchpoint_rev": 1}, {"line": "judgement"}, {"line": "nonsense"}])
def test_a_dispatch_keeps_to_the_line_of_a_real_revision(line: Drawn, named: dict[str, Any]) -> None:
    (ident,) = queue(make_contacts(1), line)
    with refused():
        put(ident, **named)


def test_no_false_line_hides_among_many(line: Drawn) -> None:
    ids = queue(make_contacts(3), line)
    copied = "contact_id, lane, author, touchpoint_rev, not_before, attempt, tries, misses, resent"
    empty = "state, on_release, address, result, provider_id"
    with refused(), connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO dispatch (message_id, line, {copied}, {empty})"
            f" SELECT -message_id, CASE message_id WHEN %s THEN 'judgement' ELSE line END, {copied}, {empty}"
            " FROM dispatch",
            [ids[1]],
        )


def test_a_revision_that_a_message_names_stays(line: Drawn) -> None:
    queue(make_contacts(1), line)
    with refused(), connection.cursor() as cursor:
        cursor.execute("UPDATE touchpoint SET current_id = NULL")
        cursor.execute("DELETE FROM touchpoint_revision")


def test_a_table_of_the_session_does_not_stand_for_ours(line: Drawn) -> None:
    (ident,) = queue(make_contacts(1), line)
    with refused(), connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE touchpoint_revision (id bigint, line text) ON COMMIT DROP")
        cursor.execute("INSERT INTO touchpoint_revision VALUES (1, 'structural')")
        put(ident, touchpoint_rev=1)


def test_a_message_is_never_rewritten(line: Drawn) -> None:
    (ident,) = queue(make_contacts(1), line)
    with refused():
        Message.objects.filter(pk=ident).update(body="other words")


def bump(contact: int) -> None:
    """What every action does that changes a gate fact."""
    row = Contact.objects.get(pk=contact)
    Contact.objects.filter(pk=contact).update(gate_rev=row.gate_rev + 1)


def reply(house: House, contact: int, line: Drawn) -> None:
    house.set(contact, talks=(TalkFact("question", business_now(), 5),))
    bump(contact)


def withdrawal(house: House, contact: int, line: Drawn) -> None:
    house.set(contact, basis=BasisFact(BasisKind.NONE, withdrawn=True))
    bump(contact)


HOLD = NewHold("contact", "bad news")


def hold(house: House, contact: int, line: Drawn) -> None:
    place_hold(replace(HOLD, scope_id=contact), acting_user=None, now=business_now())


def hold_by_a_rule(house: House, contact: int, line: Drawn) -> None:
    kept = replace(HOLD, scope_id=contact, expires_at=business_now() + timedelta(days=30))
    keep_hold(kept, now=business_now())


def line_change(house: House, contact: int, line: Drawn) -> None:
    move_line(line.touchpoint, Line.JUDGEMENT)


BETWEEN = [(reply, "held"), (withdrawal, "refused")]
BY_ACTIONS = [hold, hold_by_a_rule]


@pytest.mark.parametrize(("happens", "after"), BETWEEN)
def test_what_happens_between_gate_and_mark_counts(
    clerk: Clerk, house: House, provider: Provider, line: Drawn, happens: Callable[..., None], after: str
) -> None:
    moved, other = make_contacts(2)
    ids = queue([moved, other], line)
    claimed = clerk.claim()
    happens(house, moved, line)
    clerk.send(claimed)
    assert [message.ident for message in provider.accepted] == [ids[1]]
    assert state(ids[0]) == "queued"
    clerk.turn()
    assert state(ids[0]) == after


@pytest.mark.parametrize("happens", BY_ACTIONS)
def test_what_an_action_does_between_gate_and_mark_counts(
    clerk: Clerk, house: House, provider: Provider, line: Drawn, happens: Callable[..., None]
) -> None:
    moved, other = make_contacts(2)
    ids = queue([moved, other], line)
    claimed = clerk.claim()
    happens(house, moved, line)
    clerk.send(claimed)
    assert [message.ident for message in provider.accepted] == [ids[1]]
    assert state(ids[0]) == "queued"


def test_a_line_that_moves_between_gate_and_mark_stops_all(
    clerk: Clerk, house: House, provider: Provider, line: Drawn
) -> None:
    ids = queue(make_contacts(3), line)
    claimed = clerk.claim()
    line_change(house, 0, line)
    clerk.send(claimed)
    assert provider.accepted == []
    assert states(ids) == {"queued": 3}


def pause_all(account: int) -> None:
    pause(scope="everything", acting_user=7, now=business_now())


def pause_one(account: int) -> None:
    pause(scope="account", scope_id=account, acting_user=7, now=business_now())


def another_house(account: int) -> None:
    pause_everything(reason="epoch", now=business_now())


def reputation(account: int) -> None:
    list(pause_account(account, "blocked", "550 listed", business_now()))


@pytest.mark.parametrize("happens", [pause_all, pause_one, another_house, reputation])
def test_a_pause_between_gate_and_mark_stops_what_has_not_left(
    clerk: Clerk, provider: Provider, line: Drawn, happens: Callable[[int], None]
) -> None:
    ids = queue(make_contacts(3), line)
    claimed = clerk.claim()
    happens(claimed.items[0].account_id)
    clerk.send(claimed)
    assert provider.accepted == []
    assert states(ids) == {"queued": 3}


def test_the_pause_of_another_account_stops_nothing(clerk: Clerk, provider: Provider, line: Drawn) -> None:
    ids = queue(make_contacts(3), line)
    claimed = clerk.claim()
    pause_one(claimed.items[0].account_id + 1)
    clerk.send(claimed)
    assert states(ids) == {"sent": 3}


def test_an_old_structural_revision_never_passes(clerk: Clerk, provider: Provider, line: Drawn) -> None:
    """Every column says structural and cleared; only the touchpoint knows better."""
    move_line(line.touchpoint, Line.JUDGEMENT)
    (ident,) = queue(make_contacts(1), line)
    for _ in range(3):
        clerk.turn()
    assert provider.accepted == []
    assert state(ident) == "queued"


def test_a_person_s_words_go_out_and_bear_the_name(clerk: Clerk, provider: Provider) -> None:
    (contact,) = make_contacts(1)
    words = Words(contact, "Hei", "Takk for sist.", dedupe_key="entry:5")
    ident = approve_and_send(words=words, acting_user=7, now=business_now())
    assert approve_and_send(words=words, acting_user=7, now=business_now()) == ident
    clerk.turn()
    row = Dispatch.objects.get(pk=ident)
    assert (row.state, row.approved_by) == ("sent", 7)
    assert bytes(row.body_hash or b"") == words_hash("Hei", "Takk for sist.")
    assert b"Auto-Submitted: no" in provider.accepted[0].payload


def test_other_words_than_the_approved_ones_stay(clerk: Clerk, provider: Provider) -> None:
    (contact,) = make_contacts(1)
    ident = approve_and_send(words=Words(contact, "Hei", "Takk"), acting_user=7, now=business_now())
    put(ident, approved_hash=words_hash("Hei", "Something else"))
    clerk.turn()
    assert provider.accepted == []
    assert state(ident) != "sent"


def test_a_cancelled_message_stays_cancelled_in_a_worker_s_hands(
    clerk: Clerk, provider: Provider, line: Drawn
) -> None:
    contacts = make_contacts(2)
    ids = queue(contacts, line)
    claimed = clerk.claim()
    assert cancel(contact_ids=contacts[:1], now=business_now()) == 1
    clerk.send(claimed)
    assert [state(ident) for ident in ids] == ["cancelled", "sent"]
    assert provider.copies() == {ids[1]: 1}
