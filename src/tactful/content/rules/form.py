"""A compiled mail on one letterhead: everything that many mails share is done once.

Links and addresses differ from mail to mail in their tokens alone, and all tokens have one length, so
the pattern of an envelope folds and breaks where each of its mails does.
"""

import hashlib
import re
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from operator import itemgetter
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
from tactful.content.rules.patching import PatchedBody, PatchedWords, Value, missing
from tactful.content.rules.quoted_printable import SOFT_BREAK, encode_plain
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


Filled = tuple[bytes, bytes]
"""The mail, and 32 bytes that are the same for the same mail, and for no other."""


class _Link(NamedTuple):
    """A link of ours in the body, encoded but for its token, which a soft break may tear."""

    places: list[int]
    token: int
    before: bytes
    tear: int
    soft_break: bytes
    after: bytes

    def encoded(self, token: bytes) -> bytes:
        if not self.soft_break:
            return self.before + token + self.after
        return self.before + token[: self.tear] + self.soft_break + token[self.tear :] + self.after


def _link(pattern: str, token: int, places: list[int]) -> _Link:
    encoded, mark = encode_plain(pattern), MARKS[token].encode()
    for tear in range(len(mark), 0, -1):
        soft_break = SOFT_BREAK if tear < len(mark) else b""
        before, found, after = encoded.partition(mark[:tear] + soft_break + mark[tear:])
        if found:
            return _Link(places, token, before, tear, soft_break, after)
    raise AssertionError("Quoted-printable changes nothing in a plain link but breaks.")


class Form:
    """``pattern``: an envelope with ``MARKS`` for its tokens, and nothing that it answers. ``shared``:
    the values that hold where a mail brings none of its own. Raises ``MailRefused``.

    The mail lies ready in pieces, the first of them for the headers that name the client. What no mail
    changes is put together with its neighbours.
    """

    def __init__(
        self, mail: "CompiledMail", body: PatchedBody, pattern: MailEnvelope, shared: Mapping[str, str]
    ) -> None:
        self._mail = mail
        self._defaults = {variable.name: variable.default or "" for variable in mail.variables}
        self._required = [variable.name for variable in mail.variables if variable.required]
        given = {name: shared[name] for name in self._defaults if not is_blank(shared.get(name, ""))}
        self._shared = {**self._defaults, **given, SUBJECT: "", PREHEADER: ""}
        mail.add_envelope(self._shared, pattern)
        self._sender = mailbox("From", pattern.sender)
        after = _ANY_MARK.split(after_subject(pattern) + mail.mime_headers)
        fixed = [*(piece.encode("ascii") for piece in after), *body(self._shared)]
        self._digest = hashlib.blake2b(b"\0".join(fixed), digest_size=32)
        tokens = [(at, MARKS.index(text)) for at, text in enumerate(after, 1) if text in MARKS]
        values = [value for value in body.values if value.name in self._shared and value.name != LABEL]
        alone = {1 + len(after) + place for value in values for place in value.places}
        self._pieces, to = _joined([b"", *fixed], {0, *(at for at, _ in tokens), *alone})
        self._tokens = [(to[at], token) for at, token in tokens]
        self._values: dict[str, list[Value]] = {name: [] for name in self._defaults}
        for value in values:
            moved = value.moved({place: to[1 + len(after) + place] for place in value.places})
            self._values.setdefault(value.name, []).append(moved)
        open_ = [to[1 + len(after) + ways[0]] for value in values for ways in value.ways.values()]
        self._written = itemgetter(0, *open_)
        self._links, self._patterns = self._our_links()
        self._subjects = _Subjects(mail, self._shared)

    def _our_links(self) -> tuple[list[_Link], list[tuple[str, int, str]]]:
        """Those that are encoded ahead, and those that stand where they are escaped: name, token, pattern."""
        ahead, escaped = [], []
        for name, token in _LINKS.items():
            pattern, found = self._shared[name], self._values.get(name, [])
            if MARKS[token] not in pattern:
                continue
            if found and all(each.fits and each.fits(pattern) for each in found):
                ahead.append(_link(pattern, token, [place for each in found for place in each.places]))
            else:
                escaped.append((name, token, pattern))
        return ahead, escaped

    def fill(self, to: MailAddress, date: datetime, tokens: Tokens, values: Mapping[str, str]) -> Filled:
        """One mail: the same bytes as ``CompiledMail.build`` for an envelope with these tokens."""
        pieces = self._pieces.copy()
        own = self._own(values, pieces)
        for name, token, pattern in self._patterns:
            own[name] = pattern.replace(MARKS[token], tokens[token])
            self._put(name, own[name], pieces)
        words, subject, preheader = self._subjects.of(own)
        self._put(SUBJECT, words, pieces)
        if preheader is not None:
            self._put(PREHEADER, preheader, pieces)
        signed = "".join(tokens)
        if not signed.isalnum():
            raise MailRefused("A token that is not one of ours has no place in a mail.")
        written = [token.encode() for token in tokens]
        for at, token in self._tokens:
            pieces[at] = written[token]
        for link in self._links:
            encoded = link.encoded(written[link.token])
            for at in link.places:
                pieces[at] = encoded
        personal = personal_block(date, self._sender, to, subject)
        pieces[0] = f"{personal}{signed}".encode()
        digest = self._digest.copy()
        digest.update(b"\0".join(self._written(pieces)))
        pieces[0] = personal.encode()
        return b"".join(pieces), digest.digest()

    def _own(self, values: Mapping[str, str], pieces: list[bytes]) -> dict[str, str]:
        """What this mail brings along of its own, put into its places."""
        own: dict[str, str] = {}
        known = self._values
        for name, value in values.items():
            if name not in self._defaults:
                continue
            plain = value and "!" <= value[0] <= "~"  # the usual case, told without a call
            if not plain and (value is None or is_blank(value)):
                value = self._defaults[name]  # noqa: PLW2901
            own[name] = value
            for each in known[name]:
                each.fill(value or each.default, pieces)
        for name in self._required:
            if not (own.get(name) or self._shared[name]):
                raise missing(name)
        return own

    def _put(self, name: str, value: str, pieces: list[bytes]) -> None:
        for each in self._values.get(name, ()):
            each.fill(value or each.default, pieces)


