"""A stored request into calls that have been read and cleaned.

Nearly all calls are as Segment's libraries make them and are read by one typed decoder. Where one of a
batch is not, each is read for itself, so that one odd call loses only itself.
"""

import hashlib
import hmac
import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import msgspec

from tactful.tracking.types import CallType, Heard, Received, Refusal, Source

from . import clocks
from .bodies import clean_text, values_of
from .names import PAGE, SCREEN, event_name
from .traits import told

Ident = str | int | float | None
LONGEST_ID = 255
LONGEST_MESSAGE_ID = 200
Raw = msgspec.Raw


class Context(msgspec.Struct, gc=False):
    userHash: str | None = None  # noqa: N815, names as they stand on the wire
    locale: str | None = None
    timezone: str | None = None
    traits: Raw = Raw(b"")


class Call(msgspec.Struct, gc=False):
    type: str = ""
    messageId: Ident = None  # noqa: N815
    userId: Ident = None  # noqa: N815
    anonymousId: Ident = None  # noqa: N815
    previousId: Ident = None  # noqa: N815
    groupId: Ident = None  # noqa: N815
    event: Ident = None
    name: Ident = None
    category: Ident = None
    timestamp: datetime | None = None
    originalTimestamp: datetime | None = None  # noqa: N815
    sentAt: datetime | None = None  # noqa: N815
    properties: Raw = Raw(b"")
    traits: Raw = Raw(b"")
    context: Context | None = None


class _Batch(msgspec.Struct, gc=False):
    batch: list[Call]
    sentAt: datetime | None = None  # noqa: N815
    context: Context | None = None


class _Loose(msgspec.Struct, gc=False):
    batch: list[dict[str, Any]]
    sentAt: Any = None  # noqa: N815


_typed = msgspec.json.Decoder(_Batch)
_one = msgspec.json.Decoder(Call)
_moment = msgspec.json.Decoder(datetime)
_encode = msgspec.json.encode
_TYPES = {each.value: each for each in CallType}


def read(received: Received, source: Source) -> tuple[list[Heard], list[Refusal]]:
    """The calls of a stored request, in its order, and those that nobody can use."""
    heard: list[Heard] = []
    refused: list[Refusal] = []
    reader = _Reader(source, received.received_at)
    for call, sent_at in _calls(received):
        if isinstance(call, str):
            refused.append(Refusal(source.id, "unreadable", call))
            continue
        behind = clocks.skew(call.sentAt or sent_at, received.received_at)
        found = reader.heard(call, behind)
        if isinstance(found, str):
            refused.append(Refusal(source.id, found, _sample(call)))
        else:
            heard.append(found)
    return heard, refused


def problem(body: bytes, kind: str) -> str:
    """Why a single call cannot be used, as a code; "" if it can."""
    received = Received(0, 0, clocks.EARLIEST, kind, body)
    for call, _ in _calls(received):
        if isinstance(call, str):
            return "unreadable"
        kind_of = _TYPES.get(call.type)
        if kind_of is None:
            return "type"
        return _lacking(call, kind_of, _ident(call.userId) or _ident(call.anonymousId))
    return "unreadable"


def _calls(received: Received) -> Iterator[tuple[Call | str, datetime | None]]:
    body = received.body
    if received.kind != "batch":
        body = b'{"batch":[' + body + b"]}"
    try:
        batch = _typed.decode(body)
    except msgspec.DecodeError:
        yield from _one_by_one(body, received.kind)
        return
    for call in batch.batch:
        if received.kind != "batch":
            call.type = received.kind
        yield call, batch.sentAt


def _one_by_one(body: bytes, kind: str) -> Iterator[tuple[Call | str, datetime | None]]:
    loose = json.loads(body)
    sent_at = _moment_in(loose.get("sentAt"))
    for each in loose["batch"]:
        if not isinstance(each, dict):
            yield str(each)[:200], sent_at
            continue
        if kind != "batch":
            each["type"] = kind
        try:
            yield _one.decode(_encode(_mended(each))), sent_at
        except msgspec.DecodeError:
            yield json.dumps(each)[:200], sent_at


def _mended(call: dict[str, Any]) -> dict[str, Any]:
    """What can be left out without changing who did what is left out; a wrong kind of id stays wrong."""
    return {name: _MEND[name](value) if name in _MEND else value for name, value in call.items()}


def _mended_context(value: Any) -> dict[str, Any] | None:
    if not isinstance(value, dict):
        return None
    words = {
        name: value[name] for name in ("userHash", "locale", "timezone") if isinstance(value.get(name), str)
    }
    return words | ({"traits": value["traits"]} if "traits" in value else {})


def _word_or_none(value: Any) -> Any:
    return value if isinstance(value, str | int | float) else None


