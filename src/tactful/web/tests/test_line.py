"""The line and its touchpoints, by whole requests."""

import pytest

from tactful.delivery.actions import Words, approve_and_send
from tactful.delivery.models import Dispatch
from tactful.foundation.clock import business_now
from tactful.journeys.actions import import_journey
from tactful.journeys.recipes import names, text
from tactful.touchpoints.actions import NewTouch, touch
from tactful.touchpoints.models import HumanTouch, LineComment, Touchpoint
from tactful.web.tests.cast import Cast

LANGUAGES = ("en", "nb")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_map_shows_every_touchpoint_once_and_what_comes_next(cast: Cast, language: str) -> None:
    page = cast.signed_in(cast.owner, language).get("/line/").content.decode()
    assert page.count('class="tp ') == Touchpoint.objects.count()
    assert page.count("tp next") == 1


def test_an_empty_map_stands(cast: Cast) -> None:
    Touchpoint.objects.all().update(current=None)
    Touchpoint.objects.all().delete()
    assert cast.signed_in(cast.owner).get("/line/").status_code == 200


def test_a_decision_needs_a_reason_and_keeps_what_was_typed(cast: Cast) -> None:
    client = cast.signed_in(cast.owner)
    typed = {"line": "structural", "reason": "", "frequency": "4", "owner": str(cast.colleague.id)}
    response = client.post("/line/quote/", typed)
    page = response.content.decode()
    assert response.status_code == 422
    assert "Say why in a few words." in page
    assert 'name="frequency" value="4" checked' in page
    assert f'value="{cast.colleague.id}" selected' in page
    assert Touchpoint.objects.get(slug="quote").frequency != 4


def test_judgement_needs_an_owner(cast: Cast) -> None:
    response = cast.signed_in(cast.owner).post(
        "/line/quote/", {"line": "judgement", "reason": "A price is a promise"}
    )
    assert response.status_code == 422
    assert "Choose who owns it" in response.content.decode()


def test_a_decision_is_kept_with_its_reason_and_name(cast: Cast) -> None:
    client = cast.signed_in(cast.owner)
    typed = {
        "line": "judgement",
        "reason": "A price is a promise",
        "owner": str(cast.colleague.id),
        "clarity": "2",
    }
    assert client.post("/line/quote/", typed)["Location"] == "/line/quote/"
    page = client.get("/line/quote/").content.decode()
    assert "A price is a promise" in page
    assert "Ingrid Solheim" in page
    row = Touchpoint.objects.select_related("current").get(slug="quote")
    assert (row.current and row.current.line, row.owner_id, row.clarity) == (
        "judgement",
        cast.colleague.id,
        2,
    )


def test_rating_alone_is_no_move(cast: Cast) -> None:
    client = cast.signed_in(cast.owner)
    before = Touchpoint.objects.get(slug="quote").revisions.count()
    client.post("/line/quote/", {"frequency": "5", "message_class": "awaited"})
    row = Touchpoint.objects.get(slug="quote")
    assert (row.frequency, row.message_class, row.revisions.count()) == (5, "awaited", before)


@pytest.mark.parametrize("who", ["colleague", "reader"])
def test_only_owners_draw_the_line(cast: Cast, who: str) -> None:
    client = cast.signed_in(getattr(cast, who))
    assert client.get("/line/quote/").status_code == 200
    assert client.post("/line/quote/", {"line": "structural", "reason": "Mine"}).status_code == 403
    assert client.post("/line/new/", {"name_en": "Mine"}).status_code == 403


def test_a_link_may_lean_but_only_the_form_decides(cast: Cast) -> None:
    before = Touchpoint.objects.get(slug="quote").current_id
    page = cast.signed_in(cast.owner).get("/line/quote/?line=structural").content.decode()
    assert 'value="structural" checked' in page
    assert Touchpoint.objects.get(slug="quote").current_id == before


def test_a_touchpoint_of_ones_own(cast: Cast) -> None:
    client = cast.signed_in(cast.owner)
    new = {"name_en": "Årlig møte", "phase": "staying", "message_class": "relationship"}
    assert client.post("/line/new/", new)["Location"] == "/line/arlig-mote/"
    again = client.post("/line/new/", new)
    assert again.status_code == 422
    assert "already" in again.content.decode()
    assert "Use at least one letter" in client.post("/line/new/", {**new, "name_en": "!?"}).content.decode()


