"""Double opt-in, from the form on a site to the yes; and what strangers try with it."""

import json
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from tactful.contacts.actions import Subject, object_to, suppress
from tactful.contacts.models import BasisSpell, ConsentReceipt, ConsentRequest, Contact, Identity
from tactful.contacts.queries import basis_facts_at
from tactful.delivery.claim import claim
from tactful.delivery.models import Dispatch, Message
from tactful.delivery.tests.house import Clerk, Provider
from tactful.events.actions import record
from tactful.events.models import Event
from tactful.events.types import NewFact
from tactful.foundation.actions import change_settings
from tactful.foundation.clock import business_now
from tactful.gate.models import StandingHold
from tactful.gate.queries import orders_at
from tactful.segments.actions import NewSegment, make_segment, reevaluate, refresh_due, set_live
from tactful.segments.models import SegmentMember
from tactful.segments.types import FORMAT
from tactful.touchpoints.actions import decide
from tactful.touchpoints.queries import by_slug
from tactful.touchpoints.types import Line, MessageClass
from tactful.tracking.actions import add_source, revoke_source
from tactful.tracking.types import KeyKind
from tactful.wiring import opting_in
from tactful.wiring.letters import fact_sources
from tactful.wiring.opting_in import Asked, Door, ask, forget_unanswered, keep_door
from tactful.wiring.segments import ALLOWED, moment_at
from tactful.wiring.tests.cast import ALWAYS_OPEN, Cast

SITE = "https://salon.example"
WORDS = (("en", "Yes, Salon may send me news."), ("nb", "Ja, Salong kan sende meg nyheter."))
STRANGER = "stranger@example.net"


@pytest.fixture
def key(cast: Cast) -> str:
    now = business_now()
    keep_door(Door(True, WORDS, 5), acting_user=cast.owner.id, now=now)
    return add_source("Site", KeyKind.BROWSER, [SITE], acting_user=cast.owner.id, now=now).key


@pytest.fixture
def fill_in(key: str) -> Callable[..., None]:
    def filled(address: str = STRANGER, place: str = "198.51.100.7", origin: str = SITE, **more: Any) -> None:
        said = {"key": key, "address": address, "language": "en", "page": f"{SITE}/news"} | more
        browser = Client(headers={"host": "localhost", "origin": origin}, enforce_csrf_checks=True)
        answer = browser.post("/c/news/", json.dumps(said), content_type="text/plain", REMOTE_ADDR=place)
        assert (answer.status_code, answer.content) == (204, b""), "whatever was said"

    return filled


def asked() -> list[Message]:
    return list(Message.objects.filter(cause_kind="consent").order_by("id"))


def link() -> str:
    found = re.search(r"/c/confirm/\w+/", asked()[-1].variables["confirm_url"])
    assert found
    return found[0]


def may_write(contact_id: int) -> bool:
    return basis_facts_at([contact_id], "marketing", "mail", business_now())[contact_id].kind == "consent"


def browser() -> Client:
    return Client(headers={"host": "localhost", "accept-language": "en"})


class _Real:
    sources = staticmethod(fact_sources)


def test_a_stranger_says_yes(cast: Cast, fill_in: Callable[..., None]) -> None:
    fill_in(name="Nora Vik")
    (message,) = asked()
    stranger = message.contact_id
    row = Dispatch.objects.get(message_id=message.id)
    assert (row.line, row.author, message.message_class) == (Line.STRUCTURAL, "automation", "awaited")
    assert not may_write(stranger)
    assert not Event.objects.filter(name="contact.created", contact_id=stranger).exists()
    assert browser().get(link()).status_code == 200
    assert not may_write(stranger), "opening a link changes nothing"
    for _again in range(2):
        page = browser().post(link(), follow=True)
        assert page.status_code == 200
    assert may_write(stranger)
    (receipt,) = ConsentReceipt.objects.filter(contact_id=stranger, kind="consent")
    assert (receipt.wording, receipt.how, receipt.source) == (WORDS[0][1], "double_opt_in", f"{SITE}/news")
    assert Contact.objects.get(id=stranger).name == "Nora Vik"
    assert Event.objects.filter(name="contact.created", contact_id=stranger).count() == 1
    assert not StandingHold.objects.filter(scope_id=stranger, released_at=None).exists()


