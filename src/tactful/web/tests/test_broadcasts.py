"""Broadcasts in the staff app: written, previewed, read by a second person, sent, watched, stopped."""

import re
from collections.abc import Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client

from tactful.broadcasts import actions, queries
from tactful.broadcasts.models import Broadcast, BroadcastPerson
from tactful.broadcasts.tests.cast import Salon, a_clerk, make_salon
from tactful.broadcasts.types import State, When
from tactful.contacts.models import BasisSpell, Contact
from tactful.events.models import Event
from tactful.foundation.clock import business_now
from tactful.foundation.models import Role, User
from tactful.inbox.models import Task
from tactful.segments.models import Segment
from tactful.touchpoints.actions import decide
from tactful.touchpoints.models import Touchpoint
from tactful.touchpoints.types import Line
from tactful.wiring.broadcasts import house_at
from tactful.wiring.merging import merge
from tactful.wiring.reactions import REACTIONS
from tactful.wiring.segments import ALLOWED

NEW = "/broadcasts/new/"
FORM = {
    "name": "Romjulen",
    "segment": "alle",
    "touchpoint": "news",
    "when": "now",
    "delay_minutes": "10",
    "0-weight": "1",
    "0-nb-subject": "Åpent i romjulen",
    "0-nb-body": "Hei {{ given_name }},\n\nvi har åpent.",
    "0-nb-nameless": "du",
}


@pytest.fixture
def salon(db: None) -> Salon:
    return make_salon()


def browser_of(user: User) -> Client:
    User.objects.filter(id=user.id).update(language="en")
    client = Client(headers={"host": "localhost"})
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


@pytest.fixture
def browser(salon: Salon) -> Client:
    return browser_of(salon.owner)


def shown(browser: Client, url: str, data: Mapping[str, object] | None = None, status: int = 200) -> str:
    answer = browser.post(url, data, follow=True) if data is not None else browser.get(url)
    assert answer.status_code == status, answer.status_code
    return answer.content.decode()


def react(salon: Salon) -> None:
    """What follows from the facts so far, each told again: the log is read once it is committed, and a
    reaction that has been heard changes nothing."""
    for row in Event.objects.filter(name__startswith="broadcast.").order_by("id"):
        fact: Any = SimpleNamespace(id=row.id, name=row.name, data=row.data, contact_id=None)
        for reaction in REACTIONS.get(row.name, ()):
            reaction([fact], salon.now)


def written(browser: Client, **changes: str) -> Broadcast:
    shown(browser, NEW, FORM | changes)
    return Broadcast.objects.latest("id")


def test_the_empty_list_teaches(browser: Client) -> None:
    page = shown(browser, "/broadcasts/")
    assert "A broadcast is one message to a group of clients, once" in page
    assert f'href="{NEW}"' in page
    assert 'aria-current="page" title="Broadcasts"' in page


def test_what_was_written_is_kept_and_shown_again(browser: Client) -> None:
    row = written(browser, per_hour="50", when="local", day="2030-01-02", clock="10:00")
    page = shown(browser, f"/broadcasts/{row.id}/edit/")
    for said in ("Åpent i romjulen", "vi har åpent.", 'value="2030-01-02"', 'value="10:00"', 'value="50"'):
        assert said in page
    assert row.plan["schedule"] == {"when": When.LOCAL, "at": None, "day": "2030-01-02", "clock": "10:00"}


def test_an_hour_is_of_the_business_s_wall(browser: Client) -> None:
    row = written(browser, when="at", at="2030-01-02T10:00")
    assert row.plan["schedule"]["at"] == "2030-01-02T10:00:00+01:00"
    assert 'value="2030-01-02T10:00"' in shown(browser, f"/broadcasts/{row.id}/edit/")


def test_nonsense_is_refused_in_words_and_nothing_typed_is_lost(browser: Client) -> None:
    page = shown(browser, NEW, FORM | {"per_hour": "many", "segment": "no-such"}, status=422)
    assert "Enter a whole number" in page
    assert "vi har åpent." in page
    assert Broadcast.objects.count() == 0


def test_versions_come_and_go_without_a_script(browser: Client) -> None:
    page = shown(browser, NEW, FORM | {"act": "more"})
    assert "Version B" in page
    assert "vi har åpent." in page
    page = shown(browser, NEW, FORM | {"1-weight": "1", "1-nb-subject": "Other", "act": "fewer"})
    assert "Version B" not in page
    two = {"1-weight": "3", "1-nb-subject": "Stengt i romjulen", "1-nb-body": "Vi har stengt."}
    row = written(browser, **two)
    assert [each["weight"] for each in row.plan["variants"]] == [1, 3]
    assert "B, Norwegian" in shown(browser, f"/broadcasts/{row.id}/")


