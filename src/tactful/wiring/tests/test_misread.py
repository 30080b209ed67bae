"""What was read as "stop" and was none is taken back by a person; what the client really said stays."""

from datetime import timedelta

import pytest

from tactful.contacts.actions import OBJECTIONS, OPTIONAL, object_to, record_basis, set_flag
from tactful.contacts.models import BasisSpell, Contact
from tactful.contacts.types import Ground
from tactful.foundation.models import Audit, AuditPayload
from tactful.inbox.actions.answer import InboxError
from tactful.inbox.actions.misread import was_no_objection
from tactful.wiring.tests.cast import Cast, facts

BOTH = set(OBJECTIONS)
WHY = "She meant that the dishwasher should stop."


def basis(cast: Cast) -> list[str]:
    running = BasisSpell.objects.running().filter(contact_id=cast.liv.id, purpose="marketing")
    return list(running.values_list("kind", flat=True))


def consents(cast: Cast) -> None:
    ground = Ground("marketing", "mail", "consent", "in_person", wording="Yes, send me news.")
    record_basis(cast.liv.id, ground, acting_user=cast.owner.id, now=cast.now)


def test_a_person_takes_it_back_and_says_why(cast: Cast) -> None:
    consents(cast)
    cast.later(timedelta(hours=1))
    entry = cast.writes("Stopp!")
    assert (cast.flags(), basis(cast)) == (BOTH, ["withdrawn"])
    cast.later(timedelta(hours=1))
    revision = Contact.objects.get(id=cast.liv.id).gate_rev
    was_no_objection(entry.id, WHY, acting_user=cast.colleague.id, now=cast.now)
    assert (cast.flags(), basis(cast)) == (set(), ["consent"])
    assert Contact.objects.get(id=cast.liv.id).gate_rev > revision
    (fact,) = facts("contact.objection_corrected")
    assert (fact.contact_id, WHY in str(fact.data)) == (cast.liv.id, False)
    audit = Audit.objects.get(verb="contact.objection_corrected")
    assert audit.actor == cast.colleague.id
    assert WHY in str(AuditPayload.objects.get(audit_id=audit.id).body)
    assert cast.tasks(code="asked_to_stop") == []


def test_without_a_reason_nothing_happens(cast: Cast) -> None:
    entry = cast.writes("Stopp!")
    with pytest.raises(InboxError, match="Say why"):
        was_no_objection(entry.id, " ", acting_user=cast.colleague.id, now=cast.now)
    assert cast.flags() == BOTH


def test_what_the_client_said_before_stays(cast: Cast) -> None:
    object_to(cast.liv.id, OBJECTIONS, how="portal", source="portal", now=cast.now)
    cast.later(timedelta(hours=1))
    entry = cast.writes("Stopp!")
    assert not was_no_objection(entry.id, WHY, acting_user=cast.colleague.id, now=cast.now)
    assert cast.flags() == BOTH


def test_what_the_client_says_afterwards_stays(cast: Cast) -> None:
    entry = cast.writes("Stopp!")
    object_to(cast.liv.id, [OPTIONAL], how="portal", source="portal", now=cast.now + timedelta(hours=1))
    assert was_no_objection(entry.id, WHY, acting_user=cast.colleague.id, now=cast.now + timedelta(hours=2))
    assert cast.flags() == {OPTIONAL}


def test_an_objection_from_before_we_kept_sources_stays(cast: Cast) -> None:
    for flag in OBJECTIONS:
        set_flag(cast.liv.id, "flag", flag, acting_user=None, now=cast.now)
    entry = cast.writes("Stopp!")
    assert not was_no_objection(entry.id, WHY, acting_user=cast.colleague.id, now=cast.now)
    assert cast.flags() == BOTH


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_of_two_readings_both_must_be_corrected(cast: Cast, order: tuple[int, int]) -> None:
    consents(cast)
    cast.later(timedelta(hours=1))
    entries = cast.writes("Stopp!"), cast.writes("STOP")
    first, second = (entries[place].id for place in order)
    assert not was_no_objection(first, WHY, acting_user=cast.colleague.id, now=cast.now)
    assert (cast.flags(), basis(cast)) == (BOTH, ["withdrawn"])
    with pytest.raises(InboxError, match="Nothing rests"):
        was_no_objection(first, WHY, acting_user=cast.colleague.id, now=cast.now)
    assert was_no_objection(second, WHY, acting_user=cast.colleague.id, now=cast.now)
    assert (cast.flags(), basis(cast)) == (set(), ["consent"])


def test_nothing_is_given_that_was_not_there_before(cast: Cast) -> None:
    entry = cast.writes("Stopp!")
    was_no_objection(entry.id, WHY, acting_user=cast.colleague.id, now=cast.now)
    assert basis(cast) == []
