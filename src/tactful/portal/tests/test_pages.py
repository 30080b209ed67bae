"""Whole requests of clients: what opening, pressing, refusing and uploading do, and what they never do."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.apps import apps
from django.conf import LazySettings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import get_resolver, reverse

from tactful.contacts.actions import ErasureWish, Wish, note_wish, record_basis
from tactful.contacts.models import ConsentReceipt, Contact
from tactful.contacts.types import Ground
from tactful.delivery.claim import claim
from tactful.delivery.models import Dispatch
from tactful.delivery.tests.house import Clerk, Provider
from tactful.engagements.actions import Arrival, close_engagement, receive_document
from tactful.engagements.models import ReceivedFile
from tactful.engagements.queries import views
from tactful.foundation import files
from tactful.foundation.clock import business_now
from tactful.foundation.limits import Limit
from tactful.foundation.models import RateWindow
from tactful.foundation.queries import business_at
from tactful.gate import queries as gate
from tactful.gate.models import StandingHold
from tactful.gate.queries import standing_on
from tactful.gate.rules.codes import Code
from tactful.inbox.actions.tasks import finish
from tactful.kernel.months import month_after
from tactful.portal import limits
from tactful.portal.views import DOCUMENTS
from tactful.touchpoints.types import Purpose
from tactful.wiring.deciding import this_is_not_it
from tactful.wiring.erasing import ask, continue_erasures
from tactful.wiring.letters import fact_sources
from tactful.wiring.opting_in import PURPOSE
from tactful.wiring.tests.cast import PDF, REPLY, UNSUBSCRIBE, WHY, Cast
from tactful.wiring.written import MailWords

ONE_CLICK = "List-Unsubscribe=One-Click"
FORM = "application/x-www-form-urlencoded"


class _Real:
    """Delivery's clerk with the facts of the house."""

    sources = staticmethod(fact_sources)


def browser(**more: object) -> Client:
    return Client(headers={"host": "localhost", **more})  # type: ignore[dict-item]


def rows() -> dict[str, int]:
    return {
        model._meta.db_table: model._default_manager.count()
        for model in apps.get_models()
        if model._meta.managed
    }


def asked_for_news(cast: Cast) -> int:
    wish = Wish("stranger@example.net", "", "Yes, news.", "en", "https://salon.example/")
    row = note_wish(wish, now=business_now())
    assert row is not None
    return row.id


def addresses(cast: Cast) -> Iterator[str]:
    """Every address of these pages, with a token that fits."""
    message, engagement = cast.sent(cast.liv), cast.asks_for_documents()
    purposes = {"unsubscribe": UNSUBSCRIBE, "unsubscribe_undo": UNSUBSCRIBE}
    for name in get_resolver("tactful.portal.urls").reverse_dict:
        if name == "news":
            continue  # the form of a site posts there, without a link
        if name == "confirm":
            yield reverse("portal:confirm", args=[cast.token(PURPOSE, asked_for_news(cast))])
        elif isinstance(name, str):
            about = engagement if name.startswith("documents") else message
            purpose = DOCUMENTS if name.startswith("documents") else purposes.get(name, WHY)
            yield reverse(f"portal:{name}", args=[cast.token(purpose, about)])


def upload_url(cast: Cast, engagement: int) -> str:
    return reverse("portal:documents", args=[cast.token(DOCUMENTS, engagement)])


def pdf(name: str = "bank.pdf", content: bytes = PDF) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def test_opening_any_page_changes_nothing(cast: Cast) -> None:
    urls = list(addresses(cast))
    assert len(urls) == 11
    before = rows()
    for url in urls:
        for method in ("get", "head", "options", "put", "delete"):
            answer = getattr(browser(), method)(url)
            assert answer.status_code in (200, 405), (method, url)
    assert rows() == before


