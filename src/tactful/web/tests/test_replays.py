"""Replays, by whole requests: the planted mistakes are plain to see."""

from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.conf import settings as live_settings
from django.test import Client

from tactful.delivery.models import Dispatch
from tactful.foundation.clock import business_now
from tactful.foundation.models import Audit, Role, User
from tactful.journeys import actions, queries
from tactful.journeys.actions import import_journey
from tactful.journeys.models import ReplayRun
from tactful.journeys.queries import Wanted
from tactful.journeys.recipes import text
from tactful.journeys.rules.definition import parse, read
from tactful.journeys.rules.digest import digest_of
from tactful.wiring.replay import replay
from tactful.wiring.tests.past_firm import OPEN, PastFirm, past_firm
from tactful.wiring.tests.test_planted_mistakes import CLASSES, MEETING, plant

pytestmark = pytest.mark.django_db
SLUG = "annual-accounts-documents"
URL = f"/journeys/{SLUG}/replays/"


@dataclass
class Office:
    firm: PastFirm
    owner: User

    def signed_in(self, language: str = "en", role: Role = Role.OWNER) -> Client:
        User.objects.filter(id=self.owner.id).update(language=language, role=role)
        self.owner.refresh_from_db()
        client = Client(headers={"host": "localhost"})
        client.force_login(self.owner, backend="allauth.account.auth_backends.AuthenticationBackend")
        return client

    def replayed(self, slug: str = SLUG) -> ReplayRun:
        """Asked for on the page, told as the worker does."""
        answer = self.signed_in().post(f"/journeys/{slug}/replays/", {"days": "90"})
        return told(int(answer["Location"].rstrip("/").rpartition("/")[2]))


def told(run_id: int) -> ReplayRun:
    run = actions.take_replay(business_now())
    assert run is not None
    assert run.id == run_id
    found = replay(parse(run.document), since=run.since, until=run.until)
    assert actions.keep_replay(run.id, found, business_now())
    return ReplayRun.objects.get(id=run_id)


