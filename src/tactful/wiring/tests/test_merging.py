"""Two clients become one over all floors; and two again, row by row as they were."""

import json
from random import Random

import pytest
from django.db import IntegrityError, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tactful.contacts import actions as people
from tactful.contacts import queries as contacts
from tactful.contacts.models import Contact, Identity
from tactful.contacts.types import Ground, NewContact
from tactful.delivery.models import Dispatch, Message
from tactful.engagements import queries as engagements
from tactful.engagements.actions import Arrival, receive_document
from tactful.engagements.models import RequestedDocument
from tactful.events import queries as events
from tactful.events.actions import record
from tactful.events.models import Event
from tactful.events.types import NewFact
from tactful.inbox.models import Conversation, Entry
from tactful.journeys.models import Enrolment, Journey, JourneyVersion
from tactful.tracking.actions import add_source, take_in
from tactful.tracking.hot import received
from tactful.tracking.types import KeyKind
from tactful.wiring import merging
from tactful.wiring.holdings import HOLDINGS
from tactful.wiring.tests.cast import Cast
from tactful.wiring.tests.two_people import NOW, World, dump, naming

pytestmark = pytest.mark.django_db
STAYING = {f"{each.table}.{each.column}" for each in HOLDINGS if each.stays}


@pytest.mark.slow
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, 2**32))
def test_merge_then_undo_gives_the_same_rows(seed: int) -> None:
    with transaction.atomic():
        world = World(Random(seed))
        world.fill()
        before = dump()
        ident = merging.merge(world.one, world.other, acting_user=1, now=NOW)
        assert set(naming(world.other)) <= STAYING
        assert dump() != before
        assert merging.unmerge(ident, acting_user=1, now=NOW) == 0
        assert dump() == before
        transaction.set_rollback(True)
    assert not Contact.objects.filter(id=world.one).exists()


def test_the_world_has_rows_in_every_table_that_moves() -> None:
    seen: set[str] = set()
    for seed in range(6):
        with transaction.atomic():
            world = World(Random(seed))
            world.fill()
            seen |= set(naming(world.other))
            transaction.set_rollback(True)
    expected = {f"{each.table}.{each.column}" for each in HOLDINGS if not each.stays}
    assert expected - {"broadcast_person.contact_id"} <= seen


def test_all_that_moves_is_there_afterwards() -> None:
    world = World(Random(7))
    world.fill()
    plain = [each for each in naming(world.other) if each not in STAYING]
    joined = {
        "cap_use.scope_id",
        "tracked_profile.contact_id",
        "auto_reply.contact_id",
        "conversation.contact_id",
    }
    ours, theirs = naming(world.one), naming(world.other)
    merging.merge(world.one, world.other, acting_user=1, now=NOW)
    after = naming(world.one)
    told = {"event.contact_id": Event.objects.filter(name__in=("contact.merged", "contact.updated")).count()}
    for place in set(plain) - joined:
        assert after[place] == ours.get(place, 0) + theirs[place] + told.get(place, 0), place


def both(cast: Cast) -> tuple[int, int]:
    return cast.liv.id, cast.paal.id


def test_what_forbids_holds_from_either_side(cast: Cast) -> None:
    liv, paal = both(cast)
    people.set_flag(paal, "flag", "bereaved", acting_user=None, now=cast.now)
    people.object_to(paal, ["objected:marketing"], how="portal", source="portal", now=cast.now)
    mail = Identity.objects.filter(contact_id=paal, kind="email").values_list("value", flat=True).first()
    people.suppress(people.Subject("mail", str(mail), paal), "complaint", acting_user=None, now=cast.now)
    merging.merge(liv, paal, acting_user=cast.owner.id, now=cast.now)
    assert {"bereaved", "objected:marketing"} <= contacts.flags_at([liv], cast.now)[liv]
    assert contacts.basis_facts_at([liv], "marketing", "mail", cast.now)[liv].withdrawn
    assert contacts.address_facts_at([liv], "mail", cast.now)[liv].state == "suppressed"


def test_undone_everybody_has_their_own_word_again(cast: Cast) -> None:
    liv, paal = both(cast)
    people.object_to(paal, ["objected:marketing"], how="portal", source="portal", now=cast.now)
    before = contacts.profile(liv)
    ident = merging.merge(liv, paal, acting_user=cast.owner.id, now=cast.now)
    merging.unmerge(ident, acting_user=cast.owner.id, now=cast.now)
    assert contacts.flags_at([liv, paal], cast.now) == {paal: frozenset({"objected:marketing"})}
    assert contacts.profile(liv) == before
    assert [fact.name for fact in events.newest(paal, name="contact.unmerged")] == ["contact.unmerged"]


