"""What the gate is asked and what it answers."""

from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from datetime import date, datetime, time
from enum import Enum, StrEnum
from typing import Final, NamedTuple

from tactful.channels.types import Channel
from tactful.touchpoints.types import Line, MessageClass, Purpose


class Author(StrEnum):
    PERSON_DIRECT = "person_direct"  # typed by a named person for one client in a conversation
    PERSON_BULK = "person_bulk"  # broadcast or bulk approval: automation, as far as the gate goes
    AUTOMATION = "automation"


class Check(StrEnum):
    """The twelve checks, in the order in which they are asked."""

    LINE = "line"
    ADDRESS = "address"
    BASIS = "basis"
    STILL_TRUE = "still_true"
    NOT_TOO_LATE = "not_too_late"
    NOBODY_TALKING = "nobody_talking"
    CLEAN_HANDS = "clean_hands"
    MOOD = "mood"
    QUIET_HOURS = "quiet_hours"
    FREQUENCY = "frequency"
    CHANNEL_RULES = "channel_rules"
    SENSITIVE_DATES = "sensitive_dates"


class Unknown(Enum):
    """A fact that could not be read. It never clears and destroys nothing."""

    UNKNOWN = "unknown"


UNKNOWN: Final = Unknown.UNKNOWN


class GateRequest(NamedTuple):
    """One message at the moment before it would go out.

    ``due_at``: since when it may go; after a hold that is the moment when the hold ended, else its
    grace would have run out while it waited. ``latest_at``: after this moment it makes no sense; for
    a reminder, its date. ``held_since``: since when it has been waiting in a hold.
    ``allow``: checks that this touchpoint is explicitly allowed to pass (a reminder, of 6 to 9).
    ``topics``: scopes of standing holds that touch it besides the person, such as ``engagement:12``.
    """

    message_id: int
    contact_id: int
    author: Author
    line: Line
    message_class: MessageClass
    purpose: Purpose
    channel: Channel
    due_at: datetime
    latest_at: datetime | None = None
    allow: frozenset[Check] = frozenset()
    topics: frozenset[str] = frozenset()
    is_auto_reply: bool = False
    approved_by: int | None = None
    late_decided: bool = False  # a person has decided that a message past its grace still goes
    held_since: datetime | None = None
    touchpoint_id: int | None = None
    seen: bool = False  # a person has looked at exactly this one and has said that it goes


class AddressState(StrEnum):
    USABLE = "usable"
    MISSING = "missing"
    BOUNCED = "bounced"
    SUPPRESSED = "suppressed"
    CHANNEL_OFF = "channel_off"
    PROVIDER_DOWN = "provider_down"  # the only one that holds; the others refuse


class BasisKind(StrEnum):
    CONSENT = "consent"
    EXISTING_CUSTOMER = "existing_customer"
    CONTRACT = "contract"
    NONE = "none"


class BasisFact(NamedTuple):
    """The basis for this purpose and channel, and what stands against writing at all."""

    kind: BasisKind
    since: datetime | None = None
    receipt_id: int | None = None
    objected: bool = False
    withdrawn: bool = False
    restricted: bool = False


@dataclass(frozen=True, slots=True)
class ConditionFact:
    """Whether the sentence that justifies the message still holds, e.g. "something is missing"."""

    holds: bool
    code: str = ""
    params: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class TalkFact:
    """An open conversation, an unanswered question, or a handoff in force."""

    kind: str  # "conversation", "question", "handoff"; "unread": see ``rules.talk``
    since: datetime
    ref: int
    owner_id: int | None = None


@dataclass(frozen=True, slots=True)
class DebtFact:
    """Something we owe the client. Those that wait on the client do not count for clean hands."""

    kind: str  # "answer", "promise", "deliverable"
    due_at: datetime
    ref: int
    owner_id: int | None = None
    waits_on_client: bool = False


@dataclass(frozen=True, slots=True)
class MoodFact:
    kind: str  # "complaint", "negative", "sensitive"; "hold": of which nothing more is kept
    at: datetime
    ref: int
    open: bool  # an open complaint holds for ever; a mood fades after ``mood_days``
    owner_id: int | None = None


class CapUsage(NamedTuple):
    """Messages that count, already sent or reserved: by contact on the client's calendar day,
    by contact in the seven days up to and with it, by household and by company on the day. The
    message in question is not among them. ``week_frees_on``: the first local day on which the seven
    days have room again, where that is known."""

    contact_day: int = 0
    contact_week: int = 0
    household_day: int = 0
    company_day: int = 0
    week_frees_on: date | None = None


@dataclass(frozen=True, slots=True)
class ChannelFact:
    last_inbound_at: datetime | None = None
    approved_template: bool = False
    last_auto_reply_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class SensitiveFact:
    bereaved: bool = False
    occasion_opted_out: bool = False


class OnRelease(StrEnum):
    """What happens to a held message when its hold ends, mildest first."""

    SEND = "send"
    RECOMPUTE = "recompute"  # ask the journey again: send, change or drop
    SKIP = "skip"
    ASK = "ask"  # the owner decides


