"""An owner erases a client, and the house goes on."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tactful.contacts.models import Contact, Erasure
from tactful.delivery.models import Dispatch
from tactful.inbox.models import Task
from tactful.journeys.models import Journey
from tactful.web.tests.cast import Cast

SURE = {"reason": "asked", "sure": "yes"}


@pytest.fixture
def house(cast: Cast, settings: Any, tmp_path: Path) -> Cast:
    settings.ERASURES_FOLDER = tmp_path / "erasures"
    cast.writes(cast.consenting, "Could you call me?")
    cast.holds(cast.consenting)
    cast.asks_for_documents(cast.consenting)
    return cast


def erase(house: Cast, committed: Callable[..., Any]) -> None:
    with committed(execute=True):
        page = house.signed_in(house.owner).post(f"/clients/{house.consenting.id}/erasure/now/", SURE)
    assert (page.status_code, page["Location"]) == (302, "/settings/erased/")
    assert not Contact.objects.filter(id=house.consenting.id).exists()


@pytest.mark.parametrize("language", ["en", "nb"])
def test_it_says_what_goes_and_what_stays_first(house: Cast, language: str) -> None:
    client = house.signed_in(house.owner, language)
    profile = client.get(f"/clients/{house.consenting.id}/").content.decode()
    assert f"/clients/{house.consenting.id}/erasure/" in profile
    page = client.get(f"/clients/{house.consenting.id}/erasure/")
    assert page.status_code == 200
    assert len(page.context["page"].goes) >= 3
    assert Contact.objects.filter(id=house.consenting.id).exists()


@pytest.mark.parametrize("given", [{}, {"reason": "asked"}, {"sure": "yes"}, {"reason": "x", "sure": "yes"}])
def test_nothing_without_a_reason_and_a_tick(house: Cast, given: dict[str, str]) -> None:
    house.signed_in(house.owner).post(f"/clients/{house.consenting.id}/erasure/now/", given)
    assert not Erasure.objects.exists()


def test_owners_alone_may(house: Cast) -> None:
    client = house.signed_in(house.colleague)
    url = f"/clients/{house.consenting.id}/erasure/"
    assert url not in client.get(f"/clients/{house.consenting.id}/").content.decode()
    assert client.get(url).status_code == 403
    assert client.post(f"{url}now/", SURE).status_code == 403
    assert (
        client.post("/settings/erased/again/", {"address": "a@b.example", "sure": "yes"}).status_code == 403
    )
    assert not Erasure.objects.exists()


def test_pages_that_counted_them_still_stand(
    house: Cast, django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    message = Dispatch.objects.filter(contact_id=house.consenting.id).earliest("message_id").message_id
    client = house.signed_in(house.owner)
    erase(house, django_capture_on_commit_callbacks)
    gone = f"/clients/{house.consenting.id}/"
    assert client.get(gone).status_code == 404
    journeys = [f"/journeys/{slug}/" for slug in Journey.objects.values_list("slug", flat=True)]
    for url in ("/", "/clients/", "/inbox/", "/outbox/", "/outbox/?show=sent", "/going-out/", "/late/",
                "/trial/", "/broadcasts/", "/settings/erased/", *journeys):  # fmt: skip
        assert client.get(url).status_code == 200, url
    assert client.get(f"/outbox/{message}/").status_code in (200, 404)
    assert not Task.objects.filter(contact_id=house.consenting.id).exists()


def test_the_list_says_when_and_why_and_lets_in_again(
    house: Cast, django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    mail = house.consenting.identities.get(kind="email").value
    client = house.signed_in(house.owner)
    assert client.get("/settings/erased/").context["page"].empty
    erase(house, django_capture_on_commit_callbacks)
    (row,) = client.get("/settings/erased/").context["page"].rows
    assert (row.by, row.state) == (house.owner.name, "")
    again = client.post("/settings/erased/again/", {"address": mail, "sure": "yes"}, follow=True)
    assert "They may come in again" in again.content.decode()
