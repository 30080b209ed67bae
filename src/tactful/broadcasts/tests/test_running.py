"""Frozen, fed, paused, stopped: everybody stands in the account exactly once."""

from datetime import UTC, datetime, time, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from hypothesis import given, settings
from hypothesis import strategies as st

from tactful.broadcasts import actions, queries
from tactful.broadcasts.actions import feeding
from tactful.broadcasts.hot import people
from tactful.broadcasts.models import Broadcast, BroadcastPerson
from tactful.broadcasts.rules.variants import number_of, thresholds, variant_of
from tactful.broadcasts.tests.cast import NEWS, Salon, make_clients
from tactful.broadcasts.types import BroadcastRefused, Schedule, Standing, State, Variant, When, Words
from tactful.channels.types import Outcome
from tactful.contacts.models import BasisSpell, Contact, Identity
from tactful.delivery.models import Dispatch, Message, SendingPause
from tactful.delivery.tests.house import answer
from tactful.events.models import Event
from tactful.foundation.actions import change_settings
from tactful.gate.rules.codes import Code


def test_everybody_of_the_group_gets_it_once_and_it_comes_to_its_end(salon: Salon) -> None:
    row = salon.sends()
    assert (row.state, row.size) == (State.SENDING, 6)
    assert salon.account(row).counts == {Standing.WAITING: 6}
    salon.works()
    assert salon.account(row).counts == {Standing.SENT: 6}
    assert row.state == State.FINISHED
    assert len(salon.provider.accepted) == len({mail.recipient for mail in salon.provider.accepted}) == 6
    rows = Dispatch.objects.all()
    assert {(each.author, each.approved_by, each.line) for each in rows} == {
        ("person_bulk", salon.owner.id, "structural")
    }
    assert Event.objects.filter(name="broadcast.finished").get().data["counts"] == {"sent": 6}


def test_the_audience_is_frozen(salon: Salon) -> None:
    row = salon.sends()
    make_clients(3, salon.now)
    Contact.objects.filter(id=BroadcastPerson.objects.order_by("contact_id")[0].contact_id).update(
        country="SE"
    )
    salon.works()
    assert salon.account(row).counts == {Standing.SENT: 6}


def test_the_gate_decides_for_each_and_the_account_says_why(salon: Salon) -> None:
    row = salon.sends()
    withdrawn, silent, dead, unknown, gone, _ = BroadcastPerson.objects.order_by("contact_id").values_list(
        "contact_id", flat=True
    )
    BasisSpell.objects.filter(contact_id=withdrawn).delete()
    Identity.objects.filter(contact_id=silent).delete()
    Contact.objects.filter(id=gone).delete()
    fates = {dead: answer(Outcome.HARD_ADDRESS, 550), unknown: answer(Outcome.AMBIGUOUS)}
    of = {f"k{who}@client.example": fate for who, fate in fates.items()}
    salon.provider.plan = lambda mail: of[mail.recipient](mail) if mail.recipient in of else None
    salon.works()
    found = salon.account(row)
    assert found.counts == {Standing.SENT: 1, Standing.REFUSED: 2, Standing.FAILED: 2, Standing.GONE: 1}
    assert found.reasons[Standing.REFUSED] == {Code.BASIS_NONE: 1, Code.ADDRESS_MISSING: 1}
    who = queries.people_of(row.id, Standing.REFUSED, code=str(Code.BASIS_NONE))
    assert [each.contact_id for each in who] == [withdrawn]
    assert [each.contact_id for each in queries.people_of(row.id, Standing.GONE)] == [gone]
    everybody = [each for standing in Standing for each in queries.people_of(row.id, standing)]
    assert len({each.contact_id for each in everybody}) == len(everybody) == 6


def test_who_is_held_keeps_it_from_its_end(salon: Salon) -> None:
    night = {"gate.quiet_from": "00:01", "gate.quiet_to": "00:00"}
    change_settings(values=night, acting_user=salon.owner.id, now=salon.now)
    row = salon.sends()
    salon.works()
    assert salon.account(row).counts == {Standing.HELD: 6}
    assert row.state == State.SENDING


def test_people_page_by_page(salon: Salon) -> None:
    row = salon.sends()
    seen: list[int] = []
    while page := queries.people_of(row.id, after=seen[-1] if seen else 0, limit=4):
        seen += [each.contact_id for each in page]
    assert seen == sorted(Contact.objects.values_list("id", flat=True))


