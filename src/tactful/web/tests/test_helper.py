"""A helper sets the house up: no address shows a client, who is planted wherever clients are."""

from collections.abc import Iterator
from datetime import timedelta
from html import unescape

import pytest
from django.conf import LazySettings
from django.core.cache import cache
from django.http import HttpResponseBase
from django.test import Client
from django.urls import resolve

from tactful.calendars.models import Appointment
from tactful.channels.models import Account
from tactful.connectors.models import Delivery
from tactful.contacts.actions import create_contact
from tactful.contacts.models import ImportRun
from tactful.contacts.types import NewContact
from tactful.engagements.models import RequestedDocument
from tactful.events.actions import record
from tactful.events.types import NewFact
from tactful.foundation.clock import business_now
from tactful.foundation.models import Role, User
from tactful.foundation.staff.actions import HELPER_DAYS, Person, PersonError, add_person, end_helpers
from tactful.foundation.staff.queries import helper_log, working_people
from tactful.inbox.actions.answer import add_note
from tactful.inbox.models import Task
from tactful.journeys.actions import open_draft
from tactful.journeys.models import Enrolment, Journey, JourneyTest
from tactful.journeys.recipes import text
from tactful.journeys.rules.definition import read
from tactful.touchpoints.actions import comment
from tactful.web.build import line
from tactful.web.helping import CHANGES, LOOKS, PASSES
from tactful.web.tests.cast import Cast, a_file
from tactful.web.tests.test_every_address import FORM, JOURNEY, _real_ids, routes
from tactful.wiring.recipes import take_in

CANARY = "Kanarifugl"
"""In the name, the address and the words of one client, and wherever the house keeps something of theirs."""
MARKS = (CANARY, CANARY.lower())
RECIPE = "appointment-reminders"


_PLANTED = (
    "client clients conversation inbox entry_html message message_frame outbox import journey_people "
    "journey_step journey_tests draft draft_publication touchpoint line letter letter_frame calendar today"
)
PLANTED = {f"web:{name}" for name in _PLANTED.split()}
"""Pages that show an owner the client; helpers may open the half of them."""


@pytest.fixture
def house(cast: Cast, settings: LazySettings, monkeypatch: pytest.MonkeyPatch) -> Cast:
    settings.ROOT_URLCONF = "tactful.web.tests.all_urls"
    settings.DEMO = True
    cache.clear()
    monkeypatch.setattr(line, "repeated_words", lambda _now: [(f"Hei {CANARY}\nTakk for sist, {CANARY}", 7)])
    return cast


@pytest.fixture
def helper(house: Cast) -> User:
    new = Person("Hanne Hjelper", "hanne@help.example", Role.HELPER, language="en")
    user, _password = add_person(new, acting_user=house.owner.id, now=house.now)
    User.objects.filter(id=user.id).update(must_choose_password=False)
    return User.objects.get(id=user.id)


@pytest.fixture
def places(house: Cast) -> list[tuple[str, str]]:
    """Every address, with what is really there."""
    ids = _real_ids(house)
    take_in(RECIPE, by=house.owner, now=house.now)
    ids |= _plant(house)
    return list(_addresses(ids, house.touchpoint.slug))


