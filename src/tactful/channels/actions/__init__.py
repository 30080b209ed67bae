"""Writes to accounts, breakers and the raw store."""

from .mail import (
    AccountForm,
    Place,
    RawMail,
    mark_processed,
    note_failure,
    save_mail_account,
    store_polled,
    store_raw,
)

__all__ = [
    "AccountForm",
    "Place",
    "RawMail",
    "mark_processed",
    "note_failure",
    "save_mail_account",
    "store_polled",
    "store_raw",
]
