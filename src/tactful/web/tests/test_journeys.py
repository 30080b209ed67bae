"""Journeys, by whole requests."""

import re
from datetime import timedelta
from html import unescape

import pytest

from tactful.delivery.actions import enqueue
from tactful.delivery.models import Dispatch
from tactful.delivery.types import NewMessage
from tactful.foundation.clock import business_now
from tactful.foundation.models import Audit, AuditPayload
from tactful.journeys import queries
from tactful.journeys.actions import carry_out_asked, import_journey, switch_on, take_over_asked
from tactful.journeys.models import Enrolment, Journey, JourneySpell, Visit
from tactful.journeys.recipes import names, text
from tactful.journeys.rules.definition import document, read
from tactful.touchpoints.types import MessageClass, Purpose
from tactful.web.build import standing
from tactful.web.tests.cast import REASON, Cast
from tactful.wiring.journey_facts import loader

SLUG = names()[0]
URL = f"/journeys/{SLUG}/"


def on(cast: Cast) -> None:
    version = import_journey(text(SLUG), acting_user=None, now=business_now())
    switch_on(version.journey_id, acting_user=None, now=business_now())


def is_on() -> bool:
    return queries.all_journeys()[0].is_on


@pytest.mark.parametrize("language", ["en", "nb"])
def test_an_empty_list_and_a_full_one(cast: Cast, language: str) -> None:
    client = cast.signed_in(cast.reader, language)
    assert client.get("/journeys/").status_code == 200
    on(cast)
    page = client.get("/journeys/").content.decode()
    assert URL in page
    assert "/rest/" not in page  # readers switch nothing


@pytest.mark.parametrize("language", ["en", "nb"])
def test_a_journey_reads_like_a_recipe(cast: Cast, language: str) -> None:
    on(cast)
    page = cast.signed_in(cast.owner, language).get(URL).content.decode()
    first = "What we need from you" if language == "en" else "Dette trenger vi fra deg"
    assert first in page
    assert "J004" in page  # its touchpoints are not decided yet


def test_the_file_comes_back_as_it_is_read(cast: Cast) -> None:
    on(cast)
    response = cast.signed_in(cast.owner).get(f"{URL}definition.yaml")
    assert read(response.content.decode()) == read(text(SLUG))


def test_it_stays_off_while_a_check_stops_it(cast: Cast) -> None:
    import_journey(text(SLUG), acting_user=None, now=business_now())
    client = cast.signed_in(cast.colleague)
    page = client.post(f"{URL}live/", follow=True).content.decode()
    assert "It stays off until this is mended" in page
    assert not is_on()


def test_switching_is_a_post_by_somebody_who_may(cast: Cast) -> None:
    on(cast)
    assert cast.signed_in(cast.colleague).get(f"{URL}rest/").status_code == 405
    assert cast.signed_in(cast.reader).post(f"{URL}rest/").status_code == 403
    assert is_on()
    cast.signed_in(cast.colleague).post(f"{URL}rest/")
    assert not is_on()
    assert JourneySpell.objects.running().filter(kind="paused").exists()


def walking(cast: Cast) -> Enrolment:
    """Liv stands at the first wait."""
    on(cast)
    journey = Journey.objects.get(slug=SLUG)
    step = queries.definition_of(journey).steps[1].id
    assert journey.live_version is not None
    return Enrolment.objects.create(
        journey=journey,
        version=journey.live_version,
        contact_id=cast.consenting.id,
        trigger_id=1,
        step=step,
        phase="waiting_event",
        due_at=cast.now + timedelta(days=7),
        entered_at=cast.now,
    )


def test_who_stands_where_and_taking_somebody_out(cast: Cast) -> None:
    row = walking(cast)
    client = cast.signed_in(cast.colleague)
    step = f"{URL}steps/{row.step}/"
    assert step in client.get(URL).content.decode()
    assert "Liv Sandal" in client.get(step).content.decode()
    client.post(f"{URL}departures/", {"enrolment": row.id, "reason": " "})
    row.refresh_from_db()
    assert row.ended_at is None  # no reason, nothing done
    client.post(f"{URL}departures/", {"enrolment": row.id, "reason": "She has sent it all"})
    half_a_minute_later(cast)
    row.refresh_from_db()
    assert row.end_reason == "taken_out"
    assert Audit.objects.filter(verb="enrolment.taken_out", actor=cast.colleague.id).exists()
    assert "Liv Sandal" not in client.get(step).content.decode()


