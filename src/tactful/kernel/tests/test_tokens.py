import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tactful.kernel.tokens import KeyRing, TokenError, sign, verify

RING = KeyRing({1: b"old key", 2: b"new key"}, current=2)
IDS = st.integers(0, 2**63 - 1)


@given(IDS, st.sampled_from([None, 1, 2]))
def test_a_token_opens_its_own_door(ident: int, key_id: int | None) -> None:
    token = sign(RING, "reply", ident, key_id)
    assert verify(RING, "reply", token) == ident
    assert token == sign(RING, "reply", ident, key_id)
    assert re.fullmatch(r"[0-9a-f]{38}", token)
    assert len(token) <= 40  # leaves room in a local part of 64


@given(IDS)
def test_a_token_opens_no_other_door(ident: int) -> None:
    with pytest.raises(TokenError, match="not made by us"):
        verify(RING, "unsubscribe", sign(RING, "reply", ident))


@given(IDS, st.data())
def test_one_changed_letter_is_noticed(ident: int, data: st.DataObject) -> None:
    token = sign(RING, "reply", ident)
    place = data.draw(st.integers(0, len(token) - 1))
    letter = data.draw(st.sampled_from("0123456789abcdef").filter(lambda x: x != token[place]))
    with pytest.raises(TokenError):
        verify(RING, "reply", token[:place] + letter + token[place + 1 :])


@given(st.text("abcxyz234567ABC=-_ æß\0\n", max_size=60))
def test_any_text_is_refused_and_nothing_else_happens(text: str) -> None:
    with pytest.raises(TokenError):
        verify(RING, "reply", text)


def test_mail_may_change_the_case() -> None:
    assert verify(RING, "reply", sign(RING, "reply", 42).upper()) == 42


def test_a_retired_key_verifies_no_more() -> None:
    token = sign(RING, "reply", 42, key_id=1)
    assert verify(RING, "reply", token) == 42
    with pytest.raises(TokenError):
        verify(KeyRing({2: b"new key"}, current=2), "reply", token)


def test_another_instance_has_another_key() -> None:
    other = KeyRing({2: b"their key"}, current=2)
    with pytest.raises(TokenError):
        verify(RING, "reply", sign(other, "reply", 42))