def _plant(house: Cast) -> dict[str, int]:
    """One client, in everything that the pages read. Answers with what the addresses then name."""
    now, owner = house.now, house.owner.id
    Account.objects.all().delete()  # it has no server, and tests of letters go out through one
    new = NewContact(f"{CANARY} Berg", (f"{CANARY}@client.example",), ("+4790090900",), "nb", f"{CANARY} AS")
    bird = create_contact(new, acting_user=owner, now=now)
    entry = house.writes(
        bird, f"I am {CANARY}. Could you call me?", files=(a_file("1" * 32, f"{CANARY}.pdf"),)
    )
    thread = house.thread(bird)
    add_note(thread.id, f"{CANARY} is worried", acting_user=owner, now=now)
    house.holds(bird)
    held = house.plans(bird, subject=f"Dear {CANARY}", body=f"Words for {CANARY}")
    house.asks_for_documents(bird)
    RequestedDocument.objects.update(name_en=CANARY, name_nb=CANARY)
    record([NewFact("Order Completed", bird.id, {"who": CANARY})], now=now)
    tomorrow = now + timedelta(days=1)
    Appointment.objects.update(
        title=f"Cut for {CANARY}", contact=bird, starts_at=tomorrow, ends_at=tomorrow + timedelta(hours=1)
    )
    Delivery.objects.update(body=f'{{"name": "{CANARY}"}}'.encode())
    ImportRun.objects.update(file_name=f"{CANARY}.csv")
    JourneyTest.objects.update(name=f"What {CANARY} should not get")
    journey = Journey.objects.get(slug=JOURNEY)
    _enrol(journey, bird.id, house)
    open_draft(journey.id, acting_user=owner, now=now)
    comment(house.touchpoint.id, f"{CANARY} hates these", acting_user=house.colleague.id, now=now)
    task = Task.objects.filter(contact_id=bird.id).earliest("id")
    return {"clients": bird.id, "entries": entry.id, "inbox": thread.id, "outbox": held.pk, "tasks": task.id}


def _enrol(journey: Journey, contact_id: int, house: Cast) -> None:
    version = journey.live_version
    assert version is not None
    Enrolment.objects.create(
        journey=journey, version=version, contact_id=contact_id, trigger_id=1, step=_first_step(),
        phase="waiting",
        due_at=house.now + timedelta(days=3), entered_at=house.now, context={"who": CANARY},
    )  # fmt: skip


def _first_step() -> str:
    return read(text(JOURNEY)).steps[0].id


def _addresses(ids: dict[str, int], touchpoint: str) -> Iterator[tuple[str, str]]:
    slugs = {"journeys": JOURNEY, "line": touchpoint, "letters": "appointment-reminder", "recipes": RECIPE}
    for _name, url in routes():
        if f"/{url}".startswith(PASSES):
            continue
        before = url.partition("999999999")[0].rstrip("/").rpartition("/")[2]
        real = url.replace("999999999", str(ids.get(before, 1)))
        real = real.replace("no-such-thing", slugs.get(url.partition("/")[0], "no-such-thing"), 1)
        real = real.replace("/steps/no-such-thing", f"/steps/{_first_step()}")
        yield resolve(f"/{real}", "tactful.web.tests.all_urls").view_name, real


def _shown(response: HttpResponseBase) -> str:
    body = (
        b"".join(response.streaming_content) if response.streaming else response.content  # type: ignore[attr-defined]
    )
    return unescape(body.decode("utf-8", "replace"))


def _asks(client: Client, method: str, url: str, ident: int) -> HttpResponseBase:
    asked = f"/{url}?q={CANARY}&client={ident}&contact={ident}&who={ident}"
    more = {"client": str(ident), "q": CANARY, **FORM}
    return client.get(asked, secure=True) if method == "get" else client.post(asked, more, secure=True)


def _bird(places: list[tuple[str, str]]) -> int:
    return int(dict(places)["web:client"].split("/")[1])


def test_no_page_that_a_helper_opens_shows_a_client(
    house: Cast, helper: User, places: list[tuple[str, str]]
) -> None:
    client, broken, opened = house.signed_in(helper), [], set()
    for method in ("get", "post"):
        for name, url in places:
            response = _asks(client, method, url, _bird(places))
            words, status = _shown(response), response.status_code
            allowed = name in (LOOKS if method == "get" else CHANGES)
            if any(mark in words.replace(f"q={CANARY}", "") for mark in MARKS):
                broken.append(f"{method} /{url} ({name}) shows the client")
            if not allowed and name != "web:today" and not _is_refusal(words, status):
                broken.append(f"{method} /{url} ({name}) is open: {status}")
            if allowed and status in (403, 500):
                broken.append(f"{method} /{url} ({name}) is closed: {status}")
            opened |= {name} if method == "get" and status == 200 else set()
    assert broken == []
    assert opened == LOOKS, "each of them is really there to be looked at"


def _is_refusal(words: str, status: int) -> bool:
    return status == 403 and ("nothing of its clients" in words or "needs the yes of an owner" in words)


