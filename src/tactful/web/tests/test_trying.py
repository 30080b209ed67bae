"""Trying a journey out, and the tests that come of it, by whole requests."""

import re
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client

from tactful.foundation.clock import business_now
from tactful.foundation.models import AuditPayload
from tactful.journeys.actions import import_journey
from tactful.journeys.models import Enrolment, JourneyTest
from tactful.journeys.recipes import names, text
from tactful.journeys.rules.definition import read
from tactful.journeys.rules.given import NotGiven
from tactful.touchpoints.actions import decide
from tactful.touchpoints.models import Touchpoint
from tactful.touchpoints.types import Line
from tactful.web.build.journey_tests import read_source
from tactful.web.tests.cast import Cast

QUOTE = "quote-follow-up"
URL = f"/journeys/{QUOTE}/try/"
TESTS = f"/journeys/{QUOTE}/tests/"
MONDAY = "2027-03-01T10:00"


def brought_in(cast: Cast, slug: str = QUOTE) -> None:
    """With every touchpoint that it speaks at below the line."""
    import_journey(text(slug), acting_user=None, now=business_now())
    slugs = {getattr(step, "touchpoint", "") for step in read(text(slug)).steps}
    for point in Touchpoint.objects.filter(slug__in=slugs):
        decide(point.id, Line.STRUCTURAL, "x", owner_id=None, acting_user=cast.owner.id, now=business_now())


def shown(client: Client, url: str) -> str:
    answer = client.get(url, follow=True)
    assert answer.status_code == 200
    return unescape(answer.content.decode()).replace("\xa0", " ")


def began(more: str = "") -> str:
    return f"{URL}?from={MONDAY}&for=90&0.what=event:quote.sent&0.at={MONDAY}{more}"


def test_a_story_begins_by_itself_and_is_told_step_by_step(cast: Cast) -> None:
    brought_in(cast)
    client = cast.signed_in(cast.reader)
    page = shown(client, URL)
    assert "In this story: 1 message would be sent, 1 task for a person." in page
    page = shown(client, began())
    order = ["The journey begins", "Wait 3 working days", "would be sent", "A task for the account manager"]
    path = page[page.index('<ol class="path">') :]
    places = [path.index(each) for each in order]
    assert places == sorted(places)
    assert "Thursday 4 March, 09:00" in page


@pytest.mark.parametrize("language", ["en", "nb"])
def test_every_recipe_can_be_tried_in_both_languages(cast: Cast, language: str) -> None:
    client = cast.signed_in(cast.owner, language)
    for slug in names():
        brought_in(cast, slug)
        page = shown(client, f"/journeys/{slug}/try/")
        assert 'class="path"' in page, slug


def test_adding_and_removing_are_new_addresses(cast: Cast) -> None:
    brought_in(cast)
    client = cast.signed_in(cast.owner)
    answer = client.get(began("&add=client.writes&later=hour"))
    assert answer.status_code == 302
    query = parse_qs(urlsplit(answer["Location"]).query)
    assert (query["1.what"], query["1.at"]) == (["client.writes"], ["2027-03-01T11:00"])
    page = shown(client, answer["Location"])
    assert "In this story: 0 messages would be sent" in page
    assert "The client has written: a person takes over." in page
    back = client.get(answer["Location"].partition("#")[0] + "&drop=1")
    assert "1.what" not in parse_qs(urlsplit(back["Location"]).query)
    assert not JourneyTest.objects.exists()


def test_what_the_gate_says_stands_at_the_send(cast: Cast) -> None:
    brought_in(cast)
    client = cast.signed_in(cast.owner)
    page = shown(
        client, began("&1.what=we.hold&1.at=2027-03-02T10:00&2.what=we.release&2.at=2027-03-05T12:00")
    )
    assert "is held: Everything to the client is held for now" in page
    path = page[page.index('<ol class="path">') :]
    assert path.index("is held") < path.index("We let messages go again")
    bounced = shown(client, began("&1.what=address.bounces&1.at=2027-03-02T10:00"))
    assert "is not sent: The address does not exist" in bounced
    assert "1 would not go out" in bounced


def test_a_person_answers_a_task_by_a_click(cast: Cast) -> None:
    brought_in(cast)
    client = cast.signed_in(cast.owner)
    page = shown(client, began())
    link = re.search(
        r'href="([^"]+)"><svg class="i" aria-hidden="true"><use href="#i-plus"/></svg>They do', page
    )
    assert link is not None
    after = shown(client, link[1])
    assert "A person does the task" in after
    assert "The journey is over" in after


