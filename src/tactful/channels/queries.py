"""Accounts as others read them."""

from tactful.channels.models import Account
from tactful.channels.types import Channel


def channels_off() -> frozenset[str]:
    """Channels on which there is no enabled account. A paused account still counts: its mail waits."""
    on = set(Account.objects.filter(enabled=True).values_list("channel", flat=True))
    return frozenset(channel for channel in Channel if channel not in on)


def main_account(channel: str) -> Account | None:
    return Account.objects.filter(channel=channel, enabled=True).order_by("id").first()


def account(account_id: int) -> Account:
    return Account.objects.get(id=account_id)
