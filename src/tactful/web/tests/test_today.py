"""Today, by whole requests."""

import re
from datetime import timedelta

import pytest
from django.test import Client

from tactful.delivery import queries as outbox
from tactful.delivery.actions import pause_everything
from tactful.engagements import queries as engagements
from tactful.foundation.clock import business_now
from tactful.gate.queries import standing_at
from tactful.inbox.models import Task
from tactful.web.tests.cast import Cast

LANGUAGES = ("en", "nb")


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_empty_house_says_so(cast: Cast, language: str) -> None:
    response = cast.signed_in(cast.owner, language).get("/")
    assert response.status_code == 200
    assert 'lang="' + language in response.content.decode()


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_busy_day_opens_with_what_needs_a_person(cast: Cast, language: str) -> None:
    cast.writes(cast.consenting, "When is the payroll run? Could you call me?")
    cast.holds(cast.consenting)
    page = cast.signed_in(cast.colleague, language).get("/").content.decode()
    assert "When is the payroll run?" in page
    assert "Liv Sandal" in page
    assert "Kari Blomdal" in page  # the hold's owner
    if language == "en":
        assert "One thing needs a person." in page
        assert "Liv has asked us something and has no answer yet." in page
        assert "The question is answered" in page


def test_strangers_are_sent_to_the_door(cast: Cast) -> None:
    response = Client(headers={"host": "localhost"}).get("/")
    assert response.status_code == 302
    assert "/account/login/" in response["Location"]


def test_hold_everything_and_let_go_again(cast: Cast) -> None:
    client = cast.signed_in(cast.colleague)
    assert client.get("/hold/").status_code == 405
    client.post("/hold/")
    client.post("/hold/")
    assert standing_at(business_now()).filter(scope="everything").count() == 1
    assert "Everything is held" in client.get("/").content.decode()
    client.post("/hold/release/")
    assert not standing_at(business_now()).filter(scope="everything").exists()


def test_only_an_owner_lets_a_paused_house_send(cast: Cast) -> None:
    pause_everything(reason="clock", now=cast.now)
    assert cast.signed_in(cast.colleague).post("/sending/confirmation/").status_code == 403
    assert outbox.sending_paused() == "clock"
    owner = cast.signed_in(cast.owner)
    assert "has jumped" in owner.get("/").content.decode()
    owner.post("/sending/confirmation/")
    assert outbox.sending_paused() == ""


def test_a_task_is_done_with_one_tap_and_not_by_readers(cast: Cast) -> None:
    cast.writes(cast.consenting, "STOP")
    task = Task.objects.get(code="asked_to_stop")
    assert cast.signed_in(cast.reader).post(f"/tasks/{task.id}/done/").status_code == 403
    client = cast.signed_in(cast.colleague)
    assert client.get(f"/tasks/{task.id}/done/").status_code == 405
    assert Task.objects.get().done_at is None
    assert client.post(f"/tasks/{task.id}/done/").status_code == 302
    assert Task.objects.get().done_by == cast.colleague.id


def test_a_document_that_came_another_way(cast: Cast) -> None:
    engagement = cast.asks_for_documents(cast.consenting)
    document = engagements.views([engagement], cast.now)[engagement].missing[0]
    client = cast.signed_in(cast.colleague)
    client.post(f"/documents/{document.id}/receipt/")
    after = engagements.views([engagement], business_now())[engagement]
    assert [each.id for each in after.received] == [document.id]
    client.post(f"/documents/{document.id}/absence/")
    assert document.id in {
        each.id for each in engagements.views([engagement], business_now())[engagement].missing
    }


@pytest.mark.parametrize(
    "url", ["/tasks/1/done/", "/tasks/99999999999999999999/done/", "/documents/1/receipt/"]
)
def test_what_is_not_there_is_404(cast: Cast, url: str) -> None:
    assert cast.signed_in(cast.owner).post(url).status_code == 404


def test_what_waits_for_a_word_since_a_working_day_rises(cast: Cast) -> None:
    """Two that are over soon, and one that was held a week ago and ends last."""
    for name in ("Ada", "Bo"):
        cast.holds(cast.client(name), wake_on=None)
    old = cast.client("Eldest Waiting")
    cast.holds(old, held_since=cast.now - timedelta(days=7), not_before=cast.now + timedelta(days=9))
    page = cast.signed_in(cast.owner).get("/").content.decode()
    holds = page[page.index('class="holds"') :]
    assert "Eldest" in holds[: holds.index("</li>")]


def test_a_held_message_offers_first_what_would_end_the_hold(cast: Cast) -> None:
    """A button that only gets rid of the message is never the one thing to do."""
    cast.writes(cast.consenting, "Could somebody call me?")
    row = cast.holds(cast.consenting)
    url = f"/inbox/{cast.thread(cast.consenting).id}/"
    client = cast.signed_in(cast.colleague)
    today = client.get("/").content.decode()
    assert re.search(rf'href="{url}"[^>]*>\s*Answer Liv', today)
    assert f'href="/outbox/{row.pk}/"' in today, "the title leads to the message"
    page = client.get(f"/outbox/{row.pk}/").content.decode()
    assert page.index("Answer Liv") < page.index("Skip this one")
    assert "Answer Liv" not in client.get(url).content.decode(), "one stands there already"