def test_only_those_inside_this_journey_are_taken_out(cast: Cast) -> None:
    on(cast)
    client = cast.signed_in(cast.colleague)
    page = client.post(f"{URL}departures/", {"enrolment": "12345", "reason": "x"}, follow=True)
    assert "They have left it already" in page.content.decode()
    assert client.get(f"{URL}steps/no-such-step/").status_code == 404


def half_a_minute_later(cast: Cast) -> None:
    later = business_now() + timedelta(seconds=31)
    carry_out_asked(loader(later), later)
    take_over_asked(loader(later), later)


def post(cast: Cast, what: str, row: Enrolment, **more: str) -> str:
    given = {"enrolment": row.id, "reason": "She asked for it", **more}
    page = cast.signed_in(cast.colleague).post(f"{URL}{what}/", given, follow=True).content.decode()
    row.refresh_from_db()
    return page


def test_somebody_is_sent_on_past_a_step_and_to_another(cast: Cast) -> None:
    row = walking(cast)
    assert "1 client is sent on in half a minute." in post(cast, "moves", row, step="wait-once-more")
    assert (row.step, row.is_paused) == ("wait-for-documents", True)
    half_a_minute_later(cast)
    row.refresh_from_db()
    assert (row.step, row.phase, row.is_paused) == ("wait-once-more", "waiting", False)
    assert "This step is not in the journey" in post(cast, "moves", row, step="no-such-step")
    # What is still missing cannot be read here, so nothing is said on a guess.
    assert "1 client is sent past this step in half a minute." in post(cast, "moves", row)
    half_a_minute_later(cast)
    row.refresh_from_db()
    assert (row.step, row.is_paused) == ("wait-once-more", False)
    assert "Only 0 of 1 were reached." in cast.signed_in(cast.colleague).get(URL).content.decode()


@pytest.mark.parametrize("what", ["moves", "pauses", "departures"])
def test_for_half_a_minute_it_can_be_taken_back(cast: Cast, what: str) -> None:
    row = walking(cast)
    stood = (row.step, row.phase, row.ended_at)
    page = post(cast, what, row, step="wait-once-more" if what == "moves" else "")
    assert row.is_paused, "nothing goes to them meanwhile"
    (back,) = re.findall(rf"{URL}asked/\d+/back/", page)
    assert cast.signed_in(cast.reader).post(back).status_code == 403
    client = cast.signed_in(cast.colleague)
    assert "Taken back." in client.post(back, follow=True).content.decode()
    half_a_minute_later(cast)
    after = Enrolment.objects.get(id=row.id)
    assert (after.step, after.phase, after.ended_at, after.is_paused) == (*stood, False)
    assert back not in client.get(URL).content.decode()
    assert "It is done already" in client.post(back, follow=True).content.decode()
    assert Audit.objects.filter(verb="enrolment.left_as_it_was", actor=cast.colleague.id).count() == 1


def test_whoever_rested_before_rests_on_when_it_is_taken_back(cast: Cast) -> None:
    row = walking(cast)
    post(cast, "pauses", row)
    half_a_minute_later(cast)
    page = post(cast, "departures", row)
    (back,) = re.findall(rf"{URL}asked/\d+/back/", page)
    cast.signed_in(cast.colleague).post(back)
    row.refresh_from_db()
    assert (row.is_paused, row.ended_at) == (True, None)


def test_somebody_rests_until_somebody_lets_them_go_on(cast: Cast) -> None:
    row = walking(cast)
    assert "1 client rests" in post(cast, "pauses", row)
    step = cast.signed_in(cast.colleague).get(f"{URL}steps/{row.step}/").content.decode()
    assert "until you let them go on" in step
    assert row.is_paused
    assert "1 client goes on" in post(cast, "resumptions", row)
    assert not row.is_paused


def test_what_failed_is_tried_at_once(cast: Cast) -> None:
    row = walking(cast)
    Enrolment.objects.update(failures=2, retry_at=cast.now + timedelta(days=1), error="trouble")
    step = cast.signed_in(cast.colleague).get(f"{URL}steps/{row.step}/").content.decode()
    assert "Try again now" in step
    assert "1 client is tried again" in post(cast, "retries", row)


