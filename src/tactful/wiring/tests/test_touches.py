"""Messages that a person wanted to see first: a line on top, a stop, or nothing at all."""

from datetime import timedelta
from pathlib import Path

import pytest

from tactful.content.rules.compile import compile_mail
from tactful.content.rules.own_line import with_line
from tactful.content.templates_seed import footer_words, load_seed_templates
from tactful.content.types import Brand
from tactful.delivery.models import Dispatch
from tactful.foundation.clock import business_now
from tactful.foundation.ids import new_id
from tactful.foundation.models import Audit, User
from tactful.inbox.actions.spells import NewTalk, begin
from tactful.journeys.models import Enrolment
from tactful.journeys.recipes import text
from tactful.touchpoints.actions import LineError, show_before
from tactful.touchpoints.models import HumanTouch, Touchpoint
from tactful.touchpoints.queries import touch_counts
from tactful.wiring.tests.past_firm import OPEN, PastFirm, past_firm
from tactful.wiring.touches import let_be, shown, touch

pytestmark = pytest.mark.django_db
RECIPE = "annual-accounts-documents"
CLASSES = {"document-request": "reminder", "document-reminder": "reminder", "document-received": "awaited"}
WORDS = "Congratulations on the new shop, Liv!"
SIX = 6


def kari() -> int:
    return User.objects.create(id=new_id(), email="kari@fjord.example", name="Kari Blomdal", role="staff").pk


def asked(firm: PastFirm, hours: int = SIX) -> None:
    """The reminders of the seventh day are five hours ahead, and shown so many hours before."""
    point = Touchpoint.objects.get(slug="document-reminder")
    show_before(point.pk, hours, acting_user=1, now=business_now())
    for client in firm.clients:
        firm.ask(client)
    firm.until(business_now() + timedelta(days=6, hours=19))


def bodies(firm: PastFirm) -> dict[int, str]:
    rows = Dispatch.objects.filter(state="sent", message__template="document-reminder-1")
    mails = {mail.ident: mail.payload for mail in firm.clerk.provider.accepted}
    return {row.contact_id: mails[row.pk].decode("utf-8", "replace") for row in rows}


def test_a_line_a_stop_and_on_time_if_nobody_acts(tmp_path: Path) -> None:
    with past_firm(tmp_path, [text(RECIPE)], CLASSES, ("Liv", "Per", "Ida"), **OPEN) as firm:
        liv, per, ida = firm.clients
        person = kari()
        asked(firm)
        soon = {each.coming.contact_id: each for each in shown(business_now())}
        assert set(soon) == {liv, per, ida}
        assert all(each.words is not None and "Liv" not in each.words.subject for each in soon.values())
        meant = soon[ida].coming.at
        touch(soon[liv].coming.key, WORDS, acting_user=person, now=business_now())
        touch(soon[per].coming.key, "", acting_user=person, now=business_now())
        again = {each.coming.contact_id: each for each in shown(business_now())}
        assert WORDS in str(again[liv].words)
        assert [str(again[who].touch).count("stopped=True") for who in (liv, per, ida)] == [0, 1, 0]
        firm.until(business_now() + timedelta(hours=8))
        assert set(bodies(firm)) == {liv, ida}
        touch(soon[per].coming.key, "", acting_user=person, now=business_now())  # pressed twice: one stop
        with pytest.raises(LineError, match="quicker than you"):
            touch(soon[ida].coming.key, "", acting_user=person, now=business_now())
        assert WORDS in bodies(firm)[liv].replace("=\r\n", "")
        assert "Kari Blomdal" in bodies(firm)[liv].replace("=\r\n", "")
        assert WORDS not in bodies(firm)[ida].replace("=\r\n", "")
        gone = Dispatch.objects.get(contact_id=ida, message__template="document-reminder-1")
        assert gone.first_handoff_at is not None
        assert gone.first_handoff_at - meant < timedelta(minutes=1), "nobody acted, and it was on time"
        assert {row.contact_id: row.step for row in Enrolment.objects.all()}[per] == "wait-once-more"
        point = Touchpoint.objects.get(slug="document-reminder").pk
        assert touch_counts(business_now() - timedelta(days=1)) == {point: (1, 1)}
    assert set(Audit.objects.filter(actor=person).values_list("verb", flat=True)) >= {
        "message.line_added", "message.stopped_before",
    }  # fmt: skip


def test_the_gate_still_decides_at_the_moment_of_sending(tmp_path: Path) -> None:
    with past_firm(tmp_path, [text(RECIPE)], CLASSES, ("Liv",), **OPEN) as firm:
        (liv,) = firm.clients
        asked(firm)
        (soon,) = shown(business_now())
        touch(soon.coming.key, WORDS, acting_user=kari(), now=business_now())
        begin(NewTalk(liv, "question", 1), now=business_now())
        firm.until(business_now() + timedelta(hours=8))
        held = Dispatch.objects.get(message__template="document-reminder-1")
        assert held.state == "held"
        assert bodies(firm) == {}


def test_off_until_asked_for_and_only_as_long_before(tmp_path: Path) -> None:
    with past_firm(tmp_path, [text(RECIPE)], CLASSES, ("Liv",), **OPEN) as firm:
        asked(firm, hours=0)
        assert shown(business_now()) == []
        point = Touchpoint.objects.get(slug="document-reminder")
        show_before(point.pk, 2, acting_user=1, now=business_now())
        assert shown(business_now()) == []
        firm.until(business_now() + timedelta(hours=3, minutes=30))
        (soon,) = shown(business_now())
        key, person = soon.coming.key, kari()
        touch(key, WORDS, acting_user=person, now=business_now())
        let_be(key, acting_user=person, now=business_now())
        assert not HumanTouch.objects.exists()
        for wrong in ("visit:1:1", ""):
            with pytest.raises(LineError):
                touch(wrong, WORDS, acting_user=person, now=business_now())
        with pytest.raises(LineError):
            touch(key, "x" * 501, acting_user=person, now=business_now())
        firm.until(business_now() + timedelta(hours=3))
        with pytest.raises(LineError):
            touch(key, WORDS, acting_user=person, now=business_now())


def test_every_seed_template_has_a_place_for_a_line() -> None:
    for seed in load_seed_templates():
        compile_mail(with_line(seed.source), Brand("Berg", "Oslo", footer_words(seed.language)))