def _moment_in(value: Any) -> datetime | None:
    """A moment in ISO 8601, also only a day, or seconds or milliseconds since 1970."""
    try:
        if isinstance(value, str):
            return datetime.fromisoformat(value.strip())
        if isinstance(value, int | float) and not isinstance(value, bool):
            return clocks.EPOCH + timedelta(seconds=value / 1000 if abs(value) > 10**11 else value)
    except (ValueError, OverflowError):
        return None
    return None


_MEND = {
    "timestamp": _moment_in,
    "originalTimestamp": _moment_in,
    "sentAt": _moment_in,
    "context": _mended_context,
    "name": _word_or_none,
    "category": _word_or_none,
}


class _Reader:
    def __init__(self, source: Source, received_at: datetime) -> None:
        self.source, self.received_at, self.is_server = source, received_at, source.is_server

    def heard(self, call: Call, behind: timedelta) -> Heard | str:
        """The call as it is taken in, or the code of what it lacks."""
        kind = _TYPES.get(call.type)
        if kind is None:
            return "type"
        user, anon = _ident(call.userId), _ident(call.anonymousId)
        if lacking := _lacking(call, kind, user or anon):
            return lacking
        ts, note = clocks.happened(call.timestamp or call.originalTimestamp, behind, self.received_at)
        verified = self.is_server or (user != "" and self._signed(user, call))
        found = Heard(
            source=self.source,
            message_id=_ident(call.messageId, LONGEST_MESSAGE_ID),
            type=kind,
            ts=ts,
            received_at=self.received_at,
            user=user if verified else "",
            said="" if verified else user,
            anon=anon,
            verified=verified,
            notes=(note,) if note else (),
        )
        _FILL[kind](found, call)
        if kind is CallType.TRACK and not found.name:
            return "event"
        return found

    def _signed(self, user: str, call: Call) -> bool:
        given = call.context.userHash if call.context else None
        return bool(given and self.source.secret) and hmac.compare_digest(
            user_hash(self.source.secret, user).encode(), str(given).lower().encode()
        )


def user_hash(secret: bytes, user: str) -> str:
    """What a page gives as ``context.userHash`` to show that its server vouches for the user id."""
    return hmac.digest(secret, user.encode(), hashlib.sha256).hex()


def _lacking(call: Call, kind: CallType, who: str) -> str:
    if not who:
        return "nobody"
    if kind is CallType.TRACK:
        return "" if call.event else "event"
    if kind is CallType.ALIAS and not (_ident(call.previousId) and _ident(call.userId)):
        return "alias"
    if kind is CallType.GROUP and not _ident(call.groupId):
        return "group"
    return ""


def _ident(value: Ident, longest: int = LONGEST_ID) -> str:
    """An id as text. Numbers are ids too; one of another house may be long, and is cut at the end."""
    if value is None:
        return ""
    text = value if isinstance(value, str) else _number(value)
    return text if text.isprintable() and 0 < len(text) <= longest else clean_text(text, longest).strip()


def _number(value: float) -> str:
    try:
        return str(int(value) if isinstance(value, float) and value.is_integer() else value)
    except ValueError:  # a number of thousands of digits
        return ""


def _words(value: Ident) -> str:
    return value if isinstance(value, str) else "" if value is None else _number(value)


def _track(heard: Heard, call: Call) -> None:
    heard.name, heard.properties = event_name(_words(call.event)), bytes(call.properties)


def _view(heard: Heard, call: Call) -> None:
    heard.name = SCREEN if heard.type is CallType.SCREEN else PAGE
    heard.properties = bytes(call.properties)
    named = {key: _words(value) for key, value in (("name", call.name), ("category", call.category)) if value}
    if named:
        heard.properties = _encode(values_of(heard.properties) | named)


def _identify(heard: Heard, call: Call) -> None:
    given = values_of(bytes(call.traits))
    if call.context is not None:
        given = values_of(bytes(call.context.traits)) | given
        for trait, word in (("locale", call.context.locale), ("timezone", call.context.timezone)):
            if word and trait not in given:
                given[trait] = word
    read = told(given)
    heard.traits, heard.notes = read.values, heard.notes + read.notes
    if heard.source.is_server:
        heard.addresses = read.addresses
    if heard.said or not heard.verified:
        heard.name, heard.properties = "Identified", _encode(given)


def _group(heard: Heard, call: Call) -> None:
    given = values_of(bytes(call.traits))
    firm = {"company": given["name"]} if isinstance(given.get("name"), str) else {}
    heard.traits = told(firm | {"group_id": _ident(call.groupId)}).values


def _alias(heard: Heard, call: Call) -> None:
    heard.previous = _ident(call.previousId)


_FILL = {
    CallType.TRACK: _track,
    CallType.PAGE: _view,
    CallType.SCREEN: _view,
    CallType.IDENTIFY: _identify,
    CallType.GROUP: _group,
    CallType.ALIAS: _alias,
}


def _sample(call: Call) -> str:
    return clean_text(f"{call.type} {_words(call.event)}".strip(), 200)