def test_the_client_is_really_planted(house: Cast, places: list[tuple[str, str]]) -> None:
    """What an owner sees of it, so that the walk above can fail."""
    client, seen = house.signed_in(house.owner), set()
    for name, url in places:
        if name in PLANTED:
            shown = _shown(_asks(client, "get", url, _bird(places))).replace(f"q={CANARY}", "")
            seen |= {name} if any(mark in shown for mark in MARKS) else set()
    assert seen == PLANTED


def test_each_address_is_noted_before_it_is_answered(house: Cast, helper: User) -> None:
    client = house.signed_in(helper)
    assert client.get("/").headers["Location"] == "/helping/"
    client.get("/helping/")
    client.get("/clients/?q=Liv")
    client.post("/settings/quiet/", {})
    client.post(f"/line/{house.touchpoint.slug}/", {"line": "structural"})
    said = [(step.verb, step.address) for step in reversed(helper_log(helper.id))]
    assert said == [
        ("opened", "GET /helping/"),
        ("refused", "GET /clients/"),
        ("changed", "POST /settings/quiet/"),
        ("refused", f"POST /line/{house.touchpoint.slug}/"),
    ]
    User.objects.filter(id=helper.id).update(ends_at=house.now + timedelta(days=3, minutes=5))
    page = house.signed_in(house.owner).get(f"/settings/people/{helper.id}/").content.decode()
    assert 'value="4"' in page, "to keep a name gives no more days"
    assert "was refused" in page
    assert "/clients/" in page


def test_a_helper_prepares_a_journey_and_an_owner_publishes_what_is_on(house: Cast, helper: User) -> None:
    client = house.signed_in(helper)
    client.post("/journeys/new/", {"source": text(JOURNEY)})
    draft = client.get(f"/journeys/{JOURNEY}/draft/").content.decode()
    assert "Look over and publish" in draft
    refused = client.post(f"/journeys/{JOURNEY}/draft/publication/", {"switch_on": "1"}, follow=True)
    assert "for an owner to publish" in unescape(refused.content.decode())
    assert not Journey.objects.filter(slug=JOURNEY, live_version__isnull=False).exists()
    assert client.post(f"/journeys/{JOURNEY}/live/").status_code == 403


def test_it_ends_by_itself_and_at_once_when_an_owner_says_so(house: Cast, helper: User) -> None:
    client = house.signed_in(helper)
    assert client.get("/helping/").status_code == 200
    User.objects.filter(id=helper.id).update(ends_at=business_now() - timedelta(seconds=1))
    assert client.get("/helping/").headers["Location"].startswith("/account/login/")
    assert not User.objects.get(id=helper.id).is_active
    other, _password = add_person(
        Person("Other", "other@help.example", Role.HELPER, days=2), acting_user=house.owner.id, now=house.now
    )
    assert end_helpers(now=house.now + timedelta(days=1)) == 0
    assert end_helpers(now=house.now + timedelta(days=2)) == 1
    owner = house.signed_in(house.owner)
    owner.post(f"/settings/people/{other.id}/return/")
    again = User.objects.get(id=other.id)
    assert again.is_active
    assert again.ends_at is not None
    assert again.ends_at > house.now + timedelta(days=HELPER_DAYS - 1)
    assert "until" in owner.get("/settings/people/").content.decode()
    owner.post(f"/settings/people/{other.id}/departure/")
    assert not User.objects.get(id=other.id).is_active


def test_a_helper_does_no_work_of_the_house(house: Cast, helper: User) -> None:
    assert not helper.may_write
    assert working_people() == 2  # the owner and the colleague
    with pytest.raises(PersonError):
        add_person(
            Person("Long", "long@help.example", Role.HELPER, days=91),
            acting_user=house.owner.id,
            now=house.now,
        )


def test_a_helper_who_becomes_a_colleague_stays(house: Cast, helper: User) -> None:
    form = {"name": "Hanne", "email": helper.email, "title": "", "role": "staff", "days": "14"}
    house.signed_in(house.owner).post(f"/settings/people/{helper.id}/", form)
    assert User.objects.get(id=helper.id).ends_at is None
    assert end_helpers(now=house.now + timedelta(days=400)) == 0
