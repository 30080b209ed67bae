"""Words of tracking that others may see."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple

import msgspec


class KeyKind(StrEnum):
    """``browser`` keys are public: what comes with them is unverified (R94)."""

    SERVER = "server"
    BROWSER = "browser"


class CallType(StrEnum):
    IDENTIFY = "identify"
    TRACK = "track"
    PAGE = "page"
    SCREEN = "screen"
    GROUP = "group"
    ALIAS = "alias"


class BadRequest(ValueError):
    """A request that cannot be taken; ``code`` with ``params`` becomes a sentence (``sentences``)."""

    def __init__(self, code: str, params: Mapping[str, str | int] | None = None) -> None:
        super().__init__(code)
        self.code, self.params = code, dict(params or {})


@dataclass(frozen=True, slots=True)
class Source:
    """Where calls come from. ``secret``: signs user ids for a browser key. ``origins``: the sites that may
    call with a browser key, as ``https://shop.example``."""

    id: int
    name: str
    kind: KeyKind
    secret: bytes = b""
    origins: frozenset[str] = frozenset()

    @property
    def is_server(self) -> bool:
        return self.kind is KeyKind.SERVER


@dataclass(frozen=True, slots=True)
class Received:
    """A request as it was stored: ``kind`` is ``batch`` or the type of its one call."""

    id: int
    source_id: int
    received_at: datetime
    kind: str
    body: bytes


class Clock(NamedTuple):
    """When something was claimed. Calls of one moment are ordered by their ids."""

    ts: datetime
    message_id: str


class Key(NamedTuple):
    """An address: ``kind`` is ``email`` or ``phone``, ``value`` as identities keep it."""

    kind: str
    value: str


class Heard(msgspec.Struct, gc=False):
    """One call, read and cleaned.

    ``user``: the user id that somebody vouches for. ``said``: one that nobody vouches for. ``anon``: the
    anonymous id. ``verified``: the call came with a server key, or the user id is signed. ``name``: the
    event that it becomes, "" for none. ``data``: its JSON, with an open end for what we add.
    """

    source: Source
    message_id: str
    type: CallType
    ts: datetime
    received_at: datetime
    user: str
    said: str
    anon: str
    verified: bool
    name: str = ""
    properties: bytes = b""
    notes: tuple[str, ...] = ()
    traits: Mapping[str, Any] = {}
    addresses: tuple[Key, ...] = ()
    previous: str = ""

    @property
    def clock(self) -> Clock:
        return Clock(self.ts, self.message_id)


class Refusal(NamedTuple):
    """Why a call of a batch was left out, or changed on the way; the page of connections tells them."""

    source_id: int
    code: str
    sample: str


class ComputedKind(StrEnum):
    COUNT = "count"
    SUM = "sum"
    FIRST = "first"
    LAST = "last"
    MOST_FREQUENT = "most_frequent"
    DAYS_SINCE = "days_since"


@dataclass(frozen=True, slots=True)
class Computed:
    """A property that is computed of a client's events called ``event``.

    ``field``: the property of the event that is summed or kept; ``count`` and ``days_since`` need none.
    """

    id: int
    key: str
    label: str
    kind: ComputedKind
    event: str
    field: str = ""


class ValueType(StrEnum):
    TEXT = "text"
    NUMBER = "number"
    YES_NO = "yes_no"
    DATE = "date"
    MOMENT = "moment"
    LIST = "list"
    OBJECT = "object"
