"""Accounts as others read them."""

from tactful.channels.models import Account, ImapCursor, InboundRaw
from tactful.channels.types import Channel

__all__ = ["Account"]  # the rows that these queries give


def channels_off() -> frozenset[str]:
    """Channels on which there is no enabled account. A paused account still counts: its mail waits."""
    on = set(Account.objects.filter(enabled=True).values_list("channel", flat=True))
    return frozenset(channel for channel in Channel if channel not in on)


def main_account(channel: str) -> Account | None:
    return Account.objects.filter(channel=channel, enabled=True).order_by("id").first()


def account(account_id: int) -> Account:
    return Account.objects.get(id=account_id)


def waiting_raw(limit: int = 50) -> list[int]:
    """Inbound mail that nobody has read yet, oldest first. Ids only: fifty mails may be a gigabyte."""
    rows = InboundRaw.objects.filter(processed_at=None).order_by("id")
    return list(rows.values_list("id", flat=True)[:limit])


def raw(raw_id: int) -> InboundRaw:
    return InboundRaw.objects.select_related("account").get(id=raw_id)


def mail_accounts() -> list[Account]:
    return list(Account.objects.filter(channel="mail", enabled=True).order_by("id"))


def imap_cursor(account_id: int, folder: str) -> tuple[int, int] | None:
    """(uid validity, last uid) up to which everything is stored; None before the first poll."""
    return (
        ImapCursor.objects.filter(account_id=account_id, folder=folder)
        .values_list("uidvalidity", "uid")
        .first()
    )
