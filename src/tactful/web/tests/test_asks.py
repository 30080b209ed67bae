"""What Tactful asks of its people, and less of it with one tap."""

from datetime import timedelta

import pytest

from tactful.events.actions import record
from tactful.events.types import NewFact
from tactful.foundation.clock import business_now
from tactful.inbox import queries as inbox
from tactful.inbox.actions.tasks import open_tasks
from tactful.inbox.models import Task
from tactful.inbox.types import NewTask
from tactful.web.tests.cast import Cast

LANGUAGES = ("en", "nb")
URL = "/settings/asks/"


def asked(cast: Cast, code: str, count: int) -> None:
    """Many times on each of the last days, as much as nobody can bear."""
    rows = [
        NewTask("decide", code, f"{code}:{day}:{n}", subject_kind="message", urgent=True)
        for day in range(28)
        for n in range(count)
    ]
    open_tasks(rows, now=cast.now)
    for day in range(28):
        keys = [f"{code}:{day}:{n}" for n in range(count)]
        Task.objects.filter(dedupe_key__in=keys).update(opened_at=cast.now - timedelta(days=day, hours=1))


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_owner_reads_it_and_nobody_else(cast: Cast, language: str) -> None:
    assert cast.signed_in(cast.colleague, language).get(URL).status_code == 403
    page = cast.signed_in(cast.owner, language).get(URL).content.decode()
    assert ("Nothing has been asked" if language == "en" else "Ingen er blitt spurt") in page


def test_a_heavy_cause_is_gathered_and_then_really_is(cast: Cast) -> None:
    asked(cast, "hold_expired", 8)
    owner = cast.signed_in(cast.owner)
    page = owner.get(URL).content.decode()
    assert "It is too much." in page
    assert "On an ordinary working day Tactful has eight questions for you" in page
    assert "Gather into one list a week" in page
    owner.post(f"{URL}gathered/", {"cause": "hold_expired"})
    assert "Gathered in one list a week." in owner.get(URL).content.decode()
    open_tasks([NewTask("decide", "hold_expired", "later", subject_kind="message")], now=business_now())
    assert Task.objects.get(dedupe_key="later").leisure
    owner.post(f"{URL}again/", {"cause": "hold_expired"})
    open_tasks([NewTask("decide", "hold_expired", "again", subject_kind="message")], now=business_now())
    assert not Task.objects.get(dedupe_key="again").leisure


def test_what_is_switched_off_is_not_asked(cast: Cast) -> None:
    owner = cast.signed_in(cast.owner)
    owner.post(f"{URL}off/", {"cause": "hold_expired"})
    assert open_tasks([NewTask("decide", "hold_expired", "off")], now=business_now()) == 0
    assert "Switched off: nobody is asked." in owner.get(URL).content.decode()
    assert open_tasks([NewTask("decide", "message_held", "still")], now=business_now()) == 1


@pytest.mark.parametrize("way", ["gathered", "off"])
def test_what_hurts_a_client_can_neither_wait_nor_be_off(cast: Cast, way: str) -> None:
    asked(cast, "message_held", 8)
    owner = cast.signed_in(cast.owner)
    assert "what asks most cannot wait" in owner.get(URL).content.decode()
    owner.post(f"{URL}{way}/", {"cause": "message_held"})
    assert inbox.eased(business_now()) == (frozenset(), frozenset())
    assert cast.signed_in(cast.colleague).post(f"{URL}{way}/", {"cause": "hold_expired"}).status_code == 403


def test_a_mail_to_one_of_ours_counts_once(cast: Cast) -> None:
    record([NewFact("staff.told", None, {"user": cast.owner.id, "cause": "trial_week"})], now=cast.now)
    page = cast.signed_in(cast.owner).get(URL).content.decode()
    assert "The mail about the trial week" in page
    assert "once" in page