@pytest.mark.parametrize("what", ["moves", "pauses", "resumptions", "departures"])
def test_nothing_is_done_to_anybody_without_a_reason_or_by_a_reader(cast: Cast, what: str) -> None:
    row = walking(cast)
    assert "say why in one sentence" in post(cast, what, row, reason=" ")
    given = {"enrolment": row.id, "reason": "x"}
    assert cast.signed_in(cast.reader).post(f"{URL}{what}/", given).status_code == 403
    assert (row.step, row.is_paused, row.ended_at) == ("wait-for-documents", False, None)


def second_version() -> None:
    changed = text(SLUG).replace("days: 7", "days: 9")
    import_journey(changed, acting_user=None, now=business_now())


@pytest.mark.parametrize("language", ["en", "nb"])
def test_people_of_an_earlier_version_are_taken_over_by_a_map(cast: Cast, language: str) -> None:
    row = walking(cast)
    second_version()
    client = cast.signed_in(cast.colleague, language)
    address = f"{URL}versions/1/"
    assert address in client.get(URL).content.decode()
    page = client.get(address).content.decode()
    assert "Liv Sandal" in page
    client.post(address, {"to_wait-for-documents": "wait-for-documents", "reason": ""})
    row.refresh_from_db()
    assert row.version.number == 1  # no reason, nothing done
    given = {"to_wait-for-documents": "wait-for-documents", "reason": "Nine days are fairer"}
    shown = client.post(address, given, follow=True).content.decode()
    row.refresh_from_db()
    assert row.version.number == 1  # for half a minute it can be taken back
    undo = re.search(rf'action="({URL}asked/\d+/back/)"', shown)
    assert undo is not None
    client.post(undo[1])
    half_a_minute_later(cast)
    row.refresh_from_db()
    assert row.version.number == 1
    client.post(address, given)
    assert 'role="status"' in client.get(address).content.decode()
    half_a_minute_later(cast)
    row.refresh_from_db()
    assert row.version.number == 2
    assert Audit.objects.filter(verb="journey.people_moved", actor=cast.colleague.id).exists()
    assert "Liv Sandal" not in client.get(address).content.decode()
    assert client.get(f"{URL}versions/2/").status_code == 404  # the live one
    assert client.get(f"{URL}versions/7/").status_code == 404


def test_only_steps_of_the_live_version_are_on_the_map(cast: Cast) -> None:
    row = walking(cast)
    second_version()
    given = {"to_wait-for-documents": "nowhere", "reason": "x"}
    assert cast.signed_in(cast.colleague).post(f"{URL}versions/1/", given).status_code in (302, 400, 409)
    row.refresh_from_db()
    assert row.version.number == 1
    assert cast.signed_in(cast.reader).post(f"{URL}versions/1/", given).status_code == 403


@pytest.mark.parametrize("language", ["en", "nb"])
def test_a_recipe_is_read_and_taken_in(cast: Cast, language: str) -> None:
    client = cast.signed_in(cast.colleague, language)
    page = client.get("/recipes/").content.decode()
    assert all(read(text(slug)).name.in_language(language) in unescape(page) for slug in names())
    assert "/recipes/quote-follow-up/" in page
    assert client.post("/recipes/quote-follow-up/")["Location"] == "/journeys/quote-follow-up/"
    assert "/recipes/quote-follow-up/" not in client.get("/recipes/").content.decode()
    assert client.get("/journeys/quote-follow-up/").status_code == 200
    assert cast.signed_in(cast.reader).post("/recipes/welcome-series/").status_code == 403
    assert client.post("/recipes/no-such-recipe/").status_code == 404


TWO = ("birthday-greeting", "quote-follow-up", "welcome-series")


def test_journeys_that_are_on_are_seen_beside_each_other(cast: Cast) -> None:
    for slug in TWO:
        version = import_journey(text(slug), acting_user=None, now=business_now())
        switch_on(version.journey_id, acting_user=None, now=business_now())
    page = unescape(cast.signed_in(cast.owner).get(f"/journeys/{TWO[0]}/").content.decode())
    assert f"“{TWO[1]}” can write within the same hour, at 09:00." in page
    assert "See the other journey" in page
    over = unescape(cast.signed_in(cast.owner).get("/journeys/").content.decode())
    assert "one client could be meant to get" in over


