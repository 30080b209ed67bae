"""The yes: by whom, for what, and what takes it back."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tactful.broadcasts import actions, queries
from tactful.broadcasts.models import Broadcast
from tactful.broadcasts.tests.cast import NEWS, Salon
from tactful.broadcasts.types import BroadcastRefused, Plan, Schedule, State, Variant, When, Words
from tactful.content.models import TemplateVersion
from tactful.delivery.models import Message
from tactful.events.models import Event
from tactful.foundation.actions import change_settings, note_assessed
from tactful.foundation.models import Audit
from tactful.segments.actions import NewSegment, change_segment
from tactful.touchpoints.actions import decide
from tactful.touchpoints.types import Line
from tactful.wiring.segments import ALLOWED


def verbs(row: Broadcast) -> list[str]:
    rows = Audit.objects.filter(subject=f"broadcast:{row.id}").order_by("id")
    return list(rows.values_list("verb", flat=True))


def asked(salon: Salon, row: Broadcast) -> bytes:
    actions.ask_approval(broadcast_id=row.id, house=salon.house, acting_user=salon.owner.id)
    row.refresh_from_db()
    return queries.fingerprint_of(row, ALLOWED)


def wants_two(salon: Salon) -> None:
    change_settings(values={queries.SECOND_PERSON: True}, acting_user=salon.owner.id, now=salon.now)


def test_one_person_alone_may_send_where_the_house_asks_for_no_second(salon: Salon) -> None:
    row = salon.draft()
    actions.send(broadcast_id=row.id, house=salon.house, acting_user=salon.owner.id)
    row.refresh_from_db()
    assert (row.state, row.approved_by) == (State.SCHEDULED, salon.owner.id)
    assert row.begins_at == salon.now + timedelta(minutes=10)
    assert verbs(row) == ["broadcast.created", "broadcast.scheduled"]
    assert TemplateVersion.objects.get(id=row.versions[0]["nb"]).subject == NEWS.subject


def test_nothing_begins_while_too_many_call_our_mail_unwanted(salon: Salon) -> None:
    row, house = salon.draft(), replace(salon.house, unwanted=True)
    with pytest.raises(BroadcastRefused, match="unwanted"):
        actions.send(broadcast_id=row.id, house=house, acting_user=salon.owner.id)
    row.refresh_from_db()
    assert row.state == State.DRAFT


def test_in_a_trade_that_hears_of_health_the_assessment_comes_first(salon: Salon) -> None:
    """R91."""
    change_settings(values={"trade": "health"}, acting_user=salon.owner.id, now=salon.now)
    row = salon.draft()
    with pytest.raises(BroadcastRefused, match="say there that you have"):
        actions.send(broadcast_id=row.id, house=salon.house, acting_user=salon.owner.id)
    note_assessed(acting_user=salon.owner.id, now=salon.now)
    actions.send(broadcast_id=row.id, house=salon.house, acting_user=salon.owner.id)


def test_where_two_are_asked_for_the_writer_cannot_do_it_alone(salon: Salon) -> None:
    wants_two(salon)
    row = salon.draft()
    with pytest.raises(BroadcastRefused, match="A second person has to read it first"):
        actions.send(broadcast_id=row.id, house=salon.house, acting_user=salon.owner.id)
    seen = asked(salon, row)
    with pytest.raises(BroadcastRefused, match="You have written in it yourself"):
        actions.approve(broadcast_id=row.id, seen=seen, house=salon.house, acting_user=salon.owner.id)
    actions.approve(broadcast_id=row.id, seen=seen, house=salon.house, acting_user=salon.kari.id)
    row.refresh_from_db()
    assert (row.state, row.approved_by) == (State.SCHEDULED, salon.kari.id)


def test_whoever_has_changed_a_word_is_no_second_person(salon: Salon) -> None:
    wants_two(salon)
    row = salon.draft()
    actions.edit(
        broadcast_id=row.id, plan=replace(salon.plan, name="Jul"), acting_user=salon.kari.id, now=salon.now
    )
    seen = asked(salon, row)
    with pytest.raises(BroadcastRefused, match="You have written in it yourself"):
        actions.approve(broadcast_id=row.id, seen=seen, house=salon.house, acting_user=salon.kari.id)


@pytest.mark.parametrize("what", ["words", "segment"])
def test_a_yes_is_for_what_was_read(salon: Salon, what: str) -> None:
    row = salon.draft()
    seen = asked(salon, row)
    if what == "words":
        other = (Variant({"nb": replace(NEWS, body="Noe annet.")}),)
        Broadcast.objects.filter(id=row.id).update(plan=replace(salon.plan, variants=other).as_json())
    else:
        narrow(salon)
    with pytest.raises(BroadcastRefused, match="It has changed since you read it"):
        actions.approve(broadcast_id=row.id, seen=seen, house=salon.house, acting_user=salon.kari.id)


def narrow(salon: Salon) -> None:
    document = {"format": "tactful.segment/1", "where": {"field": "language", "is": "en"}}
    change_segment(
        salon.segment.id, NewSegment("Alle", document), allowed=ALLOWED, acting_user=salon.kari.id,
        moment=salon.house.moment,
    )  # fmt: skip


def test_an_edit_takes_the_approval_back_and_the_same_again_does_not(salon: Salon) -> None:
    row = salon.draft()
    actions.send(broadcast_id=row.id, house=salon.house, acting_user=salon.owner.id)
    actions.edit(broadcast_id=row.id, plan=salon.plan, acting_user=salon.kari.id, now=salon.now)
    row.refresh_from_db()
    assert row.state == State.SCHEDULED
    actions.edit(
        broadcast_id=row.id, plan=replace(salon.plan, per_hour=5), acting_user=salon.kari.id, now=salon.now
    )
    row.refresh_from_db()
    assert (row.state, row.approved_by, row.approved_hash) == (State.DRAFT, None, None)
    assert row.writers == sorted([salon.owner.id, salon.kari.id])
    salon.later(hours=0.5)
    assert actions.begin_due(house=salon.house) is None


def test_a_group_that_changed_after_the_yes_brings_it_back_instead_of_sending(salon: Salon) -> None:
    row = salon.draft()
    actions.send(broadcast_id=row.id, house=salon.house, acting_user=salon.owner.id)
    narrow(salon)
    salon.later(minutes=11)
    actions.begin_due(house=salon.house)
    row.refresh_from_db()
    assert (row.state, row.back_why, row.size) == (State.DRAFT, "segment", None)
    assert Message.objects.count() == 0


def test_within_its_minutes_it_is_undone_with_nothing_left(salon: Salon) -> None:
    row = salon.draft()
    actions.send(broadcast_id=row.id, house=salon.house, acting_user=salon.owner.id)
    salon.later(minutes=9)
    salon.works()
    found = actions.cancel(broadcast_id=row.id, acting_user=salon.owner.id, now=salon.now)
    salon.later(minutes=30)
    salon.works()
    assert (found.stopped, found.left) == (0, 0)
    assert salon.provider.accepted == []
    assert Event.objects.filter(name="broadcast.cancelled").count() == 1


def test_taking_it_back_brings_it_to_the_desk(salon: Salon) -> None:
    row = salon.draft()
    asked(salon, row)
    actions.take_back(broadcast_id=row.id, acting_user=salon.kari.id, now=salon.now)
    row.refresh_from_db()
    assert (row.state, row.back_why) == (State.DRAFT, "declined")


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"name": " "}, "Give it a name"),
        ({"segment": ""}, "Choose who gets it"),
        ({"segment": "no-such"}, "cannot be read any more"),
        ({"touchpoint": ""}, "Choose the touchpoint at which this is said"),
        ({"variants": (Variant(),)}, "Write what it says"),
        ({"variants": (Variant({"nb": NEWS}, 0),)}, "Give at least one version a share"),
        ({"variants": (Variant({"nb": NEWS}), Variant({"en": NEWS}))}, "in the same languages"),
        ({"variants": (Variant({"nb": Words("", "", "Hei")}),)}, "Norwegian:"),
        ({"variants": (Variant({"nb": Words("Hei", "", "{{ unknown }}")}),)}, "Norwegian:"),
        ({"schedule": Schedule(When.AT, None)}, "Choose a moment that is still to come"),
        ({"schedule": Schedule(When.LOCAL)}, "Choose a day that is still to come"),
        ({"per_hour": 0}, "how many may go out in an hour"),
        ({"delay_minutes": 9_999}, "at most a day"),
    ],
)
def test_what_is_missing_is_said_in_a_sentence(
    salon: Salon, changes: dict[str, object], sentence: str
) -> None:
    row = salon.draft(**changes)
    for act in (actions.send, actions.ask_approval):
        with pytest.raises(BroadcastRefused, match=sentence):
            act(broadcast_id=row.id, house=salon.house, acting_user=salon.owner.id)
    row.refresh_from_db()
    assert row.state == State.DRAFT


def test_only_a_structural_place_that_keeps_in_touch(salon: Salon) -> None:
    row = salon.draft()
    decide(
        salon.touchpoint.id, Line.JUDGEMENT, "By hand", owner_id=salon.kari.id, acting_user=salon.owner.id,
        now=salon.now,
    )  # fmt: skip
    with pytest.raises(BroadcastRefused, match="matter for people"):
        actions.send(broadcast_id=row.id, house=salon.house, acting_user=salon.owner.id)
    decide(
        salon.touchpoint.id,
        Line.STRUCTURAL,
        "By rule",
        owner_id=None,
        acting_user=salon.owner.id,
        now=salon.now,
    )
    salon.touchpoint.refresh_from_db()
    salon.touchpoint.message_class = "reminder"
    salon.touchpoint.save()
    with pytest.raises(BroadcastRefused, match="keeps in touch or brings news"):
        actions.send(broadcast_id=row.id, house=salon.house, acting_user=salon.owner.id)


def test_on_its_way_it_cannot_be_edited(salon: Salon) -> None:
    row = salon.sends()
    plan: Plan = replace(salon.plan, name="Other")
    with pytest.raises(BroadcastRefused, match="on its way already"):
        actions.edit(broadcast_id=row.id, plan=plan, acting_user=salon.owner.id, now=salon.now)
    actions.cancel(broadcast_id=row.id, acting_user=salon.owner.id, now=salon.now)
    with pytest.raises(BroadcastRefused, match="is over"):
        actions.edit(broadcast_id=row.id, plan=plan, acting_user=salon.owner.id, now=salon.now)
