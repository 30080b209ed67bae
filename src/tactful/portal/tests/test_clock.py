"""Which clock a client reads."""

import pytest
from django.test import RequestFactory, override_settings
from django.utils import translation

from tactful.contacts.types import Person
from tactful.foundation.types import Business
from tactful.portal.answers import shown
from tactful.portal.links import Visit
from tactful.portal.tests.pages import PAGES


@pytest.mark.parametrize(("zone", "hour"), [("Europe/Oslo", "09:00"), ("UTC", "07:00")])
def test_a_client_reads_the_clock_of_the_house(zone: str, hour: str) -> None:
    house = Business("Fjordkontoret", "Bergen", "", "nb", zone, "NO", "", "accounting", {})
    visit = Visit(house, Person(1, "Mette Lien", "Mette", "nb", "", "", None, "", {}), "nb")
    with translation.override("nb"), override_settings(ROOT_URLCONF="tactful.portal.tests.urls"):
        answer = shown(RequestFactory().get("/why"), visit, "why", PAGES["why"])
    assert hour in answer.content.decode()
