"""What happened with clients and what is done: events, journeys, messages, conversations, tasks."""

from django.http import HttpRequest
from ninja import Router

from tactful.api.rest.contacts import audit, key_of, known_id
from tactful.api.rest.paging import after_id, after_moment, paged, the
from tactful.api.rest.problems import Problem, not_found
from tactful.api.rest.scopes import Key, Scope
from tactful.api.rest.shapes import (
    USUALLY,
    Accepted,
    ConversationOut,
    ConversationState,
    EnrolmentOut,
    EntryOut,
    EventOut,
    Id,
    JourneyOut,
    Limit,
    Line,
    MessageOut,
    MessageState,
    NewEnrolmentIn,
    NewEventIn,
    Page,
    ProposalIn,
    ReasonOut,
    TaskOut,
)
from tactful.delivery import queries as delivery
from tactful.delivery.queries import Dispatch
from tactful.events import queries as events
from tactful.events.actions import record
from tactful.events.types import Fact, NewFact
from tactful.foundation.clock import business_now
from tactful.inbox import queries as inbox
from tactful.inbox.actions.answer import InboxError, propose
from tactful.journeys import actions as journey_actions
from tactful.journeys import queries as journeys
from tactful.journeys.queries import Enrolment, Journey, JourneyLine
from tactful.journeys.types import ManualEntry
from tactful.tracking.rules.bodies import told_values
from tactful.tracking.rules.names import event_name

router = Router()


@router.get(
    "/contacts/{contact_id}/events",
    response=Page[EventOut],
    auth=Key(Scope.READ_EVENTS),
    tags=["Events"],
    operation_id="list_events",
)
def list_events(
    request: HttpRequest, contact_id: Id, cursor: Line | None = None, limit: Limit = USUALLY, name: Line = ""
) -> object:
    """What happened with a client, the newest first."""
    client = known_id(contact_id)
    rows = events.newest(client, name=name, before=after_moment(cursor), limit=limit + 1)
    return paged(rows, limit, lambda fact: [fact.ts, fact.id], _event)


@router.post(
    "/contacts/{contact_id}/events",
    response={201: EventOut},
    auth=Key(Scope.WRITE_EVENTS),
    tags=["Events"],
    operation_id="record_event",
)
def record_event(request: HttpRequest, contact_id: Id, new: NewEventIn) -> object:
    """Tell that something happened with a client: journeys and segments hear of it. A name of ours,
    such as `message.sent`, is kept as `tracked.message.sent`: what we did only we can say."""
    client, now = known_id(contact_id), business_now()
    if new.at and new.at > now:
        raise Problem(422, "It cannot have happened yet. Send “at” when it has, or leave it out.")
    name = event_name(new.name)
    if not name:
        raise Problem(
            422, "The name has no letter that can be seen. Say what happened, as “Order Completed”."
        )
    fact = NewFact(name, client, told_values(new.data), new.at)
    (ident,) = record([fact], now=now, source=f"api:{key_of(request).id}")
    return 201, _event(Fact(ident, name, client, new.at or now, now, dict(fact.data)))


@router.get(
    "/journeys",
    response=list[JourneyOut],
    auth=Key(Scope.READ_JOURNEYS),
    tags=["Journeys"],
    operation_id="list_journeys",
)
def list_journeys(request: HttpRequest) -> object:
    return [_journey(line) for line in journeys.all_journeys()]


@router.get(
    "/journeys/{slug}/enrolments",
    response=Page[EnrolmentOut],
    auth=Key(Scope.READ_JOURNEYS),
    tags=["Journeys"],
    operation_id="list_enrolments",
)
def list_enrolments(
    request: HttpRequest,
    slug: Line,
    cursor: Line | None = None,
    limit: Limit = USUALLY,
    contact_id: Id | None = None,
) -> object:
    """Who walks this journey or has walked it, the newest first."""
    client = known_id(contact_id) if contact_id else None
    rows = journeys.enrolments(
        journey_id=_journey_named(slug).id, contact_id=client, before=after_id(cursor), limit=limit + 1
    )
    return paged(rows, limit, lambda row: [row.id], _enrolment)


@router.post(
    "/journeys/{slug}/enrolments",
    response={202: Accepted},
    auth=Key(Scope.BEGIN_JOURNEYS),
    tags=["Journeys"],
    operation_id="begin_journey",
)
def begin_journey(request: HttpRequest, slug: Line, new: NewEnrolmentIn) -> object:
    """Begin a journey for a client, if it is one that begins when told. Who may not begin again stays as
    they are; and the gate decides about every message, as always."""
    journey, client, now = _journey_named(slug), known_id(new.contact_id), business_now()
    if journey.live_version_id is None:
        raise Problem(422, f"“{slug}” has not been published yet.")
    try:
        journey_actions.begin_by_hand(journey.id, [client], data=new.data, acting_user=None, now=now)
    except ValueError as trouble:
        raise Problem(422, str(trouble)) from trouble
    audit(request, "journey.begun", f"contact:{client}", now, journey=slug)
    return 202, Accepted()