def test_the_chosen_group_is_counted_and_said(browser: Client) -> None:
    part = shown(browser, "/broadcasts/group/?segment=alle")
    assert "6 clients" in part
    assert "Clients" in part
    assert "<html" not in part
    assert shown(browser, "/broadcasts/group/?segment=").count("<p") == 0


def test_before_it_goes_the_page_says_what_will_happen(browser: Client) -> None:
    row = written(browser)
    BasisSpell.objects.filter(contact=Contact.objects.earliest("id")).delete()
    page = shown(browser, f"/broadcasts/{row.id}/")
    assert "5 of them would get it" in page
    assert "Does not get it: We have no basis for writing to the client about this" in page
    assert "Nothing leaves in the first 10 minutes" in page
    assert "sample" not in page
    assert "Send it" in page


def test_whoever_reads_another_language_is_counted_before_it_goes_and_after(
    salon: Salon, browser: Client
) -> None:
    said = "2 clients read English, and there is no English text: they get the Norwegian one."
    Contact.objects.filter(id__in=Contact.objects.values("id")[:2]).update(language="en-GB")
    row = written(browser)
    page = shown(browser, f"/broadcasts/{row.id}/")
    assert said in page
    assert page.index(said) < page.index("What will happen")
    actions.send(broadcast_id=row.id, house=house_at(business_now()), acting_user=salon.owner.id)
    salon.begins(row)
    assert said in shown(browser, f"/broadcasts/{row.id}/")
    both = written(browser, **{"0-en-subject": "Open", "0-en-body": "We are open.", "0-en-nameless": "you"})
    assert "read English" not in shown(browser, f"/broadcasts/{both.id}/")