@pytest.fixture
def office(tmp_path: Path, settings: LazySettings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    monkeypatch.setattr(live_settings, "ROOT_URLCONF", "tactful.web.tests.live_urls")
    settings.WHITENOISE_USE_FINDERS = False
    Path(settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)
    classes = CLASSES | {"meeting-reminder": "reminder"}
    journeys = [text(SLUG), MEETING]
    with past_firm(tmp_path, journeys, classes, ["Ada", "Bo", "Cai", "Dag"], **OPEN) as firm:
        plant(firm)
        owner = User.objects.add(email="ingrid@fjord.example", name="Ingrid Solheim", role=Role.OWNER)
        yield Office(firm, owner)


def page_of(client: Client, url: str) -> str:
    answer = client.get(url)
    assert answer.status_code == 200
    return unescape(answer.content.decode())


def test_the_planted_mistakes_are_plain_to_see_and_lead_to_the_clients_day(office: Office) -> None:
    run = office.replayed()
    client = office.signed_in()
    url = f"{URL}{run.id}/"
    page = page_of(client, url)
    assert "1 would have landed in a complaint" in page
    assert "1 would have asked for what was already done" in page
    assert "1 would have come within hours of another message of ours" in page
    assert "1 would have landed within 24 hours of an unanswered question, or in a complaint" in page
    for mark, name in (("into_complaint", "Ada"), ("after_done", "Bo"), ("crowded", "Cai")):
        shown = page_of(client, f"{url}?show={mark}")
        assert f">{name}</a>" in shown
        number = queries.replayed_lines(run.id, Wanted(mark)).rows[0].number
        day = page_of(client, f"{url}days/{number}/")
        assert f"<h1>{name}, " in day
    ada = queries.replayed_lines(run.id, Wanted("into_complaint")).rows[0].number
    day = page_of(client, f"{url}days/{ada}/")
    assert "A complaint was open" in day
    assert "We learned of it on" in day
    assert "In the replay" in day


@pytest.mark.parametrize("language", ["en", "nb"])
def test_the_pages_in_both_languages(office: Office, language: str) -> None:
    run = office.replayed()
    client = office.signed_in(language)
    words = {"en": "What would have gone wrong", "nb": "Hva som ville ha gått galt"}
    assert words[language] in page_of(client, f"{URL}{run.id}/")
    assert "/replays/" in page_of(client, URL)
    for mark in ("wrong", "same", "held", "unsent", "task", "dropped", "sent", "nonsense"):
        page_of(client, f"{URL}{run.id}/?show={mark}")


@pytest.mark.parametrize("few", [True, False])
def test_lists_go_on_by_key(office: Office, few: bool) -> None:
    run = office.replayed()
    every = [
        row.number for row in queries.replayed_lines(run.id, Wanted(limit=1000)).rows if "sent" in row.marks
    ]
    seen, after = [], 0
    while True:
        page = queries.replayed_lines(run.id, Wanted("sent", after, 2, few))
        seen += [row.number for row in page.rows]
        if page.after is None:
            break
        after = page.after
    assert seen == every
    assert len(every) > 4


def test_what_a_replay_says_is_found_by_the_definition(office: Office) -> None:
    run = office.replayed()
    same = read("# a comment more\n" + text(SLUG))
    found = queries.last_replay(SLUG, digest_of(same))
    assert found is not None
    assert found.counts["wrong"] == 3
    assert found.landed == 1
    patient = read(text(SLUG).replace("    days: 7\n", "    days: 30\n"))
    assert queries.last_replay(SLUG, digest_of(patient)) is None
    assert digest_of(same) == run.digest


def test_publishing_says_what_the_past_says_of_the_draft(office: Office) -> None:
    client, draft = office.signed_in(), URL.replace("replays/", "draft/")
    client.post(draft)
    page = client.get(f"{draft}publication/").content.decode()
    assert "This text has not been tried on the past" in page
    asked = URL + "?draft=yes"
    assert f'href="{asked}"' in page
    assert "The draft" in client.get(asked).content.decode()
    answer = client.post(URL, {"days": "90", "draft": "yes"})
    run = told(int(answer["Location"].rstrip("/").rpartition("/")[2]))
    assert run.version is None
    page = client.get(f"{draft}publication/").content.decode()
    assert "Over the last 90 days" in page
    assert f'href="{URL}{run.id}/"' in page
    assert client.get(URL.replace("replays/", "try/"), {"draft": "yes"}).status_code == 200


def test_an_earlier_version_is_replayed_as_it_was(office: Office) -> None:
    patient = text(SLUG).replace("    days: 7\n", "    days: 30\n")
    import_journey(patient, acting_user=None, now=business_now())
    client = office.signed_in()
    answer = client.post(URL, {"days": "90", "version": "1"})
    run = told(int(answer["Location"].rstrip("/").rpartition("/")[2]))
    assert run.version == 1
    assert run.digest == digest_of(read(text(SLUG)))
    answer = client.post(URL, {"days": "90"})
    newer = told(int(answer["Location"].rstrip("/").rpartition("/")[2]))
    page = page_of(client, f"{URL}{newer.id}/")
    assert "4 that were sent would have been left out" in page
    assert ">Dag</a>" in page_of(client, f"{URL}{newer.id}/?show=dropped")


def test_one_at_a_time_and_cancelled_by_a_person(office: Office) -> None:
    client = office.signed_in()
    first = client.post(URL, {"days": "90"})["Location"]
    page = page_of(client, first)
    assert "You may leave this page" in page
    again = unescape(client.post(URL, {"days": "90"}, follow=True).content.decode())
    assert "Another replay is under way" in again
    assert ReplayRun.objects.count() == 1
    client.post(f"{first}cancellation/")
    assert "It was cancelled" in page_of(client, first)
    assert actions.take_replay(business_now()) is None
    assert Audit.objects.filter(verb="journey.replay_cancelled", actor=office.owner.id).exists()
    assert "It was over already" in unescape(
        client.post(f"{first}cancellation/", follow=True).content.decode()
    )


def test_a_restart_is_said_and_too_many_end_it(office: Office) -> None:
    client = office.signed_in()
    url = client.post(URL, {"days": "90"})["Location"]
    run = actions.take_replay(business_now())
    assert run is not None
    assert actions.take_replay(business_now()) is None  # somebody is at it
    assert actions.beat(run.id, 2, 4)
    actions.give_back(run.id)
    assert "Tactful was restarted while it was under way, so it began anew" in page_of(client, url)
    for _ in range(3):
        again = actions.take_replay(business_now())
        assert again is not None
        actions.give_back(run.id)
    ReplayRun.objects.update(state="running", beat_at="2020-01-01T00:00:00+00:00")
    assert actions.take_replay(business_now()) is None
    assert "restarted again and again" in page_of(client, url)


def test_a_cancelled_one_keeps_nothing(office: Office) -> None:
    client = office.signed_in()
    url = client.post(URL, {"days": "90"})["Location"]
    run = actions.take_replay(business_now())
    assert run is not None
    client.post(f"{url}cancellation/")
    assert not actions.beat(run.id, 1, 4)
    assert not actions.keep_replay(
        run.id, replay(parse(run.document), since=run.since, until=run.until), business_now()
    )
    assert queries.last_replay(SLUG, run.digest) is None


def test_readers_look_and_start_nothing(office: Office) -> None:
    run = office.replayed()
    reader = office.signed_in(role=Role.READ_ONLY)
    assert reader.get(f"{URL}{run.id}/").status_code == 200
    assert reader.post(URL, {"days": "90"}).status_code == 403
    assert reader.get("/journeys/meeting/replays/" + f"{run.id}/").status_code == 404
    assert reader.get(f"{URL}{run.id}/days/9999/").status_code == 404
    assert reader.get(f"{URL}?version=77").status_code == 404


def test_a_message_that_should_not_have_gone_out_becomes_a_test(office: Office) -> None:
    ada = Dispatch.objects.filter(contact_id=office.firm.clients[0], state="sent").order_by("-pk")[0]
    client = office.signed_in()
    assert f"/outbox/{ada.pk}/test/" in page_of(client, f"/outbox/{ada.pk}/")
    answer = client.post(f"/outbox/{ada.pk}/test/")
    page = page_of(client, answer["Location"])
    assert "should not have gone out" in page
    assert "does something else" in page  # nothing has changed yet
    assert "from a message that should not have gone out" in page
    assert "Ada" not in page.partition("<main")[2]
    again = client.post(f"/outbox/{ada.pk}/test/")
    assert again["Location"] == answer["Location"]