def test_paused_nothing_leaves_and_resumed_all_of_it_does(
    salon: Salon, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feeding, "CHUNK", 2)
    row = salon.sends()
    actions.feed_next(now=salon.now)
    actions.pause(broadcast_id=row.id, acting_user=salon.kari.id, now=salon.now)
    salon.works()
    assert salon.account(row).counts == {Standing.WAITING: 6}
    assert (salon.provider.accepted, Message.objects.count()) == ([], 2)
    salon.later(hours=5)
    actions.resume(broadcast_id=row.id, acting_user=salon.kari.id, now=salon.now)
    salon.works()
    assert salon.account(row).counts == {Standing.SENT: 6}


def test_cancelled_it_says_what_was_stopped_and_what_had_left(
    salon: Salon, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feeding, "CHUNK", 2)
    row = salon.sends()
    actions.feed_next(now=salon.now)
    assert salon.clerk is not None
    salon.clerk.turn()
    actions.feed_next(now=salon.now)
    actions.pause(broadcast_id=row.id, acting_user=salon.owner.id, now=salon.now)
    found = actions.cancel(broadcast_id=row.id, acting_user=salon.owner.id, now=salon.now)
    assert (found.stopped, found.left) == (4, 2)
    salon.works()
    assert salon.account(row).counts == {Standing.SENT: 2, Standing.CANCELLED: 4}
    assert SendingPause.objects.filter(ended_at=None).count() == 0
    assert len(salon.provider.accepted) == 2
    with pytest.raises(BroadcastRefused, match="is over"):
        actions.resume(broadcast_id=row.id, acting_user=salon.owner.id, now=salon.now)


