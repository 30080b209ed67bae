"""The trial week: nothing leaves, what would have is told, and nothing old floods out at its end."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tactful.delivery.actions import NothingToDecide
from tactful.delivery.models import Dispatch, Rehearsed
from tactful.delivery.queries import trust as outbox
from tactful.foundation.clock import business_now
from tactful.foundation.models import User
from tactful.foundation.queries import business_at
from tactful.gate import queries as gate
from tactful.gate.actions import NewHold, place_hold
from tactful.inbox.models import Task
from tactful.journeys.models import Enrolment
from tactful.journeys.recipes import text
from tactful.touchpoints.models import Touchpoint
from tactful.wiring.deciding import decide_held
from tactful.wiring.rehearsal import Why, judge_right, judge_wrong, unjudge
from tactful.wiring.tests.past_firm import OPEN, PastFirm, past_firm
from tactful.wiring.trust import (
    FIRST_ONES,
    NotNow,
    begin_trial,
    end_trial,
    enough_shown,
    let_go_first,
    show_first_ones,
)

pytestmark = pytest.mark.django_db
RECIPE = "annual-accounts-documents"
CLASSES = {
    "document-request": "relationship",
    "document-reminder": "relationship",
    "document-received": "awaited",
}
OWNER = 7
NAMES = ("Liv", "Per", "Ida")


def begins(**more: Any) -> int:
    return begin_trial(acting_user=OWNER, now=business_now(), **more)


def would_have() -> list[tuple[int, str]]:
    rows = Rehearsed.objects.order_by("at", "message")
    return [(row.message.contact_id, row.message.template) for row in rows.select_related("message")]


def run(tmp_path: Path, names: tuple[str, ...] = NAMES, **house: Any) -> Any:
    return past_firm(tmp_path, [text(RECIPE)], CLASSES, names, **(OPEN | house))


def shown() -> list[int]:
    return [row.pk for row in outbox.waiting_to_be_seen()]


def asks_all(firm: PastFirm) -> None:
    for client in firm.clients:
        firm.ask(client)


def test_nothing_leaves_and_what_would_have_is_told(tmp_path: Path) -> None:
    with run(tmp_path) as firm:
        trial = begins()
        asks_all(firm)
        firm.until(business_now() + timedelta(days=6))
        assert firm.clerk.provider.accepted == []
        assert sorted(would_have()) == sorted((who, "document-request") for who in firm.clients)
        assert {row.trial for row in Rehearsed.objects.all()} == {trial}
        (reasons,) = {str(row.reasons) for row in Dispatch.objects.all()}
        assert "standing.trial" in reasons
        assert not Task.objects.exists(), "a trial asks nobody for anything"
        with pytest.raises(NotNow):
            begins()


def test_what_would_not_have_gone_is_not_among_it(tmp_path: Path) -> None:
    with run(tmp_path) as firm:
        begins()
        liv, per, _ = firm.clients
        firm.begins(liv, "question")
        place_hold(NewHold("contact", "Leave them", scope_id=per), acting_user=OWNER, now=business_now())
        asks_all(firm)
        firm.until(business_now() + timedelta(days=1))
        assert would_have() == [(firm.clients[2], "document-request")]
        firm.ends(liv, "question")
        firm.until(business_now() + timedelta(days=1))
        assert {who for who, _ in would_have()} == {liv, firm.clients[2]}


def test_at_the_end_what_is_still_true_is_shown_first_and_nothing_floods(tmp_path: Path) -> None:
    with run(tmp_path) as firm:
        begins()
        asks_all(firm)
        liv = firm.clients[0]
        firm.until(business_now() + timedelta(days=3))
        firm.documents_come(liv)
        firm.until(business_now() + timedelta(days=5))
        assert gate.trial(business_now()) is None
        assert firm.sent() == []
        waiting = outbox.waiting_to_be_seen()
        assert {row.contact_id for row in waiting} == set(firm.clients) - {liv}
        for ident in shown():
            let_go_first(ident, acting_user=OWNER, now=business_now())
        firm.work()
        assert [what for _, what, _ in firm.sent()] == ["document-request"] * 2


def test_what_names_nothing_that_must_be_true_is_dropped(tmp_path: Path) -> None:
    with run(tmp_path, ("Liv",)) as firm:
        begins()
        firm.ask(firm.clients[0])
        firm.until(business_now() + timedelta(days=1))
        firm.documents_come(firm.clients[0])  # the thanks for them is what the client waits for
        firm.until(business_now() + timedelta(days=1))
        assert (firm.clients[0], "document-received") in would_have()
        end_trial(acting_user=OWNER, now=business_now())
        firm.until(business_now() + timedelta(days=2))
        assert firm.sent() == []
        assert shown() == []
        assert set(Dispatch.objects.values_list("state", flat=True)) == {"cancelled"}


def test_time_alone_lets_nothing_go(tmp_path: Path) -> None:
    with run(tmp_path, ("Liv",)) as firm:
        begins()
        firm.ask(firm.clients[0])
        firm.until(business_now() + timedelta(hours=1))
        (row,) = Dispatch.objects.select_related("message")
        assert row.not_before == row.message.latest_at, "when it makes no sense any more, it is over"


def test_only_ten_are_shown_and_then_they_go_by_themselves(tmp_path: Path) -> None:
    names = tuple(f"C{number}" for number in range(FIRST_ONES + 2))
    with run(tmp_path, names) as firm:
        begins()
        end_trial(acting_user=OWNER, now=business_now())
        firm.work()
        asks_all(firm)
        firm.work()
        assert firm.sent() == []
        waiting = shown()
        assert len(waiting) == len(names)
        assert let_go_first(waiting[0], acting_user=OWNER, now=business_now()) == FIRST_ONES - 1
        decide_held(waiting[1], send=True, acting_user=OWNER, now=business_now())
        decide_held(waiting[2], send=False, acting_user=OWNER, now=business_now())
        firm.work()
        assert len(firm.sent()) == 2, "what is let go goes, the others wait"
        for ident in shown()[:-1]:
            let_go_first(ident, acting_user=OWNER, now=business_now())
        firm.work()
        assert shown() == [], "ten were let go, and the last one went by itself"
        assert len(firm.sent()) == FIRST_ONES + 1
        with pytest.raises(NothingToDecide):
            let_go_first(waiting[2], acting_user=OWNER, now=business_now())


def test_a_house_may_have_seen_enough(tmp_path: Path) -> None:
    with run(tmp_path) as firm:
        begins()
        end_trial(acting_user=OWNER, now=business_now())
        asks_all(firm)
        firm.work()
        point = Touchpoint.objects.get(slug="document-request").pk
        enough_shown(point, acting_user=OWNER, now=business_now())
        firm.work()
        assert len(firm.sent()) == len(NAMES)
        with pytest.raises(NotNow):
            enough_shown(point, acting_user=OWNER, now=business_now())
        assert show_first_ones(business_now()) == 0, "once seen is seen"


def test_an_upgraded_house_is_in_no_trial(tmp_path: Path) -> None:
    with run(tmp_path) as firm:
        assert show_first_ones(business_now()) == 0
        asks_all(firm)
        firm.work()
        assert len(firm.sent()) == len(NAMES)
        assert not Rehearsed.objects.exists()


def judged(firm: PastFirm) -> list[int]:
    User.objects.create(id=OWNER, email="ingrid@fjord.example", name="Ingrid Solheim", role="owner")
    begins()
    asks_all(firm)
    firm.work()
    return list(Rehearsed.objects.order_by("message").values_list("message_id", flat=True))


def test_right_and_wrong_and_taken_back(tmp_path: Path) -> None:
    with run(tmp_path) as firm:
        one, two, three = judged(firm)
        judge_right(one, acting_user=OWNER, now=business_now())
        judge_wrong(two, Why.WORDS, acting_user=OWNER, now=business_now())
        trial = gate.trial(business_now())
        assert trial is not None
        assert outbox.judged_counts(trial.id) == (3, 1, 1)
        with pytest.raises(NothingToDecide):
            judge_wrong(two, Why.CLIENT, acting_user=OWNER, now=business_now())
        unjudge(one, acting_user=OWNER, now=business_now())
        with pytest.raises(NothingToDecide):
            unjudge(three, acting_user=OWNER, now=business_now())
        end_trial(acting_user=OWNER, now=business_now())
        firm.work()
        wrong = Dispatch.objects.get(pk=two).contact_id
        assert {row.contact_id for row in outbox.waiting_to_be_seen()} == set(firm.clients) - {wrong}


def test_this_client_not(tmp_path: Path) -> None:
    with run(tmp_path) as firm:
        one, *_ = judged(firm)
        who = Dispatch.objects.get(pk=one).contact_id
        judge_wrong(one, Why.CLIENT, acting_user=OWNER, now=business_now())
        (hold,) = gate.standing_on(who, business_now())
        assert (hold.expires_at, hold.owner_id) == (None, OWNER)
        unjudge(one, acting_user=OWNER, now=business_now())
        assert gate.standing_on(who, business_now()) == []


def test_not_just_now_ends_by_itself(tmp_path: Path) -> None:
    with run(tmp_path) as firm:
        one, *_ = judged(firm)
        judge_wrong(one, Why.LATER, acting_user=OWNER, now=business_now())
        (hold,) = gate.standing_on(Dispatch.objects.get(pk=one).contact_id, business_now())
        assert hold.expires_at is not None
        assert timedelta(days=13) < hold.expires_at - business_now() <= timedelta(days=14)


def test_not_at_this_hour_makes_the_quiet_hours_longer(tmp_path: Path) -> None:
    with run(tmp_path, NAMES, **{"gate.quiet_from": "20:00", "gate.quiet_to": "08:00"}) as firm:
        one, *_ = judged(firm)  # at nine
        judge_wrong(one, Why.HOUR, acting_user=OWNER, now=business_now())
        assert business_at(business_now()).gate["quiet_to"] == "10:00"
        unjudge(one, acting_user=OWNER, now=business_now())
        assert business_at(business_now()).gate["quiet_to"] == "08:00"


def test_a_person_should_write_this_moves_the_line_and_back(tmp_path: Path) -> None:
    with run(tmp_path) as firm:
        one, *_ = judged(firm)
        judge_wrong(one, Why.PERSON, acting_user=OWNER, now=business_now())
        point = Touchpoint.objects.select_related("current").get(slug="document-request")
        assert point.current is not None
        assert (point.current.line, point.owner_id) == ("judgement", OWNER)
        unjudge(one, acting_user=OWNER, now=business_now())
        point.refresh_from_db()
        assert point.current.line == "structural"
        assert Enrolment.objects.filter(ended_at=None).exists()
