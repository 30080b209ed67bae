"""Adding people, changing what they may, and ending their sessions (R58)."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from django.db import transaction
from django.utils.translation import gettext as _

from tactful.foundation.actions import record_audit
from tactful.foundation.models import Role, User

ONE_TIME_BYTES = 12
HELPER_DAYS, MOST_HELPER_DAYS = 14, 90


class PersonError(ValueError):
    """It cannot be so; the sentence says why."""


@dataclass(frozen=True, slots=True)
class Person:
    """What an owner says of somebody. ``language``: en or nb. ``days``: how long a helper may come in, 1 to
    90; for others it means nothing."""

    name: str
    email: str
    role: Role
    title: str = ""
    language: str = "nb"
    days: int = HELPER_DAYS


@dataclass(frozen=True, slots=True)
class Profile:
    """What people say of themselves. ``theme``: "", light, dark."""

    name: str
    title: str
    language: str
    theme: str
    shortcuts: bool


@transaction.atomic
def add_person(new: Person, *, acting_user: int | None, now: datetime) -> tuple[User, str]:
    """Somebody new, and the one-time password to tell them; it is kept nowhere else."""
    _expect_free(new.email, None)
    password = secrets.token_urlsafe(ONE_TIME_BYTES)
    user = User.objects.add(email=new.email, name=new.name, role=new.role, password=password)
    user.title, user.language, user.must_choose_password = new.title, new.language, True
    user.ends_at = _end_of(new, now)
    user.save(update_fields=["title", "language", "must_choose_password", "ends_at"])
    _audit("person.added", user, acting_user, now, {"role": new.role})
    return user, password


@transaction.atomic
def change_person(user_id: int, given: Person, *, acting_user: int, now: datetime) -> User:
    """Name, address, role. A new role or address ends all sessions of that person."""
    user = User.objects.select_for_update().get(id=user_id)
    _expect_free(given.email, user_id)
    if given.role != Role.OWNER:
        _expect_another_owner(user)
    sensitive = (user.email.lower(), user.role) != (given.email.lower(), given.role.value)
    if user.email.lower() != given.email.lower():
        EmailAddress.objects.filter(user=user).delete()  # nobody signs in by the old address
    user.name, user.email, user.role, user.title = given.name, given.email, given.role, given.title
    user.ends_at = _end_of(given, now)
    user.save(update_fields=["name", "email", "role", "title", "ends_at"])
    if sensitive:
        end_sessions(user_id=user.id)
    _audit("person.changed", user, acting_user, now, {"role": given.role})
    return user


@transaction.atomic
def deactivate(user_id: int, *, acting_user: int, now: datetime) -> None:
    """They can no longer sign in; what they wrote and decided keeps their name."""
    user = User.objects.select_for_update().get(id=user_id)
    _expect_another_owner(user)
    user.is_active = False
    user.save(update_fields=["is_active"])
    end_sessions(user_id=user.id)
    _audit("person.deactivated", user, acting_user, now, {})


@transaction.atomic
def reactivate(user_id: int, *, acting_user: int, now: datetime) -> None:
    user = User.objects.select_for_update().get(id=user_id)
    user.is_active = True
    if user.is_helper:
        user.ends_at = now + timedelta(days=HELPER_DAYS)
    user.save(update_fields=["is_active", "ends_at"])
    _audit("person.reactivated", user, acting_user, now, {})


@transaction.atomic
def end_helpers(*, now: datetime) -> int:
    """Helpers whose days have passed can no longer sign in. Answers with how many."""
    over = User.objects.select_for_update().filter(role=Role.HELPER, is_active=True)
    ended = [user for user in over if user.is_over(now)]
    for user in ended:
        user.is_active = False
        user.save(update_fields=["is_active"])
        end_sessions(user_id=user.id)
        _audit("person.helper_ended", user, None, now, {})
    return len(ended)


def note_helper(user_id: int, verb: str, address: str, *, now: datetime) -> None:
    """What a helper is about to open (``opened``), change (``changed``), or was refused (``refused``)."""
    record_audit(
        actor=user_id, verb=f"helper.{verb}", subject=f"helper:{user_id}", now=now, body={"address": address}
    )


@transaction.atomic
def give_new_password(user_id: int, *, acting_user: int | None, now: datetime) -> tuple[User, str]:
    """A one-time password for somebody who has lost theirs. Ends all their sessions."""
    user = User.objects.select_for_update().get(id=user_id)
    password = secrets.token_urlsafe(ONE_TIME_BYTES)
    user.set_password(password)
    user.must_choose_password = True
    user.save(update_fields=["password", "must_choose_password"])
    end_sessions(user_id=user.id)
    _audit("person.new_password", user, acting_user, now, {})
    return user, password


@transaction.atomic
def choose_password(user: User, password: str, *, now: datetime) -> None:
    """The password that somebody has chosen for themselves; it replaces a one-time password too."""
    user.set_password(password)
    user.must_choose_password = False
    user.save(update_fields=["password", "must_choose_password"])
    _audit("person.password_chosen", user, user.id, now, {})


@transaction.atomic
def choose_passkey(user: User, *, now: datetime) -> None:
    """They come in with a passkey alone; a one-time password opens nothing any more."""
    user.set_unusable_password()
    user.must_choose_password = False
    user.save(update_fields=["password", "must_choose_password"])
    _audit("person.passkey_chosen", user, user.id, now, {})


@transaction.atomic
def change_profile(user_id: int, profile: Profile, *, now: datetime) -> None:
    """People change their own name, language and looks."""
    user = User.objects.select_for_update().get(id=user_id)
    user.name, user.title, user.language = profile.name, profile.title, profile.language
    user.theme, user.shortcuts = profile.theme, profile.shortcuts
    user.save(update_fields=["name", "title", "language", "theme", "shortcuts"])
    _audit("person.profile", user, user_id, now, {})


@transaction.atomic
def end_sessions(*, user_id: int, keep: str = "") -> int:
    """End all sessions of a person but ``keep``, a session key. Answers with how many."""
    rows = list(UserSession.objects.filter(user_id=user_id).exclude(session_key=keep))
    for row in rows:
        row.end()
    return len(rows)


def _end_of(given: Person, now: datetime) -> datetime | None:
    if given.role != Role.HELPER:
        return None
    if not 1 <= given.days <= MOST_HELPER_DAYS:
        raise PersonError(
            _("A helper comes for 1 to %(most)d days. You can give more later.") % {"most": MOST_HELPER_DAYS}
        )
    return now + timedelta(days=given.days)


def _expect_free(email: str, user_id: int | None) -> None:
    if User.objects.filter(email__iexact=email).exclude(id=user_id or 0).exists():
        raise PersonError(_("Somebody has this mail address already."))


def _expect_another_owner(user: User) -> None:
    owners = User.objects.select_for_update().filter(role=Role.OWNER, is_active=True)
    if user.is_owner and not [owner for owner in owners if owner.id != user.id]:
        raise PersonError(_("This is the only owner. Make somebody else an owner first."))


def _audit(verb: str, user: User, actor: int | None, now: datetime, body: dict[str, object]) -> None:
    record_audit(actor=actor, verb=verb, subject=f"person:{user.id}", now=now, body=body)