class _Subjects:
    """Subject and preheader of one template. Where they depend on given names alone, as most do, the same
    come again and again."""

    def __init__(self, mail: "CompiledMail", shared: Mapping[str, str]) -> None:
        self._mail, self._shared = mail, shared
        spoken = [words for words in (mail.subject, mail.preheader) if words is not None]
        named = [words.names for words in spoken if isinstance(words, PatchedWords)]
        names = [name for each in named for name in each]
        self._names = names if len(named) == len(spoken) and SUBJECT not in names else None
        self._known: dict[tuple[str, ...], _Subject] = {}

    def of(self, own: Mapping[str, str]) -> "_Subject":
        if self._names is None:
            return self._made(own)
        shared = self._shared
        key = tuple([own[name] if name in own else shared[name] for name in self._names])
        found = self._known.get(key)
        if found is None:
            if len(self._known) >= _MOST_SUBJECTS:
                self._known.clear()
            found = self._known[key] = self._made(own)
        return found

    def _made(self, own: Mapping[str, str]) -> "_Subject":
        whole = {**self._shared, **own}
        whole[SUBJECT] = clean_words(self._mail.subject(whole), SUBJECT_LIMIT)
        preheader = self._mail.preheader(whole) if self._mail.preheader else None
        return whole[SUBJECT], unstructured("Subject", whole[SUBJECT]), preheader


_MOST_SUBJECTS = 4096
_Subject = tuple[str, str, str | None]
"""The words as the mail says them, the header, and the preheader."""


def _joined(pieces: Sequence[bytes], alone: Collection[int]) -> tuple[list[bytes], dict[int, int]]:
    """Neighbours put together but for those that stay alone; where each of the latter stands now."""
    joined: list[bytes] = []
    to: dict[int, int] = {}
    for at, piece in enumerate(pieces):
        if at in alone:
            to[at] = len(joined)
        if at in alone or at - 1 in alone:
            joined.append(piece)
        else:
            joined[-1] += piece
    return joined, to
