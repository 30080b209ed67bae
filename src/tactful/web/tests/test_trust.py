"""The trial week, the first ones, what goes out today and the brake, by whole requests."""

import re
from collections.abc import Mapping
from datetime import timedelta

import pytest
from django.test import Client

from tactful.delivery.models import Dispatch, Rehearsed
from tactful.foundation.clock import business_now
from tactful.gate import queries as gate
from tactful.touchpoints.models import Touchpoint
from tactful.web.tests.cast import Cast
from tactful.wiring.trust import begin_trial, end_trial

LANGUAGES = ("en", "nb")
TRIAL = {"check": "nobody_talking", "code": "standing.trial", "params": {"ref": 1}, "owner": None}
FIRST = {"check": "nobody_talking", "code": "standing.first", "params": {"ref": 1}, "owner": None}


def held_by(cast: Cast, reason: Mapping[str, object]) -> Dispatch:
    row = cast.plans(cast.consenting)
    Dispatch.objects.filter(pk=row.pk).update(
        state="held", reasons=[reason], held_since=cast.now, wake_on=["hold.released"],
        on_release="recompute", not_before=cast.now + timedelta(days=300),
    )  # fmt: skip
    return row


def rehearsed(cast: Cast) -> tuple[int, int]:
    trial = begin_trial(acting_user=cast.owner.id, now=cast.now)
    row = held_by(cast, TRIAL)
    Rehearsed.objects.create(message_id=row.pk, trial=trial, at=cast.now)
    return row.pk, trial


def page(client: Client, url: str) -> str:
    response = client.get(url)
    assert response.status_code == 200
    return response.content.decode()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("url", ["/trial/", "/first/", "/going-out/", "/brake/", "/settings/trust/"])
def test_each_page_stands_empty(cast: Cast, url: str, language: str) -> None:
    assert 'lang="' + language in page(cast.signed_in(cast.owner, language), url)


def test_an_owner_begins_and_ends_a_trial(cast: Cast) -> None:
    owner, colleague = cast.signed_in(cast.owner), cast.signed_in(cast.colleague)
    assert colleague.post("/trial/beginning/", {"days": "7"}).status_code == 403
    assert owner.post("/trial/beginning/", {"days": "1000"}).status_code == 302
    assert gate.trials().count() == 0
    owner.post("/trial/beginning/", {"days": "7"})
    owner.post("/trial/beginning/", {"days": "7"})
    (trial,) = gate.trials()
    assert trial.expires_at == trial.placed_at + timedelta(days=7)
    assert "Trial week: nothing leaves" in page(colleague, "/")
    assert "Everything is held" not in page(colleague, "/"), "that is the brake"
    assert colleague.post("/trial/end/").status_code == 403
    owner.post("/trial/end/")
    trial.refresh_from_db()
    assert trial.released_at is not None
    assert "Trial week: nothing leaves" not in page(colleague, "/")


def test_right_with_one_tap_and_back(cast: Cast) -> None:
    ident, _trial = rehearsed(cast)
    client = cast.signed_in(cast.colleague)
    shown = page(client, "/trial/")
    assert "1 would have gone: 0 right, 0 wrong, 1 not judged." in shown
    assert "Leave this client alone" in shown
    assert "A person should write this" not in shown, "that is a rule of the house: for owners"
    assert cast.signed_in(cast.reader).post(f"/outbox/{ident}/right/").status_code == 403
    client.post(f"/outbox/{ident}/right/")
    assert "1 right, 0 wrong, 0 not judged" in page(client, "/trial/")
    client.post(f"/outbox/{ident}/judgement/undo/")
    assert "0 right, 0 wrong, 1 not judged" in page(client, "/trial/")


def test_wrong_and_why_moves_the_line(cast: Cast) -> None:
    ident, _trial = rehearsed(cast)
    colleague, owner = cast.signed_in(cast.colleague), cast.signed_in(cast.owner)
    assert colleague.post(f"/outbox/{ident}/wrong/", {"why": "person"}).status_code == 403
    assert colleague.post(f"/outbox/{ident}/wrong/", {"why": "nonsense"}).status_code == 302
    assert Rehearsed.objects.get().judged == ""
    owner.post(f"/outbox/{ident}/wrong/", {"why": "person"})
    row = Touchpoint.objects.select_related("current").get(pk=cast.touchpoint.pk)
    assert row.current is not None
    assert row.current.line == "judgement"
    assert "stands above the line now" in page(owner, "/trial/")
    owner.post(f"/outbox/{ident}/judgement/undo/")
    row.refresh_from_db()
    assert row.current.line == "structural"