def test_whoever_is_killed_while_feeding_has_fed_nobody(
    salon: Salon, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = salon.sends()

    class Killed(BaseException):
        pass

    def die(*_: object) -> int:
        raise Killed

    alive = people.queued
    monkeypatch.setattr(people, "queued", die)
    with pytest.raises(Killed):
        actions.feed_next(now=salon.now)
    monkeypatch.setattr(people, "queued", alive)
    assert Message.objects.count() == 0
    salon.works()
    assert salon.account(row).counts == {Standing.SENT: 6}


def test_the_pace_is_kept(salon: Salon) -> None:
    row = salon.sends(per_hour=60)
    began = salon.now
    for _ in range(12):
        salon.works(rounds=2)
        salon.later(seconds=30)
    moments = sorted(Message.objects.values_list("due_at", flat=True))
    assert len(moments) == 6
    assert all(later - sooner >= timedelta(minutes=1) for sooner, later in pairwise(moments))
    assert moments[0] >= began
    salon.works()
    assert salon.account(row).counts == {Standing.SENT: 6}


def test_no_more_wait_in_the_outbox_than_there_is_room_for(
    salon: Salon, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feeding, "AT_WORK", 4)
    salon.sends()
    assert [actions.feed_next(now=salon.now), actions.feed_next(now=salon.now)] == [4, 0]
    assert salon.clerk is not None
    salon.clerk.turn()
    assert actions.feed_next(now=salon.now) == 2


def test_at_ten_by_each_client_s_own_clock(salon: Salon) -> None:
    tokyo = make_clients(2, salon.now, time_zone="Asia/Tokyo")
    (odd,) = make_clients(1, salon.now, time_zone="No/Such")
    day = (salon.now + timedelta(days=2)).date()
    row = salon.draft(schedule=Schedule(When.LOCAL, None, day, time(10)))
    actions.send(broadcast_id=row.id, house=salon.house, acting_user=salon.owner.id)
    row = salon.begins(row)
    due = dict(BroadcastPerson.objects.values_list("contact_id", "due_at"))
    ten = {zone: datetime.combine(day, time(10), ZoneInfo(zone)) for zone in ("Asia/Tokyo", "Europe/Oslo")}
    assert [due[who] for who in tokyo] == [ten["Asia/Tokyo"].astimezone(UTC)] * 2
    assert due[odd] == ten["Europe/Oslo"].astimezone(UTC)
    assert actions.feed_next(now=salon.now) == 0
    assert actions.feed_next(now=ten["Asia/Tokyo"]) == 2
    assert actions.feed_next(now=ten["Europe/Oslo"]) == 7


def test_each_gets_the_variant_and_the_language_that_are_theirs(salon: Salon) -> None:
    english = make_clients(20, salon.now, language="en-GB")
    words = {"nb": NEWS, "en": Words("Open", "", "Hi {{ given_name }}.")}
    row = salon.sends(variants=(Variant(words, 1), Variant(words, 3)))
    salon.works()
    assert salon.account(row).counts == {Standing.SENT: 26}
    for person in BroadcastPerson.objects.all():
        assert person.variant == variant_of(row.seed, row.id, person.contact_id, [1, 3])
        message = Message.objects.get(id=person.message_id or 0)
        assert message.template == f"broadcast-{row.id}-{person.variant}"
        assert message.language == ("en" if person.contact_id in english else "nb")
    assert set(salon.account(row).variants) == {0, 1}


@given(
    st.integers(1, 2**62),
    st.integers(1, 2**62),
    st.lists(st.integers(0, 50), min_size=1, max_size=5).filter(any),
)
@settings(max_examples=30)
@pytest.mark.django_db
def test_sql_and_python_choose_the_same_variant(seed: int, broadcast: int, weights: list[int]) -> None:
    ends = thresholds(weights)
    given_: dict[str, Any] = {
        "frozen_seed": seed,
        "frozen_id": broadcast,
        "frozen_total": ends[-1],
        "frozen_ends": list(ends),
    }
    query = f"SELECT c.id, {people.NUMBER}, {people.VARIANT} FROM generate_series(1, 40) AS c(id)"
    with connection.cursor() as cursor:
        cursor.execute(query, given_)
        for ident, number, variant in cursor.fetchall():
            assert number == number_of(seed, broadcast, ident)
            assert variant == variant_of(seed, broadcast, ident, weights)


def test_after_a_long_stop_a_person_looks_before_it_goes_on(
    salon: Salon, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feeding, "CHUNK", 2)
    row = salon.sends()
    actions.feed_next(now=salon.now)
    salon.later(hours=3)
    assert actions.feed_next(now=salon.now) == 0
    row.refresh_from_db()
    assert (row.state, row.pause_why) == (State.PAUSED, "stood_still")
    actions.resume(broadcast_id=row.id, acting_user=salon.owner.id, now=salon.now)
    salon.works()
    assert salon.account(row).counts == {Standing.SENT: 6}


def test_one_whose_moment_passed_while_nothing_ran_waits_for_a_person(salon: Salon) -> None:
    row = salon.draft()
    actions.send(broadcast_id=row.id, house=salon.house, acting_user=salon.owner.id)
    salon.later(hours=9)
    salon.works()
    assert salon.account(row).counts == {Standing.WAITING: 6}
    assert (row.state, row.pause_why) == (State.PAUSED, "stood_still")


def test_a_line_that_moves_meanwhile_stops_the_rest(salon: Salon, monkeypatch: pytest.MonkeyPatch) -> None:
    from tactful.touchpoints.actions import decide  # noqa: PLC0415
    from tactful.touchpoints.types import Line  # noqa: PLC0415

    monkeypatch.setattr(feeding, "CHUNK", 2)
    row = salon.sends()
    actions.feed_next(now=salon.now)
    assert salon.clerk is not None
    salon.clerk.turn()
    decide(
        salon.touchpoint.id, Line.JUDGEMENT, "By hand", owner_id=salon.kari.id, acting_user=salon.owner.id,
        now=salon.now,
    )  # fmt: skip
    salon.works()
    found = salon.account(row)
    assert found.counts == {Standing.SENT: 2, Standing.REFUSED: 4}
    assert found.reasons[Standing.REFUSED] == {Code.LINE_JUDGEMENT: 4}


def test_an_empty_group_comes_to_its_end_at_once(salon: Salon) -> None:
    Contact.objects.update(country="SE")
    row = salon.sends()
    salon.works()
    assert salon.account(row).audience == 0
    assert row.state == State.FINISHED


def test_two_at_once_take_turns(salon: Salon, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feeding, "CHUNK", 1)
    change_settings(
        values={"gate.contact_day": 9, "gate.contact_week": 9}, acting_user=salon.owner.id, now=salon.now
    )
    one, other = salon.sends(name="One"), salon.sends(name="Other")
    for _ in range(6):
        salon.now += timedelta(seconds=1)
        actions.feed_next(now=salon.now)
    fed = {row.id: Message.objects.filter(cause_id=row.id).count() for row in (one, other)}
    assert fed == {one.id: 3, other.id: 3}


def test_a_finished_one_is_not_asked_for_again(salon: Salon) -> None:
    row = salon.sends()
    salon.works()
    assert Broadcast.objects.get(id=row.id).state == State.FINISHED
    assert actions.finish_done(now=salon.now) == 0


def test_what_a_worker_has_in_hand_comes_back_with_a_pause(salon: Salon) -> None:
    row = salon.sends()
    actions.feed_next(now=salon.now)
    assert salon.clerk is not None
    claimed = salon.clerk.claim()
    assert len(claimed.items) == 6
    actions.pause(broadcast_id=row.id, acting_user=salon.kari.id, now=salon.now)
    salon.clerk.send(claimed)
    assert (salon.provider.accepted, salon.account(row).counts) == ([], {Standing.WAITING: 6})
    actions.resume(broadcast_id=row.id, acting_user=salon.kari.id, now=salon.now)
    salon.works()
    assert salon.account(row).counts == {Standing.SENT: 6}
    assert len(salon.provider.accepted) == 6
