"""Keys that derive from the environment's secret, and secrets that rest encrypted."""

import base64
import hashlib
import hmac
from collections.abc import Sequence
from functools import cache

from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings

from tactful.foundation.models import SecretValue
from tactful.kernel.tokens import KeyRing


@cache
def key_ring() -> KeyRing:
    """The ring that signs tokens. Key 1 derives from the instance's secret key."""
    return KeyRing(keys={1: _derived("tokens.1")}, current=1)


def put_secret(name: str, value: str) -> None:
    SecretValue.objects.update_or_create(name=name, defaults={"box": _box().encrypt(value.encode())})


def drop_secrets(names: Sequence[str]) -> None:
    SecretValue.objects.filter(name__in=names).delete()


def get_secret(name: str) -> str:
    """The secret, or an empty string where there is none or the key has changed."""
    row = SecretValue.objects.filter(name=name).first()
    if row is None:
        return ""
    try:
        return _box().decrypt(bytes(row.box)).decode()
    except InvalidToken:
        return ""


@cache
def _box() -> Fernet:
    return Fernet(base64.urlsafe_b64encode(_derived("secrets.1")))


def _derived(purpose: str) -> bytes:
    return hmac.digest(settings.SECRET_KEY.encode(), purpose.encode(), hashlib.sha256)
