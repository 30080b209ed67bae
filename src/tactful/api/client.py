"""A client of Tactful's API, written from its description by ``bin/client``: change that, not this.

    house = Tactful("https://your.tactful.example", "tact_…")
    for contact in pages(house.list_contacts, tag="regular"):
        print(contact["name"])

It needs nothing but Python 3.11 or later. What is refused raises ``TactfulError``, with what to do about it.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Literal, NotRequired, TypedDict
from urllib.error import HTTPError
from urllib.parse import quote, urlencode
from urllib.request import HTTPRedirectHandler, Request, build_opener


class Sought(TypedDict):
    tag: NotRequired[str]
    email: NotRequired[str]
    phone: NotRequired[str]
    find: NotRequired[str]


class Address(TypedDict):
    kind: str
    value: str
    primary: bool


class ContactOut(TypedDict):
    id: str
    name: str
    given_name: str
    language: str
    time_zone: str
    country: str
    company: str | None
    tier: str
    manager_id: str | None
    addresses: list[Address]
    tags: list[str]
    attributes: dict[str, Any]
    created_at: str


class PageContactOut(TypedDict):
    data: list[ContactOut]
    next: str | None


class NewContactIn(TypedDict):
    name: str
    emails: NotRequired[list[str]]
    phones: NotRequired[list[str]]
    language: NotRequired[str]
    company: NotRequired[str]
    tags: NotRequired[list[str]]
    attributes: NotRequired[dict[str, Any]]


class ContactChanges(TypedDict):
    """What is left out stays as it is."""

    name: NotRequired[str | None]
    language: NotRequired[str | None]
    company: NotRequired[str | None]
    tier: NotRequired[str | None]
    attributes: NotRequired[dict[str, Any]]


class ErasureOut(TypedDict):
    id: str
    asked_at: str


class NewAddressIn(TypedDict):
    kind: str
    value: str


class SegmentOut(TypedDict):
    slug: str
    name: str
    sentence: str
    live: bool
    size: int | None
    counted_at: str | None


class Member(TypedDict):
    contact_id: str


class PageMember(TypedDict):
    data: list[Member]
    next: str | None


class Membership(TypedDict):
    member: bool
    reasons: list[Why]


class Why(TypedDict):
    depth: int
    condition: str
    holds: bool
    evidence: str


class BroadcastOut(TypedDict):
    """`state`: draft, waiting (for a person's yes), scheduled, sending, paused, finished, cancelled. `size`:
    of the audience, from the moment when it was frozen.
    """

    id: str
    name: str
    state: str
    segment: str
    touchpoint: str
    created_at: str
    begins_at: str | None
    began_at: str | None
    ended_at: str | None
    approved_by: str | None
    size: int | None


class PageBroadcastOut(TypedDict):
    data: list[BroadcastOut]
    next: str | None


class AccountOut(TypedDict):
    """`counts` add up to `audience`; `reasons`: of who is held or was refused, by the gate's code."""

    audience: int
    counts: dict[str, int]
    reasons: dict[str, dict[str, int]]


class OneBroadcast(TypedDict):
    id: str
    name: str
    state: str
    segment: str
    touchpoint: str
    created_at: str
    begins_at: str | None
    began_at: str | None
    ended_at: str | None
    approved_by: str | None
    size: int | None
    variants: list[VariantOut]
    account: AccountOut


class VariantOut(TypedDict):
    weight: int
    words: dict[str, WordsOut]


class WordsOut(TypedDict):
    subject: str
    preheader: str
    body: str
    nameless: str


class BroadcastIn(TypedDict):
    name: str
    segment: NotRequired[str]
    touchpoint: NotRequired[str]
    variants: list[VariantIn]
    schedule: NotRequired[Any]
    per_hour: NotRequired[int | None]


class LanguagesIn(TypedDict):
    nb: NotRequired[WordsIn | None]
    en: NotRequired[WordsIn | None]


class ScheduleIn(TypedDict):
    """`at`: one moment for all. `day` and `clock`: that hour by each client's own clock. Neither: as soon as
    a person has said yes.
    """

    at: NotRequired[str | None]
    day: NotRequired[str | None]
    clock: NotRequired[str | None]


class VariantIn(TypedDict):
    weight: NotRequired[int]
    words: LanguagesIn


class WordsIn(TypedDict):
    subject: NotRequired[str]
    preheader: NotRequired[str]
    body: NotRequired[str]
    nameless: NotRequired[str]


class EventOut(TypedDict):
    id: str
    name: str
    at: str
    recorded_at: str
    contact_id: str | None
    data: dict[str, Any]


class PageEventOut(TypedDict):
    data: list[EventOut]
    next: str | None


class NewEventIn(TypedDict):
    name: str
    at: NotRequired[str | None]
    data: NotRequired[dict[str, Any]]


class JourneyOut(TypedDict):
    slug: str
    name: str
    on: bool
    version: int
    begins_when_told: bool


class EnrolmentOut(TypedDict):
    id: str
    journey: str
    contact_id: str
    key: str
    version: int
    step: str
    phase: str
    due_at: str | None
    entered_at: str
    ended_at: str | None
    end_reason: str


class PageEnrolmentOut(TypedDict):
    data: list[EnrolmentOut]
    next: str | None


class Accepted(TypedDict):
    accepted: NotRequired[bool]


class NewEnrolmentIn(TypedDict):
    contact_id: str
    data: NotRequired[dict[str, Any]]


class MessageOut(TypedDict):
    id: str
    contact_id: str
    channel: str
    message_class: str
    purpose: str
    author: str
    cause: str
    template: str
    state: str
    due_at: str
    held_until: str | None
    settled_at: str | None
    reasons: list[ReasonOut]


class PageMessageOut(TypedDict):
    data: list[MessageOut]
    next: str | None


class ReasonOut(TypedDict):
    check: str
    code: str


class ConversationOut(TypedDict):
    id: str
    contact_id: str | None
    subject: str
    state: str
    assignee_id: str | None
    opened_at: str
    last_at: str


class PageConversationOut(TypedDict):
    data: list[ConversationOut]
    next: str | None


class EntryOut(TypedDict):
    id: str
    kind: str
    channel: str
    at: str
    subject: str
    text: str
    verified: bool


class PageEntryOut(TypedDict):
    data: list[EntryOut]
    next: str | None


class ProposalIn(TypedDict):
    text: str


class PageTaskOut(TypedDict):
    data: list[TaskOut]
    next: str | None


class TaskOut(TypedDict):
    id: str
    kind: str
    code: str
    contact_id: str | None
    owner_id: str | None
    urgent: bool
    opened_at: str
    asks_at: str | None
    due_at: str | None
    done_at: str | None
    answer: str


class TactfulError(Exception):
    """``status``: of HTTP. ``detail``: what is wrong and what to do. ``errors``: where, for bad input."""

    def __init__(
        self, status: int, detail: str, errors: list[dict[str, str]], retry_after: int | None
    ) -> None:
        super().__init__(f"{status}: {detail}")
        self.status = status
        self.detail = detail
        self.errors = errors
        self.retry_after = retry_after


def pages(method: Callable[..., Any], *path: str, **asked: Any) -> Iterator[Any]:
    """Every row of a list, page after page."""
    cursor = None
    while True:
        page = method(*path, cursor=cursor, **asked)
        yield from page["data"]
        cursor = page["next"]
        if cursor is None:
            return


def _part(text: str) -> str:
    return quote(str(text), safe="")


class _Stay(HTTPRedirectHandler):
    """A key goes nowhere else."""

    def redirect_request(self, *_: Any) -> None:
        return None


def _problem(error: HTTPError) -> TactfulError:
    try:
        told = json.load(error)
    except ValueError:
        told = {}
    after = error.headers.get("Retry-After", "")
    return TactfulError(
        error.code,
        told.get("detail") or error.reason,
        told.get("errors", []),
        int(after) if after.isdigit() else None,
    )


class Tactful:
    """``address``: where the house is. ``key``: an owner makes it under Settings, Other programs.
    ``timeout``: of one request, in seconds."""

    def __init__(self, address: str, key: str, timeout: float = 30) -> None:
        if not address.startswith(("https://", "http://")):
            raise ValueError("The address begins with https://.")
        self._base = address.rstrip("/") + "/api/v1"
        self._key = key
        self._timeout = timeout
        self._opener = build_opener(_Stay)

    def _asked(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, Any] | None = None,
        body: Any = None,
        key: str | None = None,
    ) -> Any:
        said = {name: value for name, value in (query or {}).items() if value is not None}
        said = {
            name: str(value).lower() if isinstance(value, bool) else value for name, value in said.items()
        }
        headers = {"Authorization": f"Bearer {self._key}", "Accept": "application/json"}
        if method != "GET":
            headers["Idempotency-Key"] = key or str(uuid.uuid4())
        if body is not None:
            headers["Content-Type"] = "application/json"
        request = Request(  # noqa: S310, the address has been looked at
            f"{self._base}{path}?{urlencode(said)}" if said else self._base + path,
            data=None if body is None else json.dumps(body).encode(),
            headers=headers,
            method=method,
        )
        try:
            with self._opener.open(request, timeout=self._timeout) as answer:
                return json.load(answer)
        except HTTPError as error:
            raise _problem(error) from None

    def list_contacts(
        self,
        *,
        cursor: str | None = None,
        limit: int | None = None,
        tag: str | None = None,
        email: str | None = None,
        phone: str | None = None,
        find: str | None = None,
    ) -> PageContactOut:
        """Clients in the order in which they came. `email` or `phone` finds the one who has this address;
        `find` those (at most 200) whose name, mail, phone or company holds these words in any part of it.
        """
        answer: PageContactOut = self._asked(
            "GET",
            "/contacts",
            query={
                "cursor": cursor,
                "limit": limit,
                "tag": tag,
                "email": email,
                "phone": phone,
                "find": find,
            },
        )
        return answer

    def create_contact(self, body: NewContactIn, *, idempotency_key: str | None = None) -> ContactOut:
        """A new client. An address that somebody has already is refused: nobody is merged unasked."""
        answer: ContactOut = self._asked("POST", "/contacts", body=body, key=idempotency_key)
        return answer

    def get_contact(self, contact_id: str) -> ContactOut:
        answer: ContactOut = self._asked("GET", f"/contacts/{_part(contact_id)}")
        return answer

    def update_contact(
        self, contact_id: str, body: ContactChanges, *, idempotency_key: str | None = None
    ) -> ContactOut:
        """What is left out stays as it is. What the gate asks about is heeded at once."""
        answer: ContactOut = self._asked(
            "PATCH", f"/contacts/{_part(contact_id)}", body=body, key=idempotency_key
        )
        return answer

    def erase_contact(
        self,
        contact_id: str,
        *,
        reason: Literal["asked", "objected", "not_needed", "mistake"] | None = None,
        idempotency_key: str | None = None,
    ) -> ErasureOut:
        """Erases a client from the database, the files and the search, for good. From the answer on nothing
        more goes to them and nothing comes in of them; once it is done, they are not found any more
        (404). Their addresses stay as keyed hashes, so that nobody brings them back unasked.
        """
        answer: ErasureOut = self._asked(
            "DELETE", f"/contacts/{_part(contact_id)}", query={"reason": reason}, key=idempotency_key
        )
        return answer

    def add_address(
        self, contact_id: str, body: NewAddressIn, *, idempotency_key: str | None = None
    ) -> ContactOut:
        answer: ContactOut = self._asked(
            "POST", f"/contacts/{_part(contact_id)}/addresses", body=body, key=idempotency_key
        )
        return answer

    def set_tag(self, contact_id: str, tag: str, *, idempotency_key: str | None = None) -> ContactOut:
        answer: ContactOut = self._asked(
            "PUT", f"/contacts/{_part(contact_id)}/tags/{_part(tag)}", key=idempotency_key
        )
        return answer

    def clear_tag(self, contact_id: str, tag: str, *, idempotency_key: str | None = None) -> ContactOut:
        answer: ContactOut = self._asked(
            "DELETE", f"/contacts/{_part(contact_id)}/tags/{_part(tag)}", key=idempotency_key
        )
        return answer

    def list_segments(self) -> list[SegmentOut]:
        answer: list[SegmentOut] = self._asked("GET", "/segments")
        return answer

    def list_members(self, slug: str, *, cursor: str | None = None, limit: int | None = None) -> PageMember:
        """Who is in it now, those known longest first. One that is kept up to date says who was in it when
        it was last looked at; any other is asked anew for each page.
        """
        answer: PageMember = self._asked(
            "GET", f"/segments/{_part(slug)}/members", query={"cursor": cursor, "limit": limit}
        )
        return answer

    def get_membership(self, slug: str, contact_id: str) -> Membership:
        """Whether a client is in it at this moment, and why."""
        answer: Membership = self._asked("GET", f"/segments/{_part(slug)}/members/{_part(contact_id)}")
        return answer

    def list_broadcasts(self, *, cursor: str | None = None, limit: int | None = None) -> PageBroadcastOut:
        """The newest first."""
        answer: PageBroadcastOut = self._asked("GET", "/broadcasts", query={"cursor": cursor, "limit": limit})
        return answer

    def draft_broadcast(self, body: BroadcastIn, *, idempotency_key: str | None = None) -> OneBroadcast:
        """A draft, as unfinished as you like. A person reads it, changes it, and sends it or not."""
        answer: OneBroadcast = self._asked("POST", "/broadcasts", body=body, key=idempotency_key)
        return answer

    def get_broadcast(self, broadcast_id: str) -> OneBroadcast:
        """With its words, and what became of each client of its audience: `counts` add up to `audience`."""
        answer: OneBroadcast = self._asked("GET", f"/broadcasts/{_part(broadcast_id)}")
        return answer

    def redraft_broadcast(
        self, broadcast_id: str, body: BroadcastIn, *, idempotency_key: str | None = None
    ) -> OneBroadcast:
        """A draft that a program made is written anew, as long as no person has taken it in hand."""
        answer: OneBroadcast = self._asked(
            "PUT", f"/broadcasts/{_part(broadcast_id)}", body=body, key=idempotency_key
        )
        return answer

    def propose_broadcast(self, broadcast_id: str, *, idempotency_key: str | None = None) -> OneBroadcast:
        """Ask people to read a draft that a program made. It goes when one of them says yes to exactly these
        words; a key cannot. What is still missing is said.
        """
        answer: OneBroadcast = self._asked(
            "POST", f"/broadcasts/{_part(broadcast_id)}/proposals", key=idempotency_key
        )
        return answer

    def list_events(
        self, contact_id: str, *, cursor: str | None = None, limit: int | None = None, name: str | None = None
    ) -> PageEventOut:
        """What happened with a client, the newest first."""
        answer: PageEventOut = self._asked(
            "GET",
            f"/contacts/{_part(contact_id)}/events",
            query={"cursor": cursor, "limit": limit, "name": name},
        )
        return answer

    def record_event(
        self, contact_id: str, body: NewEventIn, *, idempotency_key: str | None = None
    ) -> EventOut:
        """Tell that something happened with a client: journeys and segments hear of it. A name of ours, such
        as `message.sent`, is kept as `tracked.message.sent`: what we did only we can say.
        """
        answer: EventOut = self._asked(
            "POST", f"/contacts/{_part(contact_id)}/events", body=body, key=idempotency_key
        )
        return answer

    def list_journeys(self) -> list[JourneyOut]:
        answer: list[JourneyOut] = self._asked("GET", "/journeys")
        return answer

    def list_enrolments(
        self, slug: str, *, cursor: str | None = None, limit: int | None = None, contact_id: str | None = None
    ) -> PageEnrolmentOut:
        """Who walks this journey or has walked it, the newest first."""
        answer: PageEnrolmentOut = self._asked(
            "GET",
            f"/journeys/{_part(slug)}/enrolments",
            query={"cursor": cursor, "limit": limit, "contact_id": contact_id},
        )
        return answer

    def begin_journey(
        self, slug: str, body: NewEnrolmentIn, *, idempotency_key: str | None = None
    ) -> Accepted:
        """Begin a journey for a client, if it is one that begins when told. Who may not begin again stays as
        they are; and the gate decides about every message, as always.
        """
        answer: Accepted = self._asked(
            "POST", f"/journeys/{_part(slug)}/enrolments", body=body, key=idempotency_key
        )
        return answer

    def list_messages(
        self,
        *,
        cursor: str | None = None,
        limit: int | None = None,
        contact_id: str | None = None,
        state: Literal[
            "queued",
            "held",
            "claimed",
            "handoff",
            "unknown",
            "sent",
            "dead",
            "refused",
            "cancelled",
            "expired",
            "merged",
        ]
        | None = None,
    ) -> PageMessageOut:
        """The newest first, each with the gate's reasons. Words of messages are not in it."""
        answer: PageMessageOut = self._asked(
            "GET",
            "/messages",
            query={"cursor": cursor, "limit": limit, "contact_id": contact_id, "state": state},
        )
        return answer

    def list_conversations(
        self,
        *,
        cursor: str | None = None,
        limit: int | None = None,
        state: Literal["open", "waiting", "snoozed", "closed"] | None = None,
    ) -> PageConversationOut:
        answer: PageConversationOut = self._asked(
            "GET", "/conversations", query={"cursor": cursor, "limit": limit, "state": state}
        )
        return answer

    def list_entries(
        self, conversation_id: str, *, cursor: str | None = None, limit: int | None = None
    ) -> PageEntryOut:
        """What was said, the newest first."""
        answer: PageEntryOut = self._asked(
            "GET",
            f"/conversations/{_part(conversation_id)}/entries",
            query={"cursor": cursor, "limit": limit},
        )
        return answer

    def propose_answer(
        self, conversation_id: str, body: ProposalIn, *, idempotency_key: str | None = None
    ) -> EntryOut:
        """Note an answer that a person may send. Nothing is sent. Where a complaint stands or bad news is
        due, nothing can be proposed: there a person finds their own words.
        """
        answer: EntryOut = self._asked(
            "POST", f"/conversations/{_part(conversation_id)}/proposals", body=body, key=idempotency_key
        )
        return answer

    def list_tasks(
        self,
        *,
        cursor: str | None = None,
        limit: int | None = None,
        done: bool | None = None,
        contact_id: str | None = None,
    ) -> PageTaskOut:
        """What waits for a person (or, with `done`, what did), the newest first."""
        answer: PageTaskOut = self._asked(
            "GET", "/tasks", query={"cursor": cursor, "limit": limit, "done": done, "contact_id": contact_id}
        )
        return answer