@dataclass(frozen=True, slots=True)
class StandingHoldFact:
    ref: int
    scope: str  # "everything", "contact", "household", "engagement", "topic"
    reason: str  # free words by a person, or a code
    owner_id: int | None
    expires_at: datetime | None
    on_release: str  # a value of ``OnRelease``
    topic: str = ""  # "marketing", "optional", "until_back" or "unconfirmed": see ``rules.orders``


@dataclass(frozen=True, slots=True)
class Standing:
    """A standing hold as it was placed; which messages it touches is wiring's matter."""

    ref: int
    scope: str
    scope_id: int | None
    topic: str
    reason: str
    owner_id: int | None
    expires_at: datetime | None
    on_release: str
    placed_at: datetime


@dataclass(frozen=True, slots=True)
class PlaceFact:
    """Where the client lives, for calendar questions. An unknown zone lists the plausible ones and
    takes their strictest overlap."""

    zones: tuple[str, ...]
    country: str  # ISO 3166-1 alpha-2
    subdivision: str = ""


class Facts(NamedTuple):
    """All that the gate wants to know. A field that is UNKNOWN never clears."""

    address: AddressState | Unknown
    basis: BasisFact | Unknown
    condition: ConditionFact | Unknown
    talks: tuple[TalkFact, ...] | Unknown
    debts: tuple[DebtFact, ...] | Unknown
    moods: tuple[MoodFact, ...] | Unknown
    place: PlaceFact | Unknown
    caps: CapUsage | Unknown
    channel: ChannelFact | Unknown
    sensitive: SensitiveFact | Unknown
    standing: tuple[StandingHoldFact, ...] | Unknown


@dataclass(frozen=True, slots=True)
class GateSettings:
    """The house's rules. Defaults are those of DESIGN section 6."""

    quiet_from: time = time(20, 0)
    quiet_to: time = time(8, 0)
    quiet_weekdays: frozenset[int] = frozenset({5, 6})  # Monday is 0
    quiet_holidays: bool = True
    extra_quiet_days: frozenset[date] = frozenset()
    contact_day: int = 1
    contact_week: int = 3
    household_day: int = 2
    company_day: int = 5
    mood_days: int = 7
    sms_from: time = time(9, 0)
    sms_to: time = time(19, 0)
    grace_minutes: int = 60
    everything_held: bool = False
    work_from: time = time(8, 0)  # our own working day, Monday to Friday
    work_to: time = time(16, 0)
    work_zone: str = ""  # ours; "" is the client's
    work_country: str = ""
    hold_working_hours: int = 12  # a hold without a date asks its owner, in time to decide in two days
    talk_working_hours: int = 16  # where only we talk: two quiet days after our word end it
    task_working_hours: int = 4  # before a latest moment that is held, a person is asked

    def __hash__(self) -> int:
        """Of what differs most. What follows from settings is remembered by them, and there is one object of
        them for a thousand messages: all fields would be gone through at each look."""
        return hash((self.quiet_from, self.quiet_to, self.grace_minutes, self.contact_week))


@dataclass(frozen=True, slots=True)
class Reason:
    """Why, as a code with parameters; the sentence is rendered on reading, in the reader's language.

    ``params`` hold only strings, numbers and ISO 8601 moments: they are stored as JSON.
    """

    check: Check
    code: str  # e.g. "talk.question", "quiet.night", "basis.none"
    params: dict[str, str | int] = field(default_factory=dict)
    owner_id: int | None = None


class VerdictKind(StrEnum):
    CLEAR = "clear"
    HOLD = "hold"
    REFUSE = "refuse"
    RETRY = "retry"  # a fact could not be read


class Clearance(ABC):
    """Proof that the gate cleared one message. It cannot be built outside ``gate``."""

    def __init_subclass__(cls) -> None:
        if cls.__module__ != "tactful.gate.rules._cleared":
            raise TypeError("Only the gate makes a Clearance. Ask gate.rules.check.check for one.")

    @property
    @abstractmethod
    def message_id(self) -> int: ...

    @property
    @abstractmethod
    def cleared_at(self) -> datetime: ...

    @property
    @abstractmethod
    def checks(self) -> tuple[Check, ...]:
        """The checks that were asked."""

    @property
    @abstractmethod
    def mask(self) -> int:
        """``checks`` as bits: 1 for the first check, 2 for the second, 4 for the third."""


class Verdict(NamedTuple):
    """The answer. ``reasons``: the one that decided comes first, the others in the order of the checks.

    Of a hold: ``until`` is the first moment at which the message can really go. With ``wake_on``,
    the facts that may end the hold earlier, it is the expiry. In both cases the gate is asked again;
    if it still holds at an expiry, the owner is asked. ``owner_id``: of the reason that decided, else
    the first that is known. ``on_release``: what the end of the hold means for the message.
    ``task_at``: if it is still held then, a person gets a task, for its latest moment is near.
    """

    kind: VerdictKind
    reasons: tuple[Reason, ...] = ()
    clearance: Clearance | None = None
    until: datetime | None = None
    wake_on: tuple[str, ...] = ()
    on_release: OnRelease = OnRelease.SEND
    owner_id: int | None = None
    task_at: datetime | None = None
    counts_in_caps: bool = False
