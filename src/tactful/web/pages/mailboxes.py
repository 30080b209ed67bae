"""templates/web/settings/mail_privacy.html."""

from dataclasses import dataclass

from tactful.web.types import Act, Fact, Text


@dataclass(frozen=True, slots=True)
class MailboxState:
    """Whether a mailbox is read, as a sentence. ``mend``: where a person must do something."""

    said: Text
    well: bool
    mend: Act | None = None


@dataclass(frozen=True, slots=True)
class MailboxView:
    """One mailbox. ``waiting``: after its history has been read, who waits for an answer, as a sentence;
    ``history``: what is known of the days before the connection. An act is None where nobody can act;
    ``end``: of one's own mailbox."""

    id: int
    address: str
    whose: Text
    facts: tuple[Fact, ...]
    inquiries: Text
    ask_inquiries: Act | None
    history: Text
    ask_history: Act | None
    state: MailboxState
    waiting: Text = ""
    end: Act | None = None


@dataclass(frozen=True, slots=True)
class MailPrivacyPage:
    """``own``: where somebody without a mailbox of their own connects one; "" for whoever cannot."""

    mailboxes: tuple[MailboxView, ...]
    empty: Text = ""
    own: str = ""