def test_what_a_click_can_mend(cast: Cast) -> None:
    broken = text(SLUG).replace("  owner: account_manager\n", "")
    import_journey(broken, acting_user=None, now=business_now())
    client = cast.signed_in(cast.owner)
    page = client.get(URL).content.decode()
    finding = "J011.no_owner.call"
    assert f'value="{finding}"' in page
    assert f'value="{finding}"' not in cast.signed_in(cast.reader).get(URL).content.decode()
    for said in ("Look over and publish", "That is mended already"):
        shown = client.post(f"{URL}mending/", {"finding": finding}, follow=True).content.decode()
        assert said in shown
    draft = queries.draft_of(SLUG)
    assert draft is not None
    assert document(read(draft.text)) == document(read(text(SLUG)))
    assert Audit.objects.filter(verb="journey.imported").count() == 1, "a person publishes it"


def late_one(cast: Cast, template: str = "tip", *beside: str) -> int:
    """Meant for yesterday, and held past its grace."""
    meant = business_now() - timedelta(days=1)
    new = NewMessage(
        contact_id=cast.consenting.id, dedupe_key=template, message_class=MessageClass.REMINDER,
        purpose=Purpose.SERVICE, due_at=meant, cause_kind="broadcast", template=template,
    )  # fmt: skip
    (ident,) = enqueue([new], now=meant)
    assert ident is not None
    reasons: list[dict[str, object]] = [
        {"check": "not_too_late", "code": code, "params": {}, "owner": None}
        for code in (*beside, "late.grace")
    ]
    Dispatch.objects.filter(pk=ident).update(state="held", reasons=reasons, not_before=business_now())
    return ident


@pytest.mark.parametrize("language", ["en", "nb"])
def test_what_is_late_is_decided_together(cast: Cast, language: str) -> None:
    client = cast.signed_in(cast.colleague, language)
    assert "/late/" not in client.get("/").content.decode()

    ids = [late_one(cast, "tip"), late_one(cast, "news")]
    for page in ("/", "/journeys/"):
        assert "/late/" in client.get(page).content.decode()
    shown = client.get("/late/").content.decode()
    assert all(f'value="{ident}" checked' in shown for ident in ids)
    assert 'value="recompute"' not in shown, "no journey has asked for them"
    client.post("/late/decisions/", {"message": ids[:1], "choice": "send"})
    client.post("/late/decisions/", {"message": ids[1:], "choice": "skip"})
    assert list(Dispatch.objects.filter(pk__in=ids).order_by("pk").values_list("state", flat=True)) == [
        "queued", "cancelled",
    ]  # fmt: skip
    assert "/late/" not in client.get("/").content.decode()


@pytest.mark.parametrize(("beside", "counts"), [("quiet.night", 1), ("mood.negative", 0), ("debt.answer", 0)])
def test_what_something_else_holds_is_not_late_because_nothing_could_be_sent(
    cast: Cast, beside: str, counts: int
) -> None:
    ident = late_one(cast, "tip", beside)
    client = cast.signed_in(cast.colleague, "en")
    said = "1 message should have gone out while nothing could be sent." in client.get("/").content.decode()
    assert said is bool(counts)
    assert (f'value="{ident}"' in client.get("/late/").content.decode()) is bool(counts)
    client.post("/late/decisions/", {"message": [ident], "choice": "skip"})
    assert Dispatch.objects.get(pk=ident).state == ("cancelled" if counts else "held")


@pytest.mark.parametrize("given", [{}, {"choice": "send"}, {"choice": "burn", "message": "1"}])
def test_a_decision_says_which_and_what(cast: Cast, given: dict[str, str]) -> None:
    ident = late_one(cast)
    page = cast.signed_in(cast.colleague).post("/late/decisions/", given, follow=True).content.decode()
    assert "Nothing has been changed." in page
    assert cast.signed_in(cast.reader).post("/late/decisions/", given).status_code == 403
    assert Dispatch.objects.get(pk=ident).state == "held"


