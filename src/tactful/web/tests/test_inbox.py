"""The inbox, by whole requests."""

import re
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tactful.delivery.models import Message
from tactful.foundation import files
from tactful.inbox.actions.answer import InboxError, close
from tactful.inbox.actions.snooze import snooze, wake_snoozed
from tactful.inbox.models import Conversation, Entry, EntryFile, TalkSpell, Task
from tactful.web.build import inbox as build
from tactful.web.tests.cast import Cast, a_file

QUESTION = "When is the payroll run? Could you call me?"


@pytest.mark.parametrize("language", ["en", "nb"])
@pytest.mark.parametrize("url", ["/inbox/", "/inbox/?show=all", "/inbox/?q=nobody", "/inbox/?before=x,1"])
def test_an_empty_inbox(cast: Cast, language: str, url: str) -> None:
    assert cast.signed_in(cast.owner, language).get(url).status_code == 200


@pytest.mark.parametrize("language", ["en", "nb"])
def test_a_thread_shows_both_sides_and_what_rests(cast: Cast, language: str) -> None:
    entry = cast.writes(cast.consenting, QUESTION)
    cast.holds(cast.consenting)
    cast.plans(cast.consenting)
    cast.asks_for_documents(cast.consenting)
    page = cast.signed_in(cast.colleague, language).get(f"/inbox/{entry.conversation_id}/").content.decode()
    assert page.count(QUESTION) >= 2  # in the list and in the thread
    assert "Some documents are missing." in page  # the held words, dotted
    assert "documents" in page
    if language == "en":
        assert "Bank statements" in page
        assert "Received another way" in page


def test_a_reply_goes_out_and_automation_stays_quiet(cast: Cast) -> None:
    entry = cast.writes(cast.consenting, QUESTION)
    url = f"/inbox/{entry.conversation_id}/reply/"
    client = cast.signed_in(cast.colleague)
    assert client.get(url).status_code == 405
    given = {"text": "On Friday. I call you.", "revision": str(entry.id), "do": "send", "channel": "mail"}
    assert client.post(url, given).status_code == 302
    message = Message.objects.get()
    assert (message.body, message.dispatch.approved_by) == ("On Friday. I call you.", cast.colleague.id)
    assert cast.thread(cast.consenting).state == Conversation.State.WAITING
    page = client.get(f"/inbox/{entry.conversation_id}/").content.decode()
    assert "Kari took over. Automation went quiet." in page
    assert "On Friday. I call you." in page


def test_words_that_the_writer_has_not_read_stop_the_answer_once(cast: Cast) -> None:
    first = cast.writes(cast.consenting, QUESTION)
    cast.writes(cast.consenting, "Never mind, it is too late?")
    url = f"/inbox/{first.conversation_id}/reply/"
    response = cast.signed_in(cast.colleague).post(url, {"text": "Tomorrow.", "revision": str(first.id)})
    assert response.status_code == 422
    page = response.content.decode()
    assert "Something new came while you wrote" in page
    assert "Tomorrow." in page
    assert not Message.objects.exists()


def test_send_and_hand_back_closes(cast: Cast) -> None:
    entry = cast.writes(cast.consenting, QUESTION)
    given = {"text": "Done.", "revision": str(entry.id), "do": "hand_back"}
    cast.signed_in(cast.colleague).post(f"/inbox/{entry.conversation_id}/reply/", given)
    assert cast.thread(cast.consenting).state == Conversation.State.CLOSED
    assert not TalkSpell.objects.running().filter(kind__in=("handoff", "question", "conversation")).exists()


def test_a_note_never_leaves(cast: Cast) -> None:
    entry = cast.writes(cast.consenting, QUESTION)
    given = {"text": "She is on holiday.", "do": "note", "revision": str(entry.id)}
    cast.signed_in(cast.colleague).post(f"/inbox/{entry.conversation_id}/reply/", given)
    assert Entry.objects.get(kind="note").text == "She is on holiday."
    assert not Message.objects.exists()


