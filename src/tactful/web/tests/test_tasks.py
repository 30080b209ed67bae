"""Each kind of task says in a sentence what it wants, and offers the way to be done with it."""

import re
from pathlib import Path
from typing import Any

import pytest

import tactful
from tactful.delivery.models import Dispatch
from tactful.engagements import queries as engagements
from tactful.foundation.clock import business_now
from tactful.inbox.actions.answer import answered_elsewhere
from tactful.inbox.actions.tasks import open_tasks
from tactful.inbox.models import Task
from tactful.inbox.types import NewTask
from tactful.web.build.around import look_around
from tactful.web.build.tasks import DONE_OTHERWISE, NONE_OF_THESE, WORDS, gather, may_be_ticked, task_rows
from tactful.web.tests.cast import REASON, Cast
from tactful.web.visit import begin_visit

JOURNEY = {
    "title": {"en": "Call about the documents", "nb": "Ring om dokumentene"},
    "journey_name": {"en": "Documents", "nb": "Dokumenter"},
    "visit": 2,
    "answers": [
        {"id": "more", "en": "Give more time", "nb": "Gi mer tid"},
        {"id": "file", "en": "File", "nb": "Lever"},
    ],
    "about": "",
}


def _opens(cast: Cast, code: str, kind: str = "decide", **more: Any) -> Task:
    given: dict[str, Any] = {
        "contact_id": cast.consenting.id,
        "dedupe_key": f"test:{code}",
        "owner_id": cast.colleague.id,
    }
    open_tasks([NewTask(kind=kind, code=code, **(given | more))], now=cast.now)
    return Task.objects.get(dedupe_key=(given | more)["dedupe_key"])


@pytest.mark.parametrize("language", ["en", "nb"])
@pytest.mark.parametrize("code", [*WORDS, "a_code_of_tomorrow"])
def test_every_code_has_its_words(cast: Cast, code: str, language: str) -> None:
    message = cast.holds(cast.consenting)
    _opens(cast, code, subject_kind="message", subject_id=message.pk, params={"detail": "550 <nobody>"})
    page = cast.signed_in(cast.colleague, language).get("/")
    rows = page.context["page"].tasks
    assert len(rows) == 1
    assert str(rows[0].matter)
    assert rows[0].act.url
    assert "<nobody>" not in page.content.decode()


def test_every_code_that_anybody_opens_is_known() -> None:
    opened = re.compile(r"NewTask\([^()]*?\bcode=(\"\w+\"|[A-Z_]+)", re.DOTALL)
    named = re.compile(r"^([A-Z_]+)(?:: [^=\n]+)? = (\"\w+\")$", re.MULTILINE)
    texts = [
        path.read_text()
        for part in ("inbox", "portal", "wiring")
        for path in (Path(tactful.__file__).parent / part).rglob("*.py")
        if "tests" not in path.parts
    ]
    names = {name: code for text in texts for name, code in named.findall(text)}
    codes = {names.get(code, code).strip('"') for text in texts for code in opened.findall(text)}
    assert {"asked_to_stop", "unverified", "talk_to_me", "is_this_it"} <= codes
    assert codes <= WORDS.keys()


def test_who_asks_us_to_stop_is_seen_by_a_person(cast: Cast) -> None:
    cast.writes(cast.consenting, "STOP")
    client = cast.signed_in(cast.colleague)
    (row,) = client.get("/").context["page"].tasks
    assert row.matter == "Liv has asked us to stop writing. Reminders, offers and greetings have ended."
    assert row.act.url == f"/inbox/{cast.thread(cast.consenting).id}/"
    client.post(row.also[0].url, dict(row.also[0].fields))
    assert Task.objects.get(code="asked_to_stop").done_by == cast.colleague.id


def test_a_task_of_the_house_has_no_client(cast: Cast) -> None:
    _opens(cast, "sending_paused", contact_id=None, owner_id=None, params={"reason": "clock"})
    assert "The business" in cast.signed_in(cast.owner).get("/").content.decode()


def test_a_journey_goes_on_with_the_answer_of_a_person(cast: Cast) -> None:
    task = _opens(cast, "journey", "call", params=JOURNEY, subject_kind="enrolment", subject_id=5)
    client = cast.signed_in(cast.colleague)
    page = client.get("/").content.decode()
    assert "Call about the documents." in page
    assert "Give more time" in page
    client.post(f"/tasks/{task.id}/done/", {"answer": "whatever"})
    assert Task.objects.get().done_at is None
    client.post(f"/tasks/{task.id}/done/", {"answer": "more"})
    assert Task.objects.get().answer == "more"


