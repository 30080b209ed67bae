"""Making, using and revoking keys of other programs; each is shown once, when it is made (R63)."""

import hmac
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from tactful.foundation.actions import record_audit
from tactful.foundation.clock import machine_now
from tactful.foundation.keys.queries import PREFIX, digest
from tactful.foundation.models import ApiKey

_OFTEN = timedelta(minutes=1)  # a key's last use is written down no more often


class KeyTrouble(ValueError):
    """What was asked cannot be done; the sentence says why and what to do."""


@dataclass(frozen=True, slots=True)
class KeyWish:
    """``days``: until it ends by itself, None for never."""

    name: str
    scopes: Collection[str]
    days: int | None = None


@transaction.atomic
def make_key(wish: KeyWish, *, acting_user: int, now: datetime) -> tuple[ApiKey, str]:
    """The row and the key itself, which nobody can read again."""
    if not wish.name.strip():
        raise KeyTrouble(_("The name is missing. Write what the key is for."))
    if not wish.scopes:
        raise KeyTrouble(_("Choose at least one thing that the key may do."))
    shown, secret = secrets.token_hex(6), secrets.token_hex(24)
    key = ApiKey.objects.create(
        name=wish.name.strip()[:80],
        shown=shown,
        digest=digest(secret),
        scopes=sorted(set(wish.scopes)),
        made_at=now,
        by=acting_user,
        expires_at=machine_now() + timedelta(days=wish.days) if wish.days else None,
    )
    _audit("api_key.made", key, acting_user, now)
    return key, f"{PREFIX}_{shown}_{secret}"


def key_of(text: str) -> ApiKey | None:
    """Whose key this is, if it opens anything today; that it was used is written down."""
    prefix, _sep, rest = text.partition("_")
    shown, _sep, secret = rest.partition("_")
    if prefix != PREFIX or not (text.isascii() and shown.isalnum() and secret):
        return None
    now = machine_now()
    unended = Q(expires_at=None) | Q(expires_at__gt=now)
    key = ApiKey.objects.filter(unended, shown=shown, revoked_at=None).first()
    if key is None or not hmac.compare_digest(bytes(key.digest), digest(secret)):
        return None
    if key.last_used_at is None or key.last_used_at < now - _OFTEN:
        ApiKey.objects.filter(id=key.id).update(last_used_at=now)
    return key


@transaction.atomic
def revoke_key(key_id: int, *, acting_user: int, now: datetime) -> bool:
    """It opens nothing from now on. False: it did not before."""
    if not ApiKey.objects.filter(id=key_id, revoked_at=None).update(revoked_at=now):
        return False
    _audit("api_key.revoked", ApiKey.objects.get(id=key_id), acting_user, now)
    return True


def _audit(verb: str, key: ApiKey, actor: int, now: datetime) -> None:
    body = {"name": key.name, "scopes": key.scopes}
    record_audit(actor=actor, verb=verb, subject=f"api_key:{key.id}", now=now, body=body)
