"""The raw store: written before anything is acknowledged, emptied by the worker."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F, Q

from tactful.channels.actions.privacy import look_from_now_on, may_connect
from tactful.channels.models import Account, HistoryCursor, ImapCursor, InboundRaw
from tactful.foundation.actions import record_audit
from tactful.foundation.ids import new_id
from tactful.foundation.secrets import put_secret

ATTEMPTS = 3
NOTE_EVERY = timedelta(minutes=1)
SECRET_NAME = re.compile(r"password|secret|token|credential|api_?key", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class RawMail:
    """``provider_id``: the same for the same message, however often it is handed to us."""

    account_id: int
    provider_id: str
    raw: bytes
    envelope: dict[str, Any] = field(default_factory=dict)


def store_raw(mails: Sequence[RawMail], *, now: datetime) -> int:
    """Keep what came in; what is there already is left alone. Answers how many are new."""
    before = InboundRaw.objects.filter(
        account_id__in={mail.account_id for mail in mails},
        provider_id__in=[mail.provider_id for mail in mails],
    ).count()
    InboundRaw.objects.bulk_create(
        (
            InboundRaw(
                id=new_id(),
                account_id=mail.account_id,
                provider_id=mail.provider_id[:400],
                envelope=mail.envelope,
                raw=mail.raw,
                received_at=now,
            )
            for mail in mails
        ),
        ignore_conflicts=True,
    )
    return len(mails) - before


@dataclass(frozen=True, slots=True)
class Place:
    """How far a mailbox has been read. ``passed_by``: mails that were left unread on the way there.
    ``history``: of the days before the connection; then ``done`` says whether that is all."""

    account_id: int
    folder: str
    uid_validity: int
    last_uid: int
    passed_by: int = 0
    history: bool = False
    done: bool = False


@transaction.atomic
def store_polled(place: Place, mails: Sequence[RawMail], *, now: datetime) -> None:
    """Mails of one poll together with the cursor behind them: both or neither (R39)."""
    store_raw(mails, now=now)
    here: dict[str, Any] = {"account_id": place.account_id, "folder": place.folder}
    stands = {"uidvalidity": place.uid_validity, "uid": place.last_uid}
    if place.history:
        HistoryCursor.objects.update_or_create(**here, defaults=stands | {"done": place.done})
        return
    ImapCursor.objects.update_or_create(**here, defaults=stands)
    if place.passed_by:
        ImapCursor.objects.filter(**here).update(passed_by=F("passed_by") + place.passed_by)


def note_read(account_id: int, *, now: datetime) -> None:
    """The mailbox has been read to its end. A clock that went back is followed."""
    lately = Q(read_at__gt=now - NOTE_EVERY, read_at__lte=now)
    Account.objects.filter(id=account_id).exclude(lately).update(read_at=now)


def note_trouble(account_id: int, detail: str, *, refused: bool, now: datetime) -> None:
    """The mailbox could not be read. ``refused``: trying again mends nothing. Where it began stays."""
    rows = Account.objects.filter(id=account_id)
    rows.filter(trouble_at=None).update(trouble_at=now)
    rows.update(trouble=detail[:500], refused=refused, tried_at=now)


def end_trouble(account_id: int) -> None:
    """It can be read, or a person has mended something: what kept us out is forgotten."""
    Account.objects.filter(id=account_id).update(trouble="", trouble_at=None, tried_at=None, refused=False)


def mark_processed(raw_id: int, result: str, *, now: datetime) -> None:
    InboundRaw.objects.filter(id=raw_id).update(processed_at=now, result=result[:30], error="")


def forget_raw(before: datetime) -> int:
    """Mails that were read before this moment lose their content; that they came stays, so that none is
    taken in twice."""
    return InboundRaw.objects.filter(processed_at__lt=before).exclude(raw=b"").update(raw=b"")


def empty_raw(ids: Sequence[int]) -> None:
    """Nothing of these mails is kept but that they came."""
    for row in InboundRaw.objects.filter(id__in=ids):
        row.raw, row.envelope, row.error, row.provider_id = b"", {}, "", f"erased:{row.id}"
        row.save(update_fields=["raw", "envelope", "error", "provider_id"])


def note_failure(raw_id: int, error: str, *, now: datetime) -> bool:
    """Count a failed reading; after the third the mail is laid aside. Answers whether it was."""
    InboundRaw.objects.filter(id=raw_id).update(attempts=F("attempts") + 1, error=error[:2000])
    aside = InboundRaw.objects.filter(id=raw_id, attempts__gte=ATTEMPTS)
    return bool(aside.update(processed_at=now, result="failed"))


@dataclass(frozen=True, slots=True)
class AccountForm:
    """``settings``: smtp_host, smtp_port, smtp_security, imap_host …; secrets go to the encrypted store.
    ``owner_id``: whose own mailbox it is; None is the firm's."""

    name: str
    address: str
    sender_name: str
    settings: dict[str, Any]
    secrets: dict[str, str] = field(default_factory=dict)
    owner_id: int | None = None


@transaction.atomic
def save_mail_account(
    form: AccountForm, *, account_id: int | None, acting_user: int | None, now: datetime
) -> Account:
    """Add or change the mail account. An empty secret keeps the one that is stored.

    Raises ``ValueError`` for a secret among the settings, which are shown and logged, and for a mailbox
    that this person may not connect (``may_connect``).
    """
    if stray := [name for name in form.settings if SECRET_NAME.search(name)]:
        raise ValueError(f"{stray[0]} is a secret. Give it in secrets, not in settings.")
    before = Account.objects.select_for_update().filter(id=account_id).first() if account_id else None
    whose = may_connect(before, form.owner_id, acting_user)
    values = {"name": form.name, "address": form.address, "sender_name": form.sender_name}
    account, _fresh = Account.objects.update_or_create(
        id=account_id or new_id(),
        defaults=values | {"channel": "mail", "settings": form.settings, "owner_id": whose},
    )
    look_from_now_on(account, before, now)
    end_trouble(account.id)
    for name, value in form.secrets.items():
        if value:
            put_secret(f"account:{account.id}:{name}", value)
    changed = sorted(name for name, value in form.secrets.items() if value)
    body = {"address": form.address, "settings": form.settings, "secrets": changed}
    record_audit(actor=acting_user, verb="account.saved", subject=f"account:{account.id}", now=now, body=body)
    return account