@pytest.mark.parametrize(
    ("act", "fields", "state"),
    [
        ("elsewhere", {"how": "phone"}, "waiting"),
        ("closure", {}, "closed"),
        ("handoff", {}, "open"),
        ("settlement", {}, "open"),
    ],
)
def test_each_act_does_its_thing(cast: Cast, act: str, fields: dict[str, str], state: str) -> None:
    entry = cast.writes(cast.consenting, "This is unacceptable, I complain!")
    url = f"/inbox/{entry.conversation_id}/{act}/"
    fields |= {"revision": str(entry.id)}
    assert cast.signed_in(cast.reader).post(url, fields).status_code == 403
    client = cast.signed_in(cast.colleague)
    assert client.get(url).status_code == 405
    assert cast.thread(cast.consenting).state == "open"
    assert client.post(url, fields).status_code == 302
    assert cast.thread(cast.consenting).state == state
    assert client.post("/inbox/12/" + act + "/", fields).status_code == 404
    if act in ("elsewhere", "settlement"):
        assert not Task.objects.filter(done_at=None).exists()


@pytest.mark.parametrize("act", ["elsewhere", "closure", "settlement", "reply"])
def test_nothing_ends_that_was_said_after_the_page_was_shown(cast: Cast, act: str) -> None:
    shown = cast.writes(cast.consenting, QUESTION)
    cast.writes(cast.consenting, "My father has died. And this is unacceptable, I complain!")
    before = sorted(TalkSpell.objects.running().values_list("kind", "ref"))
    fields = {"how": "phone", "text": "Fine.", "do": "hand_back"}
    client = cast.signed_in(cast.colleague)
    for seen in ({"revision": str(shown.id)}, {}):
        client.post(f"/inbox/{shown.conversation_id}/{act}/", fields | seen)
    assert sorted(TalkSpell.objects.running().values_list("kind", "ref")) == before
    assert (cast.thread(cast.consenting).state, cast.thread(cast.consenting).unread) == ("open", True)


def test_every_act_that_ends_something_says_what_was_shown(cast: Cast) -> None:
    entry = cast.writes(cast.consenting, "This is unacceptable, I complain!")
    client = cast.signed_in(cast.colleague)
    ends = r'<form[^>]*action="[^"]*/(?:elsewhere|closure|settlement)/".*?</form>'
    for address, least in ((f"/inbox/{entry.conversation_id}/", 4), ("/", 2)):
        forms = re.findall(ends, client.get(address).content.decode(), re.DOTALL)
        assert len(forms) >= least
        assert all(f'name="revision" value="{entry.id}"' in form for form in forms)


def test_it_is_handed_only_to_somebody_who_may(cast: Cast) -> None:
    entry = cast.writes(cast.consenting, QUESTION)
    url = f"/inbox/{entry.conversation_id}/assignment/"
    client = cast.signed_in(cast.colleague)
    client.post(url, {"owner": str(cast.owner.id)})
    assert cast.thread(cast.consenting).assignee_id == cast.owner.id
    client.post(url, {"owner": str(cast.reader.id)})
    assert cast.thread(cast.consenting).assignee_id == cast.owner.id


def test_a_mail_is_shown_where_nothing_of_it_can_run(cast: Cast) -> None:
    entry = cast.writes(cast.consenting, QUESTION, safe_html="<p>When is <b>it</b>?</p>")
    client = cast.signed_in(cast.reader)
    frame = client.get(f"/entries/{entry.id}/html/")
    policy = frame["Content-Security-Policy"]
    assert policy.startswith("sandbox; default-src 'none'")
    assert "script" not in policy
    assert frame["X-Content-Type-Options"] == "nosniff"
    assert frame["X-Frame-Options"] == "SAMEORIGIN"
    page = client.get(f"/entries/{entry.id}/").content.decode()
    assert f'src="/entries/{entry.id}/html/" sandbox' in page
    assert "<b>it</b>" not in page
    assert client.get("/entries/3/html/").status_code == 404