def test_pages_send_nothing_inline_and_the_guarding_headers(cast: Cast) -> None:
    for url in addresses(cast):
        answer = browser().get(url)
        if answer.status_code != 200:
            continue
        policy = answer["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe-inline" not in policy
        assert "frame-ancestors 'none'" in policy
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer["Cross-Origin-Opener-Policy"] == "same-origin"
        assert "no-store" in answer["Cache-Control"]
        body = answer.content.decode()
        assert " style=" not in body
        assert "javascript:" not in body


def test_the_mail_is_named_by_its_subject(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    message = cast.plans(cast.liv, subject="")
    words = {message: MailWords("Still missing: bank statements", "…")}
    monkeypatch.setattr("tactful.portal.why.words_of", lambda rows, now: words)
    page = browser().get(f"/c/why/{cast.token(WHY, message)}/").content.decode()
    assert "Still missing: bank statements" in page


@pytest.mark.parametrize("token", ["x", "a" * 34, "a" * 5000, "%00", "../../etc/passwd"])
def test_a_link_that_we_did_not_make_tells_nothing(cast: Cast, token: str) -> None:
    message, engagement = cast.sent(cast.liv), cast.asks_for_documents()
    wrong = [cast.token(REPLY, message), cast.token(WHY, engagement), cast.token(WHY, 1)]
    bodies = {browser().get(f"/c/why/{each}/").content for each in wrong}
    bodies |= {browser().get(f"/c/unsubscribe/{cast.token(WHY, message)}/").content}
    bodies |= {browser().get(f"/c/documents/{cast.token(DOCUMENTS, message)}/").content}
    answer = browser().get(f"/c/why/{token}/")
    assert answer.status_code == 404
    assert bodies == {answer.content} or len({body[:60] for body in bodies | {answer.content}}) == 1


@pytest.mark.parametrize("extra", [{}, {"HTTP_COOKIE": "sessionid=somebody-else"}])
def test_one_click_needs_no_cookie_and_holds_before_the_next_message(
    cast: Cast, extra: dict[str, str], tmp_path: Path
) -> None:
    record_basis(
        cast.liv.id,
        Ground("marketing", "mail", "consent", "portal", wording="News"),
        acting_user=None,
        now=cast.now,
    )
    waiting = cast.plans(cast.liv, purpose=Purpose.MARKETING)
    reminder = cast.plans(cast.liv)
    url = reverse("portal:unsubscribe", args=[cast.token(UNSUBSCRIBE, cast.sent(cast.liv))])
    answer = Client(enforce_csrf_checks=True, headers={"host": "localhost"}).post(
        url,
        ONE_CLICK,
        content_type=FORM,
        **extra,  # type: ignore[arg-type]
    )
    assert answer.status_code == 200
    clerk = Clerk(_Real(), Provider(), tmp_path)  # type: ignore[arg-type]
    claim(clerk.worker_id, fact_sources(), business_now(), 10)
    clerk.leave()
    states = dict(Dispatch.objects.filter(pk__in=(waiting, reminder)).values_list("pk", "state"))
    assert states == {waiting: "refused", reminder: "refused"}


def test_without_the_click_the_same_messages_may_go(cast: Cast, tmp_path: Path) -> None:
    reminder = cast.plans(cast.liv)
    clerk = Clerk(_Real(), Provider(), tmp_path)  # type: ignore[arg-type]
    claim(clerk.worker_id, fact_sources(), business_now(), 10)
    clerk.leave()
    assert Dispatch.objects.get(pk=reminder).state == "claimed"


def test_clicking_again_changes_nothing_more(cast: Cast) -> None:
    url = reverse("portal:unsubscribe", args=[cast.token(UNSUBSCRIBE, cast.sent(cast.liv))])
    browser().post(url, ONE_CLICK, content_type=FORM)
    before = rows()
    browser().post(url, ONE_CLICK, content_type=FORM)
    assert rows() == before


def test_the_undo_brings_back_reminders_and_no_consent(cast: Cast) -> None:
    token = cast.token(UNSUBSCRIBE, cast.sent(cast.liv))
    browser().post(reverse("portal:unsubscribe", args=[token]), ONE_CLICK, content_type=FORM)
    assert cast.flags() == {"objected:optional", "objected:marketing"}
    browser().post(reverse("portal:unsubscribe_undo", args=[token]))
    assert cast.flags() == {"objected:marketing"}


def test_other_buttons_ask_for_a_token_of_the_form(cast: Cast) -> None:
    strict = Client(enforce_csrf_checks=True, headers={"host": "localhost"})
    for url in addresses(cast):
        if "/unsubscribe/" not in url or url.endswith("undo/"):
            assert strict.post(url).status_code in (403, 405), url


def test_preferences_hold_from_now_and_a_tick_that_stood_there_is_no_consent(cast: Cast) -> None:
    url = reverse("portal:preferences", args=[cast.token(WHY, cast.sent(cast.liv))])
    browser().post(url, {})
    assert cast.flags() == {"objected:optional", "objected:marketing"}
    browser().post(url, {"optional": "on", "marketing": "on"})
    assert cast.flags() == set()
    given = ConsentReceipt.objects.filter(kind="consent", purpose="marketing")
    assert "News and offers" in given.get().wording
    browser().post(url, {"optional": "on", "marketing": "on"})
    assert given.count() == 1


def test_a_customer_who_only_saves_the_page_has_consented_to_nothing(cast: Cast) -> None:
    ground = Ground("marketing", "mail", "existing_customer", "in_person")
    record_basis(cast.liv.id, ground, acting_user=None, now=cast.now)
    url = reverse("portal:preferences", args=[cast.token(WHY, cast.sent(cast.liv))])
    browser().post(url, {"optional": "on", "marketing": "on"})
    assert not ConsentReceipt.objects.filter(kind="consent").exists()


def test_a_pause_lasts_thirty_days_and_is_one_however_often_it_is_pressed(cast: Cast) -> None:
    url = reverse("portal:pause", args=[cast.token(WHY, cast.sent(cast.liv))])
    for _ in range(3):
        assert browser().post(url).status_code == 302
    (hold,) = StandingHold.objects.filter(released_at=None)
    assert hold.expires_at is not None
    assert timedelta(days=29) < hold.expires_at - cast.now <= timedelta(days=30, hours=1)
    assert (hold.topic, hold.scope_id) == ("optional", cast.liv.id)


def test_talk_to_a_person_is_one_task(cast: Cast) -> None:
    url = reverse("portal:talk", args=[cast.token(WHY, cast.sent(cast.liv))])
    browser().post(url)
    browser().post(url)
    assert [task.owner_id for task in cast.tasks(code="talk_to_me")] == [cast.colleague.id]


def test_a_wish_to_be_forgotten_is_asked_twice_and_is_an_owners_with_a_month(cast: Cast) -> None:
    token = cast.token(WHY, cast.sent(cast.liv))
    first = browser().get(reverse("portal:preferences", args=[token])).content.decode()
    url = reverse("portal:erasure", args=[token])
    assert url in first
    asked = browser().get(url).content.decode()
    assert "Shall we forget you?" in asked
    assert cast.tasks() == []
    said = browser().post(url, follow=True).content.decode()
    browser().post(url)
    (task,) = cast.tasks()
    zone = ZoneInfo(business_at(cast.now).time_zone)
    day = month_after(business_now().astimezone(zone).date())
    assert (task.code, task.owner_id, task.contact_id) == ("erasure_asked", cast.owner.id, cast.liv.id)
    assert task.due_at is not None
    assert task.due_at.astimezone(zone).date() == day
    assert "You have asked us to forget you" in said
    assert str(day.day) in said
    assert Contact.objects.filter(id=cast.liv.id).exists(), "no page erases anybody"
    (rest,) = StandingHold.objects.filter(scope="contact", scope_id=cast.liv.id)
    assert (rest.topic, rest.expires_at) == ("optional", task.due_at)
    finish(task.id, acting_user=cast.owner.id, now=cast.now)
    browser().post(url)
    assert len(cast.tasks()) == 1, "after an answer they may ask again"


def test_whoever_was_erased_has_no_page(cast: Cast) -> None:
    url = reverse("portal:erasure", args=[cast.token(WHY, cast.sent(cast.liv))])
    browser().post(url)
    ask(ErasureWish(cast.liv.id, "asked", "page"), acting_user=cast.owner.id, now=cast.now)
    continue_erasures(cast.now)
    assert cast.tasks() == []
    assert browser().get(url).status_code == 404


def test_who_asks_for_a_person_is_not_chased_by_the_machine_until_they_have_talked(cast: Cast) -> None:
    browser().post(reverse("portal:talk", args=[cast.token(WHY, cast.sent(cast.liv))]))
    cast.later(timedelta(hours=1))
    (hold,) = gate.standing_on(cast.liv.id, cast.now)
    assert (hold.topic, hold.owner_id) == ("optional", cast.colleague.id)
    (task,) = cast.tasks(code="talk_to_me")
    finish(task.id, acting_user=cast.colleague.id, now=cast.now)
    cast.reacts()
    assert not gate.standing_on(cast.liv.id, cast.now)


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("../../x.pdf", "x.pdf"),
        ("b" * 300 + ".pdf", "b" * 196 + ".pdf"),
        ("faktura\u202efdp.exe", "fakturafdp.exe"),
        ("<img src=x onerror=alert(1)>.pdf", "<img src=x onerror=alert(1)>.pdf"),
    ],
)
def test_a_hostile_file_name_names_nothing_on_our_disk(
    cast: Cast, name: str, shown: str, settings: LazySettings
) -> None:
    engagement = cast.asks_for_documents()
    answer = browser().post(upload_url(cast, engagement), {"files": pdf(name)})
    assert answer.status_code == 302
    kept = ReceivedFile.objects.get()
    assert kept.name == shown
    on_disk = [path for path in Path(settings.FILES_ROOT).rglob("*") if path.is_file()]
    assert on_disk == [files.path_of(kept.stored)]
    assert on_disk[0].stat().st_mode & 0o777 == 0o600
    assert set(on_disk[0].name) <= set("0123456789abcdef")
    assert [task.code for task in cast.tasks()] == ["is_this_it"]