def test_the_gate_clears_the_question_and_nothing_of_the_stranger_stands_in_it(
    cast: Cast, fill_in: Callable[..., None], tmp_path: Path
) -> None:
    fill_in(name="BUY PILLS http://bad.example")
    (message,) = asked()
    assert "PILLS" not in json.dumps(message.variables)
    assert (
        fact_sources()
        .recipients([message.contact_id], message.channel, business_now())[  # type: ignore[arg-type]
            message.contact_id
        ]
        .name
        == STRANGER
    )
    clerk = Clerk(_Real(), Provider(), tmp_path)  # type: ignore[arg-type]
    claim(clerk.worker_id, fact_sources(), business_now())
    clerk.leave()
    row = Dispatch.objects.get(message_id=message.id)
    assert row.state == "claimed"


def test_a_client_of_ours_is_asked_too(cast: Cast, fill_in: Callable[..., None]) -> None:
    address = Identity.objects.filter(contact_id=cast.liv.id, kind="email").values_list("value", flat=True)[0]
    BasisSpell.objects.filter(contact=cast.liv, purpose="marketing").delete()
    fill_in(address.upper())
    (message,) = asked()
    assert message.contact_id == cast.liv.id
    browser().post(link())
    assert may_write(cast.liv.id)


def test_who_has_said_no_or_yes_or_cannot_be_reached_is_not_asked(
    cast: Cast, fill_in: Callable[..., None]
) -> None:
    now = business_now()
    address = Identity.objects.filter(contact_id=cast.liv.id, kind="email").values_list("value", flat=True)[0]
    object_to(cast.liv.id, ["objected:marketing"], how="portal", source="test", now=now)
    suppress(Subject("mail", "bounced@example.net"), "hard_bounce", acting_user=None, now=now)
    for each in (address, "bounced@example.net", "no address", "a@b", "x\r\nBcc: all@example.net", "", "é@é"):
        fill_in(each)
    assert asked() == []
    assert not Contact.objects.filter(source="site_form").exists()


def test_repeats_are_few(cast: Cast, fill_in: Callable[..., None], key: str) -> None:
    for _time in range(3):
        fill_in()
    assert len(asked()) == 1
    now = business_now()
    for day in range(1, 20):
        ask(
            Asked(key, SITE, f"10.0.0.{day}", STRANGER, language="en"),
            "en",
            now + timedelta(days=day, hours=1),
        )
    assert len(asked()) == 3, "three in thirty days"


def test_a_place_on_the_network_and_a_site_have_limits(cast: Cast, fill_in: Callable[..., None]) -> None:
    for each in range(8):
        fill_in(f"a{each}@example.net", place="198.51.100.8")
    assert len(asked()) == 5
    for each in range(8):
        fill_in(f"b{each}@example.net", place=f"198.51.100.{100 + each}")
    assert len(asked()) == 5, "the site's five of this hour are used"


@pytest.mark.parametrize(
    "wrong",
    [{"key": "tb_wrong"}, {"origin": "https://elsewhere.example"}, {"origin": ""}, {"trap": "x"}, {"key": 7}],
)
def test_others_are_not_heard(cast: Cast, fill_in: Callable[..., None], wrong: dict[str, Any]) -> None:
    fill_in(**wrong)
    assert asked() == []


def test_a_closed_door_a_servers_key_and_a_revoked_one_open_nothing(
    cast: Cast, key: str, fill_in: Callable[..., None]
) -> None:
    now = business_now()
    server = add_source("Shop", KeyKind.SERVER, acting_user=cast.owner.id, now=now)
    fill_in(key=server.key)
    revoke_source(add_source("Old", KeyKind.BROWSER, [SITE], acting_user=None, now=now).source_id,
                  acting_user=None, now=now)  # fmt: skip
    keep_door(Door(False, WORDS), acting_user=cast.owner.id, now=now)
    fill_in()
    assert asked() == []