def test_what_of_a_mail_is_not_shown_is_said(cast: Cast) -> None:
    client = cast.signed_in(cast.reader)
    url = f"/inbox/{cast.writes(cast.consenting, QUESTION).conversation_id}/"
    plain = client.get(url).content.decode()
    assert "left out" not in plain
    assert "Shown as plain words" not in plain
    cast.writes(cast.consenting, QUESTION, left_out=1)
    entry = cast.writes(cast.consenting, QUESTION, left_out=3, safe_html="Words", words_only=True, cut=True)
    page = client.get(url).content.decode()
    assert "1 attachment was left out." in page
    assert "3 attachments were left out." in page
    whole = client.get(f"/entries/{entry.id}/").content.decode()
    for said in ("Shown as plain words.", "the end is missing"):
        assert said in whole
        assert page.count(said) == 1


@pytest.mark.parametrize(
    ("kind", "served"),
    [
        ("application/pdf", "application/pdf"),
        ("text/html", "application/octet-stream"),
        ("image/svg+xml", "application/octet-stream"),
    ],
)
def test_a_file_is_always_a_download(cast: Cast, kind: str, served: str) -> None:
    kept = files.keep(b"%PDF-1.4 <script>")
    cast.writes(cast.consenting, QUESTION, files=(a_file(kept.stored, 'a"\r\nb.pdf', kind),))
    response = cast.signed_in(cast.reader).get(f"/files/{EntryFile.objects.get().id}/")
    assert response["Content-Type"] == served
    assert response["Content-Disposition"].startswith("attachment")
    assert response["X-Content-Type-Options"] == "nosniff"


def test_a_file_outside_the_store_is_not_there(cast: Cast) -> None:
    cast.writes(cast.consenting, QUESTION, files=(a_file("../../../../etc/passwd"),))
    assert cast.signed_in(cast.owner).get(f"/files/{EntryFile.objects.get().id}/").status_code == 404


def test_a_stranger_can_be_read_but_not_answered(cast: Cast) -> None:
    entry = cast.writes(None, "Hello, do you have room for a new client?")
    page = cast.signed_in(cast.colleague).get(f"/inbox/{entry.conversation_id}/").content.decode()
    assert "Make them a client" in page
    assert "<textarea" not in page


@pytest.mark.parametrize("url", ["/", "/inbox/?show=all"])
def test_more_rows_cost_no_more_queries(cast: Cast, url: str) -> None:
    client = cast.signed_in(cast.owner)

    def fill(count: int) -> int:
        for number in range(count):
            contact = cast.client(f"Client {number}")
            cast.writes(contact, QUESTION)
            cast.holds(contact)
            cast.asks_for_documents(contact)
        client.get(url)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert client.get(url).status_code == 200
        return len(queries)

    few = fill(3)
    assert fill(12) <= few


def test_more_words_cost_no_more_queries(cast: Cast) -> None:
    client = cast.signed_in(cast.owner)

    def fill(count: int) -> int:
        for _number in range(count):
            entry = cast.writes(cast.consenting, QUESTION)
            cast.holds(cast.consenting)
            cast.plans(cast.consenting)
        client.get(f"/inbox/{entry.conversation_id}/")
        with CaptureQueriesContext(connection) as queries:
            client.get(f"/inbox/{entry.conversation_id}/")
        return len(queries)

    few = fill(3)
    assert fill(8) == few


def test_the_list_goes_on_by_key(cast: Cast) -> None:
    for number in range(build.PAGE + 3):
        cast.writes(cast.client(f"Client {number:02}"), QUESTION)
    client = cast.signed_in(cast.owner)
    first = client.get("/inbox/?show=open")
    more = first.context["page"].more
    second = client.get(more.url).context["page"]
    ids = [row.id for page in (first.context["page"], second) for group in page.groups for row in group.rows]
    assert len(ids) == len(set(ids)) == build.PAGE + 3


