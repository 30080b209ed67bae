"""What goes in and out. Ids travel as text: they have more digits than a number of JavaScript can hold."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, Generic, TypeVar

from ninja import Schema
from pydantic import (
    AfterValidator,
    AwareDatetime,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    WithJsonSchema,
)

from tactful.contacts.actions import ERASURE_REASONS, NO_ATTRIBUTES
from tactful.delivery.queries import State
from tactful.inbox.queries import Conversation

T = TypeVar("T")
MOST, USUALLY = 200, 50  # rows of a page
NO_NUL = r"^[^\x00]*$"
Id = Annotated[str, StringConstraints(pattern=r"^[1-9][0-9]{0,18}$")]
Line = Annotated[str, StringConstraints(pattern=NO_NUL, max_length=200)]
Key = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_.:-]+$", min_length=1, max_length=60)]
Text = Annotated[str, BeforeValidator(lambda value: None if value is None else str(value))]  # an id of ours
Limit = Annotated[int, Field(ge=1, le=MOST)]


def _one_of(names: Sequence[str]) -> tuple[AfterValidator, WithJsonSchema]:
    """Written out where it is used: in the description one ``State`` would stand for that of two features."""

    def known(value: str) -> str:
        if value not in names:
            raise ValueError(f"Choose one of {', '.join(names)}.")
        return value

    return AfterValidator(known), WithJsonSchema({"type": "string", "enum": list(names)})


MessageState = Annotated[str, *_one_of(State.values)]
ErasureReason = Annotated[str, *_one_of(ERASURE_REASONS)]
ConversationState = Annotated[str, *_one_of(Conversation.State.values)]


class Given(Schema):
    """What comes in: a name that we do not know is a mistake and is said to be one."""

    model_config = ConfigDict(extra="forbid")


class Page(Schema, Generic[T]):
    """``next``: hand it back as ``cursor`` for the next page; null on the last one."""

    data: list[T]
    next: str | None


class Address(Schema):
    kind: str = Field(examples=["email", "phone", "external"])
    value: str
    primary: bool


class ContactOut(Schema):
    id: Text
    name: str
    given_name: str
    language: str = Field(description="BCP 47; empty where we do not know it.")
    time_zone: str
    country: str
    company: str | None
    tier: str
    manager_id: Text | None
    addresses: list[Address]
    tags: list[str]
    attributes: dict[str, Any]
    created_at: datetime


class ErasureOut(Schema):
    id: Text
    asked_at: datetime


class Sought(Schema):
    tag: Line = ""
    email: Line = ""
    phone: Line = ""
    find: Line = ""


def _no_columns(attributes: dict[str, str]) -> dict[str, str]:
    """What has a field of its own has rules of its own, or is not for programs to change."""
    if taken := sorted(NO_ATTRIBUTES & attributes.keys()):
        raise ValueError(f"{', '.join(taken)}: no attribute, and a client's own data may not be named so.")
    return attributes


Attributes = Annotated[dict[Key, Line], AfterValidator(_no_columns)]


class NewContactIn(Given):
    name: Line = Field(min_length=1)
    emails: list[Line] = Field(default=[], max_length=20)
    phones: list[Line] = Field(default=[], max_length=20)
    language: Annotated[str, StringConstraints(pattern=r"^([a-z]{2,3}(-[A-Za-z0-9]{2,8})?)?$")] = ""
    company: Line = ""
    tags: list[Key] = Field(default=[], max_length=50)
    attributes: Attributes = Field(default={}, max_length=100)


class ContactChanges(Given):
    """What is left out stays as it is."""

    name: Line | None = Field(default=None, min_length=1)
    language: Annotated[str, StringConstraints(pattern=r"^([a-z]{2,3}(-[A-Za-z0-9]{2,8})?)?$")] | None = None
    company: Line | None = None
    tier: Annotated[str, StringConstraints(pattern=NO_NUL, max_length=20)] | None = None
    attributes: Attributes = Field(default={}, max_length=100)


class NewAddressIn(Given):
    kind: Annotated[str, StringConstraints(pattern=r"^(email|phone)$")]
    value: Line = Field(min_length=1)


class EventOut(Schema):
    id: Text
    name: str
    at: datetime = Field(description="When it happened.")
    recorded_at: datetime = Field(description="When we learned of it.")
    contact_id: Text | None
    data: dict[str, Any]


class NewEventIn(Given):
    name: Annotated[str, StringConstraints(pattern=NO_NUL, min_length=1, max_length=80)]
    at: AwareDatetime | None = Field(default=None, description="When it happened; now, if left out.")
    data: dict[Key, Any] = Field(default={}, max_length=100)


class SegmentOut(Schema):
    slug: str
    name: str
    sentence: str = Field(description="What it asks; empty if it can no longer be read.")
    live: bool = Field(description="Kept up to date.")
    size: int | None
    counted_at: datetime | None


class Member(Schema):
    contact_id: Text


class Why(Schema):
    depth: int
    condition: str
    holds: bool
    evidence: str


class Membership(Schema):
    member: bool
    reasons: list[Why]


class JourneyOut(Schema):
    slug: str
    name: str
    on: bool
    version: int
    begins_when_told: bool


class EnrolmentOut(Schema):
    id: Text
    journey: str
    contact_id: Text
    key: str
    version: int
    step: str
    phase: str
    due_at: datetime | None
    entered_at: datetime
    ended_at: datetime | None
    end_reason: str


class NewEnrolmentIn(Given):
    contact_id: Id
    data: dict[Key, Line] = Field(default={}, max_length=50)


class Accepted(Schema):
    accepted: bool = True


class ReasonOut(Schema):
    check: str
    code: str


class MessageOut(Schema):
    id: Text
    contact_id: Text
    channel: str
    message_class: str
    purpose: str
    author: str
    cause: str
    template: str
    state: str
    due_at: datetime
    held_until: datetime | None
    settled_at: datetime | None
    reasons: list[ReasonOut]


class ConversationOut(Schema):
    id: Text
    contact_id: Text | None
    subject: str
    state: str
    assignee_id: Text | None
    opened_at: datetime
    last_at: datetime


class EntryOut(Schema):
    id: Text
    kind: str
    channel: str
    at: datetime
    subject: str
    text: str
    verified: bool


class ProposalIn(Given):
    text: Annotated[str, StringConstraints(pattern=NO_NUL, min_length=1, max_length=20_000)]


class TaskOut(Schema):
    id: Text
    kind: str
    code: str
    contact_id: Text | None
    owner_id: Text | None
    urgent: bool
    opened_at: datetime
    asks_at: datetime | None = Field(
        description="On the list of a day: nobody need be told before. Null: it asked when it was opened."
    )
    due_at: datetime | None
    done_at: datetime | None
    answer: str
