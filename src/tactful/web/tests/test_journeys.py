"""Journeys, by whole requests."""

from datetime import timedelta

import pytest

from tactful.foundation.clock import business_now
from tactful.foundation.models import Audit
from tactful.journeys import queries
from tactful.journeys.actions import import_journey, switch_on
from tactful.journeys.models import Enrolment, Journey, JourneySpell
from tactful.journeys.recipes import names, text
from tactful.journeys.rules.definition import read
from tactful.web.tests.cast import Cast

SLUG = names()[0]
URL = f"/journeys/{SLUG}/"


def on(cast: Cast) -> None:
    version = import_journey(text(SLUG), acting_user=None, now=business_now())
    switch_on(version.journey_id, acting_user=None, now=business_now())


def is_on() -> bool:
    return queries.all_journeys()[0].is_on


@pytest.mark.parametrize("language", ["en", "nb"])
def test_an_empty_list_and_a_full_one(cast: Cast, language: str) -> None:
    client = cast.signed_in(cast.reader, language)
    assert client.get("/journeys/").status_code == 200
    on(cast)
    page = client.get("/journeys/").content.decode()
    assert URL in page
    assert "/rest/" not in page  # readers switch nothing


@pytest.mark.parametrize("language", ["en", "nb"])
def test_a_journey_reads_like_a_recipe(cast: Cast, language: str) -> None:
    on(cast)
    page = cast.signed_in(cast.owner, language).get(URL).content.decode()
    first = "What we need from you" if language == "en" else "Dette trenger vi fra deg"
    assert first in page
    assert "J004" in page  # its touchpoints are not decided yet


def test_the_file_comes_back_as_it_is_read(cast: Cast) -> None:
    on(cast)
    response = cast.signed_in(cast.owner).get(f"{URL}definition.yaml")
    assert read(response.content.decode()) == read(text(SLUG))


def test_it_stays_off_while_a_check_stops_it(cast: Cast) -> None:
    import_journey(text(SLUG), acting_user=None, now=business_now())
    client = cast.signed_in(cast.colleague)
    page = client.post(f"{URL}live/", follow=True).content.decode()
    assert "It stays off until this is mended" in page
    assert not is_on()


def test_switching_is_a_post_by_somebody_who_may(cast: Cast) -> None:
    on(cast)
    assert cast.signed_in(cast.colleague).get(f"{URL}rest/").status_code == 405
    assert cast.signed_in(cast.reader).post(f"{URL}rest/").status_code == 403
    assert is_on()
    cast.signed_in(cast.colleague).post(f"{URL}rest/")
    assert not is_on()
    assert JourneySpell.objects.running().filter(kind="paused").exists()


def walking(cast: Cast) -> Enrolment:
    """Liv stands at the first wait."""
    on(cast)
    journey = Journey.objects.get(slug=SLUG)
    step = queries.definition_of(journey).steps[1].id
    assert journey.live_version is not None
    return Enrolment.objects.create(
        journey=journey,
        version=journey.live_version,
        contact_id=cast.consenting.id,
        trigger_id=1,
        step=step,
        phase="waiting_event",
        due_at=cast.now + timedelta(days=7),
        entered_at=cast.now,
    )


def test_who_stands_where_and_taking_somebody_out(cast: Cast) -> None:
    row = walking(cast)
    client = cast.signed_in(cast.colleague)
    step = f"{URL}steps/{row.step}/"
    assert step in client.get(URL).content.decode()
    assert "Liv Sandal" in client.get(step).content.decode()
    client.post(f"{URL}departures/", {"enrolment": row.id, "reason": " "})
    row.refresh_from_db()
    assert row.ended_at is None  # no reason, nothing done
    client.post(f"{URL}departures/", {"enrolment": row.id, "reason": "She has sent it all"})
    row.refresh_from_db()
    assert row.end_reason == "taken_out"
    assert Audit.objects.filter(verb="enrolment.taken_out", actor=cast.colleague.id).exists()
    assert "Liv Sandal" not in client.get(step).content.decode()


def test_only_those_inside_this_journey_are_taken_out(cast: Cast) -> None:
    on(cast)
    client = cast.signed_in(cast.colleague)
    page = client.post(f"{URL}departures/", {"enrolment": "12345", "reason": "x"}, follow=True)
    assert "They have left it already" in page.content.decode()
    assert client.get(f"{URL}steps/no-such-step/").status_code == 404