def test_nobody_is_chased_until_one_of_us_has_looked_at_what_was_uploaded(cast: Cast) -> None:
    engagement = cast.asks_for_documents()
    browser().post(upload_url(cast, engagement), {"files": pdf("x.pdf")})
    assert [hold.reason for hold in standing_on(cast.liv.id, business_now())] == ["is_this_it"]
    cast.later(timedelta(minutes=5))
    this_is_not_it(cast.tasks()[0].id, acting_user=cast.colleague.id, now=cast.now)
    cast.reacts()
    assert standing_on(cast.liv.id, cast.now) == []


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"MZ\x90\x00program", "is a program"),
        (b"#!/bin/sh\nrm -rf /", "is a program"),
        (b"\x7fELF", "is a program"),
        (b"", "is empty"),
        (b"x" * (files.LARGEST + 1), "is larger than 25 MB"),
    ],
)
def test_what_we_do_not_take_is_refused_whole_and_leaves_no_trace(
    cast: Cast, content: bytes, sentence: str, settings: LazySettings
) -> None:
    engagement = cast.asks_for_documents()
    answer = browser().post(upload_url(cast, engagement), {"files": [pdf(), pdf("tool.exe", content)]})
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert not ReceivedFile.objects.exists()
    assert not [path for path in Path(settings.FILES_ROOT).rglob("*") if path.is_file()]