def test_is_this_it(cast: Cast) -> None:
    ident = cast.asks_for_documents(cast.consenting)
    other = cast.asks_for_documents(cast.left)
    params = {"file": "scan.pdf", "engagement": ident}
    task = _opens(cast, "is_this_it", "is_this_it", params=params, subject_kind="file", subject_id=9)
    client, url = cast.signed_in(cast.colleague), f"/tasks/{task.id}/document/"
    page = client.get("/").content.decode()
    assert "scan.pdf" in page
    assert "Yes, it is “Bank statements”" in page
    foreign = engagements.views([other], business_now())[other].missing[0]
    client.post(url, {"document": str(foreign.id)})
    assert Task.objects.get().done_at is None
    mine = engagements.views([ident], business_now())[ident].missing[0]
    client.post(url, {"document": str(mine.id)})
    assert [each.id for each in engagements.views([ident], business_now())[ident].received] == [mine.id]
    assert Task.objects.get().answer == "yes"
    client.post(url, {"document": NONE_OF_THESE})
    assert "Somebody has answered this already." in client.get("/").content.decode()
    assert Task.objects.get().answer == "yes"


def test_none_of_these_leaves_all_missing(cast: Cast) -> None:
    ident = cast.asks_for_documents(cast.consenting)
    params = {"file": "scan.pdf", "engagement": ident}
    task = _opens(cast, "is_this_it", "is_this_it", params=params, subject_kind="file", subject_id=9)
    client = cast.signed_in(cast.colleague)
    no = client.get("/").context["page"].tasks[0].also[-1]
    client.post(no.url, dict(no.fields))
    assert Task.objects.get(id=task.id).answer == "no"
    assert engagements.views([ident], business_now())[ident].received == ()


def test_the_button_about_a_document_answers_the_question_about_it(cast: Cast) -> None:
    ident = cast.asks_for_documents(cast.consenting)
    document = engagements.views([ident], business_now())[ident].missing[0]
    params = {"en": "Bank statements", "nb": "Kontoutskrifter"}
    _opens(cast, "look_for_document", params=params, subject_kind="document", subject_id=document.id)
    client = cast.signed_in(cast.colleague)
    assert "Liv says that “Bank statements” has been sent." in client.get("/").content.decode()
    (row,) = client.get("/").context["page"].tasks
    client.post(f"/documents/{document.id}/receipt/")
    assert Task.objects.get().done_by == cast.colleague.id
    late = row.also[0]  # a colleague's page still shows the question
    client.post(late.url, dict(late.fields))
    assert Task.objects.get().answer == "received"
    assert document.id in {each.id for each in engagements.views([ident], business_now())[ident].received}


def test_a_task_goes_to_a_colleague(cast: Cast) -> None:
    task = _opens(cast, "talk_to_me")
    client = cast.signed_in(cast.colleague)
    client.post(f"/tasks/{task.id}/owner/", {"owner": str(cast.owner.id)})
    assert Task.objects.get().owner_id == cast.owner.id
    client.post(f"/tasks/{task.id}/owner/")
    assert Task.objects.get().owner_id == cast.colleague.id


def test_many_holds_for_the_same_reason_share_a_card(cast: Cast) -> None:
    for each in range(4):
        cast.holds(cast.client(f"Client {each}"))
    alone = cast.holds(
        cast.consenting, reasons=[{"check": "mood", "code": "mood.negative", "params": {}, "owner": None}]
    )
    page = cast.signed_in(cast.owner).get("/").context["page"]
    assert page.holds_total == 5
    assert len(page.holds) == 2
    shared = next(card for card in page.holds if "4 clients" in card.title)
    assert "The client has asked us something" in shared.reason
    assert any(str(alone.pk) in card.act.url for card in page.holds)


@pytest.mark.parametrize("code", sorted(DONE_OTHERWISE))
def test_what_is_done_by_what_it_asks_for_cannot_be_ticked_off(cast: Cast, code: str) -> None:
    task = NewTask(
        "answer", code, f"tick:{code}", cast.consenting.id, subject_kind="conversation", subject_id=1
    )
    open_tasks([task], now=cast.now)
    row = Task.objects.get(code=code)
    cast.signed_in(cast.colleague).post(f"/tasks/{row.id}/done/")
    row.refresh_from_db()
    assert row.done_at is None


