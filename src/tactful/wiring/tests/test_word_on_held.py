""" "Send it", said of a held message: it goes, or it is told at once why it cannot."""

from datetime import timedelta
from typing import Any

import pytest

from tactful.delivery.actions import NothingToDecide
from tactful.delivery.models import Dispatch
from tactful.foundation.models import Audit
from tactful.inbox.actions.answer import answered_elsewhere
from tactful.inbox.models import TalkSpell
from tactful.wiring.deciding import decide_held
from tactful.wiring.tests.cast import Cast

Reason = dict[str, Any]
HANDOFF: Reason = {"check": "nobody_talking", "code": "talk.handoff", "params": {}, "owner": None}
QUIET: Reason = {"check": "quiet_hours", "code": "quiet.night", "params": {}, "owner": None}
NO_ROOM: Reason = {"check": "not_too_late", "code": "late.no_room", "params": {}, "owner": None}
LATE: Reason = {"check": "not_too_late", "code": "late.grace", "params": {}, "owner": None}
COMPLAINT: Reason = {"check": "mood", "code": "mood.complaint_open", "params": {}, "owner": None}


def held(cast: Cast, *reasons: Reason) -> int:
    ident = cast.plans(cast.liv)
    until = cast.now + timedelta(hours=1)
    Dispatch.objects.filter(pk=ident).update(
        state="held", reasons=list(reasons), not_before=until, held_since=cast.now
    )
    return ident


def says(cast: Cast, ident: int, *, send: bool = True) -> str:
    decide_held(ident, send=send, acting_user=cast.colleague.id, now=cast.now)
    return Dispatch.objects.get(pk=ident).state


def answered(cast: Cast) -> None:
    """A question, answered by phone: the colleague has the conversation."""
    asked = cast.writes("Når er fristen?")
    answered_elsewhere(asked.conversation_id, "phone", acting_user=cast.colleague.id, now=cast.now)
    assert "handoff" in cast.talks()


def test_what_waits_for_a_decision_goes(cast: Cast) -> None:
    ident = held(cast, LATE, QUIET)
    assert says(cast, ident) == "queued"
    assert Dispatch.objects.get(pk=ident).late_decided_by == cast.colleague.id


def test_whoever_talks_with_the_client_hands_back_by_it(cast: Cast) -> None:
    answered(cast)
    ident = held(cast, HANDOFF, QUIET)
    assert says(cast, ident) == "queued"
    assert (cast.thread().state, cast.talks()) == ("closed", set())
    assert list(Audit.objects.order_by("id").values_list("verb", flat=True)[:])[-2:] == [
        "conversation.closed",
        "late.sent",
    ]


def test_a_question_that_came_meanwhile_is_not_handed_back_unanswered(cast: Cast) -> None:
    answered(cast)
    ident = held(cast, HANDOFF)
    cast.writes("Kan dere hjelpe meg?")
    with pytest.raises(NothingToDecide, match="Liv has asked us something and has no answer yet"):
        says(cast, ident)
    assert TalkSpell.objects.running().filter(kind="question").exists()
    assert Dispatch.objects.get(pk=ident).state == "held"


@pytest.mark.parametrize("reason", [NO_ROOM, COMPLAINT])
def test_what_cannot_go_is_told_at_once(cast: Cast, reason: Reason) -> None:
    ident = held(cast, QUIET, reason)
    with pytest.raises(NothingToDecide, match="Write or call yourself, or drop it"):
        says(cast, ident)
    row = Dispatch.objects.get(pk=ident)
    assert (row.state, row.late_decided_by) == ("held", None)


def test_anything_held_can_be_dropped(cast: Cast) -> None:
    assert says(cast, held(cast, COMPLAINT), send=False) == "cancelled"


def test_what_is_no_longer_held_is_no_question_any_more(cast: Cast) -> None:
    with pytest.raises(NothingToDecide, match="no longer held"):
        says(cast, cast.plans(cast.liv))