def test_a_misread_objection_is_corrected_from_the_thread_and_the_profile(cast: Cast) -> None:
    entry = cast.writes(cast.consenting, "Stopp!")
    url, thread = f"/entries/{entry.id}/no-objection/", cast.thread(cast.consenting).id
    pages = (f"/inbox/{thread}/", f"/clients/{cast.consenting.id}/")
    staff, reader = cast.signed_in(cast.colleague), cast.signed_in(cast.reader)
    for page in pages:
        assert url in staff.get(page).content.decode()
        assert url not in reader.get(page).content.decode()
    assert reader.post(url, {"reason": "x"}).status_code == 403
    assert staff.post(url, {"reason": ""}).status_code == 302
    assert url in staff.get(pages[0]).content.decode()
    answer = staff.post(url, {"reason": "The dishwasher."}, follow=True)
    assert "may be sent again" in answer.content.decode()
    assert all(url not in staff.get(page).content.decode() for page in pages)


def test_a_conversation_comes_back_on_monday_and_holds_meanwhile(cast: Cast) -> None:
    cast.writes(cast.consenting, "Could you look at this on Monday?")
    thread = cast.thread(cast.consenting)
    before = talks_of(cast)
    client, url = cast.signed_in(cast.colleague), f"/inbox/{thread.id}/snooze/"
    assert 'value="monday"' in client.get(f"/inbox/{thread.id}/").content.decode()
    assert cast.signed_in(cast.reader).post(url, {"until": "monday"}).status_code == 403
    client.post(url, {"until": "yesterday"})
    assert cast.thread(cast.consenting).state == "open"
    client.post(url, {"until": "monday"})
    thread = cast.thread(cast.consenting)
    assert thread.snoozed_until is not None
    local = thread.snoozed_until.astimezone(ZoneInfo("Europe/Oslo"))
    assert (thread.state, local.weekday(), local.hour, local > cast.now) == ("snoozed", 0, 8, True)
    assert talks_of(cast) == before, "what automation may do has not changed"
    link = f"/inbox/{thread.id}/"
    assert link not in client.get("/inbox/?show=open").content.decode()
    assert link in client.get("/inbox/?show=snoozed").content.decode()
    assert wake_snoozed(now=thread.snoozed_until - timedelta(minutes=1)) == 0
    assert wake_snoozed(now=thread.snoozed_until) == 1
    assert (cast.thread(cast.consenting).state, talks_of(cast)) == ("open", before)


def test_a_client_who_writes_again_is_not_snoozed(cast: Cast) -> None:
    cast.writes(cast.consenting, "Could you call me?")
    thread = cast.thread(cast.consenting)
    snooze(thread.id, cast.now + timedelta(days=3), acting_user=cast.colleague.id, now=cast.now)
    cast.writes(cast.consenting, "It has become urgent, could you call?")
    assert cast.thread(cast.consenting).state == "open"
    assert wake_snoozed(now=cast.now + timedelta(days=4)) == 0


def test_nothing_is_put_off_that_is_over(cast: Cast) -> None:
    cast.writes(cast.consenting, "Could you call me?")
    thread = cast.thread(cast.consenting)
    with pytest.raises(InboxError, match="later one"):
        snooze(thread.id, cast.now, acting_user=cast.colleague.id, now=cast.now)
    close(thread.id, acting_user=cast.colleague.id, now=cast.now)
    with pytest.raises(InboxError, match="closed"):
        snooze(thread.id, cast.now + timedelta(days=1), acting_user=cast.colleague.id, now=cast.now)


def talks_of(cast: Cast) -> list[tuple[str, int]]:
    running = TalkSpell.objects.running().filter(contact_id=cast.consenting.id)
    return list(running.order_by("kind").values_list("kind", "ref"))