def test_what_waits_goes_through_the_gate_again(cast: Cast) -> None:
    liv, paal = both(cast)
    waiting = cast.plans(cast.paal)
    Dispatch.objects.filter(pk=waiting).update(
        state="claimed", gate_rev=Contact.objects.get(id=paal).gate_rev
    )
    before = Contact.objects.get(id=liv).gate_rev
    ident = merging.merge(liv, paal, acting_user=cast.owner.id, now=cast.now)
    row = Dispatch.objects.select_related("message").get(pk=waiting)
    assert (row.contact_id, row.message.contact_id) == (liv, liv)
    assert Contact.objects.get(id=liv).gate_rev > before
    before = Contact.objects.get(id=liv).gate_rev
    merging.unmerge(ident, acting_user=cast.owner.id, now=cast.now)
    assert Contact.objects.get(id=liv).gate_rev > before
    assert Dispatch.objects.select_related("message").get(pk=waiting).message.contact_id == paal


def test_the_words_of_a_message_are_as_final_as_before(cast: Cast) -> None:
    waiting = cast.plans(cast.paal)
    with pytest.raises(IntegrityError), transaction.atomic():
        Message.objects.filter(pk=waiting).update(body="Other words.")


def test_what_came_since_and_what_was_changed_since_stays(cast: Cast) -> None:
    liv, paal = both(cast)
    people.update_contact(paal, {"town": "Oslo", "size": "M"}, acting_user=None, now=cast.now)
    ident = merging.merge(liv, paal, acting_user=cast.owner.id, now=cast.now)
    people.update_contact(liv, {"size": "L"}, acting_user=None, now=cast.now)
    people.add_identity(liv, "email", "new@x.example", acting_user=None, now=cast.now)
    record([NewFact("bought", liv, {})], now=cast.now)
    merging.unmerge(ident, acting_user=cast.owner.id, now=cast.now)
    ours, theirs = Contact.objects.get(id=liv), Contact.objects.get(id=paal)
    assert (ours.attributes.get("size"), ours.attributes.get("town")) == ("L", None)
    assert (theirs.attributes.get("size"), theirs.attributes.get("town")) == ("M", "Oslo")
    assert contacts.find_by_address("email", "new@x.example") == liv
    assert [fact.contact_id for fact in events.newest(liv, name="bought")] == [liv]


def test_what_stands_in_the_place_by_now_is_left_there_and_said(cast: Cast) -> None:
    liv, paal = both(cast)
    mail = Identity.objects.filter(contact_id=paal, kind="email").get()
    service = Ground("service", "mail", "contract", how="in_person")
    people.withdraw_basis(paal, service, acting_user=None, now=cast.now)
    ident = merging.merge(liv, paal, acting_user=cast.owner.id, now=cast.now)
    people.record_basis(liv, service, acting_user=None, now=cast.now)
    assert merging.unmerge(ident, acting_user=cast.owner.id, now=cast.now) == 1  # the ground from before
    assert contacts.basis_facts_at([liv], "service", "mail", cast.now)[liv].kind == "contract"
    assert Identity.objects.get(id=mail.id).contact_id == paal


def test_old_links_lead_on_and_the_newest_is_undone_first(cast: Cast) -> None:
    liv, paal = both(cast)
    third = people.create_contact(NewContact("Ola Dal", ("ola@dal.example",)), acting_user=None, now=cast.now)
    first = merging.merge(paal, third.id, acting_user=cast.owner.id, now=cast.now)
    second = merging.merge(liv, paal, acting_user=cast.owner.id, now=cast.now)
    assert contacts.kept_of([third.id, paal, liv]) == {third.id: liv, paal: liv}
    with pytest.raises(people.MergeError, match="Undo that first"):
        merging.unmerge(first, acting_user=cast.owner.id, now=cast.now)
    merging.unmerge(second, acting_user=cast.owner.id, now=cast.now)
    merging.unmerge(first, acting_user=cast.owner.id, now=cast.now)
    assert contacts.kept_of([third.id, paal]) == {}
    with pytest.raises(people.MergeError, match="undone already"):
        merging.unmerge(first, acting_user=cast.owner.id, now=cast.now)


def test_nobody_becomes_part_of_themselves_or_of_somebody_who_is_not_here(cast: Cast) -> None:
    with pytest.raises(people.MergeError, match="one client already"):
        merging.merge(cast.liv.id, cast.liv.id, acting_user=1, now=cast.now)
    with pytest.raises(people.MergeError, match="not here any more"):
        merging.merge(cast.liv.id, 17, acting_user=1, now=cast.now)


def test_what_was_on_its_way_in_that_moment_comes_after_and_goes_back(cast: Cast) -> None:
    liv, paal = both(cast)
    ident = merging.merge(liv, paal, acting_user=cast.owner.id, now=cast.now)
    record([NewFact("bought", paal, {})], now=cast.now)
    merging.bring_after(cast.now)
    assert [fact.contact_id for fact in events.newest(liv, name="bought")] == [liv]
    merging.unmerge(ident, acting_user=cast.owner.id, now=cast.now)
    assert [fact.contact_id for fact in events.newest(paal, name="bought")] == [paal]


