"""The envelope of a mail: everything derives from the message's id and key (ENGINE.md, line 2)."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from tactful.content.rules.form import Tokens
from tactful.content.types import AutoSubmitted, MailAddress, MailEnvelope, MailLinks, Unsubscribe
from tactful.delivery.types import Letterhead
from tactful.gate.types import Author
from tactful.kernel.tokens import KeyRing, sign, sign_each

MESSAGE_ID = "message-id"
RETURN_PATH = "return-path"
REPLY = "reply"
UNSUBSCRIBE = "unsubscribe"
WHY = "why"


class Envelope(NamedTuple):
    """``first_at``: the first handoff; every attempt carries its date."""

    author: Author
    to: MailAddress
    first_at: datetime
    is_auto_reply: bool = False
    in_reply_to: str = ""
    references: str = ""


def message_id(ring: KeyRing, ident: int, key_id: int, domain: str) -> str:
    """With angle brackets."""
    return f"<{sign(ring, MESSAGE_ID, ident, key_id)}@{domain}>"


_EACH = (MESSAGE_ID, REPLY, WHY, UNSUBSCRIBE, RETURN_PATH)


def tokens_of(ring: KeyRing, idents: Sequence[int], key_id: int) -> tuple[list[list[str]], list[str]]:
    """What each of these mails carries, a column for each of ``Tokens``, and the tokens of return paths."""
    *tokens, back = sign_each(ring, _EACH, idents, key_id)
    return tokens, back


def envelope(mail: Envelope, head: Letterhead, tokens: Tokens) -> MailEnvelope:
    """With ``content``'s marks for tokens: the pattern of many envelopes."""
    personal = mail.author is Author.PERSON_DIRECT
    own_id = f"<{tokens.message_id}@{head.domain}>"
    reply = head.reply_to.replace("{token}", tokens.reply)
    return MailEnvelope(
        to=mail.to,
        sender=MailAddress(head.sender_address, head.sender_name),
        date=mail.first_at,
        message_id=own_id,
        reply_to=MailAddress(reply, head.sender_name),
        auto_submitted=_automatic(mail),
        automatic_label="" if personal else head.automatic_label,
        links=MailLinks(
            head.why.replace("{token}", tokens.why), head.preferences.replace("{token}", tokens.why)
        ),
        unsubscribe=None
        if personal
        else Unsubscribe(
            head.unsubscribe.replace("{token}", tokens.leave),
            head.unsubscribe_mailto.replace("{token}", tokens.leave),
        ),
        in_reply_to=mail.in_reply_to,
        references=(*mail.references.split(), *((own_id,) if head.repeat_id else ())),
    )


def _automatic(mail: Envelope) -> AutoSubmitted:
    if mail.is_auto_reply:
        return AutoSubmitted.REPLIED
    return AutoSubmitted.NO if mail.author is Author.PERSON_DIRECT else AutoSubmitted.GENERATED
