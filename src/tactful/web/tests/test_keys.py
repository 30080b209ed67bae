"""Settings, other programs: a key is shown once and can be revoked."""

import re

from tactful.foundation.keys.actions import key_of
from tactful.foundation.keys.types import Scope
from tactful.foundation.models import ApiKey
from tactful.web.forms.programs import SCOPES
from tactful.web.tests.cast import Cast

HERE = "/settings/keys/"
FORM = {"name": "Web shop", "scopes": ["contacts:read", "events:read"], "days": "90"}


def test_a_key_is_shown_once_and_revoked(cast: Cast) -> None:
    owner = cast.signed_in(cast.owner)
    assert "No other program may look in yet" in owner.get(HERE).content.decode()
    told = owner.post(HERE, FORM).content.decode()
    (key,) = re.findall(r"tact_[0-9a-f]{12}_[0-9a-f]{48}", told)
    found = key_of(key)
    assert found is not None
    assert found.scopes == ["contacts:read", "events:read"]
    assert found.expires_at is not None
    page = owner.get(HERE).content.decode()
    assert key not in page
    assert f"tact_{found.shown}_…" in page
    assert "Look up clients, Read what happened with a client" in page
    owner.post(f"{HERE}{found.id}/revocation/")
    assert key_of(key) is None
    assert "revoked" in owner.get(HERE).content.decode()
    assert owner.post(f"{HERE}{found.id}/revocation/").status_code == 404


def test_what_is_missing_is_said(cast: Cast) -> None:
    owner = cast.signed_in(cast.owner)
    answer = owner.post(HERE, FORM | {"scopes": []})
    assert answer.status_code == 422
    assert owner.post(HERE, FORM | {"scopes": ["everything"]}).status_code == 422
    assert not ApiKey.objects.exists()


def test_norwegian(cast: Cast) -> None:
    page = cast.signed_in(cast.owner, "nb").get(HERE).content.decode()
    assert "Andre programmer" in page
    assert "Hva kan det gjøre?" in page


def test_the_form_offers_all_that_a_key_may_do() -> None:
    assert [name for name, _words in SCOPES] == list(Scope)