def passed_through(cast: Cast) -> Enrolment:
    """Liv waits; Pål's message is held; Fiona has left after two days at the first wait."""
    liv = walking(cast)
    started = cast.now - timedelta(days=3)
    Enrolment.objects.filter(id=liv.id).update(visit=2, wait_since=started)
    common = {"journey": liv.journey, "version": liv.version, "trigger_id": 1, "entered_at": started}
    first, wait = (step.id for step in queries.definition_of(liv.journey).steps[:2])
    paal = Enrolment.objects.create(
        **common, contact_id=cast.left.id, step=first, visit=1, phase="sending", wait_since=started
    )
    gone = {"step": wait, "visit": 2, "phase": "ended", "ended_at": cast.now, "wait_since": started}
    fiona = Enrolment.objects.create(**common, **gone, contact_id=cast.unknown.id)
    two_days_ago = cast.now - timedelta(days=2)
    for row, visits in ((liv, [(first, started)]), (fiona, [(first, started), (wait, two_days_ago)])):
        for number, (step, at) in enumerate(visits, 1):
            result = "expired" if step == first and row is fiona else ""
            Visit.objects.create(enrolment=row, visit=number, step=step, at=at, result=result)
    queued = cast.plans(cast.left, cause_id=paal.id)
    cast.becomes(queued, "held", reasons=[REASON], held_since=cast.now, owner_id=cast.colleague.id)
    return liv


def test_where_people_went_on_and_who_needs_a_look(cast: Cast) -> None:
    liv = passed_through(cast)
    client = cast.signed_in(cast.reader)
    page = unescape(client.get(URL).content.decode()).replace("\xa0", " ")
    assert "3 came here, 67 % went on" in page  # Pål stands at the first step still
    assert "2 came here, 50 % left the journey here" in page
    assert page.count("1 message was left out: it would have come too late") == 1
    assert "Usually 2 days" in page
    assert "1 has a message held" in page
    assert "speaks of the last 3 who began" in page
    held = unescape(client.get(f"{URL}people/?only=held").content.decode())
    assert "Pål Steine" in held
    assert "Liv Sandal" not in held
    everybody = unescape(client.get(f"{URL}people/").content.decode())
    assert "Pål Steine" in everybody
    assert "Liv Sandal" in everybody
    assert "Fiona" not in everybody
    Enrolment.objects.filter(id=liv.id).update(due_at=cast.now - timedelta(hours=1))
    assert "1 is late" in client.get(URL).content.decode()
    assert "Liv Sandal" in client.get(f"{URL}people/?only=late").content.decode()


def test_many_by_one_act_and_one_reason(cast: Cast) -> None:
    passed_through(cast)
    client = cast.signed_in(cast.colleague)
    given = {"everybody": "yes", "at": "", "only": "", "reason": "We are closed this week"}
    page = client.post(f"{URL}pauses/", given, follow=True).content.decode()
    assert "2 clients rest" in page
    kept = AuditPayload.objects.filter(audit__verb="enrolment.paused")
    assert [each.body["reason"] for each in kept] == ["We are closed this week"] * 2
    assert "2 rest" in client.get(URL).content.decode()
    assert "Liv Sandal" in client.get(f"{URL}people/?only=paused").content.decode()


def test_an_act_reaches_those_whom_the_page_had_chosen(cast: Cast) -> None:
    liv = passed_through(cast)
    client = cast.signed_in(cast.colleague)
    only_held = {"everybody": "yes", "at": "", "only": "held", "reason": "It was a mistake"}
    client.post(f"{URL}departures/", only_held)
    half_a_minute_later(cast)
    assert [row.id for row in Enrolment.objects.filter(ended_at=None)] == [liv.id]
    nobody = client.post(f"{URL}departures/", only_held, follow=True).content.decode()
    assert "They have left it already" in nobody


def test_lists_of_people_go_on_by_key(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(standing, "PAGE", 1)
    passed_through(cast)
    client = cast.signed_in(cast.colleague)
    page = client.get(f"{URL}people/").content.decode()
    assert 'name="everybody"' in page
    after = re.search(r'rel="next" href="([^"]+)"', page)
    assert after is not None
    second = client.get(unescape(after[1])).content.decode()
    assert ("Liv Sandal" in page) != ("Liv Sandal" in second)
    assert 'rel="next"' not in second
