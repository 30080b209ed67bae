"""A compiled mail on one letterhead: everything that many mails share is done once.

Links and addresses differ from mail to mail in their tokens alone, and all tokens have one length, so
the pattern of an envelope folds and breaks where each of its mails does.
"""

import hashlib
import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from tactful.content.rules.escaping import is_blank
from tactful.content.rules.headers import (
    SUBJECT_LIMIT,
    after_subject,
    clean_words,
    mailbox,
    personal_block,
    unstructured,
)
from tactful.content.rules.patching import PatchedBody, missing
from tactful.content.rules.quoted_printable import encode_plain
from tactful.content.rules.shell import LABEL, PREFERENCES, SUBJECT, UNSUBSCRIBE, WHY
from tactful.content.types import MailAddress, MailEnvelope, MailRefused

if TYPE_CHECKING:
    from tactful.content.rules.compiled import CompiledMail

PREHEADER = "preheader"


class Tokens(NamedTuple):
    """The signed tokens of one mail."""

    message_id: str
    reply: str
    why: str
    leave: str


def _mark(name: str) -> str:
    return hashlib.blake2b(name.encode(), digest_size=19).hexdigest()  # as long as a token


MARKS = Tokens(_mark("message_id"), _mark("reply"), _mark("why"), _mark("leave"))
"""What stands for the tokens in a pattern."""
_ANY_MARK = re.compile("(" + "|".join(MARKS) + ")")
_LINKS = {WHY: 2, PREFERENCES: 2, UNSUBSCRIBE: 3}  # which token each has


Filled = tuple[Sequence[bytes], bytes]
"""The mail in pieces, and 32 bytes that are the same for the same mail, and for no other."""


class _Link(NamedTuple):
    """A link of ours in the body, encoded but for its token, which a soft break may tear."""

    places: list[int]
    token: int
    before: str
    tear: int
    soft_break: str
    after: str

    def encoded(self, tokens: Tokens) -> bytes:
        token, tear = tokens[self.token], self.tear
        return f"{self.before}{token[:tear]}{self.soft_break}{token[tear:]}{self.after}".encode("ascii")


def _link(pattern: str, token: int, places: list[int]) -> _Link:
    encoded, mark = encode_plain(pattern).decode("ascii"), MARKS[token]
    for tear in range(len(mark), 0, -1):
        soft_break = "=\r\n" if tear < len(mark) else ""
        before, found, after = encoded.partition(mark[:tear] + soft_break + mark[tear:])
        if found:
            return _Link(places, token, before, tear, soft_break, after)
    raise AssertionError("Quoted-printable changes nothing in a plain link but breaks.")


class Form:
    """``pattern``: an envelope with ``MARKS`` for its tokens, and nothing that it answers. ``shared``:
    the values that hold where a mail brings none of its own. Raises ``MailRefused``."""

    def __init__(
        self, mail: "CompiledMail", body: PatchedBody, pattern: MailEnvelope, shared: Mapping[str, str]
    ) -> None:
        self._mail, self._body = mail, body
        self._defaults = {variable.name: variable.default or "" for variable in mail.variables}
        self._required = [variable.name for variable in mail.variables if variable.required]
        given = {name: shared[name] for name in self._defaults if not is_blank(shared.get(name, ""))}
        self._shared = {**self._defaults, **given, SUBJECT: "", PREHEADER: ""}
        mail.add_envelope(self._shared, pattern)
        self._links, self._patterns = self._our_links()
        self._sender = mailbox("From", pattern.sender)
        self._after = _ANY_MARK.split(after_subject(pattern) + mail.mime_headers)
        self._tokens = [(place, MARKS.index(text)) for place, text in enumerate(self._after) if text in MARKS]
        self._filled = body(self._shared)
        self._open = body.places(set(self._shared) - {LABEL})
        fixed = [*(piece.encode("ascii") for piece in self._after), *self._filled]
        self._digest = hashlib.blake2b(b"\0".join(fixed), digest_size=32)

    def _our_links(self) -> tuple[list[_Link], list[tuple[str, int, str]]]:
        """Those that are encoded ahead, and those that stand where they are escaped: name, token, pattern."""
        ahead, escaped = [], []
        for name, token in _LINKS.items():
            pattern = self._shared[name]
            if MARKS[token] not in pattern:
                continue
            if places := self._body.plain_places(name, pattern):
                ahead.append(_link(pattern, token, places))
            else:
                escaped.append((name, token, pattern))
        return ahead, escaped

    def fill(self, to: MailAddress, date: datetime, tokens: Tokens, values: Mapping[str, str]) -> Filled:
        """One mail: the same bytes as ``CompiledMail.build`` for an envelope with these tokens."""
        own = self._own(values)
        for name, token, pattern in self._patterns:
            own[name] = pattern.replace(MARKS[token], tokens[token])
        own[SUBJECT], subject = _subject(self._mail.subject(own))
        if self._mail.preheader:
            own[PREHEADER] = self._mail.preheader(own)
        signed = "".join(tokens)
        if not signed.isalnum():
            raise MailRefused("A token that is not one of ours has no place in a mail.")
        rest = self._after.copy()
        for place, token in self._tokens:
            rest[place] = tokens[token]
        personal = personal_block(date, self._sender, to, subject)
        body = self._body.refill(self._filled, self._shared, own)
        for link in self._links:
            encoded = link.encoded(tokens)
            for place in link.places:
                body[place] = encoded
        digest = self._digest.copy()
        digest.update(b"\0".join([f"{personal}{signed}".encode(), *[body[at] for at in self._open]]))
        head = f"{personal}{''.join(rest)}".encode()
        return [head, *body], digest.digest()

    def _own(self, values: Mapping[str, str]) -> dict[str, str]:
        own = self._shared.copy()
        for name, value in values.items():
            if name in self._defaults:
                own[name] = self._defaults[name] if value is None or is_blank(value) else value
        for name in self._required:
            if not own[name]:
                raise missing(name)
        return own


@lru_cache(maxsize=4096)  # subjects with a given name come again
def _subject(words: str) -> tuple[str, str]:
    """The words as the mail says them, and the header."""
    subject = clean_words(words, SUBJECT_LIMIT)
    return subject, unstructured("Subject", subject)
