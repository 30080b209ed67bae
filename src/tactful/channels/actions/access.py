"""Leave to read and send by token: kept, renewed, lost."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import transaction

from tactful.channels.models import Account, Grant
from tactful.channels.rules.oauth import Tokens
from tactful.foundation.actions import record_audit
from tactful.foundation.secrets import drop_secrets, put_secret

ACCESS, REFRESH, CLIENT = "access_token", "refresh_token", "client_secret"


@dataclass(frozen=True, slots=True)
class NewGrant:
    """``gives_url``: where tokens come from."""

    client_id: str
    client_secret: str = field(repr=False)
    gives_url: str
    tokens: Tokens


@transaction.atomic
def keep_grant(
    account_id: int, new: NewGrant, *, acting_user: int, now: datetime, machine_now: datetime
) -> None:
    """A person has said yes at their provider; whatever stood there before is over.

    Raises ``ValueError`` where nothing lasting came: it would end within the hour.
    """
    if not new.tokens.refresh:
        raise ValueError("The provider gave no lasting token.")
    given = {"client_id": new.client_id, "gives_url": new.gives_url}
    Grant.objects.update_or_create(account_id=account_id, defaults=given)
    put_secret(secret_name(account_id, CLIENT), new.client_secret)
    keep_tokens(account_id, new.tokens, machine_now=machine_now)
    about = {"client": new.client_id, "from": new.gives_url}
    record_audit(
        actor=acting_user, verb="account.connected", subject=f"account:{account_id}", now=now, body=about
    )


@transaction.atomic
def keep_tokens(account_id: int, tokens: Tokens, *, machine_now: datetime) -> None:
    put_secret(secret_name(account_id, ACCESS), tokens.access)
    if tokens.refresh:
        put_secret(secret_name(account_id, REFRESH), tokens.refresh)
    Grant.objects.filter(account_id=account_id).update(
        issued_at=machine_now,
        until=machine_now + timedelta(seconds=tokens.seconds),
        refused_at=None,
        refused_code="",
    )


@transaction.atomic
def end_grant(account_id: int) -> None:
    """The account signs in by password now; what opened it before is forgotten."""
    if Grant.objects.filter(account_id=account_id).delete()[0]:
        drop_secrets([secret_name(account_id, what) for what in (ACCESS, REFRESH, CLIENT)])


@transaction.atomic
def note_trial(
    account_id: int, findings: Mapping[str, bool | str], *, acting_user: int, now: datetime
) -> None:
    """What the provider does to mail, as a mail to ourselves has shown."""
    account = Account.objects.select_for_update().get(id=account_id)
    account.settings = account.settings | {"trial": {**findings, "at": now.isoformat()}}
    account.save(update_fields=["settings"])
    record_audit(
        actor=acting_user, verb="account.tried", subject=f"account:{account_id}", now=now, body=dict(findings)
    )


def note_lost(account_id: int, code: str, *, machine_now: datetime) -> bool:
    """The provider has taken its leave back. Answers whether that is news."""
    grants = Grant.objects.filter(account_id=account_id, refused_at=None)
    return bool(grants.update(refused_at=machine_now, refused_code=code[:60]))


def secret_name(account_id: int, what: str) -> str:
    return f"account:{account_id}:{what}"
