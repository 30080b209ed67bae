"""Segments in the staff app: built by clicking, read as a sentence, kept, explained, kept up to date."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from tactful.broadcasts.actions import create
from tactful.broadcasts.types import Plan
from tactful.contacts.actions import create_contact, import_file, set_flag, update_contact
from tactful.contacts.models import Contact
from tactful.contacts.types import Declaration, ImportRequest, NewContact
from tactful.events.actions import record
from tactful.events.types import NewFact
from tactful.foundation.clock import business_now
from tactful.journeys.actions import import_journey, switch_off, switch_on
from tactful.segments import queries as segments
from tactful.segments.models import Segment
from tactful.segments.rules.reading import read
from tactful.segments.types import FORMAT
from tactful.web.build.segment_starts import STARTS
from tactful.web.forms.segment.drafts import document, from_document
from tactful.web.tests.cast import Cast
from tactful.wiring.segments import ALLOWED, moment_at

NEW, PREVIEW = "/clients/segments/new/", "/clients/segments/preview/"
LINE = {"n.kind": "all", "n.0.kind": "known", "n.0.what": "a:city", "n.0.op": "is", "n.0.value": "Bergen"}
EVENT = {
    "n.1.kind": "event",
    "n.1.event": "Order Completed",
    "n.1.how": "at_least",
    "n.1.count": "3",
    "n.1.window": "last",
    "n.1.days": "30",
}
TALK = {"n.2.kind": "conversation", "n.2.conversation": "open", "n.2.state": "not-now"}
GREETS = """
format: tactful.journey/1
slug: greets
name: {en: Greets, nb: Hilser}
entry: {segment: SLUG}
steps:
  - {id: mark, kind: tag, add: [greeted]}
