"""The journal of departures, and a restored house that reads it (R13)."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tactful.channels.types import OutboundMessage, Outcome, SendResult
from tactful.delivery.actions import NothingRestored, Since, confirm_restored, settle_departed
from tactful.delivery.departures import DepartureLog
from tactful.delivery.models import Dispatch, Message
from tactful.delivery.queries import restored
from tactful.delivery.rules.departures import Departures, read
from tactful.delivery.tests.house import Clerk, Drawn, Provider, make_contacts, queue, state, states
from tactful.events.models import Event
from tactful.foundation.clock import business_now
from tactful.foundation.models import Departed, Instance


def mark(ident: int, attempt: int = 1, at: int = 50, speaker: int = 0) -> str:
    return json.dumps(["M", ident, attempt, at, 7, "visit", 3, 2, 4, "little", 40, 5, speaker])


def outcome(ident: int, said: str, attempt: int = 1) -> str:
    return json.dumps(["O", ident, attempt, said])


def fates(found: Departures) -> dict[int, str]:
    return {each.id: each.fate for each in found.gone}


def test_what_was_answered_is_sent_and_what_was_not_is_unclear() -> None:
    lines = [
        mark(1),
        outcome(1, "sent"),
        mark(2),
        mark(3),
        outcome(3, "safe"),
        mark(4),
        outcome(4, "ambiguous"),
    ]
    assert fates(read(lines, 0)) == {1: "sent", 2: "unknown", 4: "unknown"}


def test_the_last_attempt_counts() -> None:
    lines = [
        mark(1),
        outcome(1, "safe"),
        mark(1, 2),
        outcome(1, "sent", 2),
        mark(2),
        outcome(2, "sent"),
        mark(2, 2),
    ]
    assert fates(read(lines, 0)) == {1: "sent", 2: "unknown"}


def test_who_rides_along_goes_the_same_way() -> None:
    lines = [
        mark(1),
        mark(2, 0, speaker=1),
        outcome(1, "sent"),
        mark(3),
        mark(4, 0, speaker=3),
        outcome(3, "safe"),
    ]
    assert fates(read(lines, 0)) == {1: "sent", 2: "sent"}


def test_what_is_before_the_backup_and_what_is_torn_do_not_count() -> None:
    found = read([mark(1, at=9), outcome(1, "sent"), '["T",80]', '["M", 5, 1'], 10)
    assert (fates(found), found.known_until) == ({}, 80)
    assert read([], 0).known_until == 0


def test_a_hole_ends_what_is_known() -> None:
    assert read(['["T",20]', '["H",30]', '["T",90]'], 10).known_until == 30
    assert read(['["H",5]', '["T",90]'], 10).known_until == 90  # before the backup, so of no interest


def test_a_journal_that_cannot_be_written_stops_no_mail_and_says_so_later(tmp_path: Path) -> None:
    folder = tmp_path / "departures"
    folder.write_text("not a folder")
    log = DepartureLog(folder)
    log.settled([])
    log.alive()
    folder.unlink()
    log._alive_ms = 0
    log.alive()
    (first, _alive) = next(folder.glob("*.jsonl")).read_text().splitlines()
    assert json.loads(first)[0] == "H"


def restore_now(gone: Sequence[Departed] = (), **more: Any) -> None:
    now = business_now()
    Departed.objects.bulk_create(gone)
    Instance.objects.filter(id=1).update(
        sending_paused="restored", restored_at=now, restored_from=now - timedelta(hours=4), **more
    )


def departed(ident: int, fate: str = "sent", **changes: Any) -> Departed:
    """As the journal would tell of that message."""
    message = Message.objects.get(pk=ident)
    row: dict[str, Any] = {
        "message_id": ident,
        "contact_id": message.contact_id,
        "cause_kind": message.cause_kind,
        "cause_id": message.cause_id,
        "cause_visit": message.cause_visit,
        "touchpoint_id": message.touchpoint_id,
        "template": message.template,
        "due_at": message.due_at.replace(microsecond=message.due_at.microsecond // 1000 * 1000),
        "at": business_now() - timedelta(hours=1),
        "clearance": 3,
        "fate": fate,
    }
    return Departed(**(row | changes))


@pytest.mark.django_db
def test_a_house_writes_down_what_leaves(
    clerk: Clerk, provider: Provider, line: Drawn, tmp_path: Path
) -> None:
    clerk.hand.departures = DepartureLog(tmp_path / "departures")
    ids = queue(make_contacts(3), line)
    sent_of: list[int] = []

    def answer(message: OutboundMessage) -> None:
        found = read(next((tmp_path / "departures").glob("*.jsonl")).read_text().splitlines(), 0)
        assert message.ident in fates(found)  # written before the wire
        sent_of.append(message.ident)

    provider.before = answer
    clerk.turn()
    lines = next((tmp_path / "departures").glob("*.jsonl")).read_text().splitlines()
    assert fates(read(lines, 0)) == dict.fromkeys(ids, "sent")
    assert sorted(sent_of) == sorted(ids)
    assert all(each.clearance for each in read(lines, 0).gone)


@pytest.mark.django_db
def test_what_had_left_is_settled_and_not_sent_again(clerk: Clerk, provider: Provider, line: Drawn) -> None:
    known, unclear, fresh = queue(make_contacts(3), line)
    restore_now([departed(known), departed(unclear, "unknown")])
    confirm_restored(since=Since.SEND, acting_user=1, now=business_now())
    clerk.turn()
    assert [message.ident for message in provider.accepted] == [fresh]
    assert [state(each) for each in (known, unclear, fresh)] == ["sent", "unknown", "sent"]
    row = Dispatch.objects.get(pk=known)
    assert (row.clearance, row.settled_at) == (3, Departed.objects.get(pk=known).at)
    facts = dict(Event.objects.filter(name__startswith="message.").values_list("data__message", "name"))
    assert facts == {known: "message.sent", unclear: "message.unknown", fresh: "message.sent"}


@pytest.mark.django_db
@pytest.mark.parametrize("again", ["visit", "broadcast", "date"])
def test_the_same_message_made_anew_is_known_again(
    clerk: Clerk, provider: Provider, line: Drawn, again: str
) -> None:
    contacts = make_contacts(1)
    cause = {"cause_kind": "broadcast"} if again == "broadcast" else {"cause_kind": "visit", "cause_visit": 2}
    (ident,) = queue(contacts, line, cause_id=5, **cause)
    others = {"cause_id": 99} if again == "date" else {"due_at": datetime(2026, 1, 1, tzinfo=UTC)}
    restore_now([departed(ident, **({"message_id": 1} | others))])
    confirm_restored(since=Since.SEND, acting_user=1, now=business_now())
    clerk.turn()
    assert (provider.accepted, state(ident)) == ([], "sent")


@pytest.mark.django_db
@pytest.mark.parametrize("other", ["contact_id", "cause_id", "due_at"])
def test_another_message_is_another(clerk: Clerk, provider: Provider, line: Drawn, other: str) -> None:
    (ident,) = queue(make_contacts(1), line, cause_kind="visit", cause_id=5, cause_visit=2)
    later: dict[str, Any] = {"cause_id": 6, "due_at": business_now() + timedelta(days=1)}
    changes = {"contact_id": {"contact_id": 1}, "cause_id": later, "due_at": {"cause_visit": 3} | later}[
        other
    ]
    restore_now([departed(ident, **({"message_id": 1} | changes))])
    confirm_restored(since=Since.SEND, acting_user=1, now=business_now())
    clerk.turn()
    assert [message.ident for message in provider.accepted] == [ident]


@pytest.mark.django_db
def test_left_alone_is_what_was_due_before_and_nothing_else(
    clerk: Clerk, provider: Provider, line: Drawn
) -> None:
    old = queue(make_contacts(2), line)
    restore_now()
    confirm_restored(since=Since.LEAVE, acting_user=1, now=business_now())
    new = queue(make_contacts(1), line, cause_id=2)
    clerk.turn()
    assert states(old) == {"cancelled": 2}
    assert [message.ident for message in provider.accepted] == new


@pytest.mark.django_db
def test_the_list_before_the_word_of_an_owner(line: Drawn) -> None:
    known, waiting = queue(make_contacts(2), line)
    queue(make_contacts(1), line, due_at=business_now() + timedelta(hours=1))
    assert restored(business_now()) is None
    restore_now([departed(known)])
    found = restored(business_now())
    assert found is not None
    assert (found.total, found.gone, found.unclear, found.known_until) == (1, 1, 0, None)
    assert [each.id for each in found.waiting] == [waiting]


@pytest.mark.django_db
def test_while_it_waits_the_known_ones_are_settled(line: Drawn) -> None:
    known, waiting = queue(make_contacts(2), line)
    restore_now([departed(known)])
    assert settle_departed(business_now()) == {known}
    assert (state(known), state(waiting)) == ("sent", "queued")


@pytest.mark.django_db
def test_only_a_restored_house_is_confirmed() -> None:
    with pytest.raises(NothingRestored):
        confirm_restored(since=Since.SEND, acting_user=1, now=business_now())


def test_outcomes_are_those_of_the_channels() -> None:
    assert (Outcome.SENT, Outcome.AMBIGUOUS) == ("sent", "ambiguous")
    assert SendResult(1, 2, Outcome.SENT).attempt == 2