def test_the_first_ones_are_sent_or_stopped(cast: Cast) -> None:
    begin_trial(acting_user=cast.owner.id, now=cast.now)
    end_trial(acting_user=cast.owner.id, now=cast.now)
    one, two = held_by(cast, FIRST), held_by(cast, FIRST)
    client = cast.signed_in(cast.colleague)
    assert "wait for your eyes" in page(client, "/")
    assert "0 of the first 10 have been let go" in page(client, "/first/")
    client.post(f"/outbox/{one.pk}/first/")
    client.post(f"/outbox/{two.pk}/stop/", {"next": "/first/"})
    assert Dispatch.objects.get(pk=one.pk).seen_by == cast.colleague.id
    assert set(Dispatch.objects.filter(pk__in=(one.pk, two.pk)).values_list("state", flat=True)) == {
        "queued",
        "cancelled",
    }
    assert "Nothing waits to be seen." in page(client, "/first/")
    slug = cast.touchpoint.slug
    assert client.post(f"/line/{slug}/enough/").status_code == 403
    cast.signed_in(cast.owner).post(f"/line/{slug}/enough/")
    assert one.message.touchpoint_id not in gate.shown_first(business_now())


def test_going_out_today_with_a_stop(cast: Cast) -> None:
    row = cast.plans(cast.consenting)
    client = cast.signed_in(cast.colleague)
    assert "Going out today: 1." in page(client, "/going-out/today/")
    shown = page(client, "/going-out/")
    assert f"/outbox/{row.pk}/stop/" in shown
    assert "/stop/" not in page(cast.signed_in(cast.reader), "/going-out/")
    client.post(f"/outbox/{row.pk}/stop/", {"next": "/going-out/"})
    assert "Nothing goes out by itself today" in page(client, "/going-out/")
    assert client.get("/going-out/?at=nonsense&id=x").status_code == 200
    assert client.post("/going-out/stops/", {"key": "nonsense"}).status_code == 302


def test_today_keeps_its_way_to_what_goes_out_when_nothing_does(cast: Cast) -> None:
    client = cast.signed_in(cast.colleague)
    for url in ("/", "/going-out/today/"):
        assert 'href="/going-out/"' in page(client, url), url
    assert "Nothing goes out by itself today." in page(client, "/going-out/today/")


def test_the_brake_lists_and_asks_before_it_lets_go(cast: Cast) -> None:
    cast.plans(cast.consenting)
    client = cast.signed_in(cast.colleague)
    assert "Stop all automation" in page(client, "/brake/")
    assert client.post("/hold/")["Location"] == "/brake/"
    shown = page(client, "/brake/")
    assert "What it stopped" in shown
    assert "Yes, start automation again" in shown
    assert "Liv Sandal" in shown
    assert 'action="/hold/release/"' not in page(client, "/"), "starting again is asked on its own page"
    assert "Yes, start automation again" not in page(cast.signed_in(cast.reader), "/brake/")
    client.post("/hold/release/")
    assert not gate.everything_held(business_now()).exists()


def test_only_touchpoints_at_which_something_is_sent_show_their_first_ten(cast: Cast) -> None:
    trial = begin_trial(acting_user=cast.owner.id, now=cast.now)
    owner = cast.signed_in(cast.owner)
    assert trial
    shown = page(owner, "/settings/trust/")
    assert "of the first 10 have been let go" not in shown
    assert "and nothing is sent there yet" in shown
    held_by(cast, FIRST)
    shown = page(owner, "/settings/trust/")
    assert shown.count("of the first 10 have been let go") == 1, "one waits to be seen"


def test_messages_that_say_the_same_are_judged_together(cast: Cast) -> None:
    trial = begin_trial(acting_user=cast.owner.id, now=cast.now)
    rows = [held_by(cast, TRIAL) for _n in range(4)]
    for row in rows:
        Rehearsed.objects.create(message_id=row.pk, trial=trial, at=cast.now)
    client = cast.signed_in(cast.colleague)
    shown = page(client, "/trial/")
    assert shown.count("All four alike are right") == 1
    also = re.findall(r'name="also" value="(\d+)"', shown)
    first = re.search(r'action="/outbox/(\d+)/right/"', shown)
    assert first is not None
    assert {int(first[1]), *map(int, also)} == {row.pk for row in rows}
    client.post(f"/outbox/{first[1]}/right/", {"also": [*also, "x", "999999999"]})
    assert "4 right, 0 wrong, 0 not judged" in page(client, "/trial/")
