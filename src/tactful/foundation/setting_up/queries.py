"""Who is invited, and how far the first run has come."""

import hashlib

from allauth.mfa.models import Authenticator

from tactful.foundation.clock import machine_now
from tactful.foundation.models import FirstRun, Invitation, User
from tactful.foundation.setting_up.types import Progress


def digest(token: str) -> bytes:
    """One round is enough: nobody guesses 24 random bytes."""
    return hashlib.sha256(token.encode("utf-8", "replace")).digest()


def nobody_yet() -> bool:
    return not User.objects.exists()


def invitation(token: str) -> Invitation | None:
    """What this link still opens, or None. A link for the first owner opens nothing once there is one."""
    row = Invitation.objects.select_related("user").filter(digest=digest(token), used_at=None).first()
    if row is None or row.expires_at <= machine_now():
        return None
    if row.user is None:
        return row if nobody_yet() else None
    return row if row.user.is_active else None


def may_sign_in(user: User) -> bool:
    """Whether they have a password or a passkey of their own."""
    keys = Authenticator.objects.filter(user=user, type=Authenticator.Type.WEBAUTHN)
    return (user.has_usable_password() and not user.must_choose_password) or keys.exists()


def progress() -> Progress | None:
    """None: there never was a first run here."""
    row = FirstRun.objects.filter(id=1).first()
    if row is None:
        return None
    done = frozenset(row.done)
    return Progress(row.step, done, row.given, row.put_off, row.finished_at is not None, row.by_id)
