"""templates/web/settings/systems.html, system.html and system_mapping.html."""

from dataclasses import dataclass
from datetime import datetime

from django.forms import Form

from tactful.web.forms.systems import MappingForm
from tactful.web.types import Act, Link, Tag, Text


@dataclass(frozen=True, slots=True)
class SystemRow:
    """A connection in the list. ``trouble``: what somebody should look at, "" for nothing."""

    name: str
    system: Text
    url: str
    state: Tag
    last_at: datetime | None
    trouble: Text = ""


@dataclass(frozen=True, slots=True)
class Card:
    """A system that can be connected."""

    slug: str
    name: Text
    brings: Text


@dataclass(frozen=True, slots=True)
class SystemsPage:
    cards: tuple[Card, ...]
    form: Form


@dataclass(frozen=True, slots=True)
class DeliveryRow:
    """``became``: what became of it, in words. ``shown``: the payload, written for people to read."""

    at: datetime
    state: Tag
    became: Text
    why: Text
    shown: str
    acts: tuple[Act, ...]


@dataclass(frozen=True, slots=True)
class SystemPage:
    """``secret``: the one that we have made and the owner pastes there; "" where they make it. ``needs``: it
    has to be pasted here first. ``waits``: nothing has come yet."""

    name: str
    system: Text
    address: str
    steps: tuple[Text, ...]
    secret: str
    needs: bool
    form: Form
    state: Tag
    waits: bool
    is_stopped: bool
    refused: int
    refused_at: datetime | None
    deliveries: tuple[DeliveryRow, ...]
    mapping: Link | None
    acts: tuple[Act, ...]


@dataclass(frozen=True, slots=True)
class EventView:
    """An event that would come of a payload."""

    name: str
    at: datetime
    lines: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class MappingPage:
    """``leaves``: (field, value) of the payload. ``client``: what is known of whom it is about."""

    name: str
    back: Link
    url: str
    preview: str
    form: MappingForm
    payloads: tuple[tuple[int, datetime, bool], ...]
    leaves: tuple[tuple[str, str], ...]
    problems: tuple[Text, ...]
    client: tuple[tuple[Text, str], ...]
    events: tuple[EventView, ...]
    is_ignored: bool
    is_live: bool
    is_saved: bool
    switch: Act | None
