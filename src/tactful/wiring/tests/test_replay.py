"""The journey that really ran, replayed on its own past, gives what was really sent."""

import random
from datetime import timedelta
from pathlib import Path

import pytest

from tactful.delivery.models import Dispatch
from tactful.foundation.clock import business_now
from tactful.gate.actions import NewHold, place_hold
from tactful.journeys.actions import import_journey
from tactful.journeys.queries import FailedTests, run_stored
from tactful.journeys.recipes import text
from tactful.journeys.rules.definition import read
from tactful.journeys.rules.replayed import Replay, together
from tactful.wiring.frozen import message_as_test
from tactful.wiring.replay import replay
from tactful.wiring.tests.past_firm import OPEN, Act, PastFirm, past_firm

pytestmark = pytest.mark.django_db
RECIPE = "annual-accounts-documents"
CLASSES = {
    "document-request": "relationship",
    "document-reminder": "relationship",
    "document-received": "awaited",
}
ALLOW_CLASSES = CLASSES | {"document-reminder": "reminder"}


def replayed(part: tuple[int, int] = (0, 1)) -> Replay:
    now = business_now()
    return replay(read(text(RECIPE)), since=now - timedelta(days=90), until=now, part=part)


def hold_everything(firm: PastFirm, client: int) -> None:
    hold = NewHold(scope="contact", scope_id=client, reason="Let me call first")
    place_hold(hold, acting_user=None, now=business_now())


ACTS: tuple[Act, ...] = (
    lambda firm, client: firm.begins(client, "question"),
    lambda firm, client: firm.ends(client, "question"),
    lambda firm, client: firm.begins(client, "complaint"),
    lambda firm, client: firm.ends(client, "complaint"),
    lambda firm, client: firm.begins(client, "negative"),
    lambda firm, client: firm.documents_come(client, 1),
    lambda firm, client: firm.documents_come(client),
    hold_everything,
)


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize("classes", [CLASSES, ALLOW_CLASSES], ids=["relationship", "reminder"])
def test_replaying_what_really_ran_gives_what_was_really_sent(
    seed: int, classes: dict[str, str], tmp_path: Path
) -> None:
    dice = random.Random(seed)
    house = OPEN if seed == 0 else {}
    names = ("Liv", "Per", "Ida", "Odd")
    with past_firm(tmp_path, [text(RECIPE)], classes, names, **house) as firm:
        for client in firm.clients:
            firm.ask(client)
            firm.until(business_now() + timedelta(minutes=dice.randrange(1, 300)))
        for _ in range(10):
            dice.choice(ACTS)(firm, dice.choice(firm.clients))
            firm.until(business_now() + timedelta(minutes=dice.randrange(1, 4_000)))
        really, found = firm.sent(), replayed()
        halves = together([replayed(part=(0, 2)), replayed(part=(1, 2))])
    assert (found.troubles, found.not_known) == ([], [])
    assert [line.change for line in found.lines if line.change] == ["same"] * len(really)
    assert found.dropped == []
    assert (halves.counts(), halves.clients) == (found.counts(), found.clients)
    assert len(really) >= len(names)


def test_each_line_says_why_it_was_held(tmp_path: Path) -> None:
    with past_firm(tmp_path, [text(RECIPE)], CLASSES, ("Liv",), **OPEN) as firm:
        firm.ask(firm.clients[0])
        firm.until(business_now() + timedelta(days=1))
        firm.begins(firm.clients[0], "question")
        firm.until(business_now() + timedelta(days=9))
        firm.ends(firm.clients[0], "question")
        firm.until(business_now() + timedelta(days=1))
        found = replayed()
    held = [line for line in found.lines if line.holds]
    assert [(line.step, line.holds[0].reasons[0].code) for line in held] == [("remind", "talk.question")]
    assert found.held_by_reason() == {"talk.question": 1}
    assert found.counts()["recomputed"] == 1
    assert found.counts()["same"] == found.counts()["sent"] == 2


def test_a_real_message_becomes_a_test_that_stops_the_next_publication(tmp_path: Path) -> None:
    with past_firm(tmp_path, [text(RECIPE)], ALLOW_CLASSES, ("Liv",), **OPEN) as firm:
        (liv,) = firm.clients
        firm.ask(liv)
        firm.until(business_now() + timedelta(days=1))
        firm.documents_come(liv, 1)
        firm.until(business_now() + timedelta(days=8))
        message = Dispatch.objects.get(message__template="document-reminder-1", state="sent").pk
        test = message_as_test(message, name="One is in already", acting_user=None, now=business_now())
        definition = read(text(RECIPE))
        assert not run_stored(test.journey_id, definition)[0].passes
        patient = text(RECIPE).replace("    days: 7\n", "    days: 17\n")
        assert run_stored(test.journey_id, read(patient))[0].passes
        with pytest.raises(FailedTests, match="One is in already"):
            import_journey(
                text(RECIPE).replace("priority: 60", "priority: 61"), acting_user=None, now=business_now()
            )
        assert import_journey(patient, acting_user=None, now=business_now()).number == 2
    words = str(test.document)
    assert "Liv" not in words
    assert "client.example" not in words
    assert {"engagement.documents_wanted"} <= {event["name"] for event in test.document["events"]}
    assert True in [
        fact["value"] for fact in test.document["facts"] if fact["fact"].startswith("documents.missing")
    ]
