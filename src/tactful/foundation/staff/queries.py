"""How people sign in."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession

from tactful.foundation.models import WORKING, Audit, Role, User


@dataclass(frozen=True, slots=True)
class SignIn:
    """``passkeys``: how many. ``app``: six digits from an app. ``codes``: recovery codes that are left.
    ``password``: whether there is one beside."""

    passkeys: int
    app: bool
    codes: int
    sessions: int
    password: bool = True


def sign_in_of(user: User) -> SignIn:
    rows = list(Authenticator.objects.filter(user=user))
    codes = [row for row in rows if row.type == Authenticator.Type.RECOVERY_CODES]
    return SignIn(
        passkeys=sum(row.type == Authenticator.Type.WEBAUTHN for row in rows),
        app=any(row.type == Authenticator.Type.TOTP for row in rows),
        codes=sum(len(row.wrap().get_unused_codes()) for row in codes),
        sessions=UserSession.objects.filter(user=user).count(),
        password=user.has_usable_password(),
    )


def sign_in_marks(user_id: int) -> tuple[object, ...]:
    """Equal before and after: nothing about signing in has changed. Codes that are used up do not count."""
    user = User.objects.get(id=user_id)
    rows = (
        Authenticator.objects.filter(user_id=user_id).order_by("id").values_list("id", "type", "created_at")
    )
    return (user.password, user.email, *rows)


def person(user_id: int) -> User | None:
    return User.objects.filter(id=user_id).first()


def person_by_email(email: str) -> User | None:
    """However it is written."""
    return User.objects.filter(email__iexact=email).first()


def working_people() -> int:
    """How many of ours may act: what a day may ask of the house goes by them."""
    return User.objects.filter(is_active=True, role__in=WORKING).count()


def owners() -> list[User]:
    """Those who are still with us."""
    return list(User.objects.filter(is_active=True, role=Role.OWNER).order_by("id"))


def stand_ins(user_ids: Collection[int | None]) -> dict[int, int]:
    """For those of them who may not act (readers, helpers, whoever has left): an owner, who does instead.
    An id that is nobody's is left out."""
    wanted = {ident for ident in user_ids if ident is not None}
    rows = User.objects.filter(id__in=wanted).exclude(is_active=True, role__in=WORKING) if wanted else ()
    idle = [user.id for user in rows]
    first = next(iter(owners()), None) if idle else None
    return dict.fromkeys(idle, first.id) if first is not None else {}


def who_acts(user_id: int | None) -> int | None:
    """That person, or who stands in for them."""
    return stand_ins([user_id]).get(user_id, user_id) if user_id is not None else None


@dataclass(frozen=True, slots=True)
class HelperStep:
    """``verb``: opened, changed or refused. ``address``: as the browser asked for it, without its query."""

    at: datetime
    verb: str
    address: str


def helper_log(user_id: int, *, limit: int = 200) -> Sequence[HelperStep]:
    """What a helper opened and changed, the latest first."""
    rows = Audit.objects.filter(subject=f"helper:{user_id}").order_by("-at", "-id").select_related("payload")
    return [
        HelperStep(row.at, row.verb.removeprefix("helper."), str(row.payload.body.get("address", "")))
        for row in rows[:limit]
    ]
