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


def waiting_raw(limit: int = 50) -> list[InboundRaw]:
    """Inbound mail that nobody has read yet, oldest first."""
    return list(InboundRaw.objects.filter(processed_at=None).select_related("account").order_by("id")[:limit])


def mail_accounts() -> list[Account]:
    return list(Account.objects.filter(channel="mail", enabled=True).order_by("id"))


def imap_cursor(account_id: int, folder: str) -> tuple[int, int] | None:
    """(uid validity, last uid) up to which everything is stored; None before the first poll."""
    return (
        ImapCursor.objects.filter(account_id=account_id, folder=folder)
        .values_list("uidvalidity", "uid")
        .first()
    )
