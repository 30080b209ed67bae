"""Signing in, and what belongs to it, by whole requests."""

import re
from typing import Any

import pytest
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from django.contrib.auth.hashers import get_hasher
from django.contrib.auth.password_validation import validate_password
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from django.utils.translation import override

from tactful.foundation.models import User
from tactful.foundation.staff.actions import give_new_password
from tactful.web.tests.cast import Cast

PASSWORD = "fjord og fjell 1"
INSIDE = (
    "account_change_password", "mfa_index", "mfa_list_webauthn", "usersessions_list",
    "account_reauthenticate",
    "account_logout",
)  # fmt: skip
NOT_HERE = (
    "signup/",
    "email/",
    "confirm-email/",
    "password/set/",
    "password/reset/",
    "login/code/",
    "social/signup/",
)


@pytest.fixture(autouse=True)
def _fresh_limits() -> None:
    cache.clear()


def stranger(language: str = "en") -> Client:
    return Client(headers={"host": "localhost", "accept-language": language})


def with_password(cast: Cast) -> User:
    user = User.objects.get(id=cast.colleague.id)
    user.set_password(PASSWORD)
    user.save(update_fields=["password"])
    return user


def log_in(client: Client, email: str, password: str) -> tuple[int, str]:
    """Status and page, without what differs by chance."""
    response = client.post("/account/login/", {"login": email, "password": password})
    page = re.sub(r'(nonce|value)="[^"]*"', "", response.content.decode())
    return response.status_code, page


def sign_in(email: str) -> Client:
    client = stranger()
    assert log_in(client, email, PASSWORD)[0] == 302
    return client


def test_the_way_in(cast: Cast) -> None:
    user = with_password(cast)
    client = sign_in(user.email)
    assert client.get("/").status_code == 200
    assert client.post("/account/logout/").status_code == 302
    assert client.get("/").status_code == 302


def test_it_does_not_tell_whether_an_address_exists(cast: Cast) -> None:
    user = with_password(cast)
    known = log_in(stranger(), user.email, "wrong password")
    unknown = log_in(stranger(), "nobody@fjord.example", "wrong password")
    User.objects.filter(id=user.id).update(is_active=False)
    gone = log_in(stranger(), user.email, "wrong password")
    assert known == unknown == gone


