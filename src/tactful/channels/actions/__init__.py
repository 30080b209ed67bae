"""Writes to accounts, breakers and the raw store."""

from .access import NewGrant, end_grant, keep_grant, keep_tokens, note_lost, note_trial
from .mail import (
    AccountForm,
    Place,
    RawMail,
    empty_raw,
    forget_raw,
    mark_processed,
    note_failure,
    note_read,
    save_mail_account,
    store_polled,
    store_raw,
)
from .privacy import (
    MailboxRefused,
    ask_for_history,
    begin_mailbox,
    end_history,
    set_inquiries,
)

__all__ = [
    "AccountForm",
    "MailboxRefused",
    "NewGrant",
    "Place",
    "RawMail",
    "ask_for_history",
    "begin_mailbox",
    "empty_raw",
    "end_grant",
    "end_history",
    "forget_raw",
    "keep_grant",
    "keep_tokens",
    "mark_processed",
    "note_failure",
    "note_lost",
    "note_read",
    "note_trial",
    "save_mail_account",
    "set_inquiries",
    "store_polled",
    "store_raw",
]
