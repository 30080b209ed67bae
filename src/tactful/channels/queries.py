"""Accounts as others read them."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet

from tactful.channels.models import Account, Grant, HistoryCursor, ImapCursor, InboundRaw
from tactful.channels.rules.hearing import UNREAD_AFTER, Heard, to_be_told
from tactful.channels.types import Channel
from tactful.foundation import pg
from tactful.foundation.models import User

__all__ = ["Account", "Grant"]  # the rows that these queries give

TAKEN_IN = ("message", "stranger", "outside", "report")


def channels_off() -> frozenset[str]:
    """Channels on which there is no enabled account. A paused account still counts: its mail waits."""
    on = set(Account.objects.filter(enabled=True, owner_id=None).values_list("channel", flat=True))
    return frozenset(channel for channel in Channel if channel not in on)


@dataclass(frozen=True, slots=True)
class Ways:
    """``off``: as of ``channels_off``. ``unread_since``: the firm's mailboxes, or one of them, could not be
    read since then, so that clients may have written what nobody has heard; None if all is well."""

    off: frozenset[str]
    unread_since: datetime | None = None


def ways(now: datetime) -> Ways:
    """One query."""
    firms = Account.objects.filter(enabled=True, owner_id=None)
    rows = list(firms.values_list("channel", "settings__imap_host", "connected_at", "read_at"))
    on = {channel for channel, *_rest in rows}
    last = [read or begun for _channel, host, begun, read in rows if host and begun]
    unread = min((at for at in last if at < now - UNREAD_AFTER), default=None)
    return Ways(frozenset(channel for channel in Channel if channel not in on), unread)


def heard(row: Account) -> Heard:
    """What is known of how this mailbox is read."""
    return Heard(
        fetched=bool(row.settings.get("imap_host")),
        since=row.connected_at,
        read_at=row.read_at,
        trouble_at=row.trouble_at,
        tried_at=row.tried_at,
        refused=row.refused,
    )


def unheard_mailboxes(now: datetime) -> list[Account]:
    """Those of which somebody should be told by now that they cannot be read. What is stopped altogether is
    not among them: that is asked about by itself."""
    return [row for row in _read().filter(paused_reason="") if to_be_told(heard(row), now)]


def main_account(channel: str) -> Account | None:
    """The firm's; never a mailbox of one person."""
    rows = pg.models_of(Account, _MAIN, [channel])
    return rows[0][0] if rows else None


_MAIN = f"""
    SELECT {pg.columns(Account, "account")} FROM account
    WHERE channel = %s AND enabled AND owner_id IS NULL ORDER BY id LIMIT 1"""  # noqa: S608, names of our own


def own_mailbox(user_id: int) -> Account | None:
    """The one that this person has connected as their own."""
    return Account.objects.filter(channel="mail", enabled=True, owner_id=user_id).order_by("id").first()


def account(account_id: int) -> Account:
    return Account.objects.get(id=account_id)


def waiting_raw(limit: int = 50) -> list[int]:
    """Inbound mail that nobody has read yet, oldest first. Ids only: fifty mails may be a gigabyte."""
    rows = InboundRaw.objects.filter(processed_at=None).order_by("id")
    return list(rows.values_list("id", flat=True)[:limit])


def raw(raw_id: int) -> InboundRaw:
    return InboundRaw.objects.select_related("account").get(id=raw_id)


def mail_accounts() -> list[Account]:
    """All mailboxes that are read, those of single persons too, while they work here."""
    return list(_read())


def _read() -> QuerySet[Account]:
    gone = User.objects.filter(is_active=False).values("id")
    rows = Account.objects.filter(channel="mail", enabled=True)
    return rows.filter(Q(owner_id=None) | ~Q(owner_id__in=gone)).order_by("id")


def imap_cursor(account_id: int, folder: str) -> tuple[int, int] | None:
    """(uid validity, last uid) up to which everything is stored; None before the first poll."""
    return (
        ImapCursor.objects.filter(account_id=account_id, folder=folder)
        .values_list("uidvalidity", "uid")
        .first()
    )


def grant(account_id: int) -> Grant | None:
    return Grant.objects.filter(account_id=account_id).first()


def grants() -> list[Grant]:
    """Of accounts that are in use and whose provider has not taken its leave back."""
    live = Grant.objects.filter(account__enabled=True, refused_at=None)
    return list(live.order_by("account_id"))


def own_addresses() -> frozenset[str]:
    """All addresses of ours, in lower case."""
    rows = Account.objects.filter(channel="mail").values_list("address", flat=True)
    return frozenset(address.lower() for address in rows)


def accounts_shown_to(user_id: int, is_owner: bool) -> list[Account]:
    """The mailboxes that a person may look after: the firm's for owners, and their own for everybody."""
    theirs = Q(owner_id=user_id) | Q(owner_id=None) if is_owner else Q(owner_id=user_id)
    return list(Account.objects.filter(theirs, channel="mail", enabled=True).order_by("id"))


@dataclass(frozen=True, slots=True)
class Reading:
    """``folders``: those that are read. ``passed_by``: mails that were left unread, in all of them."""

    folders: tuple[str, ...] = ()
    passed_by: int = 0


def readings_of(account_ids: Collection[int]) -> dict[int, Reading]:
    found: dict[int, Reading] = {}
    rows = ImapCursor.objects.filter(account_id__in=account_ids).order_by("id")
    for row in rows:
        known = found.get(row.account_id, Reading())
        found[row.account_id] = Reading((*known.folders, row.folder), known.passed_by + row.passed_by)
    return found


def history_cursor(account_id: int, folder: str) -> HistoryCursor | None:
    return HistoryCursor.objects.filter(account_id=account_id, folder=folder).first()


def history_waits(account_id: int) -> bool:
    """Whether some of it has been stored and not been read yet."""
    rows = InboundRaw.objects.filter(account_id=account_id, processed_at=None)
    return rows.filter(envelope__history=True).exists()


def of_account(account_id: int, raw_ids: Collection[int]) -> set[int]:
    """Which of these mails came through this account."""
    rows = InboundRaw.objects.filter(account_id=account_id, id__in=raw_ids)
    return set(rows.values_list("id", flat=True))


def read_elsewhere(row: InboundRaw) -> bool:
    """The same mail has already been taken in through another mailbox of ours."""
    others = list(Account.objects.exclude(id=row.account_id).values_list("id", flat=True))
    rows = InboundRaw.objects.filter(account_id__in=others, provider_id=row.provider_id)
    return bool(others) and rows.filter(result__in=TAKEN_IN).exists()
