"""A broadcast written in the block editor: opened, changed, taken in, and never sent half-written."""

from dataclasses import replace

import pytest
from django.test import Client

from tactful.broadcasts import actions, queries
from tactful.broadcasts.models import Broadcast
from tactful.broadcasts.tests.cast import Salon, make_salon
from tactful.broadcasts.types import BroadcastRefused, State
from tactful.content.models import LetterDraft
from tactful.foundation.models import Role, User
from tactful.web.tests.test_broadcasts import FORM, NEW, browser_of, shown, written
from tactful.wiring.broadcasts import house_at


@pytest.fixture
def salon(db: None) -> Salon:
    return make_salon()


@pytest.fixture
def browser(salon: Salon) -> Client:
    return browser_of(salon.owner)


def opened(browser: Client) -> tuple[Broadcast, str]:
    """A new broadcast, its words in the block editor; with the address of the editor."""
    page = shown(browser, NEW, FORM | {"blocks": "0"})
    row = Broadcast.objects.latest("id")
    assert "Take it into the broadcast" in page
    return row, f"/letters/broadcast-{row.id}-0/"


def does(browser: Client, url: str, part: str, **given: str) -> str:
    revision = str(LetterDraft.objects.get().revision)
    return shown(browser, f"{url}{part}/", {"revision": revision, "l": "nb", **given})


def test_words_become_blocks_and_come_back(browser: Client) -> None:
    row, url = opened(browser)
    assert "Hei {{ given_name }}," in shown(browser, f"{url}?l=nb")
    does(browser, url, "blocks", act="add", path="1", kind="button",
         **{"b-label": "Bestill time", "b-href": "https://salong.example/"})  # fmt: skip
    page = does(browser, url, "publication")
    assert "The words are in the broadcast" in page
    assert not LetterDraft.objects.exists()
    row.refresh_from_db()
    words = queries.plan_of(row).variants[0].words["nb"]
    assert (words.subject, words.nameless) == ("Åpent i romjulen", "du")
    assert "Bestill time" in words.body
    assert words.body.startswith("<mj-section")
    assert "Bestill time" in shown(browser, f"/broadcasts/{row.id}/frame/?language=nb&variant=0")


def test_what_is_written_in_blocks_is_no_field_of_text(browser: Client) -> None:
    row, url = opened(browser)
    does(browser, url, "publication")
    page = shown(browser, f"/broadcasts/{row.id}/edit/")
    assert "written in blocks" in page
    assert "0-nb-body" not in page
    row.refresh_from_db()
    before = queries.plan_of(row).variants
    shown(browser, f"/broadcasts/{row.id}/edit/", FORM | {"name": "Jul", "0-nb-body": "Something else"})
    row.refresh_from_db()
    assert row.name == "Jul"
    assert queries.plan_of(row).variants == before


def test_nothing_goes_while_its_words_are_being_written(salon: Salon, browser: Client) -> None:
    row, url = opened(browser)
    assert "Version A is being written in blocks" in shown(browser, f"/broadcasts/{row.id}/")
    with pytest.raises(BroadcastRefused, match="being written in blocks"):
        actions.send(broadcast_id=row.id, house=house_at(salon.now), acting_user=salon.owner.id)
    page = does(browser, url, "removal")
    assert "The draft is gone" in page
    actions.send(broadcast_id=row.id, house=house_at(salon.now), acting_user=salon.owner.id)
    row.refresh_from_db()
    assert row.state == State.SCHEDULED


def test_taking_words_in_takes_the_yes_back(salon: Salon, browser: Client) -> None:
    row = written(browser)
    actions.send(broadcast_id=row.id, house=house_at(salon.now), acting_user=salon.owner.id)
    shown(browser, f"/broadcasts/{row.id}/edit/", FORM | {"blocks": "0"})
    url = f"/letters/broadcast-{row.id}-0/"
    does(browser, url, "head", subject="Stengt i romjulen", preheader="", unsubscribe="1")
    does(browser, url, "publication")
    row.refresh_from_db()
    assert (row.state, row.approved_by) == (State.DRAFT, None)
    assert queries.plan_of(row).variants[0].words["nb"].subject == "Stengt i romjulen"


def test_a_draft_of_what_is_no_more_goes_with_it(salon: Salon, browser: Client) -> None:
    row, url = opened(browser)
    actions.cancel(broadcast_id=row.id, acting_user=salon.owner.id, now=salon.now)
    assert not LetterDraft.objects.exists()
    answer = browser.get(url)
    assert (answer.status_code, answer["Location"]) == (302, f"/broadcasts/{row.id}/")
    assert browser.post(url).status_code == 302
    assert not LetterDraft.objects.exists()


def test_two_windows_of_one_draft_do_not_overwrite_each_other(browser: Client) -> None:
    row, url = opened(browser)
    old = str(LetterDraft.objects.get().revision)
    does(browser, url, "head", subject="Ny", preheader="", unsubscribe="1")
    page = shown(browser, f"{url}publication/", {"revision": old, "l": "nb"}, status=200)
    assert "changed this letter meanwhile" in page
    row.refresh_from_db()
    assert queries.plan_of(row).variants[0].words["nb"].subject == "Åpent i romjulen"


def test_a_field_of_ours_gets_its_default_in_the_editor(browser: Client) -> None:
    row, url = opened(browser)
    does(browser, url, "blocks", act="save", path="0", kind="text",
         **{"b-text": "Du har {{ points }} poeng.", "default-points": "noen"})  # fmt: skip
    does(browser, url, "publication")
    row.refresh_from_db()
    assert "{{ points | default: 'noen' }}" in queries.plan_of(row).variants[0].words["nb"].body


def test_a_reader_opens_no_blocks(salon: Salon, browser: Client) -> None:
    row = written(browser)
    reader = User.objects.add(email="les@salong.example", name="Lise", role=Role.READ_ONLY)
    answer = browser_of(reader).post(f"/broadcasts/{row.id}/edit/", FORM | {"blocks": "0"})
    assert answer.status_code == 403
    assert not LetterDraft.objects.exists()


def test_what_a_person_writes_in_blocks_no_program_writes_over(salon: Salon, browser: Client) -> None:
    plan = queries.plan_of(written(browser))
    row = actions.create(plan=plan, acting_user=None, now=salon.now)
    actions.edit(broadcast_id=row.id, plan=replace(plan, name="Again"), acting_user=None, now=salon.now)
    actions.open_blocks(broadcast_id=row.id, variant=0, acting_user=salon.owner.id, now=salon.now)
    with pytest.raises(BroadcastRefused, match="A person has this broadcast in hand"):
        actions.edit(broadcast_id=row.id, plan=plan, acting_user=None, now=salon.now)
    with pytest.raises(BroadcastRefused, match="A person has this broadcast in hand"):
        actions.ask_approval(broadcast_id=row.id, house=house_at(salon.now), acting_user=None)
