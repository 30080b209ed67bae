"""A compiled mail on one letterhead: everything that many mails share is done once.

Links and addresses differ from mail to mail in their tokens alone, and all tokens have one length, so
the pattern of an envelope folds and breaks where each of its mails does.
"""

import hashlib
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from itertools import repeat
from typing import TYPE_CHECKING, NamedTuple

from tactful.content.rules.escaping import is_blank
from tactful.content.rules.headers import (
    SUBJECT_LIMIT,
    after_subject,
    clean_words,
    mailbox,
    personal_blocks,
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


Filled = tuple[Sequence[bytes], bytes]
"""The mail in pieces, which nobody need put together before it goes over the wire, and 32 bytes that are the
same for the same mail, and for no other."""
Column = Iterable[bytes]
"""What stands at one place of many mails; without an end where it is the same in all of them."""


class Mails(NamedTuple):
    """What tells the mails of one form apart, in columns of one length. ``tokens``: a column for each of
    ``Tokens``. ``values``: what each mail brings along of its own."""

    to: Sequence[MailAddress]
    dates: Sequence[datetime]
    tokens: Sequence[Sequence[str]]
    values: Sequence[Mapping[str, str]]


class _Link(NamedTuple):
    """A link of ours in the body, encoded but for its token, which a soft break may tear."""

    places: list[int]
    token: int
    before: bytes
    tear: int
    soft_break: bytes
    after: bytes

    def encoded(self, tokens: Sequence[bytes]) -> list[bytes]:
        _, _, before, tear, soft_break, after = self
        if not soft_break:
            return [before + token + after for token in tokens]
        return [before + token[:tear] + soft_break + token[tear:] + after for token in tokens]


def _link(pattern: str, token: int, places: list[int]) -> _Link:
    (encoded,), mark = encode_plain([pattern]), MARKS[token].encode()
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
        pieces, to = _joined([b"", *fixed], {0, *(at for at, _ in tokens), *alone})
        self._pieces: list[Column] = [repeat(piece) for piece in pieces]
        self._tokens = [(to[at], token) for at, token in tokens]
        self._values: dict[str, list[Value]] = {name: [] for name in self._defaults}
        for value in values:
            moved = value.moved({place: to[1 + len(after) + place] for place in value.places})
            self._values.setdefault(value.name, []).append(moved)
        open_ = [to[1 + len(after) + ways[0]] for value in values for ways in value.ways.values()]
        self._written = [0, *open_]
        self._links, self._patterns = self._our_links()
        self._subjects = _Subjects(mail, self._shared)

    def _our_links(self) -> tuple[list[_Link], list[tuple[str, int, str]]]:
        """Those that are encoded ahead, and those that stand where they are escaped: name, token, pattern."""
        ahead, escaped = [], []
        for name, token in _LINKS.items():
            pattern, found = self._shared[name], self._values.get(name, [])
            if MARKS[token] not in pattern:
                continue
            if found and all(each.fits and each.fits([pattern]) for each in found):
                ahead.append(_link(pattern, token, [place for each in found for place in each.places]))
            else:
                escaped.append((name, token, pattern))
        return ahead, escaped

    def fill(self, mails: Mails) -> list[Filled]:
        """The same bytes as ``CompiledMail.build`` for an envelope with these tokens. Raises ``MailRefused``
        if there is one among them that cannot be."""
        signed = list(map("".join, zip(*mails.tokens, strict=True)))
        if not "".join(signed).isalnum():
            raise MailRefused("A token that is not one of ours has no place in a mail.")
        own = self._own(mails)
        subjects = self._subjects.of(own, len(mails.to))
        own[SUBJECT] = [subject.words for subject in subjects]
        own[PREHEADER] = [subject.preheader for subject in subjects]
        filled = self._filled(own, mails.tokens)
        headers = [subject.header for subject in subjects]
        personal = personal_blocks(mails.dates, self._sender, mails.to, headers)
        filled[0] = [f"{block}{tokens}".encode() for block, tokens in zip(personal, signed, strict=True)]
        digests = self._digests(zip(*(filled[at] for at in self._written), strict=False))
        filled[0] = [block.encode() for block in personal]
        return list(zip(zip(*filled, strict=False), digests, strict=True))

    def _own(self, mails: Mails) -> dict[str, list[str]]:
        """The values of each variable, one for each mail: its own, or what holds for all."""
        own = {}
        for name, default in self._defaults.items():
            shared = self._shared[name]
            given = [values.get(name, shared) for values in mails.values]
            own[name] = [
                # the usual case, told without a call
                value if value and ("!" <= value[0] <= "~" or not is_blank(value)) else default
                for value in given
            ]
        for name in self._required:
            if not self._shared[name] and not all(own[name]):
                raise missing(name)
        for name, token, pattern in self._patterns:
            own[name] = [pattern.replace(MARKS[token], given) for given in mails.tokens[token]]
        return own

    def _filled(self, own: Mapping[str, Sequence[str]], tokens: Sequence[Sequence[str]]) -> list[Column]:
        """All pieces but the headers that name the client: for each place, what stands there."""
        filled = self._pieces.copy()
        for name, column in own.items():
            for value in self._values.get(name, ()):
                for places, written in value.written(column):
                    for place in places:
                        filled[place] = written
        encoded = [[token.encode() for token in column] for column in tokens]
        for place, token in self._tokens:
            filled[place] = encoded[token]
        for link in self._links:
            written = link.encoded(encoded[link.token])
            for place in link.places:
                filled[place] = written
        return filled

    def _digests(self, rows: Iterable[tuple[bytes, ...]]) -> list[bytes]:
        digests = []
        for row in rows:
            digest = self._digest.copy()
            digest.update(b"\0".join(row))
            digests.append(digest.digest())
        return digests


class _Subject(NamedTuple):
    """The words as the mail says them, the header, and the preheader."""

    words: str
    header: str
    preheader: str


class _Subjects:
    """Subjects and preheaders of one template. Where they depend on given names alone, as most do, the same
    come again and again."""

    def __init__(self, mail: "CompiledMail", shared: Mapping[str, str]) -> None:
        self._mail, self._shared = mail, shared
        spoken = [words for words in (mail.subject, mail.preheader) if words is not None]
        named = [words.names for words in spoken if isinstance(words, PatchedWords)]
        names = [name for each in named for name in each]
        self._names = names if len(named) == len(spoken) and SUBJECT not in names else None

    def of(self, own: Mapping[str, Sequence[str]], count: int) -> list[_Subject]:
        names = list(own) if self._names is None else [name for name in self._names if name in own]
        if not names:
            return [self._made({})] * count
        keys = list(zip(*(own[name] for name in names), strict=True))
        made = {key: self._made(dict(zip(names, key, strict=True))) for key in set(keys)}
        return [made[key] for key in keys]

    def _made(self, own: Mapping[str, str]) -> _Subject:
        whole = {**self._shared, **own}
        whole[SUBJECT] = clean_words(self._mail.subject(whole), SUBJECT_LIMIT)
        preheader = self._mail.preheader(whole) if self._mail.preheader else ""
        return _Subject(whole[SUBJECT], unstructured("Subject", whole[SUBJECT]), preheader)


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
