"""templates/web/settings/mail_privacy.html."""

from dataclasses import dataclass

from tactful.web.types import Act, Fact, Text


@dataclass(frozen=True, slots=True)
class MailboxView:
    """One mailbox. ``waiting``: after its history has been read, who waits for an answer, as a sentence;
    ``history``: what is known of the days before the connection. An act is None where nobody can act."""

    id: int
    address: str
    whose: Text
    facts: tuple[Fact, ...]
    inquiries: Text
    ask_inquiries: Act | None
    history: Text
    ask_history: Act | None
    waiting: Text = ""


@dataclass(frozen=True, slots=True)
class MailPrivacyPage:
    mailboxes: tuple[MailboxView, ...]
    empty: Text = ""