def test_too_many_files_and_none_are_refused(cast: Cast) -> None:
    url = upload_url(cast, cast.asks_for_documents())
    assert browser().post(url, {"files": [pdf() for _ in range(21)]}).status_code == 422
    assert browser().post(url, {}).status_code == 422


def test_an_archive_is_kept_closed(cast: Cast, settings: LazySettings) -> None:
    bomb = b"PK\x03\x04" + b"\0" * 1000
    browser().post(upload_url(cast, cast.asks_for_documents()), {"files": pdf("all.zip", bomb)})
    kept = ReceivedFile.objects.get()
    assert kept.content_type == "application/zip"
    assert files.path_of(kept.stored).read_bytes() == bomb
    assert len([path for path in Path(settings.FILES_ROOT).rglob("*") if path.is_file()]) == 1


def test_a_page_is_never_kept_as_one_that_a_browser_runs(cast: Cast) -> None:
    url = upload_url(cast, cast.asks_for_documents())
    for content in (
        b"<html><script>alert(1)</script>",
        b"<svg xmlns='http://www.w3.org/2000/svg' onload='x'/>",
    ):
        browser().post(url, {"files": pdf("x.html", content)})
    assert set(ReceivedFile.objects.values_list("content_type", flat=True)) == {"text/plain"}


def test_a_chosen_document_is_received_and_that_of_another_client_is_not(cast: Cast) -> None:
    mine, theirs = cast.asks_for_documents(), cast.asks_for_documents(cast.paal)
    found = views([mine, theirs], cast.now)
    url = upload_url(cast, mine)
    browser().post(url, {"files": pdf(), "document": str(found[theirs].documents[0].id)})
    assert [document.state for document in views([theirs], cast.now)[theirs].documents] == [
        "missing",
        "missing",
    ]
    browser().post(url, {"files": pdf(), "document": str(found[mine].documents[0].id)})
    cast.later(timedelta(minutes=1))
    assert [document.state for document in views([mine], cast.now)[mine].documents] == ["received", "missing"]


