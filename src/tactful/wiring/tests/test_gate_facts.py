"""What the gate is told: a source that fails makes its own facts unknown, and clears nothing."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError

from tactful.channels.types import Channel
from tactful.contacts.actions import set_flag
from tactful.delivery.types import DueMessage
from tactful.foundation.actions import change_settings
from tactful.gate.actions import NewHold, place_hold
from tactful.gate.types import UNKNOWN, Author, ConditionFact, Facts, GateRequest, GateSettings
from tactful.inbox.models import Conversation
from tactful.touchpoints.types import Line, MessageClass, Purpose
from tactful.wiring import gate_facts as told
from tactful.wiring.tests.cast import Cast

SOURCES = {
    "contacts.clients": {"address", "basis", "place", "sensitive"},
    "contacts.address_facts_at": {"address"},
    "contacts.basis_facts_at": {"basis"},
    "inbox.talks_at": {"talks", "debts", "moods"},
    "contacts.sensitive_facts_at": {"sensitive"},
    "holds.orders_at": {"standing"},
    "conditions_hold": {"condition"},
    "inbox.last_inbound": {"channel"},
    "inbox.last_auto_reply": {"channel"},
    "channels.ways": {"address"},
}


def due(cast: Cast, ident: int = 7, contact: int = 0) -> DueMessage:
    request = GateRequest(
        message_id=ident,
        contact_id=contact or cast.liv.id,
        author=Author.AUTOMATION,
        line=Line.STRUCTURAL,
        message_class=MessageClass.RELATIONSHIP,
        purpose=Purpose.SERVICE,
        channel=Channel.MAIL,
        due_at=cast.now,
    )
    return DueMessage(
        ident, request.contact_id, request, {}, "broadcast", 1, None, cast.touchpoint.id, None, "", "en", {}
    )


def unknown(facts: Facts) -> set[str]:
    return {name for name in Facts._fields if getattr(facts, name) is UNKNOWN}


def test_everything_is_known_of_a_client_of_whom_all_is_known(cast: Cast) -> None:
    assert unknown(told.gate_facts([due(cast)], cast.now)[7]) == set()


@pytest.mark.parametrize("trouble", [DatabaseError("away"), ValueError("an odd row")])
@pytest.mark.parametrize("source", SOURCES)
def test_a_source_that_fails_makes_its_own_facts_unknown(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, source: str, trouble: Exception
) -> None:
    def fails(*arguments: object) -> Any:
        raise trouble

    threads = Conversation.objects.count()
    monkeypatch.setattr(f"tactful.wiring.gate_facts.{source}", fails)
    facts = told.gate_facts([due(cast)], cast.now)[7]
    assert unknown(facts) == SOURCES[source]
    assert Conversation.objects.count() == threads


def test_one_client_whose_facts_make_no_sense_stops_no_other(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = told._address

    def odd(request: GateRequest, read: Any) -> Any:
        if request.contact_id == cast.paal.id:
            raise ValueError("not a state of an address")
        return real(request, read)

    monkeypatch.setattr(told, "_address", odd)
    facts = told.gate_facts([due(cast), due(cast, 8, cast.paal.id)], cast.now)
    assert unknown(facts[7]) == set()
    assert unknown(facts[8]) == set(Facts._fields) - {"caps"}


def test_a_condition_asks_what_the_message_was_made_with(cast: Cast) -> None:
    asked = {"if": {"all": [{"event": "amount", "more_than": 5}, {"answer": "call", "is": "yes"}]}}
    for kept, holds in (
        ({"event": {"amount": 7}, "answers": {"call": "yes"}}, True),
        ({"event": {"amount": 7}}, False),
    ):
        message = due(cast)._replace(condition={**asked, **kept})
        condition = told.gate_facts([message], cast.now)[7].condition
        assert isinstance(condition, ConditionFact)
        assert condition.holds is holds


def test_a_client_who_is_gone_never_clears(cast: Cast) -> None:
    facts = told.gate_facts([due(cast, contact=1)], cast.now)[7]
    assert {"address", "basis", "place", "sensitive"} <= unknown(facts)


def test_settings_that_make_no_sense_leave_the_default(cast: Cast) -> None:
    values = {"gate.quiet_from": "25:99", "gate.no_such_rule": 1, "gate.mood_days": 3}
    change_settings(values=values, acting_user=cast.owner.id, now=cast.now)
    settings = told.gate_settings(cast.now)
    assert settings.quiet_from == GateSettings().quiet_from
    assert settings.mood_days == 3


def test_what_came_later_was_not_known_then(cast: Cast) -> None:
    then = cast.now
    cast.later(timedelta(hours=1))
    cast.writes("This is unacceptable.")
    set_flag(cast.liv.id, "flag", "bereaved", acting_user=None, now=cast.now)
    place_hold(NewHold("contact", "quiet please", cast.liv.id), acting_user=cast.owner.id, now=cast.now)
    facts = told.gate_facts([due(cast)], then)[7]
    assert (facts.talks, facts.moods, facts.standing) == ((), (), ())
    assert not facts.sensitive.bereaved  # type: ignore[union-attr]
    now = told.gate_facts([due(cast)], cast.now)[7]
    assert len(now.talks) == 2  # type: ignore[arg-type]
    assert len(now.moods) == len(now.standing) == 1  # type: ignore[arg-type]
    assert now.sensitive.bereaved  # type: ignore[union-attr]