def test_a_touchpoint_that_moved_to_judgement_asks_nobody(cast: Cast, fill_in: Callable[..., None]) -> None:
    row = by_slug(opting_in.SLUG)
    assert row is not None
    decide(row.id, Line.JUDGEMENT, "People do it.", owner_id=cast.owner.id, acting_user=cast.owner.id,
           now=business_now())  # fmt: skip
    fill_in()
    assert asked() == []


def _later(monkeypatch: pytest.MonkeyPatch, days: int) -> datetime:
    later = business_now() + timedelta(days=days)
    monkeypatch.setattr("tactful.portal.consent.business_now", lambda: later)
    return later


def test_a_late_yes_is_none_and_who_does_not_answer_is_forgotten(
    cast: Cast, fill_in: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    fill_in()
    fill_in("writes@example.net")
    first, second = asked()
    record([NewFact("reply.received", second.contact_id, {})], now=business_now())
    late = _later(monkeypatch, 8)
    assert browser().get(link()).status_code == 410
    assert browser().post(link()).status_code == 410
    assert not may_write(second.contact_id)
    assert forget_unanswered(late) == 1
    assert not Contact.objects.filter(id=first.contact_id).exists()
    assert Contact.objects.filter(id=second.contact_id).exists(), "somebody has spoken with us"
    assert forget_unanswered(late + timedelta(days=40)) == 0
    assert not ConsentRequest.objects.exists()


def test_another_doors_token_opens_nothing(cast: Cast, fill_in: Callable[..., None]) -> None:
    fill_in()
    token = link().split("/")[-2]
    for wrong in (token[:-1] + ("0" if token[-1] != "0" else "1"), "no-such-token"):
        assert browser().post(f"/c/confirm/{wrong}/").status_code == 404
    assert browser().get(f"/c/unsubscribe/{token}/").status_code == 404


def test_before_the_yes_only_the_question_goes_whatever_else_is_urgent(
    cast: Cast, fill_in: Callable[..., None], tmp_path: Path
) -> None:
    change_settings(values=ALWAYS_OPEN, acting_user=None, now=business_now())
    fill_in()
    (question,) = asked()
    stranger = Contact.objects.get(id=question.contact_id)
    latest = business_now() + timedelta(days=30)
    urgent = cast.plans(stranger, message_class=MessageClass.DEADLINE, latest_at=latest)
    clerk = Clerk(_Real(), Provider(), tmp_path)  # type: ignore[arg-type]
    claim(clerk.worker_id, fact_sources(), business_now())
    clerk.leave()
    assert Dispatch.objects.get(message_id=question.id).state == "claimed"
    held = Dispatch.objects.get(message_id=urgent)
    assert held.reasons
    assert (held.state, held.reasons[0]["code"]) == ("held", "standing.contact")
    browser().post(link())
    assert not orders_at(business_now()), "nothing keeps still who has said yes"


def test_a_stranger_enters_a_live_segment_with_the_yes(cast: Cast, fill_in: Callable[..., None]) -> None:
    now = business_now()
    everybody = NewSegment("Everybody by mail", {"format": FORMAT, "where": {"address": "mail"}})
    row = make_segment(everybody, allowed=ALLOWED, acting_user=None, moment=moment_at(now))
    set_live(row.id, True, acting_user=None, now=now)
    assert refresh_due(allowed=ALLOWED, moment=moment_at(now))
    fill_in()
    (question,) = asked()
    stranger = question.contact_id

    def comes_in(at: datetime) -> bool:
        reevaluate([stranger], allowed=ALLOWED, moment=moment_at(at))
        return SegmentMember.objects.running().filter(segment=row, contact_id=stranger).exists()

    assert not comes_in(business_now())
    assert refresh_due(allowed=ALLOWED, moment=moment_at(now + timedelta(hours=2)))
    assert not comes_in(business_now()), "nor by a look at everybody"
    browser().post(link())
    assert comes_in(business_now())
    assert Event.objects.filter(name="segment.entered", contact_id=stranger).count() == 1
