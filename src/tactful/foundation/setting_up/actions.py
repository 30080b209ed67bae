"""Inviting people by a link, letting them in, and keeping what the first run was told."""

import secrets
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from tactful.foundation.actions import record_audit
from tactful.foundation.clock import machine_now
from tactful.foundation.models import FirstRun, Invitation, Role, User
from tactful.foundation.setting_up.queries import digest, invitation
from tactful.foundation.staff.actions import PersonError, choose_passkey, choose_password

VALID = timedelta(days=7)
TOKEN_BYTES = 24


@dataclass(frozen=True, slots=True)
class Newcomer:
    """What somebody who was invited says of themselves. ``name`` and ``email`` count for a first owner only;
    others have been named by whoever invited them. ``password`` None: they have a passkey. ``ident``: of a
    first owner, whose passkey was made for it."""

    password: str | None
    name: str = ""
    email: str = ""
    language: str = "nb"
    ident: int | None = None


@transaction.atomic
def invite(user_id: int | None, *, acting_user: int | None, now: datetime) -> str:
    """The secret of a new link, which is kept nowhere; earlier links of the same person open nothing any
    more. ``user_id`` None: for the first owner of an empty house."""
    began = machine_now()
    before = Invitation.objects.filter(used_at=None)
    (before.filter(user=user_id) if user_id else before.filter(user__isnull=True)).delete()
    token = secrets.token_urlsafe(TOKEN_BYTES)
    Invitation.objects.create(digest=digest(token), user_id=user_id, made_at=began, expires_at=began + VALID)
    subject = f"person:{user_id}" if user_id else "instance:1"
    record_audit(actor=acting_user, verb="person.invited", subject=subject, now=now)
    return token


@transaction.atomic
def accept(token: str, new: Newcomer, *, now: datetime) -> User:
    """They have chosen a password, or made a passkey, and are in. Raises ``PersonError`` for a link
    that opens nothing."""
    row = invitation(token)
    # Of two who come at once, the second waits here for the first, and finds it used.
    if row is None or not Invitation.objects.filter(id=row.id, used_at=None).update(used_at=machine_now()):
        raise PersonError(_("This link has been used or is too old. Ask for a new one."))
    user = row.user or _first_owner(new, now)
    if new.password is None:
        choose_passkey(user, now=now)
    else:
        choose_password(user, new.password, now=now)
    return user


def _first_owner(new: Newcomer, now: datetime) -> User:
    user = User.objects.add(email=new.email, name=new.name, role=Role.OWNER, ident=new.ident)
    user.language = new.language
    user.save(update_fields=["language"])
    record_audit(actor=user.id, verb="person.added", subject=f"person:{user.id}", now=now)
    return user


@transaction.atomic
def keep_progress(
    step: str,
    done: Collection[str],
    given: Mapping[str, Any],
    *,
    acting_user: int,
    now: datetime,
    put_off: bool = False,
) -> None:
    """What was answered so far, and which screen comes next. A run that is finished stays finished."""
    values = {
        "step": step,
        "done": sorted(done),
        "given": dict(given),
        "put_off": put_off,
        "by_id": acting_user,
    }
    row, fresh = FirstRun.objects.select_for_update().get_or_create(
        id=1, defaults={**values, "begun_at": now}
    )
    if not fresh and row.finished_at is None:
        FirstRun.objects.filter(id=1).update(**values)


@transaction.atomic
def close_first_run(*, acting_user: int | None, now: datetime) -> bool:
    """It never comes back. Answers whether it was open until now."""
    defaults = {"step": "", "begun_at": now, "by_id": acting_user}
    FirstRun.objects.select_for_update().get_or_create(id=1, defaults=defaults)
    ended = FirstRun.objects.filter(id=1, finished_at=None).update(finished_at=now, put_off=False)
    if ended:
        record_audit(actor=acting_user, verb="first_run.finished", subject="instance:1", now=now)
    return bool(ended)