def test_one_piece_of_work_goes_on_with_what_either_has_sent(cast: Cast) -> None:
    liv, paal = both(cast)
    (_ours,) = [cast.asks_for_documents(cast.liv)]
    (theirs,) = [cast.asks_for_documents(cast.paal)]
    stock = RequestedDocument.objects.get(engagement_id=theirs, slug="stock")
    receive_document(Arrival(stock.id, "other_way"), now=cast.now)
    ident = merging.merge(liv, paal, acting_user=cast.owner.id, now=cast.now)
    (view,) = [each for each in engagements.of_contact(liv, cast.now) if each.is_open]
    assert {each.slug: each.state for each in view.documents} == {"bank": "missing", "stock": "received"}
    merging.unmerge(ident, acting_user=cast.owner.id, now=cast.now)
    (view,) = [each for each in engagements.of_contact(liv, cast.now) if each.is_open]
    assert {each.state for each in view.documents} == {"missing"}


def test_two_threads_become_one_and_two_again(cast: Cast) -> None:
    ours, theirs = cast.writes("Hello from Liv?"), cast.writes("And from Paal?", From="paal@client.example")
    liv, paal = both(cast)
    assert Conversation.objects.filter(contact_id__in=(liv, paal)).count() == 2
    ident = merging.merge(liv, paal, acting_user=cast.owner.id, now=cast.now)
    (thread,) = Conversation.objects.filter(contact_id__in=(liv, paal))
    assert set(thread.entries.values_list("id", flat=True)) == {ours.id, theirs.id}
    assert cast.talks(cast.liv) >= {"conversation", "question"}
    merging.unmerge(ident, acting_user=cast.owner.id, now=cast.now)
    assert Entry.objects.get(id=theirs.id).conversation_id == cast.thread(cast.paal).id != thread.id


def walking(cast: Cast, contact: int, version: JourneyVersion, trigger: int) -> Enrolment:
    return Enrolment.objects.create(
        journey=version.journey, version=version, contact_id=contact, trigger_id=trigger, step="ask", visit=1,
        phase="sending", entered_at=cast.now, due_at=cast.now,
    )  # fmt: skip


def test_of_two_on_the_same_way_the_kept_one_goes_on(cast: Cast) -> None:
    liv, paal = both(cast)
    journey = Journey.objects.create(slug="j", name_en="J", name_nb="J")
    version = JourneyVersion.objects.create(journey=journey, number=1, document={}, created_at=cast.now)
    ours, theirs = walking(cast, liv, version, 1), walking(cast, paal, version, 2)
    waiting = cast.plans(cast.paal, cause_kind="visit", cause_id=theirs.id, cause_visit=1)
    ident = merging.merge(liv, paal, acting_user=cast.owner.id, now=cast.now)
    running = Enrolment.objects.filter(contact_id=liv, ended_at=None)
    assert [row.id for row in running] == [ours.id]
    theirs.refresh_from_db()
    assert (theirs.end_reason, theirs.contact_id, theirs.entry_no) == ("merged", liv, 2)
    assert Dispatch.objects.get(pk=waiting).state == "cancelled"
    told = [fact.data for fact in events.newest(liv, name="journey.ended")]
    assert told == [{"journey": "j", "entry_key": theirs.entry_key, "step": "ask", "reason": "merged"}]
    merging.unmerge(ident, acting_user=cast.owner.id, now=cast.now)
    theirs.refresh_from_db()
    assert (theirs.end_reason, theirs.contact_id, theirs.entry_no, theirs.phase) == ("", paal, 1, "sending")
    assert Dispatch.objects.get(pk=waiting).state == "queued"


def tells(source: int, *calls: dict[str, object]) -> None:
    stamped = [{"timestamp": NOW.isoformat(), **call} for call in calls]
    received.keep([(source, "batch", json.dumps({"batch": stamped}).encode())], NOW)
    while take_in(NOW):
        pass


def test_what_other_systems_tell_of_either_reaches_the_one_and_after_undoing_each_their_own(
    cast: Cast,
) -> None:
    source = add_source("Shop", KeyKind.SERVER, acting_user=None, now=NOW).source_id
    for user in ("u1", "u2"):
        traits = {"email": f"{user}@shop.example", "name": f"Kari {user.upper()}"}
        tells(source, {"type": "identify", "userId": user, "traits": traits})
    one, other = (contacts.find_by_address("email", f"{user}@shop.example") for user in ("u1", "u2"))
    assert one is not None
    assert other is not None
    ident = merging.merge(one, other, acting_user=cast.owner.id, now=cast.now)
    tells(source, {"type": "track", "userId": "u2", "event": "Bought"})
    tells(source, {"type": "identify", "userId": "u2", "traits": {"size": "M", "phone": "+4790000321"}})
    assert [fact.contact_id for fact in events.newest(one, name="Bought")] == [one]
    assert Contact.objects.get(id=one).attributes["size"] == "M"
    assert contacts.find_by_address("phone", "+4790000321") == one
    merging.unmerge(ident, acting_user=cast.owner.id, now=cast.now)
    tells(source, {"type": "track", "userId": "u2", "event": "Bought again"})
    assert [fact.contact_id for fact in events.newest(other, name="Bought again")] == [other]
    assert [fact.contact_id for fact in events.newest(one, name="Bought")] == [one]