def test_every_row_with_a_tick_can_be_ticked_and_no_other(cast: Cast) -> None:
    for code in WORDS:
        task = NewTask("decide", code, f"row:{code}", cast.consenting.id, subject_kind="x", subject_id=1)
        open_tasks([task], now=cast.now)
    for row in Task.objects.filter(dedupe_key__startswith="row:"):
        visit = begin_visit(cast.colleague)
        (shown,) = task_rows([row], gather([row], look_around(visit, [cast.consenting.id])))
        ticks = [act for act in (shown.act, *shown.also) if act.url == f"/tasks/{row.id}/done/"]
        assert bool(ticks) == may_be_ticked(row), row.code


HANDOFF = REASON | {"code": "talk.handoff"}


def test_what_is_held_for_a_client_stands_with_their_question(cast: Cast) -> None:
    cast.writes(cast.consenting, "When is the payroll run?")
    message = cast.holds(cast.consenting)
    _opens(cast, "message_held", subject_kind="message", subject_id=message.pk)
    client = cast.signed_in(cast.colleague)
    (row,) = client.get("/").context["page"].tasks
    assert row.matter == "When is the payroll run?"
    (line,) = row.lines
    assert "cannot go to Liv: Liv has asked us something and has no answer yet." in line.matter
    assert [act.text for act in line.acts] == ["Decide", "Write to them yourself", "Drop it"]
    assert line.name == ""
    drop = line.acts[-1]
    client.post(drop.url, dict(drop.fields))
    assert Dispatch.objects.get(pk=message.pk).state == "cancelled"


def test_alike_questions_about_several_clients_are_one_card(cast: Cast) -> None:
    for contact in (cast.consenting, cast.left, cast.unknown):
        _opens(
            cast, "journey", kind="call", params=JOURNEY, contact_id=contact.id, dedupe_key=f"v:{contact.id}"
        )
    page = cast.signed_in(cast.colleague).get("/")
    (row,) = page.context["page"].tasks
    assert page.context["page"].tasks_total == 1
    assert [line.matter for line in row.lines] == ["Call about the documents."] * 2
    assert all(line.name in page.content.decode() for line in row.lines)
    assert len({line.name for line in row.lines} | {row.name}) == 3


def test_what_has_time_stands_apart(cast: Cast) -> None:
    _opens(cast, "journey", kind="write", params=JOURNEY, leisure=True)
    page = cast.signed_in(cast.colleague).get("/")
    today = page.context["page"]
    assert (today.tasks, today.tasks_total) == ((), 0)
    assert [row.matter for row in today.leisure] == ["Call about the documents."]
    assert "When you have a moment" in page.content.decode()
    done = today.leisure[0].act
    cast.signed_in(cast.colleague).post(done.url, dict(done.fields))
    assert "When you have a moment" not in cast.signed_in(cast.colleague).get("/").content.decode()


def test_what_can_wait_is_one_list_and_the_next_one_can_be_looked_at(cast: Cast) -> None:
    ident = cast.asks_for_documents(cast.consenting)
    file = {"file": "scan.pdf", "engagement": ident}
    about: dict[str, Any] = {"subject_kind": "file", "subject_id": 9, "params": file, "may_wait": True}
    _opens(cast, "is_this_it", contact_id=cast.left.id, dedupe_key="f:1", **about)
    call: dict[str, Any] = {"kind": "call", "params": JOURNEY, "may_wait": True}
    _opens(cast, "journey", contact_id=cast.unknown.id, dedupe_key="v:1", **call)
    _opens(cast, "is_this_it", contact_id=cast.consenting.id, dedupe_key="f:2", **about)
    client = cast.signed_in(cast.colleague)
    page = client.get("/").context["page"]
    assert (page.tasks_total, page.day_list.rows, len(page.day_list.coming)) == (0, (), 3)
    assert "3 things can wait for the next list" in client.get("/").content.decode()
    early = page.day_list.coming[-1].act  # somebody has a moment
    client.post(early.url, dict(early.fields))
    Task.objects.update(asks_at=cast.now)  # the morning comes
    answer = client.get("/")
    page = answer.context["page"]
    assert (page.tasks_total, page.day_list.coming, page.nothing_to_do) == (2, (), None)
    assert answer.context["shell"].needs_person == 2
    assert [row.act.strong for row in page.day_list.rows] == [True, False]
    assert "Two things need a person." in answer.content.decode()
    assert 'id="h-list"' in answer.content.decode()


