"""The functions behind ``wiring.reactions``: each speaks to two or three floors and decides little."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from tactful.contacts import actions as contacts
from tactful.contacts import queries as people
from tactful.delivery import actions as delivery
from tactful.delivery import queries as outbox
from tactful.engagements import actions as engagements
from tactful.engagements import queries as documents
from tactful.engagements.types import NewFile
from tactful.events.types import Fact
from tactful.foundation.models import Role, User
from tactful.gate.actions import NewHold, keep_hold
from tactful.gate.rules.codes import Code
from tactful.gate.rules.orders import UNTIL_BACK
from tactful.gate.rules.word import is_only_late
from tactful.gate.types import Author, OnRelease
from tactful.inbox import queries as inbox
from tactful.inbox.actions.quiet import ending_by_themselves
from tactful.inbox.actions.tasks import finish_about, finish_keyed, open_tasks
from tactful.inbox.types import NewTask
from tactful.wiring import looking, missed

UNVERIFIED_PAUSE = timedelta(days=7)
AWAY_AT_LEAST = timedelta(days=1)
AWAY_AT_MOST = timedelta(days=60)  # who is away for longer, or was misread, is asked about by a person
WORKING_DAY = timedelta(days=1)
LATE = "message_late"
OUR_TALK = frozenset({Code.TALK_CONVERSATION, Code.TALK_HANDOFF})
"""In which no question waits for us. About a mailbox that cannot be read somebody is asked anyway."""
OF_HOLDS = frozenset({"message_held", "hold_expired"})
HAVE_TIME = frozenset({"call", "write", "decide"})
"""What a journey wants of people within a time that it names. An answer and a yes are waited for."""


def wake_held(facts: Sequence[Fact], now: datetime) -> None:
    """What was held for this client and this cause meets the gate again, or its journey."""
    names = {fact.name for fact in facts}
    contacts_of = {fact.contact_id for fact in facts if fact.contact_id is not None}
    delivery.release(names=sorted(names), contact_ids=sorted(contacts_of), now=now)


def wake_held_by_order(facts: Sequence[Fact], now: datetime) -> None:
    """A standing hold was released; those of everything or a group wake everybody whom they held."""
    known = sorted({fact.contact_id for fact in facts if fact.contact_id is not None})
    if known:
        delivery.release(names=["hold.released"], contact_ids=known, now=now)
    if any(fact.contact_id is None for fact in facts):
        delivery.release(names=["hold.released"], now=now)


def pause_marketing(facts: Sequence[Fact], now: datetime) -> None:
    """Mail that nobody vouches for: marketing rests, nothing is withdrawn (R93)."""
    for fact in facts:
        if fact.contact_id is not None:
            hold = NewHold(
                scope="contact",
                scope_id=fact.contact_id,
                topic="marketing",
                reason="unverified",
                expires_at=now + UNVERIFIED_PAUSE,
            )
            keep_hold(hold, now=now)


def rest_while_away(facts: Sequence[Fact], now: datetime) -> None:
    """An out-of-office names its return date: until then we do not write, except for what they wait for
    and for what would be too late then."""
    for fact in facts:
        named = _moment(fact.data.get("until"))
        until = min(named, now + AWAY_AT_MOST) if named else now
        if fact.contact_id is not None and until > now + AWAY_AT_LEAST:
            hold = NewHold(
                scope="contact",
                scope_id=fact.contact_id,
                topic=UNTIL_BACK,
                reason="away",
                expires_at=until,
                on_release=OnRelease.RECOMPUTE,
            )
            keep_hold(hold, now=now)


def ask_is_this_it(facts: Sequence[Fact], now: datetime) -> None:
    """Attachments while documents are missing: keep them, and ask a person which they are."""
    entries = inbox.files_of_entries([int(fact.data["entry"]) for fact in facts if "entry" in fact.data])
    missing = documents.open_with_missing([fact.contact_id for fact in facts if fact.contact_id], now)
    for fact in facts:
        files = entries.get(int(fact.data.get("entry", 0)), [])
        views = missing.get(fact.contact_id or 0, [])
        if not files or not views or fact.contact_id is None:
            continue
        news = [NewFile(f.name, f.content_type, f.size, f.sha256, f.stored, f.id) for f in files]
        kept = engagements.keep_files(fact.contact_id, news, "mail", document_id=None, now=now)
        looking.ask_is_this_it({file.id: file.name for file in kept}, views[0], now)


def ask_to_look_for_document(facts: Sequence[Fact], now: datetime) -> None:
    tasks = []
    for fact in facts:
        row = documents.document(int(fact.data["document"]))
        if row is not None:
            tasks.append(
                NewTask(
                    kind="decide",
                    code="look_for_document",
                    dedupe_key=f"claimed:{fact.id}",
                    contact_id=fact.contact_id,
                    owner_id=row.engagement.owner_id,
                    params={"en": row.name_en, "nb": row.name_nb},
                    subject_kind="document",
                    subject_id=row.id,
                    due_at=now + WORKING_DAY,
                    may_wait=True,  # what is said to be here is not asked for meanwhile
                    needed_by=looking.needed_by(row.engagement.due_on, now),
                )
            )
    open_tasks(tasks, now=now)


def settle_document_tasks(facts: Sequence[Fact], now: datetime) -> None:
    finish_about("document", [int(fact.data["document"]) for fact in facts], now=now)


def open_wanted_tasks(facts: Sequence[Fact], now: datetime) -> None:
    """Journeys ask for people, and so does delivery about messages and accounts."""
    _open_journey_tasks([fact for fact in facts if "enrolment" in fact.data], now)
    _open_sending_tasks([fact for fact in facts if "enrolment" not in fact.data], now)


def _open_sending_tasks(facts: Sequence[Fact], now: datetime) -> None:
    """``kind``: message_held, message_unknown, hold_ended, or what an account or the clock needs. One open
    question of a kind about one thing is enough; when it has been answered it may be asked again."""
    facts = _without_those_that_end(facts, now)
    asked = set(inbox.open_tasks().values_list("code", "subject_id", "params__account"))
    managers = people.people({fact.contact_id for fact in facts if fact.contact_id is not None})
    rows = outbox.dispatches([int(fact.data["message"]) for fact in facts if fact.data.get("message")])
    owner = _business_owner()
    tasks = []
    for fact in facts:
        data, person = fact.data, managers.get(fact.contact_id or 0)
        message = data.get("message")
        latest_at = rows[message].message.latest_at if message in rows else None
        kind = _kind(data, rows.get(message or 0))
        question = (kind, message, data.get("account"))
        if question in asked:
            continue
        asked.add(question)
        tasks.append(
            NewTask(
                kind="unknown" if data.get("kind") == "message_unknown" else "decide",
                code=question[0],
                dedupe_key=f"{question[0]}:{fact.id}",
                contact_id=fact.contact_id,
                owner_id=owner
                if kind == LATE
                else data.get("owner") or (person and person.manager_id) or owner,
                params={key: value for key, value in data.items() if key not in ("owner", "kind")},
                subject_kind="message" if message else "sending",
                subject_id=int(message) if message else None,
                due_at=min(now + WORKING_DAY, latest_at or now + WORKING_DAY),
                urgent=not message,
                may_wait=kind == "message_unknown" and _has_time(rows.get(message or 0)),
                needed_by=latest_at,
            )
        )
    open_tasks(tasks, now=now)


def _without_those_that_end(facts: Sequence[Fact], now: datetime) -> list[Fact]:
    """Where only we talk with a client and our word was last, the hold ends by itself when that is two quiet
    days ago. If it does within a day, nobody is asked; if it goes on after all, the gate asks again."""
    ours = {fact.id: fact.contact_id for fact in facts if _only_we_talk(fact) and fact.contact_id is not None}
    if not ours:
        return list(facts)
    end = ending_by_themselves(set(ours.values()), by=now + WORKING_DAY, now=now)
    return [fact for fact in facts if ours.get(fact.id) not in end]


def _only_we_talk(fact: Fact) -> bool:
    reasons = set(fact.data.get("reasons") or ())
    talked = bool(reasons & OUR_TALK) and reasons <= OUR_TALK | {Code.TALK_UNREAD}
    return fact.data.get("kind") == "hold_expired" and talked


def _has_time(row: outbox.Dispatch | None) -> bool:
    """What became of it may be asked tomorrow: it spoke of no date, and no client waits for it, nor for the
    words of one of us."""
    return (
        row is not None
        and row.author != Author.PERSON_DIRECT
        and row.message.message_class not in missed.DATES
    )


def _kind(data: Mapping[str, Any], row: outbox.Dispatch | None) -> str:
    """What is late because nothing could be sent is one question to the owner, however much it is."""
    kind = str(data.get("kind", "sending"))
    if kind in OF_HOLDS and row is not None:
        late = is_only_late([reason.code for reason in outbox.reasons_of(row)])
        return LATE if late else kind
    return kind


def settle_message_tasks(facts: Sequence[Fact], now: datetime) -> None:
    """A person has decided about a message on its own page: its task is done."""
    decided = [
        int(fact.data["message"]) for fact in facts if "message" in fact.data and "task" not in fact.data
    ]
    finish_about("message", decided, now=now)


def drop_questions(facts: Sequence[Fact], now: datetime) -> None:
    """Whether it shall go, or be sent again, is decided: it has gone, or it never will."""
    finish_about("message", [int(fact.data["message"]) for fact in facts], now=now)


def _open_journey_tasks(facts: Sequence[Fact], now: datetime) -> None:
    managers = people.people({fact.contact_id for fact in facts if fact.contact_id is not None})
    owner = _business_owner()
    tasks = []
    for fact in facts:
        data, person = fact.data, managers.get(fact.contact_id or 0)
        manager = person.manager_id if person else None
        due_at = _moment(data.get("due_at"))
        tasks.append(
            NewTask(
                kind=str(data["kind"]),
                code="journey",
                dedupe_key=_visit_key(fact),
                contact_id=fact.contact_id,
                owner_id=_owner(str(data.get("owner", "")), manager, owner),
                params={key: data[key] for key in ("title", "journey_name", "visit", "answers", "about")},
                subject_kind="enrolment",
                subject_id=int(data["enrolment"]),
                due_at=due_at,
                leisure=bool(data.get("may_pass")),
                may_wait=data["kind"] in HAVE_TIME and due_at is not None,
                needed_by=due_at,
            )
        )
    open_tasks(tasks, now=now)


def close_journey_tasks(facts: Sequence[Fact], now: datetime) -> None:
    """Only that of the step which was left: the next step may have opened one of its own."""
    finish_keyed([_visit_key(fact) for fact in facts], now=now)


def _visit_key(fact: Fact) -> str:
    return f"visit:{fact.data['enrolment']}:{fact.data['visit']}"


def change_contacts(facts: Sequence[Fact], now: datetime) -> None:
    for fact in facts:
        if fact.contact_id is None:
            continue
        if changes := fact.data.get("set"):
            contacts.update_contact(fact.contact_id, changes, acting_user=None, now=now)
        if tag := fact.data.get("add_tag"):
            contacts.set_flag(fact.contact_id, "tag", tag, acting_user=None, now=now)
        if tag := fact.data.get("remove_tag"):
            contacts.clear_flag(fact.contact_id, "tag", tag, acting_user=None, now=now)


def ask_about_undelivered(facts: Sequence[Fact], now: datetime) -> None:
    managers = people.people({fact.contact_id for fact in facts if fact.contact_id is not None})
    rows = outbox.dispatches([int(fact.data["message"]) for fact in facts])
    open_tasks(
        [
            NewTask(
                kind="decide",
                code="undelivered",
                dedupe_key=f"dead:{fact.data['message']}",
                contact_id=fact.contact_id,
                owner_id=managers[fact.contact_id].manager_id if fact.contact_id in managers else None,
                params={
                    "outcome": fact.data.get("outcome", ""),
                    "detail": str(fact.data.get("detail", ""))[:200],
                },
                subject_kind="message",
                subject_id=int(fact.data["message"]),
                due_at=now + WORKING_DAY,
                may_wait=_has_time(rows.get(int(fact.data["message"]))),
            )
            for fact in facts
        ],
        now=now,
    )


def suppress_bounced(facts: Sequence[Fact], now: datetime) -> None:
    """Where delivery gives a reason (a dead address, a complaint, a mailbox full for long), we stop there."""
    for fact in facts:
        reason, address = fact.data.get("reason"), fact.data.get("address")
        if reason and address:
            subject = contacts.Subject(channel="mail", address=str(address), contact_id=fact.contact_id)
            contacts.suppress(
                subject, str(reason), acting_user=None, now=now, detail=str(fact.data.get("code", ""))
            )


def _owner(named: str, manager: int | None, business_owner: int | None) -> int | None:
    if named.startswith("person:"):
        found = User.objects.filter(email__iexact=named.removeprefix("person:"), is_active=True).first()
        return found.id if found else manager
    return business_owner if named == "business_owner" else manager or business_owner


def _business_owner() -> int | None:
    owner = User.objects.filter(role=Role.OWNER, is_active=True).order_by("id").first()
    return owner.id if owner else None


def _moment(text: Any) -> datetime | None:
    return datetime.fromisoformat(text) if isinstance(text, str) and text else None


def ask_about_endpoint(facts: Sequence[Fact], now: datetime) -> None:
    """Who has stopped it themselves is not told so."""
    _ask_about("endpoint", "endpoint_stopped", [fact for fact in facts if fact.data["by"] is None], now)


def ask_about_calendar(facts: Sequence[Fact], now: datetime) -> None:
    """Reminders would come from what stood in it yesterday."""
    _ask_about("calendar", "calendar_failing", facts, now)


def _ask_about(kind: str, code: str, facts: Sequence[Fact], now: datetime) -> None:
    """Something of the house, by its name, that a person must look at within a working day."""
    open_tasks(
        [
            NewTask(
                kind="decide",
                code=code,
                dedupe_key=f"{kind}:{fact.id}",
                params={"name": fact.data["name"]},
                due_at=now + WORKING_DAY,
            )
            for fact in facts
        ],
        now=now,
    )