@router.get(
    "/messages",
    response=Page[MessageOut],
    auth=Key(Scope.READ_MESSAGES),
    tags=["Messages"],
    operation_id="list_messages",
)
def list_messages(
    request: HttpRequest,
    cursor: Line | None = None,
    limit: Limit = USUALLY,
    contact_id: Id | None = None,
    state: MessageState | None = None,
) -> object:
    """The newest first, each with the gate's reasons. Words of messages are not in it."""
    rows = delivery.outbox(
        states=[state] if state else [],
        contact_id=known_id(contact_id) if contact_id else None,
        before=after_id(cursor),
        limit=limit + 1,
    )
    return paged(rows, limit, lambda row: [row.pk], _message)


@router.get(
    "/conversations",
    response=Page[ConversationOut],
    auth=Key(Scope.READ_CONVERSATIONS),
    tags=["Conversations"],
    operation_id="list_conversations",
)
def list_conversations(
    request: HttpRequest,
    cursor: Line | None = None,
    limit: Limit = USUALLY,
    state: ConversationState | None = None,
) -> object:
    chosen = inbox.Filter(states=(state,) if state else (), before=after_moment(cursor))
    rows = inbox.conversation_page(chosen, limit + 1)
    return paged(rows, limit, lambda row: [row.last_at, row.id], ConversationOut.from_orm)


@router.get(
    "/conversations/{conversation_id}/entries",
    response=Page[EntryOut],
    auth=Key(Scope.READ_CONVERSATIONS),
    tags=["Conversations"],
    operation_id="list_entries",
)
def list_entries(
    request: HttpRequest, conversation_id: Id, cursor: Line | None = None, limit: Limit = USUALLY
) -> object:
    """What was said, the newest first."""
    ident = _conversation(conversation_id).id
    rows = inbox.entries_page(ident, before=after_moment(cursor), limit=limit + 1)
    return paged(rows, limit, lambda row: [row.at, row.id], EntryOut.from_orm)


@router.post(
    "/conversations/{conversation_id}/proposals",
    response={201: EntryOut},
    auth=Key(Scope.PROPOSE),
    tags=["Conversations"],
    operation_id="propose_answer",
)
def propose_answer(request: HttpRequest, conversation_id: Id, new: ProposalIn) -> object:
    """Note an answer that a person may send. Nothing is sent. Where a complaint stands or bad news is due,
    nothing can be proposed: there a person finds their own words."""
    conversation, now = _conversation(conversation_id), business_now()
    try:
        entry = propose(conversation.id, new.text, by=key_of(request).name, now=now)
    except InboxError as trouble:
        raise Problem(422, str(trouble)) from trouble
    audit(request, "answer.proposed", f"conversation:{conversation.id}", now)
    return 201, EntryOut.from_orm(entry)


@router.get(
    "/tasks",
    response=Page[TaskOut],
    auth=Key(Scope.READ_TASKS),
    tags=["Tasks"],
    operation_id="list_tasks",
)
def list_tasks(
    request: HttpRequest,
    cursor: Line | None = None,
    limit: Limit = USUALLY,
    done: bool = False,
    contact_id: Id | None = None,
) -> object:
    """What waits for a person (or, with `done`, what did), the newest first."""
    client = known_id(contact_id) if contact_id else None
    rows = inbox.tasks_page(done=done, contact_id=client, before=after_id(cursor), limit=limit + 1)
    return paged(rows, limit, lambda row: [row.id], TaskOut.from_orm)


def _conversation(conversation_id: str) -> inbox.Conversation:
    return the(conversation_id, inbox.conversation)


def _journey_named(slug: str) -> Journey:
    found = journeys.journey_by_slug(slug)
    if found is None:
        raise not_found()
    return found


def _event(fact: Fact) -> EventOut:
    return EventOut(
        id=str(fact.id),
        name=fact.name,
        at=fact.ts,
        recorded_at=fact.recorded_at,
        contact_id=str(fact.contact_id),
        data=fact.data,
    )


def _journey(line: JourneyLine) -> JourneyOut:
    row = line.journey
    told = row.live_version_id is not None and isinstance(journeys.definition_of(row).entry, ManualEntry)
    return JourneyOut(
        slug=row.slug, name=row.name_en, on=line.is_on, version=line.version, begins_when_told=told
    )


def _enrolment(row: Enrolment) -> EnrolmentOut:
    return EnrolmentOut(
        id=str(row.id),
        journey=row.journey.slug,
        contact_id=str(row.contact_id),
        key=row.entry_key,
        version=row.version.number,
        step=row.step,
        phase=row.phase,
        due_at=row.due_at,
        entered_at=row.entered_at,
        ended_at=row.ended_at,
        end_reason=row.end_reason,
    )


def _message(row: Dispatch) -> MessageOut:
    message, held = row.message, row.state == delivery.State.HELD
    return MessageOut(
        id=str(row.pk),
        contact_id=str(row.contact_id),
        channel=message.channel,
        message_class=message.message_class,
        purpose=message.purpose,
        author=row.author,
        cause=message.cause_kind,
        template=message.template,
        state=row.state,
        due_at=message.due_at,
        held_until=row.not_before if held else None,
        settled_at=row.settled_at,
        reasons=[
            ReasonOut(check=reason.check.name.lower(), code=reason.code)
            for reason in delivery.reasons_of(row)
        ],
    )