def test_on_the_list_the_same_question_stands_together(cast: Cast) -> None:
    asked = [
        ("is_this_it", "", cast.left),
        ("journey", "call", cast.left),
        ("is_this_it", "", cast.consenting),
    ]
    for number, (code, kind, client) in enumerate(asked):
        file = {"subject_kind": "file", "subject_id": number}
        about: dict[str, Any] = file if code == "is_this_it" else {"params": JOURNEY}
        about["contact_id"] = client.id
        _opens(cast, code, kind or "decide", dedupe_key=f"t:{number}", may_wait=True, **about)
    Task.objects.update(asks_at=cast.now)
    rows = cast.signed_in(cast.colleague).get("/").context["page"].day_list.rows
    assert [str(row.matter).split()[0] for row in rows] == ["The", "The", "Call"]


def test_one_i_have_already_sent_it_is_one_row(cast: Cast) -> None:
    for client, count in ((cast.consenting, 3), (cast.left, 1)):
        for number in range(count):
            names = {"en": f"Paper {number}", "nb": f"Papir {number}"}
            _opens(
                cast,
                "look_for_document",
                contact_id=client.id,
                dedupe_key=f"claimed:{client.id}:{number}",
                subject_kind="document",
                subject_id=number + 1,
                params=names,
                may_wait=True,
            )
    signed_in = cast.signed_in(cast.colleague)
    coming = signed_in.get("/").context["page"].day_list
    assert (len(coming.coming), coming.coming_said.split()[0]) == (2, "2")
    Task.objects.update(asks_at=cast.now)
    answer = signed_in.get("/")
    page = answer.context["page"]
    assert (page.tasks_total, page.day_list.total, answer.context["shell"].needs_person) == (2, 2, 2)
    whole = next(row for row in page.day_list.rows if row.lines)
    assert ["Paper" in line.matter for line in whole.lines] == [True, True]
    assert [len(line.acts) for line in whole.lines] == [2, 2]
    assert [str(act.text) for act in whole.also] == ["It is here", "Still missing"]
    assert whole.act.url == f"/clients/{cast.consenting.id}/", "no button seems to answer all three"
    assert [line.name for line in whole.lines] == ["", ""], "they are of the same client"


def test_a_long_list_counts_matters_as_a_short_one_does(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tactful.web.build.today.LISTED_SHOWN", 2)
    for number, client in enumerate((cast.consenting, cast.consenting, cast.left, None, None)):
        about: dict[str, Any] = {"contact_id": client.id if client else None, "dedupe_key": f"t:{number}"}
        _opens(cast, "look_for_document", subject_kind="document", subject_id=number, may_wait=True, **about)
    Task.objects.update(asks_at=cast.now)
    page = cast.signed_in(cast.colleague).get("/").context["page"]
    assert page.day_list.total == 4


def test_send_it_hands_back_where_somebody_of_ours_talks(cast: Cast) -> None:
    asked = cast.writes(cast.consenting, "When is the payroll run?")
    answered_elsewhere(asked.conversation_id, "phone", acting_user=cast.colleague.id, now=cast.now)
    message = cast.holds(cast.consenting, reasons=[HANDOFF])
    _opens(cast, "message_held", subject_kind="message", subject_id=message.pk)
    client = cast.signed_in(cast.colleague)
    (row,) = client.get("/").context["page"].tasks
    send = next(act for act in row.also if act.text == "Hand back, and send it")
    assert "It goes out." in client.post(send.url, dict(send.fields), follow=True).content.decode()
    assert Dispatch.objects.get(pk=message.pk).state == "queued"
    assert cast.thread(cast.consenting).state == "closed"


def test_what_cannot_go_is_said_at_once(cast: Cast) -> None:
    message = cast.holds(cast.consenting)
    client = cast.signed_in(cast.colleague)
    page = client.post(f"/outbox/{message.pk}/late/", {"send": "yes"}, follow=True).content.decode()
    assert "It cannot go: Liv has asked us something and has no answer yet." in page
    assert Dispatch.objects.get(pk=message.pk).state == "held"