def test_a_client_of_ours_with_what_is_known_today(cast: Cast) -> None:
    brought_in(cast)
    cast.writes(cast.consenting, "What does it cost?")
    client = cast.signed_in(cast.owner)
    page = shown(client, f"{URL}?from={MONDAY}&q=Sandal")
    assert f'name="who" value="{cast.consenting.id}"' in page
    page = shown(client, began(f"&who={cast.consenting.id}"))
    assert "Liv has asked us something and has no answer yet" in page
    left = shown(client, began(f"&who={cast.left.id}"))
    assert "is not sent" in left
    assert "This client is not here any more" in shown(client, began("&who=12345"))


def test_an_earlier_version_is_tried_as_it_was(cast: Cast) -> None:
    brought_in(cast)
    changed = text(QUOTE).replace("working_days: 3", "working_days: 5")
    import_journey(changed, acting_user=None, now=business_now())
    client = cast.signed_in(cast.owner)
    assert "Wait 5 working days" in shown(client, began())
    old = shown(client, began("&version=1"))
    assert "Wait 3 working days" in old
    assert "an earlier version" in old
    assert client.get(f"{URL}?version=9").status_code == 404
    assert client.get(f"{URL}?draft=nope").status_code == 404


def test_dates_move_with_their_object(cast: Cast) -> None:
    slug = "appointment-reminders"
    brought_in(cast, slug)
    client = cast.signed_in(cast.owner)
    url = (
        f"/journeys/{slug}/try/?from={MONDAY}&for=90&0.what=event:appointment.dated&0.at={MONDAY}"
        "&0.d.starts_at=2027-03-11T12:00&0.d.active=yes"
        "&1.what=event:appointment.moved&1.at=2027-03-02T10:00&1.d.starts_at=2027-03-18T12:00"
    )
    page = shown(client, url)
    assert "2 messages would be sent" in page
    assert "Monday 15 March, 12:00" in page
    assert "Monday 8 March, 12:00" not in page


def test_nonsense_in_the_address_breaks_nothing(cast: Cast) -> None:
    brought_in(cast)
    client = cast.signed_in(cast.owner)
    for query in (
        "from=yesterday", "from=0001-01-01T00:00", "for=x&from=" + MONDAY, "who=-1&from=" + MONDAY,
        "from=" + MONDAY + "&0.what=&0.at=x", "from=" + MONDAY + "&0.what=fact:nope&0.at=" + MONDAY,
        "from=" + MONDAY + "&x.what=a&0.what=event:&0.at=" + MONDAY, "add=nonsense&from=" + MONDAY,
        "from=" + MONDAY + "&0.what=task:nope&0.at=" + MONDAY, "drop=99&from=" + MONDAY,
        "²".join(["from=" + MONDAY, ".what=a"]) , "from=" + MONDAY + "&²" + ".what=a&version=²",
    ):  # fmt: skip
        assert client.get(f"{URL}?{query}", follow=True).status_code == 200, query
    assert client.get(f"{URL}?from={MONDAY}&0.what=event:%00&0.at={MONDAY}").status_code == 400


def test_a_trial_is_kept_as_a_test_and_the_next_version_is_asked(cast: Cast) -> None:
    brought_in(cast)
    client = cast.signed_in(cast.colleague)
    page = shown(client, began())
    kept = re.search(r'name="story" value="([^"]+)"', page)
    assert kept is not None
    given = {"story": kept[1], "name": "One question, then a call", "expect": ["message", "task"]}
    answer = client.post(TESTS, given, follow=True)
    page = unescape(answer.content.decode())
    test = JourneyTest.objects.get()
    assert test.expected == [
        {"message": "ask", "at": "2027-03-04T08:00:00+00:00"},
        {"task": "call", "at": "2027-03-10T08:00:00+00:00"},
    ]
    assert test.origin == "simulation"
    assert "All" not in shown(client, TESTS)
    assert "The test passes." in shown(client, TESTS)
    one = shown(client, f"{TESTS}{test.id}/")
    assert "“Quote not answered” goes out on Thursday 4 March at 09:00." in one
    changed = text(QUOTE).replace("working_days: 3", "working_days: 5")
    import_journey(changed, acting_user=None, now=business_now(), despite_tests=True)
    failing = shown(client, TESTS)
    assert "1 of 1 tests does not pass." in failing
    assert "was expected on" in failing
    assert "The test passes." in shown(client, f"{TESTS}?version=1")


