"""R91: in a trade that hears of health, nothing begins to be sent before its assessment is taken up."""

import pytest

from tactful.foundation.actions import NotAssessed, change_settings, expect_assessed
from tactful.foundation.models import Audit
from tactful.journeys.actions import import_journey, switch_on
from tactful.journeys.models import JourneySpell
from tactful.journeys.recipes import names, text
from tactful.web.tests.cast import Cast
from tactful.web.views import journeys

PAGE = "/settings/records/"
RECIPE = names()[0]


@pytest.fixture
def clinic(cast: Cast) -> Cast:
    change_settings(values={"trade": "health"}, acting_user=cast.owner.id, now=cast.now)
    return cast


def test_switching_a_journey_on_waits_for_an_owners_word(
    clinic: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journeys, "what_stops", lambda *_: "")
    import_journey(text(RECIPE), acting_user=clinic.owner.id, now=clinic.now)
    client = clinic.signed_in(clinic.owner)
    url = f"/journeys/{RECIPE}/live/"
    said = client.post(url, follow=True).content.decode()
    assert "say there that you have" in said
    assert not JourneySpell.objects.filter(kind="live").exists()
    page = client.get(PAGE).content.decode()
    assert "Assessment of consequences" in page
    assert "Nothing begins to be sent before" in page
    said = client.post(f"{PAGE}assessed/", follow=True).content.decode()
    assert "An owner took up the assessment on" in said
    assert Audit.objects.filter(verb="records.stand", actor=clinic.owner.id).count() == 1
    client.post(url)
    assert JourneySpell.objects.filter(kind="live").exists()


def test_nobody_but_an_owner_says_so(clinic: Cast) -> None:
    assert clinic.signed_in(clinic.colleague).post(f"{PAGE}assessed/").status_code == 403
    with pytest.raises(NotAssessed):
        expect_assessed(clinic.now)


def test_other_trades_are_asked_nothing(cast: Cast) -> None:
    change_settings(values={"trade": "salon"}, acting_user=cast.owner.id, now=cast.now)
    version = import_journey(text(RECIPE), acting_user=cast.owner.id, now=cast.now)
    switch_on(version.journey_id, acting_user=cast.owner.id, now=cast.now)
    assert "Nothing begins to be sent" not in cast.signed_in(cast.owner).get(PAGE).content.decode()
