"""Settings, who hears from us."""

import re

from tactful.web.forms.programs import HEARD
from tactful.web.tests.cast import Cast
from tactful.webhooks.models import Endpoint, Telling
from tactful.webhooks.types import EVENTS

HERE = "/settings/webhooks/"
FORM = {"name": "Web shop", "url": "https://shop.example/hook", "events": ["reply.received", "message.sent"]}


def test_a_program_is_added_changed_and_stopped(cast: Cast) -> None:
    owner = cast.signed_in(cast.owner)
    assert "No other program listens yet" in owner.get(HERE).content.decode()
    told = owner.post(HERE, FORM).content.decode()
    (secret,) = re.findall(r"whsec_[A-Za-z0-9+/=]+", told.replace("&#x2B;", "+").replace("&#x3D;", "="))
    page = owner.get(HERE).content.decode()
    assert secret not in page
    assert "A client writes · " in page or "A message has gone out · A client writes" in page
    endpoint = Endpoint.objects.get()
    one = f"{HERE}{endpoint.id}/"
    assert "Nothing yet." in owner.get(one).content.decode()
    owner.post(one, FORM | {"name": "New shop"})
    assert "New shop" in owner.get(HERE).content.decode()
    assert "whsec_" in owner.post(f"{one}secret/").content.decode()
    owner.post(f"{one}stop/")
    assert "Stopped." in owner.get(HERE).content.decode()


def test_what_was_told_is_listed_and_can_be_told_again(cast: Cast) -> None:
    owner = cast.signed_in(cast.owner)
    owner.post(HERE, FORM)
    endpoint = Endpoint.objects.get()
    made = [
        Telling(
            endpoint=endpoint,
            event_id=number,
            event="reply.received",
            body="{}",
            state="dead",
            error="HTTP 500",
            not_before=cast.now,
            made_at=cast.now,
        )
        for number in range(51)
    ]
    Telling.objects.bulk_create(made)
    page = owner.get(f"{HERE}{endpoint.id}/").content.decode()
    assert page.count("HTTP 500") == 50
    (more,) = re.findall(r"\?before=\d+", page)
    assert owner.get(f"{HERE}{endpoint.id}/{more}").content.decode().count("HTTP 500") == 1
    assert owner.post(f"/settings/tellings/{made[0].id}/again/").status_code == 302
    assert Telling.objects.get(id=made[0].id).state == "queued"


def test_what_is_wrong_is_said(cast: Cast) -> None:
    owner = cast.signed_in(cast.owner)
    answer = owner.post(HERE, FORM | {"url": "shop"})
    assert answer.status_code == 422
    assert owner.post(HERE, FORM | {"events": []}).status_code == 422
    assert not Endpoint.objects.exists()


def test_the_form_offers_all_that_can_be_heard() -> None:
    assert [name for name, _words in HEARD] == list(EVENTS)
