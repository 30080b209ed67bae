"""OAuth as words: what is asked, what an answer means, when the next token is due."""

import json
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tactful.channels.rules import oauth
from tactful.channels.rules.oauth import Client, Refusal, Tokens
from tactful.channels.types import MailHost

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
CLIENT = Client("client 1&x", "hush", "https://tactful.example/back/")


def test_the_challenge_of_the_standard() -> None:
    """RFC 7636, appendix B."""
    verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
    assert oauth.challenge(verifier) == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"


def test_people_are_sent_with_everything_and_no_secret() -> None:
    authority = oauth.authority_of(MailHost.GOOGLE)
    assert authority is not None
    url = oauth.address_to_ask(authority, CLIENT, state="s", verifier="v" * 43, address="post@fjord.example")
    asked = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
    assert asked["redirect_uri"] == "https://tactful.example/back/"
    assert asked["client_id"] == "client 1&x"
    assert asked["access_type"] == "offline"
    assert asked["code_challenge_method"] == "S256"
    assert "hush" not in url
    assert "v" * 43 not in url


def test_each_firm_of_microsoft_has_a_door_of_its_own() -> None:
    authority = oauth.authority_of(MailHost.MICROSOFT, " fjord.example ")
    assert authority is not None
    assert authority.gives == "https://login.microsoftonline.com/fjord.example/oauth2/v2.0/token"
    private = oauth.authority_of(MailHost.OUTLOOK)
    assert private is not None
    assert "/consumers/" in private.asks
    assert oauth.authority_of(MailHost.ONE) is None


@pytest.mark.parametrize("tenant", ["", "a/b", "..", "evil.example?x", "a b", "x" * 300])
def test_a_tenant_is_no_way_to_another_address(tenant: str) -> None:
    with pytest.raises(ValueError, match="tenant"):
        oauth.authority_of(MailHost.MICROSOFT, tenant)


def body(**said: object) -> bytes:
    return json.dumps(said).encode()


def test_tokens() -> None:
    said = oauth.read(200, body(access_token="a", refresh_token="r", expires_in="3599", token_type="bearer"))
    assert said == Tokens("a", "r", 3599)
    assert oauth.read(200, body(access_token="a", token_type="Bearer")) == Tokens("a", "", 3600)
    assert "hush" not in repr(Tokens("hush", "hush", 1)) + repr(CLIENT)


@pytest.mark.parametrize(
    ("status", "answer", "final"),
    [
        (400, body(error="invalid_grant", error_description="Revoked."), True),
        (401, body(error="invalid_client"), True),  # the client's secret has run out
        (400, body(error="temporarily_unavailable"), False),
        (503, body(error="invalid_grant"), False),
        (429, b"", False),
        (None, b"", False),
        (403, b"<html>A proxy of a hotel</html>", False),
        (200, b"<html>Welcome to our wireless network</html>", False),
        (200, body(access_token="a\nb", token_type="Bearer"), False),
        (200, body(access_token="a", token_type="mac"), False),
        (200, b"[" * 100_000, False),
    ],
)
def test_what_ends_a_leave_and_what_passes(status: int | None, answer: bytes, final: bool) -> None:
    said = oauth.read(status, answer)
    assert isinstance(said, Refusal)
    assert said.final is final
    assert said.code


@given(st.integers(100, 599), st.binary(max_size=200))
def test_noise_never_ends_a_leave(status: int, noise: bytes) -> None:
    said = oauth.read(status, noise)
    assert isinstance(said, Refusal)
    assert not said.final


@given(st.integers(0, 100), st.integers(-50, 100))
def test_a_token_is_renewed_by_age_or_by_what_is_left(age: int, left: int) -> None:
    issued, until = NOON - timedelta(minutes=age), NOON + timedelta(minutes=left)
    assert oauth.is_due(issued, until, NOON) == (age >= 10 or left < 5)
    assert oauth.usable(until, NOON) == (left > 0)
    assert oauth.is_due(None, None, NOON)
