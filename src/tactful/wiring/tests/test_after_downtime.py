"""The house was down when its messages were due: they wait in a list, and a person decides about many."""

from datetime import timedelta
from pathlib import Path

import pytest

from tactful.delivery import queries as outbox
from tactful.delivery.actions import Late, decide_late_ones
from tactful.delivery.tests.house import pass_time
from tactful.foundation.clock import business_now
from tactful.foundation.models import Audit
from tactful.journeys.models import Enrolment
from tactful.journeys.recipes import text
from tactful.wiring.tests.past_firm import OPEN, PastFirm, past_firm

pytestmark = pytest.mark.django_db
RECIPE = "annual-accounts-documents"
CLASSES = {"document-request": "reminder", "document-reminder": "reminder", "document-received": "awaited"}
PERSON = 7


def down_for_a_morning(firm: PastFirm) -> list[int]:
    """The reminders of the seventh day fall into it. Answers what is late now."""
    for client in firm.clients:
        firm.ask(client)
    firm.until(business_now() + timedelta(days=6, hours=20))
    pass_time(timedelta(hours=9))
    firm.work()
    return [row.pk for row in outbox.late()]


def decide(ids: list[int], choice: Late) -> int:
    return decide_late_ones(ids, choice, acting_user=PERSON, now=business_now())


def steps() -> list[str]:
    return sorted(Enrolment.objects.values_list("step", flat=True))


def test_nothing_goes_out_in_a_heap_and_a_person_decides(tmp_path: Path) -> None:
    with past_firm(tmp_path, [text(RECIPE)], CLASSES, ("Liv", "Per", "Ida", "Odd"), **OPEN) as firm:
        ids = down_for_a_morning(firm)
        assert (len(ids), outbox.late_count()) == (4, 4)
        assert len(firm.sent()) == 4, "the requests of the first day and nothing else"
        assert decide(ids[:1], Late.SEND) == 1
        assert decide(ids[1:2], Late.SKIP) == 1
        firm.work()
        assert outbox.late_count() == 2
        assert [row[1] for row in firm.sent()].count("document-reminder-1") == 1
        assert steps() == ["remind", "remind", "wait-once-more", "wait-once-more"]
        assert decide(ids, Late.SKIP) == 2, "what is decided stays decided"
        assert decide(ids, Late.SEND) == 0
    assert Audit.objects.filter(verb="late.decided", actor=PERSON).count() == 3


def test_thought_over_it_goes_only_where_it_is_still_wanted(tmp_path: Path) -> None:
    with past_firm(tmp_path, [text(RECIPE)], CLASSES, ("Liv", "Per"), **OPEN) as firm:
        liv, per = firm.clients
        ids = down_for_a_morning(firm)
        firm.documents_come(liv)
        assert decide(ids, Late.RECOMPUTE) == 2
        firm.work()
        reminded = [who for who, template, _ in firm.sent() if template == "document-reminder-1"]
        assert reminded == [per]
        assert outbox.late_count() == 0