def test_a_large_group_is_looked_at_by_a_sample_and_it_says_so(
    browser: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tactful.wiring import broadcasts as wiring  # noqa: PLC0415

    monkeypatch.setattr(wiring, "WHOLE", 3)
    monkeypatch.setattr(wiring, "SAMPLE", 2)
    row = written(browser)
    page = shown(browser, f"/broadcasts/{row.id}/")
    assert "a sample of 2 clients" in page
    assert "6 of them would get it" in page


def test_what_is_missing_stands_there_instead_of_the_button(browser: Client) -> None:
    row = written(browser, **{"0-nb-subject": "", "touchpoint": ""})
    page = shown(browser, f"/broadcasts/{row.id}/")
    assert "Choose the touchpoint at which this is said." in page
    assert "Send it" not in page


def test_the_preview_is_the_mail_as_that_client_sees_it(salon: Salon, browser: Client) -> None:
    row = written(browser)
    who = Contact.objects.earliest("id")
    Contact.objects.filter(id=who.id).update(given_name="Åse", name="Åse Berg")
    page = shown(browser, f"/broadcasts/{row.id}/?client={who.id}")
    assert "As Åse Berg sees it" in page
    (url, *_) = re.findall(r'<iframe class="frame" src="([^"]+)"', page)
    frame = browser.get(url.replace("&amp;", "&"))
    assert "Hei Åse," in frame.content.decode()
    assert "sandbox" in frame["Content-Security-Policy"]
    found = shown(browser, f"/broadcasts/{row.id}/frame/")
    assert "Hei Liv," in found


def test_sent_by_one_person_it_can_be_taken_back(browser: Client) -> None:
    row = written(browser)
    page = shown(browser, f"/broadcasts/{row.id}/sending/", {})
    assert "Until then you can take it back." in page
    assert "nobody has got anything" in shown(browser, f"/broadcasts/{row.id}/")
    shown(browser, f"/broadcasts/{row.id}/return/", {})
    row.refresh_from_db()
    assert row.state == State.DRAFT


def test_a_second_person_reads_it_and_says_yes(salon: Salon, browser: Client) -> None:
    shown(browser, "/broadcasts/second-person/", {"wanted": "yes"})
    row = written(browser)
    assert "Ask a second person" in shown(browser, f"/broadcasts/{row.id}/")
    shown(browser, f"/broadcasts/{row.id}/sending/", {})
    shown(browser, f"/broadcasts/{row.id}/approval/", {})
    mine = shown(browser, f"/broadcasts/{row.id}/")
    assert "Yes, send it" not in mine
    other = browser_of(salon.kari)
    page = shown(other, f"/broadcasts/{row.id}/")
    (read,) = re.findall(r'name="read" value="([0-9a-f]{64})"', page)
    assert "Read it once more" in shown(other, f"/broadcasts/{row.id}/yes/", {"read": "00" * 32})
    shown(other, f"/broadcasts/{row.id}/yes/", {"read": read})
    row.refresh_from_db()
    assert (row.state, row.approved_by) == (State.SCHEDULED, salon.kari.id)


def test_only_an_owner_changes_who_must_read(salon: Salon) -> None:
    other = browser_of(salon.kari)
    assert other.post("/broadcasts/second-person/", {"wanted": "yes"}).status_code == 403
    assert "Ask for a second person each time" not in shown(other, "/broadcasts/")


def test_on_its_way_the_page_counts_and_stops(salon: Salon, browser: Client, tmp_path: Path) -> None:
    BasisSpell.objects.filter(contact=Contact.objects.earliest("id")).delete()
    row = salon.sends()
    page = shown(browser, f"/broadcasts/{row.id}/")
    assert 'hx-trigger="every 3s"' in page
    assert "wait for their turn" in page
    shown(browser, f"/broadcasts/{row.id}/pause/", {})
    assert "Let it go on" in shown(browser, f"/broadcasts/{row.id}/")
    shown(browser, f"/broadcasts/{row.id}/resumption/", {})
    salon.clerk = a_clerk(salon.provider, tmp_path)
    salon.works()
    salon.clerk.leave()
    page = shown(browser, f"/broadcasts/{row.id}/")
    assert "5 of 6 have it" in page
    assert "We have no basis for writing to the client about this" in page
    people = shown(browser, f"/broadcasts/{row.id}/people/?show=refused&code=basis.none")
    assert people.count("outrow") == 1
    assert "5 of 6 have it" in shown(browser, "/broadcasts/")
    message = re.search(r'href="(/outbox/\d+/)"', people)
    assert message is not None
    assert "Broadcast: Romjulen" in shown(browser, message[1])


def test_cancelled_it_says_what_was_stopped(salon: Salon, browser: Client) -> None:
    row = salon.sends()
    actions.feed_next(now=salon.now)
    page = shown(browser, f"/broadcasts/{row.id}/cancellation/", {})
    assert "6 were stopped before it went, 0 had left." in page
    assert "were stopped before it went" in shown(browser, f"/broadcasts/{row.id}/")


def test_a_reader_looks_and_changes_nothing(salon: Salon, browser: Client) -> None:
    row = written(browser)
    reader = User.objects.add(email="les@salong.example", name="Lise", role=Role.READ_ONLY)
    eyes = browser_of(reader)
    page = shown(eyes, f"/broadcasts/{row.id}/")
    assert "Send it" not in page
    for name in ("sending", "test", "cancellation", "edit", "approval"):
        assert eyes.post(f"/broadcasts/{row.id}/{name}/").status_code == 403


def test_a_test_goes_to_whoever_asks(salon: Salon, browser: Client) -> None:
    from tactful.channels.models import Account  # noqa: PLC0415
    from tactful.demo.postbox.sink import Sink  # noqa: PLC0415

    row = written(browser)
    with Sink() as sink:
        place = {"smtp_host": "127.0.0.1", "smtp_port": sink.port, "smtp_security": "none"}
        Account.objects.update(settings=place)
        page = shown(browser, f"/broadcasts/{row.id}/test/", {"v": "0", "l": "nb"})
    assert "A test is on its way to ingrid@salong.example." in page
    assert [mail.recipient for mail in sink.ledger.mails] == ["ingrid@salong.example"]


def test_where_nobody_answers_the_test_says_so(salon: Salon, browser: Client) -> None:
    from tactful.channels.models import Account  # noqa: PLC0415

    row = written(browser)
    Account.objects.update(settings={"smtp_host": "127.0.0.1", "smtp_port": 1, "smtp_security": "none"})
    assert "The test could not be sent" in shown(browser, f"/broadcasts/{row.id}/test/", {})


def test_what_stood_still_is_said(salon: Salon, browser: Client) -> None:
    row = salon.draft()
    actions.send(broadcast_id=row.id, house=salon.house, acting_user=salon.owner.id)
    salon.later(hours=9)
    salon.works()
    assert "It stood still for a while" in shown(browser, f"/broadcasts/{row.id}/")


def test_a_second_person_finds_it_among_the_tasks_until_it_is_decided(salon: Salon, browser: Client) -> None:
    shown(browser, "/broadcasts/second-person/", {"wanted": "yes"})
    liv = browser_of(User.objects.add(email="liv@salong.example", name="Liv Sand", role=Role.STAFF))
    writer, url = browser_of(salon.kari), "/"
    row = written(writer)
    shown(writer, f"/broadcasts/{row.id}/approval/", {})
    react(salon)
    asked = "“Romjulen” goes when you have read it and say yes."
    assert asked in shown(liv, url)
    assert asked in shown(browser, url)
    assert "Romjulen" not in shown(writer, url)  # it is not theirs to decide
    shown(writer, f"/broadcasts/{row.id}/edit/", FORM | {"name": "Nyttår"})
    react(salon)
    assert Task.objects.filter(done_at__isnull=True).count() == 0
    shown(writer, f"/broadcasts/{row.id}/approval/", {})
    react(salon)
    assert "“Nyttår” goes when" in shown(liv, url)
    actions.approve(
        broadcast_id=row.id,
        seen=queries.fingerprint_of(Broadcast.objects.get(), ALLOWED),
        house=salon.house,
        acting_user=salon.owner.id,
    )
    react(salon)
    assert Task.objects.filter(done_at__isnull=True).count() == 0
    assert "Nyttår" not in shown(liv, url)


def test_where_one_alone_may_say_yes_the_task_is_theirs(salon: Salon, browser: Client) -> None:
    row = salon.draft()
    actions.ask_approval(broadcast_id=row.id, house=salon.house, acting_user=salon.owner.id)
    react(salon)
    assert Task.objects.get().owner_id == salon.kari.id
    actions.take_back(broadcast_id=row.id, acting_user=salon.owner.id, now=salon.now)
    actions.ask_approval(broadcast_id=row.id, house=house_at(salon.now), acting_user=salon.owner.id)
    react(salon)
    assert Task.objects.filter(done_at__isnull=True).count() == 1
    assert "waits for somebody else to read it" in shown(browser, "/")  # an owner sees what all have to do


def test_a_house_without_a_fitting_place_is_offered_news(salon: Salon, browser: Client) -> None:
    Touchpoint.objects.update(slug="bygd", message_class="awaited")
    assert "Put News on the line" in shown(browser, NEW)
    assert "Put News on the line" not in shown(browser_of(salon.kari), NEW)
    assert browser_of(salon.kari).post("/broadcasts/news/").status_code == 403
    page = shown(browser, "/broadcasts/news/", {})
    assert "We have something to tell to many at once." in page
    news = Touchpoint.objects.get(slug="news")
    decide(
        news.id, Line.STRUCTURAL, "The same for all", owner_id=None, acting_user=salon.owner.id, now=salon.now
    )
    page = shown(browser, NEW)
    assert "Put News on the line" not in page
    assert '<option value="news">News</option>' in page


def test_the_list_shows_who_a_merged_client_is_now(salon: Salon, browser: Client) -> None:
    row = salon.sends()
    gone, kept = Contact.objects.order_by("id")[:2]
    Contact.objects.filter(id=kept.id).update(name="Liv Sandal Berg")
    Contact.objects.filter(id=gone.id).update(name="Liv Sandal")
    BroadcastPerson.objects.filter(contact_id=gone.id).update(state="gone")
    merge(kept.id, gone.id, acting_user=salon.owner.id, now=business_now())
    page = shown(browser, f"/broadcasts/{row.id}/people/?show=gone")
    assert "Liv Sandal Berg" in page
    assert f"/clients/{kept.id}/" in page


def test_what_goes_out_today_and_the_brake_name_a_broadcast_that_is_about_to_begin(
    salon: Salon, browser: Client
) -> None:
    row = written(browser)
    assert "Romjulen" not in shown(browser, "/going-out/")
    actions.send(broadcast_id=row.id, house=house_at(business_now()), acting_user=salon.owner.id)
    assert "Going out today: 6." in shown(browser, "/going-out/today/")
    for url in ("/going-out/", "/brake/"):
        page = shown(browser, url)
        assert "Romjulen" in page, url
        assert "to 6 clients" in page, url
        assert f'action="/broadcasts/{row.id}/return/"' in page, url
    page = shown(browser, "/hold/", {})
    assert "Romjulen" in page
    assert "Nothing waits." not in page
    shown(browser, "/hold/release/", {})
    salon.begins(row)
    assert f'action="/broadcasts/{row.id}/pause/"' in shown(browser, "/going-out/")
    shown(browser, f"/broadcasts/{row.id}/pause/", {})
    assert "Romjulen" not in shown(browser, "/going-out/")


def test_who_would_not_get_it_has_a_name_before_it_goes(browser: Client) -> None:
    row = written(browser)
    left_out = Contact.objects.earliest("id")
    BasisSpell.objects.filter(contact=left_out).delete()
    page = shown(browser, f"/broadcasts/{row.id}/")
    assert f'<a href="/clients/{left_out.id}/">{left_out.name}</a>' in page


def test_all_clients_can_be_chosen_where_nobody_has_made_a_group(browser: Client) -> None:
    everybody = '<option value="*">All clients</option>'
    assert everybody in shown(browser, NEW)
    assert "Everybody with a mail address" in shown(browser, "/broadcasts/group/?segment=*")
    row = written(browser, segment="*")
    made = Segment.objects.get(name="All clients")
    assert row.plan["segment"] == made.slug
    assert made.size == Contact.objects.count()
    assert everybody not in shown(browser, NEW), "it stands among the groups now"


def test_a_group_leads_back_to_the_form(browser: Client) -> None:
    back = "/broadcasts/new/?segment=alle"
    assert back in shown(browser, "/clients/segments/alle/")
    assert '<option value="alle" selected>' in shown(browser, back)
