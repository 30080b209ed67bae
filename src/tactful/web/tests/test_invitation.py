"""The link that lets somebody in: who one is, then a passkey, or a password."""

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.messages import get_messages
from django.test import Client

from tactful.foundation.clock import business_now
from tactful.foundation.models import Invitation, Role, User
from tactful.foundation.setting_up.actions import Newcomer, accept, invite
from tactful.web.tests.cast import Cast

WHO = {"way": "who", "name": "Kari Berg", "email": "kari@berg.example"}
PASSWORD = "fire-ord-paa-rad-2026"
WRONG = {"way": "passkey", "credential": '{"id": "x", "rawId": "x", "type": "public-key", "response": {}}'}


@pytest.fixture
def link(db: None) -> str:
    return f"/account/invitation/{invite(None, acting_user=None, now=business_now())}/"


def browser() -> Client:
    return Client(headers={"host": "localhost"})


def test_the_first_owner_says_who_they_are_and_nothing_is_kept_yet(link: str) -> None:
    client = browser()
    first = client.get(link).content.decode()
    assert "Nothing is sent until you say yes." in first
    assert "passkey_signup" not in first
    assert client.post(link, {**WHO, "email": "nobody"}).status_code == 422
    assert client.post(link, WHO).status_code == 302
    page = client.get(link).content.decode()
    assert page.index("passkey_signup") < page.index('name="password"'), "the passkey stands first"
    assert "kari@berg.example" in page
    assert 'value="Kari Berg"' in client.get(f"{link}?who").content.decode()
    assert not User.objects.exists()
    assert "passkey_signup" not in browser().get(link).content.decode(), "another browser knows nothing of it"


def test_what_was_said_is_of_that_link_alone(link: str) -> None:
    client = browser()
    client.post(link, WHO)
    other = f"/account/invitation/{invite(None, acting_user=None, now=business_now())}/"
    assert "passkey_signup" not in client.get(other).content.decode()


def test_a_password_opens_as_before(link: str) -> None:
    client = browser()
    client.post(link, WHO)
    client.get(link)
    short = client.post(link, {"way": "password", "password": "short"})
    assert short.status_code == 422
    assert not User.objects.exists()
    assert client.post(link, {"way": "password", "password": PASSWORD}).headers["Location"] == "/start/"
    owner = User.objects.get()
    assert (owner.name, owner.email, owner.role) == ("Kari Berg", "kari@berg.example", Role.OWNER)
    assert owner.check_password(PASSWORD)
    assert client.get(link).status_code == 410


def test_a_passkey_that_answers_nothing_lets_nobody_in(link: str) -> None:
    client = browser()
    client.post(link, WHO)
    assert client.post(link, WRONG).status_code == 422, "nobody has asked it yet"
    client.get(link)
    for given in (WRONG, {"way": "passkey", "credential": "null"}, {"way": "passkey"}, {"way": "else"}):
        client.post(link, given)
    assert not User.objects.exists()
    assert Invitation.objects.get().used_at is None, "the link still opens"


def test_whoever_is_named_already_chooses_at_once(cast: Cast) -> None:
    token = invite(cast.colleague.id, acting_user=cast.owner.id, now=cast.now)
    page = browser().get(f"/account/invitation/{token}/").content.decode()
    assert "passkey_signup" in page
    assert "Welcome, Kari" in page
    assert browser().get(f"/account/invitation/{token}/?who").content.decode().count("passkey_signup") > 0


def test_the_only_passkey_of_somebody_without_a_password_stays(cast: Cast) -> None:
    token = invite(cast.colleague.id, acting_user=cast.owner.id, now=cast.now)
    user = accept(token, Newcomer(None), now=cast.now)
    assert not user.has_usable_password()
    key = Authenticator.objects.create(user=user, type=Authenticator.Type.WEBAUTHN, data={"name": "Phone"})
    client = cast.signed_in(user)
    answer = client.post(f"/account/2fa/webauthn/keys/{key.pk}/remove/")
    assert "only way in" in str(next(iter(get_messages(answer.wsgi_request))))
    assert Authenticator.objects.filter(pk=key.pk).exists()
    assert "None: your passkey opens" in client.get("/me/").content.decode()
