"""An invitation opens the house once."""

import pytest

from tactful.foundation.clock import business_now
from tactful.foundation.models import User
from tactful.foundation.setting_up import actions
from tactful.foundation.setting_up.actions import Newcomer, accept, invite
from tactful.foundation.setting_up.queries import invitation
from tactful.foundation.staff.actions import PersonError

pytestmark = pytest.mark.django_db


def test_two_at_once_with_one_link_are_one_owner(monkeypatch: pytest.MonkeyPatch) -> None:
    """The second one has looked before the first was done."""
    now = business_now()
    token = invite(None, acting_user=None, now=now)
    seen = invitation(token)
    accept(token, Newcomer("correct horse battery", "Kari", "kari@fjord.example"), now=now)
    monkeypatch.setattr(actions, "invitation", lambda _token: seen)
    with pytest.raises(PersonError):
        accept(token, Newcomer("correct horse battery", "Eva", "eva@evil.example"), now=now)
    assert not User.objects.filter(email="eva@evil.example").exists()