def test_already_sent_asks_a_person_and_takes_nothing_back(cast: Cast) -> None:
    engagement = cast.asks_for_documents()
    first, second = views([engagement], cast.now)[engagement].documents
    receive_document(Arrival(first.id, "other_way", cast.colleague.id), now=cast.now)
    act = reverse("portal:documents_sent", args=[cast.token(DOCUMENTS, engagement)])
    offered = browser().get(reverse("portal:documents", args=[cast.token(DOCUMENTS, engagement)]))
    assert act in offered.content.decode()
    page = browser().post(act, follow=True).content.decode()
    assert act not in page  # what has been said needs no saying twice
    cast.reacts()
    cast.later(timedelta(minutes=1))
    assert [document.state for document in views([engagement], cast.now)[engagement].documents] == [
        "received",
        "claimed_sent",
    ]
    assert [(task.code, task.subject_id) for task in cast.tasks()] == [("look_for_document", second.id)]


def test_the_link_of_finished_work_takes_nothing_in(cast: Cast) -> None:
    engagement = cast.asks_for_documents()
    url = upload_url(cast, engagement)
    close_engagement(engagement, acting_user=cast.owner.id, now=cast.now - timedelta(seconds=1))
    page = browser().get(url)
    assert page.status_code == 410
    assert "finished" in page.content.decode()
    assert 'type="file"' not in page.content.decode()
    assert browser().post(url, {"files": pdf()}).status_code == 410
    browser().post(reverse("portal:documents_sent", args=[cast.token(DOCUMENTS, engagement)]))
    assert not ReceivedFile.objects.exists()
    assert cast.tasks() == []


def test_no_reason_of_the_gate_shows_on_the_pages_of_a_client(cast: Cast) -> None:
    cast.writes("This is unacceptable. My husband passed away.")
    message, held = cast.sent(cast.liv), cast.plans(cast.liv)
    Dispatch.objects.filter(pk=held).update(state="held", not_before=cast.now + timedelta(days=1))
    token, client = cast.token(WHY, message), browser()
    pages = (f"/c/why/{token}/", f"/c/preferences/{token}/")
    never = ("complain", "unhappy", "bereave", "mourn", "mood", "grief", "sensitive", "unacceptable")
    for code in Code:
        reasons = [
            {"check": "mood", "code": str(code), "params": {"at": "2026-04-09T07:00:00+00:00"}, "owner": None}
        ]
        Dispatch.objects.filter(pk__in=(message, held)).update(reasons=reasons)
        words = "".join(client.get(page).content.decode() for page in pages).lower()
        assert "reminder" in words
        assert [word for word in (*never, str(code)) if word in words] == []


def test_a_page_speaks_the_language_of_the_client_or_the_one_that_was_chosen(cast: Cast) -> None:
    url = cast.link(WHY, cast.sent(cast.liv))
    assert '<html lang="en"' in browser(accept_language="nb").get(url).content.decode()
    reader = browser()
    answer = reader.post(reverse("web:language"), {"language": "nb", "next": url})
    assert (answer.status_code, answer["Location"]) == (302, url)
    assert '<html lang="nb"' in reader.get(url).content.decode()
    away = reader.post(reverse("web:language"), {"language": "nb", "next": "https://evil.example/"})
    assert "evil" not in away["Location"]


def test_pressing_too_often_is_answered_by_a_sentence(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tactful.portal.views.PER_LINK", Limit("test", 2, 600))
    url = reverse("portal:pause", args=[cast.token(WHY, cast.sent(cast.liv))])
    answers = [browser().post(url) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [302, 302, 429]
    assert "tried too often" in answers[-1].content.decode()
    other = reverse("portal:pause", args=[cast.token(WHY, cast.sent(cast.paal))])
    assert browser().post(other).status_code == 302


def test_the_servers_of_a_mail_provider_may_press_for_everybody(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "PER_ADDRESS", Limit("test", 1, 600))
    for _ in range(3):
        url = reverse("portal:unsubscribe", args=[cast.token(UNSUBSCRIBE, cast.sent(cast.liv))])
        assert browser().post(url, ONE_CLICK, content_type=FORM).status_code == 200
    pauses = [reverse("portal:pause", args=[cast.token(WHY, cast.sent(cast.liv))]) for _ in range(2)]
    assert [browser().post(url).status_code for url in pauses] == [302, 429]


def test_a_wrong_link_writes_no_row_of_its_own(cast: Cast) -> None:
    for number in range(5):
        assert browser().post(f"/c/why/{'a' * 30}{number}/pause/").status_code == 404
    assert RateWindow.objects.count() == 1