"""
SENTENCE = "Clients in Bergen who bought at least 3 times in the last 30 days and have no open conversation"


@pytest.fixture
def browser(cast: Cast) -> Client:
    return cast.signed_in(cast.owner)


def shown(browser: Client, url: str, data: dict[str, str] | None = None) -> str:
    answer = browser.post(url, data) if data is not None else browser.get(url)
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


def test_an_empty_list_teaches_and_offers_six_to_begin_with(browser: Client) -> None:
    page = shown(browser, "/clients/segments/")
    assert "A segment is a sentence about clients" in page
    assert page.count("?start=") == len(STARTS) == 6
    assert "came to us in the last 30 days" in page
    assert 'href="/clients/segments/"' in shown(browser, "/clients/")


@pytest.mark.parametrize("start", STARTS)
def test_each_suggestion_is_a_form_that_says_the_same(browser: Client, start: str) -> None:
    where = STARTS[start].where
    assert document(from_document(where)) in (
        {"format": FORMAT, "where": where}, {"format": FORMAT, "where": {"all": [where]}}
    )  # fmt: skip
    page = shown(browser, f"{NEW}?start={start}")
    assert "not finished" not in page
    assert "fit just now" in page


def test_an_import_makes_nobody_new_but_by_its_own_date(browser: Client) -> None:
    now = business_now()
    yesterday = (now - timedelta(days=1)).date().isoformat()
    head, old = "Navn;E-post;Kunde siden", "Torgeir Vik;t@a.example;2009-05-04"
    rows = [head, old, f"Mia Lie;m@a.example;{yesterday}"]
    bare = "Navn;E-post\nOla Ek;o@a.example\n"
    for name, text in (("with.csv", "\n".join(rows)), ("without.csv", bare)):
        import_file(ImportRequest(name, text.encode(), declared=Declaration()), acting_user=None, now=now)
    create_contact(NewContact("Siri Moe"), acting_user=None, now=now)
    came = Contact.objects.filter(created_at__gte=now)
    tree = read({"format": FORMAT, "where": STARTS["new"].where}, ALLOWED)
    new = segments.who(tree, ALLOWED, moment_at(now), {})
    assert sorted(came.filter(id__in=new).values_list("name", flat=True)) == ["Mia Lie", "Siri Moe"]
    torgeir = Contact.objects.get(name="Torgeir Vik")
    assert "since 4\N{NO-BREAK SPACE}May 2009" in shown(browser, f"/clients/{torgeir.id}/")


def test_the_sentence_stands_there_at_every_moment(browser: Client) -> None:
    assert "Add a condition" in shown(browser, NEW)
    page = shown(browser, PREVIEW, {"n.kind": "all", "act": "add:n:known"})
    assert 'name="n.0.what"' in page
    assert "Not finished" in page
    assert "Clients in Bergen" in shown(browser, PREVIEW, LINE)
    page = shown(browser, PREVIEW, LINE | EVENT | TALK)
    assert SENTENCE in page
    assert "0 clients" in page


def test_lines_and_groups_come_and_go(browser: Client) -> None:
    nested = LINE | {"n.1.kind": "any", "n.1.0.kind": "tag", "n.1.0.tag": "vip"}
    page = shown(browser, PREVIEW, nested | {"act": "add:n.1:address"})
    assert "Clients in Bergen who are tagged “vip” or have a mail address" in page
    page = shown(browser, PREVIEW, nested | {"act": "drop:n.0"})
    assert "n.1.kind" not in page
    assert "Clients who are tagged “vip”" in page
    page = shown(browser, PREVIEW, LINE | {"act": "add:n:group"})
    assert 'name="n.1.kind"' in page
    for odd in ("drop:n", "drop:n.9.9", "add:n.x", "", "add", "drop:n.0.0.0", "add:n.²:tag", ":::"):
        assert "Bergen" in shown(browser, PREVIEW, LINE | {"act": odd})


def test_a_sample_of_members_and_a_live_count(browser: Client, cast: Cast) -> None:
    update_contact(cast.consenting.id, {"city": "Bergen"}, acting_user=None, now=cast.now)
    page = shown(browser, PREVIEW, LINE)
    assert "<b>1 client</b>" in page
    assert f"/clients/{cast.consenting.id}/" in page


def kept(browser: Client, data: dict[str, str], name: str = "Gode kunder") -> Segment:
    answer = browser.post(NEW, data | {"name": name})
    assert answer.status_code == 302, answer.content.decode()
    return Segment.objects.get(name=name)


def test_what_is_kept_is_what_was_read(browser: Client) -> None:
    row = kept(browser, LINE | EVENT | TALK)
    assert row.document["where"] == {
        "all": [
            {"attribute": "city", "is": "Bergen"},
            {"event": "Order Completed", "times": {"at_least": 3}, "in_last_days": 30},
            {"not": {"conversation": "open"}},
        ]
    }
    assert SENTENCE in shown(browser, "/clients/segments/")
    assert SENTENCE in shown(browser, f"/clients/segments/{row.slug}/")
    page = shown(browser, f"/clients/segments/{row.slug}/edit/")
    assert 'value="Bergen"' in page
    answer = browser.post(f"/clients/segments/{row.slug}/edit/", LINE | {"name": "Bergen"})
    assert answer["Location"] == f"/clients/segments/{row.slug}/"
    row.refresh_from_db()
    assert (row.name, row.document["where"]) == ("Bergen", {"all": [{"attribute": "city", "is": "Bergen"}]})


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({"n.kind": "all", "name": "X"}, "There is no condition yet"),
        (LINE | {"name": " "}, "Give the segment a name"),
    ],
)
def test_what_cannot_be_kept_says_why_and_keeps_what_was_typed(
    browser: Client, data: dict[str, str], said: str
) -> None:
    answer = browser.post(NEW, data)
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not Segment.objects.exists()


def test_a_click_without_a_script_draws_the_page_anew(browser: Client) -> None:
    page = shown(browser, NEW, LINE | {"act": "look", "name": "Bergen"})
    assert "Clients in Bergen" in page
    assert 'value="Bergen" maxlength' in page


def test_why_somebody_is_in_it_or_not(browser: Client, cast: Cast) -> None:
    row = kept(browser, LINE | EVENT | TALK)
    someone = cast.consenting
    update_contact(someone.id, {"city": "Bergen"}, acting_user=None, now=cast.now)
    for days in (1, 5):
        fact = NewFact("Order Completed", someone.id, {}, cast.now - timedelta(days=days))
        record([fact], now=cast.now)
    page = shown(browser, f"/clients/segments/{row.slug}/?client={someone.id}")
    assert f"{someone.name} is not in this segment." in page
    assert "It is “Bergen”." in page
    assert "It happened 2 times, last on" in page
    record([NewFact("Order Completed", someone.id, {}, cast.now)], now=cast.now)
    page = shown(browser, f"/clients/segments/{row.slug}/?client={someone.id}")
    assert f"{someone.name} is in this segment." in page
    assert someone.name in shown(browser, f"/clients/segments/{row.slug}/?q={someone.name[:4]}")
    for nobody in ("0", "x", "9" * 30, ""):
        assert "is in this segment" not in shown(browser, f"/clients/segments/{row.slug}/?client={nobody}")


def test_kept_up_to_date_and_let_go_and_put_away(browser: Client, cast: Cast) -> None:
    row = kept(browser, {"n.kind": "all", "n.0.kind": "tag", "n.0.tag": "vip"})
    set_flag(cast.consenting.id, "tag", "vip", acting_user=None, now=cast.now)
    here = f"/clients/segments/{row.slug}"
    browser.post(f"{here}/live/", {"live": "yes"})
    assert Segment.objects.filter(id=row.id, live_since__isnull=False).exists()
    assert "No longer keep it up to date" in shown(browser, f"{here}/")
    browser.post(f"{here}/live/", {"live": "no"})
    assert Segment.objects.filter(id=row.id, live_since__isnull=True).exists()
    assert browser.post(f"{here}/removal/")["Location"] == "/clients/segments/"
    assert not Segment.objects.exists()


def test_what_a_journey_begins_with_stays(browser: Client, cast: Cast) -> None:
    row = kept(browser, {"n.kind": "all", "n.0.kind": "tag", "n.0.tag": "vip"})
    here = f"/clients/segments/{row.slug}"
    browser.post(f"{here}/live/", {"live": "yes"})
    source = GREETS.replace("SLUG", row.slug)
    journey = import_journey(source, acting_user=cast.owner.id, now=cast.now).journey_id
    switch_on(journey, acting_user=cast.owner.id, now=cast.now)
    for act, data in (("live", {"live": "no"}), ("removal", {})):
        page = browser.post(f"{here}/{act}/", data, follow=True).content.decode()
        assert "The journey “Greets” begins with this segment." in page
    switch_off(journey, acting_user=cast.owner.id, now=cast.now)
    browser.post(f"{here}/live/", {"live": "no"})
    browser.post(f"{here}/removal/")
    assert not Segment.objects.exists()


def test_where_a_broadcast_goes_stays(browser: Client, cast: Cast) -> None:
    row = kept(browser, {"n.kind": "all", "n.0.kind": "tag", "n.0.tag": "vip"})
    create(plan=Plan(name="New year", segment=row.slug), acting_user=cast.owner.id, now=cast.now)
    page = browser.post(f"/clients/segments/{row.slug}/removal/", follow=True).content.decode()
    assert "The broadcast “New year” goes to this segment." in page
    assert Segment.objects.exists()


def test_a_segment_that_asks_for_what_is_gone_says_so(browser: Client) -> None:
    Segment.objects.create(
        slug="old", name="Old", document={"format": FORMAT, "where": {"segment": "gone"}},
        created_at="2026-01-01T00:00Z", changed_at="2026-01-01T00:00Z",
    )  # fmt: skip
    Segment.objects.create(
        slug="broken", name="Broken", document={"format": FORMAT, "where": {"gone": 1}},
        created_at="2026-01-01T00:00Z", changed_at="2026-01-01T00:00Z",
    )  # fmt: skip
    assert "There is no segment “gone”" in shown(browser, "/clients/segments/old/")
    assert "no longer here" in shown(browser, "/clients/segments/broken/")
    assert "no longer here" in shown(browser, "/clients/segments/")
    shown(browser, "/clients/segments/old/edit/")
    shown(browser, "/clients/segments/broken/edit/")


def test_readers_look_and_change_nothing(cast: Cast, browser: Client) -> None:
    row = kept(browser, LINE)
    reader = cast.signed_in(cast.reader)
    assert "Bergen" in shown(reader, f"/clients/segments/{row.slug}/")
    assert reader.get(NEW).status_code == 403
    assert reader.post(PREVIEW, LINE).status_code == 403
    assert reader.post(f"/clients/segments/{row.slug}/edit/", LINE).status_code == 403


DOCUMENTS: list[dict[str, Any]] = [
    {"event": "x", "times": {"exactly": 2}, "between": ["2026-01-01", "2026-02-01"]},
    {"event": "x", "where": [{"property": "a", "at_least": 2}, {"property": "b", "is": "c"}]},
    {"event": "x", "then_not": {"event": "y", "within_days": 3, "where": [{"property": "z", "known": True}]}},
    {"any": [{"tag": "a", "state": "never"}, {"not": {"journey": "j", "state": "over"}}]},
    {"not": {"all": [{"field": "tier", "one_of": ["a", "b"]}, {"attribute": "zip", "is": "0010"}]}},
    {"not": {"any": [{"field": "created_at", "before": "2026-01-01"}, {"attribute": "n", "is": 3}]}},
    {"consent": "marketing", "channel": "sms"},
    {"field": "manager", "is": "kari@fjord.example"},
    {"attribute": "vip", "is": True},
    {"attribute": "x", "known": False},
    {"segment": "other"},
]


@pytest.mark.parametrize("where", DOCUMENTS)
def test_a_document_goes_through_the_form_unchanged(
    browser: Client, cast: Cast, where: dict[str, Any]
) -> None:
    wanted = read(
        {"format": FORMAT, "where": where if {"all", "any", "not"} & where.keys() else {"all": [where]}},
        ALLOWED,
    )
    answer = document(from_document(where))
    assert answer is not None
    assert read(answer, ALLOWED) == wanted


def test_norwegian(cast: Cast) -> None:
    page = shown(cast.signed_in(cast.owner, "nb"), PREVIEW, LINE | EVENT | TALK)
    assert (
        "Kunder i Bergen som har kjøpt minst 3 ganger de siste 30 dagene og ikke har noen åpen samtale"
        in page
    )
