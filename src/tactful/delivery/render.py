"""From a claimed message to its bytes. What the first handoff fixed, every later attempt repeats (R5)."""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from json.encoder import encode_basestring as _quoted  # an encoder of its own costs more than the rest
from typing import Any, NamedTuple

from tactful.channels.types import Channel, OutboundMessage, Outcome, SendResult, our_words
from tactful.content.rules.form import MARKS, Filled, Form, Mails, Tokens
from tactful.content.types import MailAddress, MailRefused
from tactful.delivery.batch import Item
from tactful.delivery.merged import words_of_riders
from tactful.delivery.models import Letterhead as LetterheadRow
from tactful.delivery.rules.mail import Envelope, envelope, tokens_of
from tactful.delivery.rules.words import payload_hash, version_hash, words_hash
from tactful.delivery.types import OWN_LINE, Compiled, FactSources, Letterhead, Recipient
from tactful.gate.types import Author
from tactful.kernel.tokens import KeyRing


class Unbuildable(Exception):
    """This message cannot be built; the text says why."""


class Fixed(NamedTuple):
    """What the first handoff fixes besides address and date. Stored with short names, once per mail."""

    name: str
    language: str
    letterhead: int
    values: Mapping[str, str]

    @classmethod
    def from_json(cls, body: Mapping[str, Any]) -> "Fixed":
        return cls(body["n"], body["l"], body["h"], body["v"])


class Draft(NamedTuple):
    """A mail that is about to be built."""

    item: Item
    version: int | None
    fixed: Fixed
    to: MailAddress
    first_at: datetime


class Built(NamedTuple):
    """``fixed``, ``version``, ``body_hash`` and ``first_at`` go into the row at the mark."""

    item: Item
    message: OutboundMessage
    fixed: str
    version: int | None
    body_hash: bytes
    first_at: datetime


class Sheet(NamedTuple):
    """What mails have in common that one form can fill in, or that one key signs."""

    key_id: int
    letterhead: int
    version: int | None
    author: Author
    is_auto_reply: bool
    has_line: bool
    alone: bool
    """Like no other: a person's words, or an answer."""


ANYBODY = MailAddress("anybody@example.invalid")


@dataclass(slots=True)
class Desk:
    """What a batch needs to be built, read in a few queries before the first mail."""

    sources: FactSources
    ring: KeyRing
    now: datetime
    people: Mapping[int, Recipient] = field(default_factory=dict)
    personal: Mapping[int, Mapping[str, str]] = field(default_factory=dict)
    riders: Mapping[int, list[str]] = field(default_factory=dict)
    heads: dict[int, Letterhead] = field(default_factory=dict)
    head_of: dict[tuple[int, str], int] = field(default_factory=dict)
    fresh_heads: dict[int, str] = field(default_factory=dict)
    versions: dict[tuple[str, str], int] = field(default_factory=dict)
    templates: dict[tuple[int, int, bool], Compiled] = field(default_factory=dict)
    forms: dict[Sheet, Form | None] = field(default_factory=dict)


def open_desk(items: Sequence[Item], sources: FactSources, ring: KeyRing, now: datetime) -> Desk:
    desk = Desk(sources, ring, now)
    first = [item for item in items if item.fixed is None]
    again = [item for item in items if item.fixed is not None]
    if first:
        desk.people = sources.recipients(sorted({item.contact_id for item in first}), Channel.MAIL, now)
        desk.personal = sources.variables([item.due for item in first if item.due.template], now)
        speakers = [item for item in first if item.may_merge]
        if speakers:
            contacts = [item.contact_id for item in speakers]
            desk.riders = words_of_riders(contacts, [item.id for item in speakers])
    if again:
        wanted = {item.fixed["h"] for item in again if item.fixed}
        rows = LetterheadRow.objects.filter(id__in=wanted)
        desk.heads = {row.id: Letterhead.from_json(row.body) for row in rows}
    return desk