def test_what_must_never_go_out(cast: Cast) -> None:
    brought_in(cast)
    client = cast.signed_in(cast.colleague)
    page = shown(client, began("&1.what=client.writes&1.at=2027-03-02T10:00"))
    kept = re.search(r'name="story" value="([^"]+)"', page)
    assert kept is not None
    assert 'name="never" value="ask"' in page
    client.post(TESTS, {"story": kept[1], "name": "Not after a reply", "never": "ask"})
    assert JourneyTest.objects.get().expected == [{"no_message": "ask"}]
    nothing = client.post(TESTS, {"story": kept[1], "name": "Empty"}, follow=True).content.decode()
    assert "Choose at least one thing" in nothing
    assert cast.signed_in(cast.reader).post(TESTS, {"story": kept[1], "name": "x"}).status_code == 403


def kept(cast: Cast) -> JourneyTest:
    brought_in(cast)
    source = """
given: {events: [{name: quote.sent, at: "2027-03-01T10:00:00+01:00", data: {quote: "7"}}],
  until: "2027-04-01T00:00:00+02:00"}
expected: [{message: ask}]
"""
    cast.signed_in(cast.colleague).post(TESTS, {"name": "By hand", "source": source})
    return JourneyTest.objects.get()


def test_a_test_by_hand_is_kept_changed_renamed_and_removed(cast: Cast) -> None:
    test = kept(cast)
    url = f"{TESTS}{test.id}/"
    client = cast.signed_in(cast.colleague)
    assert "does what is expected" in shown(client, url)
    source = "given: {until: '2027-04-01T00:00:00+02:00'}\nexpected: [{message: ask}]"
    client.post(url, {"source": source})
    assert "Expected and not there" in shown(client, url)
    client.post(f"{url}name/", {"name": "Another name"})
    test.refresh_from_db()
    assert test.name == "Another name"
    assert (
        "say why it goes"
        in unescape(client.post(f"{url}removal/", {"reason": " "}, follow=True).content.decode()).lower()
    )
    client.post(f"{url}removal/", {"reason": "The step is gone"})
    assert not JourneyTest.objects.exists()
    assert AuditPayload.objects.get(audit__verb="journey.test_dropped").body["reason"] == "The step is gone"


BROKEN = (
    "",
    "{",
    "given: 1",
    "given: {}\nexpected: []",
    "given: {}\nexpected: [1]",
    "given: {}\nexpected: [{message: a}]",
    "given: {until: x}\nexpected: [{message: a}]",
    "given: {until: 2027-01-01, events: [1]}\nexpected: [{message: a}]",
)


@pytest.mark.parametrize("source", BROKEN)
def test_what_cannot_be_read_comes_back_as_it_was_typed(cast: Cast, source: str) -> None:
    brought_in(cast)
    client = cast.signed_in(cast.colleague)
    answer = client.post(TESTS, {"name": "Broken", "source": source})
    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.content.decode()
    assert not JourneyTest.objects.exists()


def test_names_stay_apart(cast: Cast) -> None:
    test = kept(cast)
    client = cast.signed_in(cast.colleague)
    client.post(
        TESTS,
        {
            "name": "Second",
            "source": "given: {until: '2027-04-01T00:00:00+02:00'}\nexpected: [{no_message: ask}]",
        },
    )
    said = client.post(f"{TESTS}{test.id}/name/", {"name": "Second"}, follow=True).content.decode()
    assert "Another test is called" in said
    assert JourneyTest.objects.count() == 2


def test_nothing_of_a_message_that_is_no_journeys_becomes_a_test(cast: Cast) -> None:
    row = cast.plans(cast.consenting)
    client = cast.signed_in(cast.colleague)
    said = client.post(f"/outbox/{row.pk}/test/", follow=True).content.decode()
    assert "Only a message that a journey has sent becomes a test" in said
    assert Enrolment.objects.count() == 0
    assert client.post("/outbox/99999/test/").status_code == 404


def test_a_test_that_is_a_bomb_is_no_test() -> None:
    bomb = "given: &a {a: 1}\nexpected:\n- {message: [*a, *a]}\n"
    with pytest.raises(NotGiven):
        read_source(bomb)