def test_it_takes_as_long_for_an_address_that_does_not_exist(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """R59: what costs time is the hash of the password, and it is made as often for everybody."""
    user, hashed = with_password(cast), []
    hasher = type(get_hasher())
    encode = hasher.encode

    def counted(*args: Any, **kwargs: Any) -> Any:
        hashed.append(1)
        return encode(*args, **kwargs)

    monkeypatch.setattr(hasher, "encode", counted)
    counts = []
    for email in (user.email, "nobody@fjord.example"):
        hashed.clear()
        log_in(stranger(), email, "wrong password")
        counts.append(len(hashed))
    assert counts[0] == counts[1] > 0


@pytest.mark.parametrize("language", ["en", "nb"])
def test_pages_before_and_after_signing_in_have_our_frame(cast: Cast, language: str) -> None:
    assert 'class="signin"' in stranger(language).get("/account/login/").content.decode()
    client = cast.signed_in(with_password(cast), language)
    for name in INSIDE:
        page = client.get(reverse(name), follow=True).content.decode()
        assert f'lang="{language}"' in page
        assert "build/tactful.css" in page
        assert page.count("<h1") == 1, name


@pytest.mark.parametrize("place", NOT_HERE)
def test_what_we_do_not_use_is_not_there(cast: Cast, place: str) -> None:
    assert stranger().get(f"/account/{place}").status_code == 404
    assert cast.signed_in(cast.owner).post(f"/account/{place}").status_code == 404


def test_after_many_failures_it_rests_and_says_so(cast: Cast) -> None:
    user = with_password(cast)
    client = stranger()
    for _ in range(10):
        cache.clear()  # allauth's own limit comes first otherwise
        status, page = log_in(client, user.email.upper(), "wrong password")
    assert status == 429
    assert "Too many tries" in page
    cache.clear()
    assert log_in(client, user.email, PASSWORD)[0] == 429


def test_a_new_password_leaves_only_the_session_that_changed_it(cast: Cast) -> None:
    user = with_password(cast)
    here, elsewhere = sign_in(user.email), sign_in(user.email)
    new = {"oldpassword": PASSWORD, "password1": "vidde og vann 22", "password2": "vidde og vann 22"}
    assert here.post("/account/password/change/", new).status_code == 302
    assert here.get("/me/").status_code == 200
    assert elsewhere.get("/me/").status_code == 302


def test_a_second_step_leaves_only_the_session_that_made_it_and_is_asked_for(cast: Cast) -> None:
    user = with_password(cast)
    here, elsewhere = sign_in(user.email), sign_in(user.email)
    assert here.get("/account/2fa/totp/activate/")["Location"].startswith("/account/reauthenticate/")
    here.post("/account/reauthenticate/", {"password": PASSWORD})
    page = here.get("/account/2fa/totp/activate/").content.decode()
    secret = re.search(r'id="authenticator_secret"[^>]*value="(\w+)"', page)
    assert secret is not None
    code = totp.format_hotp_value(totp.hotp_value(secret[1], next(totp.yield_hotp_counters_from_time())))
    assert here.post("/account/2fa/totp/activate/", {"code": code}).status_code == 302
    assert Authenticator.objects.filter(user=user, type="totp").exists()
    assert here.get("/me/").status_code == 200
    assert elsewhere.get("/me/").status_code == 302
    assert "recovery" in here.get("/account/2fa/recovery-codes/").content.decode().lower()
    later = stranger()
    response = later.post("/account/login/", {"login": user.email, "password": PASSWORD})
    assert response["Location"].startswith("/account/2fa/authenticate/")
    assert later.get("/me/").status_code == 302


def test_a_failed_change_ends_nothing(cast: Cast) -> None:
    user = with_password(cast)
    here, elsewhere = sign_in(user.email), sign_in(user.email)
    wrong = {"oldpassword": "no", "password1": "vidde og vann 22", "password2": "vidde og vann 22"}
    assert here.post("/account/password/change/", wrong).status_code == 200
    assert elsewhere.get("/me/").status_code == 200


def test_a_one_time_password_opens_nothing_but_the_choice_of_another(cast: Cast) -> None:
    user, given = give_new_password(cast.colleague.id, acting_user=cast.owner.id, now=cast.now)
    client = stranger()
    assert log_in(client, user.email, given)[0] == 302
    for place in ("/", "/inbox/", "/me/", f"/clients/{cast.consenting.id}/"):
        assert client.get(place)["Location"].startswith("/account/password/change/?next="), place
    same = {"oldpassword": given, "password1": given, "password2": given}
    assert "Dette er engangspassordet" in client.post("/account/password/change/", same).content.decode()
    assert client.get("/me/").status_code == 302
    new = same | {"password1": PASSWORD, "password2": PASSWORD, "next": "/inbox/"}
    assert client.post("/account/password/change/", new)["Location"] == "/inbox/"
    assert client.get("/inbox/").status_code == 200
    assert log_in(stranger(), user.email, PASSWORD)[0] == 302


@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("kort", "Det er for kort. Ta minst 12 tegn"),
        ("password1234", "Det bruker mange"),
        ("ingrid@fjord.example", "Det ligner for mye på navnet"),
    ],
)
def test_a_password_is_refused_in_plain_words(cast: Cast, password: str, why: str) -> None:
    cast.owner.email = "ingrid@fjord.example"
    with override("nb"), pytest.raises(ValidationError) as refused:
        validate_password(password, cast.owner)
    assert any(sentence.startswith(why) for sentence in refused.value.messages)


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "Mail address and password do not fit together."),
        ("nb", "E-postadressen og passordet passer ikke sammen."),
    ],
)
def test_a_wrong_password_is_said_in_our_voice(cast: Cast, language: str, said: str) -> None:
    user = with_password(cast)
    _status, page = log_in(stranger(language), user.email, "something else 9")
    assert said in page


@pytest.mark.parametrize("language", ["en", "nb"])
def test_a_wrong_code_says_what_to_do(cast: Cast, language: str) -> None:
    adapter = get_adapter()
    with override(language):
        (said,) = adapter.validation_error("incorrect_code").messages
    assert said.startswith({"en": "That did not fit.", "nb": "Det passet ikke."}[language])