def build(items: Sequence[Item], desk: Desk) -> tuple[list[Built], list[tuple[Item, SendResult]]]:
    """The mails in the order of ``items``; ``POISON`` with the reason for those that cannot be built."""
    sheets: dict[Sheet, list[Draft]] = {}
    built: dict[int, Built] = {}
    poisoned: list[tuple[Item, SendResult]] = []
    for item in items:
        try:
            draft = _draft(item, desk)
        except Exception as error:  # noqa: BLE001, whatever one client's data provoke must not stop the others
            poisoned.append((item, _poison(item, error)))
        else:
            sheets.setdefault(_sheet(draft), []).append(draft)
    for sheet, drafts in sheets.items():
        _fill(sheet, drafts, desk, built, poisoned)
    return [built[item.id] for item in items if item.id in built], poisoned


def _fill(
    sheet: Sheet,
    drafts: Sequence[Draft],
    desk: Desk,
    built: dict[int, Built],
    poisoned: list[tuple[Item, SendResult]],
) -> None:
    """All at once; where one of them cannot be built, in halves, until it stands alone."""
    try:
        built.update({made.item.id: made for made in _built(sheet, drafts, desk)})
    except Exception as error:  # noqa: BLE001, as above
        if len(drafts) == 1:
            item = drafts[0].item
            poisoned.append((item, _poison(item, error)))
            return
        middle = len(drafts) // 2
        for half in (drafts[:middle], drafts[middle:]):
            _fill(sheet, half, desk, built, poisoned)


def _poison(item: Item, error: Exception) -> SendResult:
    if isinstance(error, MailRefused):
        detail = our_words(error.code or "mail.refused", **error.params)
    else:
        detail = f"{type(error).__name__}: {error}"[:500]
    return SendResult(item.id, item.attempt, Outcome.POISON, detail=detail)


def _draft(item: Item, desk: Desk) -> Draft:
    """Every mail comes through here, so tuples are made the short way."""
    fixed, address, first_at = _fixed(item, desk)
    version = item.template_version or _version(item, fixed, desk)
    return _tuple(Draft, (item, version, fixed, _tuple(MailAddress, (address, fixed[0])), first_at))


_tuple = tuple.__new__


def _sheet(draft: Draft) -> Sheet:
    item, version, fixed, _, _ = draft
    due = item.due
    has_line = OWN_LINE in due.variables
    alone = version is None or bool(item.in_reply_to or item.references)
    same = (item.key_id, fixed[2], version, due.request.author, item.is_auto_reply, has_line, alone)
    return _tuple(Sheet, same)


def _built(sheet: Sheet, drafts: Sequence[Draft], desk: Desk) -> Iterator[Built]:
    items, _, fixed, to, dates = zip(*drafts, strict=True)
    tokens, backs = tokens_of(desk.ring, [item.id for item in items], sheet.key_id)
    own = [
        {"name": name, **values, **item.due.variables}
        for item, (name, _, _, values) in zip(items, fixed, strict=True)
    ]
    form = None if sheet.alone else _form(sheet, drafts[0], desk)
    if form is not None:
        filled = form.fill(Mails(to, dates, tokens, own))
    else:
        signed = map(Tokens, *tokens)
        filled = [_alone(*each, desk) for each in zip(drafts, signed, own, strict=True)]
    path = "" if sheet.is_auto_reply else desk.heads[sheet.letterhead].return_path
    columns = zip(drafts, filled, backs, as_json(fixed), strict=True)
    for (item, version, _, (address, _), first_at), (pieces, digest), back, stored in columns:
        body_hash = _body_hash(item, version, digest)
        if item.body_hash is not None and item.body_hash != body_hash:
            raise Unbuildable(
                "The mail cannot be rebuilt as it was at its first handoff, so it does not go again."
            )
        sender = path.replace("{token}", back)
        mail = (item.id, item.attempt, sender, address, pieces, item.must_arrive, True, False)
        message = _tuple(OutboundMessage, mail)
        yield _tuple(Built, (item, message, stored, version, body_hash, first_at))