def test_a_touchpoint_names_the_steps_that_send_it(cast: Cast) -> None:
    import_journey(text(names()[0]), acting_user=None, now=business_now())
    page = cast.signed_in(cast.owner).get("/line/document-request/").content.decode()
    assert "Documents for the annual accounts, step 1" in page


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_people_do_speaks_for_the_other_side_and_decides_nothing(cast: Cast, language: str) -> None:
    point = cast.touchpoint
    for number in range(9):
        row = cast.plans(cast.client(f"Client {number}"))
        cast.becomes(row, "sent", settled_at=cast.now)
        if number:
            new = NewTouch(row.message.dedupe_key, point.id, row.contact_id, "Good luck!")
            touch(new, acting_user=cast.colleague.id, now=cast.now)
    before = Touchpoint.objects.select_related("current").get(pk=point.pk).current
    page = cast.signed_in(cast.owner, language).get("/line/").content.decode()
    assert f"/line/{point.slug}/?line=judgement" in page
    if language == "en":
        assert "of 9 messages people added a line to 8 and stopped 0" in page
    assert Touchpoint.objects.select_related("current").get(pk=point.pk).current == before


def test_how_long_before_a_message_is_shown(cast: Cast) -> None:
    client = cast.signed_in(cast.owner)
    assert client.post("/line/quote/preview/", {"hours": "6"})["Location"] == "/line/quote/"
    assert (
        'name="hours" type="number" min="0" max="72" value="6"' in client.get("/line/quote/").content.decode()
    )
    for wrong in ("", "73", "many"):
        client.post("/line/quote/preview/", {"hours": wrong})
        assert Touchpoint.objects.get(slug="quote").preview_hours == 6
    assert cast.signed_in(cast.colleague).post("/line/quote/preview/", {"hours": "2"}).status_code == 403


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_to_see_before_it_goes_out(cast: Cast, language: str) -> None:
    client = cast.signed_in(cast.colleague, language)
    assert client.get("/before/").status_code == 200
    for path, given in (("lines", {"key": "visit:1:1", "line": "Hello"}), ("stops", {"key": "visit:1:1"}),
                        ("untouched", {"key": ""}), ("lines", {})):  # fmt: skip
        assert client.post(f"/before/{path}/", given).status_code == 302
    assert not HumanTouch.objects.exists()


def test_the_same_words_again_and_again_could_be_a_touchpoint(cast: Cast) -> None:
    for number in range(9):
        client = cast.client(f"Client {number}")
        words = Words(client.id, "Hours", f"Hello {number},\n\nWe open at nine and close at four.")
        ident = approve_and_send(words=words, acting_user=cast.colleague.id, now=cast.now)
        row = Dispatch.objects.get(pk=ident)
        cast.becomes(row, "sent", settled_at=cast.now, body_hash=row.approved_hash)
    page = cast.signed_in(cast.owner).get("/line/").content.decode()
    assert "“We open at nine and close at four.”" in page
    assert "has gone out 9 times in the same words" in page


def test_colleagues_speak_before_the_line_moves(cast: Cast) -> None:
    url = f"/line/{cast.touchpoint.slug}/comments/"
    assert cast.signed_in(cast.reader).post(url, {"text": "No"}).status_code == 403
    browser = cast.signed_in(cast.colleague)
    browser.post(url, {"text": "   "})
    assert not LineComment.objects.exists()
    browser.post(url, {"text": "Clients call us after <b>this</b> one."})
    page = cast.signed_in(cast.owner).get(f"/line/{cast.touchpoint.slug}/").content.decode()
    form = page.index(f'action="/line/{cast.touchpoint.slug}/"')
    decision = page[form : page.index("</form>", form)]
    assert "Clients call us after &lt;b&gt;this&lt;/b&gt; one." in decision
    assert cast.colleague.name in decision


def test_the_line_on_a_sheet_of_paper(cast: Cast) -> None:
    page = cast.signed_in(cast.reader).get("/line/print/").content.decode()
    above, below = page.split('id="h-below"')
    assert cast.touchpoint.name_en in below
    assert cast.touchpoint.name_en not in above
