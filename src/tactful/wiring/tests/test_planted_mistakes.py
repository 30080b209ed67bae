"""A replay finds a reminder into a complaint, a chaser after delivery, and two journeys on one morning."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from tactful.engagements.models import DocumentSpell
from tactful.events.actions import record
from tactful.events.models import Event
from tactful.events.types import NewFact
from tactful.foundation.clock import business_now
from tactful.inbox.models import TalkSpell
from tactful.journeys.recipes import text
from tactful.journeys.rules.definition import read
from tactful.journeys.rules.mishaps import AFTER_DONE, CROWDED, INTO_COMPLAINT, KINDS
from tactful.journeys.rules.replayed import Replay
from tactful.wiring.replay import replay
from tactful.wiring.tests.past_firm import OPEN, PastFirm, past_firm

pytestmark = pytest.mark.django_db
CLASSES = {"document-request": "reminder", "document-reminder": "reminder", "document-received": "awaited"}
MEETING = """
format: tactful.journey/1
slug: meeting
name: {en: A meeting is near, nb: Et møte nærmer seg}
entry: {event: meeting.planned, key: meeting}
stop_on_reply: false
steps:
- id: remind
  kind: send
  touchpoint: meeting-reminder
  template: document-reminder-2
  variables:
    matter: {entry: matter, default: {en: the meeting, nb: møtet}}
    deadline: {entry: deadline, default: {en: Monday, nb: mandag}}
    missing_list: {entry: list, default: {en: a signature, nb: en underskrift}}
    upload_url: {entry: url, default: {en: at our office, nb: hos oss}}
"""
ADA, BO, CAI, DAG = range(4)


@pytest.fixture
def firm(tmp_path: Path) -> Iterator[PastFirm]:
    """Four clients are asked for documents and reminded a week later. Then we learn what was true before."""
    classes = CLASSES | {"meeting-reminder": "reminder"}
    with past_firm(
        tmp_path, [text("annual-accounts-documents"), MEETING], classes, ["Ada", "Bo", "Cai", "Dag"], **OPEN
    ) as firm:
        plant(firm)
        yield firm


def plant(firm: PastFirm) -> None:
    for client in firm.clients:
        firm.ask(client)
    firm.until(business_now() + timedelta(days=6, hours=22))
    at = business_now()
    record([NewFact("meeting.planned", firm.clients[CAI], {"meeting": 5})], now=at)
    firm.until(at + timedelta(days=2))
    firm.begins(firm.clients[ADA], "complaint")
    firm.documents_come(firm.clients[BO])
    backdate(firm, at)
    firm.until(business_now() + timedelta(hours=1))


def backdate(firm: PastFirm, at: datetime) -> None:
    """The complaint lay unread in a colleague's post; the documents had been handed in at the counter."""
    TalkSpell.objects.filter(contact_id=firm.clients[ADA], kind="complaint").update(from_at=at)
    late = DocumentSpell.objects.filter(document__engagement__contact_id=firm.clients[BO])
    late.filter(state="received").update(from_at=at)
    late.filter(state="missing").update(to_at=at)
    Event.objects.filter(contact_id=firm.clients[BO], name="documents.complete").update(ts=at)


def told(slug: str) -> Replay:
    source = MEETING if slug == "meeting" else text(slug)
    now = business_now()
    return replay(read(source), since=now - timedelta(days=90), until=now)


def test_the_three_planted_mistakes_are_found_and_nothing_else(firm: PastFirm) -> None:
    found = told("annual-accounts-documents")
    wrong = {
        (firm.clients.index(line.contact), line.step, mishap.kind)
        for line in found.lines
        for mishap in line.mishaps
    }
    assert wrong == {
        (ADA, "remind", INTO_COMPLAINT),
        (BO, "remind", AFTER_DONE),
        (CAI, "remind", CROWDED),
    }
    assert {kind: count for kind, count in found.counts().items() if kind in KINDS} == {
        INTO_COMPLAINT: 1, AFTER_DONE: 1, CROWDED: 1,
    }  # fmt: skip
    assert (found.dropped, found.counts()["added"]) == ([], 0)


def test_the_other_journey_of_that_morning_finds_it_too(firm: PastFirm) -> None:
    (line,) = told("meeting").lines
    assert [mishap.kind for mishap in line.mishaps] == [CROWDED]


def test_a_draft_that_waits_longer_makes_no_mistake_and_shows_what_it_moves(firm: PastFirm) -> None:
    patient = text("annual-accounts-documents").replace("    days: 7\n", "    days: 30\n")
    now = business_now()
    found = replay(read(patient), since=now - timedelta(days=90), until=now)
    assert not [line for line in found.lines if line.mishaps]
    assert sorted(firm.clients.index(each.contact) for each in found.dropped) == [ADA, BO, CAI, DAG]
    assert found.counts()["same"] == 4  # the requests; a receipt two days late waits for a person
    assert found.held_by_reason() == {"late.grace": 1}