def as_json(column: Sequence[Fixed]) -> list[str]:
    """As ``Fixed.from_json`` reads each. But for names, the same come again and again."""
    known: dict[tuple[object, ...], str] = {}
    stored = []
    for name, language, letterhead, values in column:
        key = (language, letterhead, *values.items())
        rest = known.get(key)
        if rest is None:
            pairs = ",".join([f"{_quoted(name)}:{_quoted(value)}" for name, value in values.items()])
            rest = known[key] = f'"l":{_quoted(language)},"h":{letterhead},"v":{{{pairs}}}}}'
        stored.append(f'{{"n":{_quoted(name)},{rest}')
    return stored


def _alone(draft: Draft, tokens: Tokens, own: Mapping[str, str], desk: Desk) -> Filled:
    """A mail that is like no other: a person's words, an answer, a template with conditions."""
    head = desk.heads[draft.fixed.letterhead]
    alone = envelope(_envelope(draft), head, tokens)
    payload = _compiled(draft, head, desk).build(alone, {**head.values, **own})
    return (payload,), payload_hash(payload)


def _envelope(draft: Draft) -> Envelope:
    item, author = draft.item, draft.item.due.request.author
    return Envelope(author, draft.to, draft.first_at, item.is_auto_reply, item.in_reply_to, item.references)


def _form(sheet: Sheet, first: Draft, desk: Desk) -> Form | None:
    """The template on this letterhead; made with the first mail that wants it."""
    if sheet not in desk.forms:
        head, draft = desk.heads[sheet.letterhead], first._replace(to=ANYBODY, first_at=desk.now)
        pattern = envelope(_envelope(draft), head, MARKS)
        desk.forms[sheet] = _compiled(draft, head, desk).form(pattern, head.values)
    return desk.forms[sheet]


def _fixed(item: Item, desk: Desk) -> tuple[Fixed, str, datetime]:
    if item.fixed is not None and item.first_handoff_at is not None:
        return Fixed.from_json(item.fixed), item.address, item.first_handoff_at
    who = desk.people.get(item.contact_id)
    if who is None or not who.address:
        raise Unbuildable("There is no address to write to any more.")
    address, name, known = who
    language = item.due.language or known
    values = desk.personal.get(item.id, _NOTHING)
    if item.id in desk.riders:
        values = {**values, "also": "\n".join(desk.riders[item.id])}
    item.address = address
    letterhead = desk.head_of.get((item.account_id, language)) or _head(item.account_id, language, desk)
    return _tuple(Fixed, (name, language, letterhead, values)), address, desk.now


_NOTHING: Mapping[str, str] = {}


def _head(account_id: int, language: str, desk: Desk) -> int:
    head = desk.sources.letterhead(account_id, language, desk.now)
    body = json.dumps(head.as_json(), sort_keys=True, ensure_ascii=False)
    ident = int.from_bytes(hashlib.blake2b(body.encode(), digest_size=8).digest(), "big") >> 1
    desk.head_of[account_id, language] = ident
    desk.heads[ident], desk.fresh_heads[ident] = head, body
    return ident


def _version(item: Item, fixed: Fixed, desk: Desk) -> int | None:
    if not item.due.template:
        return None
    key = (item.due.template, fixed.language)
    if key not in desk.versions:
        desk.versions[key] = desk.sources.template(*key).version_id
    return desk.versions[key]


def _compiled(draft: Draft, head: Letterhead, desk: Desk) -> Compiled:
    version, fixed = draft.version, draft.fixed
    if version is None:
        return desk.sources.words(draft.item.subject, draft.item.body, fixed.language)
    make = desk.sources.with_line if OWN_LINE in draft.item.due.variables else None
    key = (version, fixed.letterhead, make is not None)
    if key not in desk.templates:
        desk.templates[key] = (make or desk.sources.compiled)(version, head)
    return desk.templates[key]


def _body_hash(item: Item, version: int | None, digest: bytes) -> bytes:
    if version is None:
        return words_hash(item.subject, item.body)
    if item.due.request.author is Author.AUTOMATION:
        return digest
    return version_hash(version)
