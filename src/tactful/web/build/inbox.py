"""The list of conversations: whose turn it is first, then what was said last."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from tactful.contacts import queries as contacts
from tactful.delivery import queries as outbox
from tactful.inbox import queries as inbox
from tactful.inbox.queries import Conversation, Entry, Filter, TalkSpell
from tactful.web.build.around import Around, look_around
from tactful.web.pages.inbox import ConversationGroup, ConversationRow, InboxPage, Thread
from tactful.web.types import EmptyState, Link, Person, Tab, Tag
from tactful.web.visit import Visit

PAGE = 40
SHOWS: dict[str, tuple[str, ...]] = {
    "open": ("open",),
    "waiting": ("waiting",),
    "snoozed": ("snoozed",),
    "closed": ("closed",),
    "all": (),
}


@dataclass(frozen=True, slots=True)
class Asked:
    """What the reader wants to see. ``before``: where the page before ended."""

    show: str = "open"
    q: str = ""
    before: tuple[datetime, int] | None = None


@dataclass(frozen=True, slots=True)
class _List:
    around: Around
    words: Mapping[int, Entry]
    talks: Mapping[int, Sequence[TalkSpell]]
    held: Mapping[int, int]
    current: int | None


def read_asked(show: str, q: str, before: str) -> Asked:
    """``before``: an ISO moment and an id with a comma between; what cannot be read is the first page."""
    at, _comma, ident = before.partition(",")
    try:
        key = (datetime.fromisoformat(at), int(ident)) if ident else None
    except ValueError:
        key = None
    if key is not None and key[0].tzinfo is None:
        key = None
    return Asked(show if show in SHOWS else "open", q.strip()[:200], key)


def inbox_page(visit: Visit, asked: Asked, thread: Thread | None = None) -> InboxPage:
    rows = _found(asked)
    shown, more = rows[:PAGE], rows[PAGE:]
    return InboxPage(
        tabs=_tabs(visit, asked),
        groups=_groups(shown, _read(shown, visit, thread.id if thread else None)),
        thread=thread,
        empty=None if shown else _empty(asked),
        q=asked.q,
        more=_more(asked, shown[-1]) if more else None,
    )


def _found(asked: Asked) -> list[Conversation]:
    ids = tuple(line.id for line in contacts.search(asked.q, limit=PAGE)) if asked.q else None
    states = SHOWS["all"] if asked.q else SHOWS[asked.show]
    return inbox.conversation_page(Filter(states, ids, asked.before), PAGE + 1)


def _read(rows: Sequence[Conversation], visit: Visit, current: int | None) -> _List:
    """Six queries, however many rows."""
    ids = [row.contact_id for row in rows if row.contact_id is not None]
    return _List(
        around=look_around(visit, ids),
        words=inbox.last_said([row.id for row in rows]),
        talks=inbox.running_talks(ids, ("question", "complaint")),
        held=outbox.held_by_contact(ids),
        current=current,
    )


def _groups(rows: Sequence[Conversation], known: _List) -> tuple[ConversationGroup, ...]:
    titles = {
        "open": _("We owe an answer"),
        "waiting": _("The client has the ball"),
        "snoozed": pgettext("conversations", "Snoozed"),
        "closed": pgettext("conversations", "Closed"),
    }
    groups = {state: tuple(_row(row, known) for row in rows if row.state == state) for state in titles}
    return tuple(ConversationGroup(titles[state], found) for state, found in groups.items() if found)


def _row(row: Conversation, known: _List) -> ConversationRow:
    entry, talks = known.words.get(row.id), known.talks.get(row.contact_id or 0, ())
    return ConversationRow(
        id=row.id,
        who=who_of(row, known.around),
        words=_words(entry) or row.subject,
        at=row.last_at,
        channel=entry.channel if entry else "mail",
        foot=_foot(row, known.around.visit),
        late=any(t.due_at is not None and t.due_at < known.around.visit.now for t in talks),
        unread=row.unread,
        current=row.id == known.current,
        tag=Tag(_("Complaint"), "brick") if any(t.kind == "complaint" for t in talks) else None,
        held=known.held.get(row.contact_id or 0, 0),
    )


def who_of(row: Conversation, around: Around) -> Person:
    """The client, or a stranger by the address."""
    if row.contact_id is None:
        return Person(
            row.stranger or _("Somebody we do not know"), is_client=True, title=_("Not a client yet")
        )
    return replace(around.client(row.contact_id))


def _words(entry: Entry | None) -> str:
    if entry is None:
        return ""
    if entry.kind == Entry.Kind.ELSEWHERE:
        return entry.text or elsewhere(entry.code)
    return " ".join(entry.text.split())[:160]


def elsewhere(how: str) -> str:
    words = {"phone": _("Answered by phone"), "in_person": _("Answered in person")}
    return words.get(how, _("Answered another way"))


def over_words(row: Conversation) -> str:
    return pgettext("conversation", "Over") if row.contact_id is None else _("Handed back")


def _foot(row: Conversation, visit: Visit) -> str:
    if row.state == Conversation.State.CLOSED:
        return over_words(row)
    if row.assignee_id == visit.user.id:
        return _("You have it")
    owner = visit.person(row.assignee_id)
    return _("%(name)s has it") % {"name": owner.name.split(" ")[0]} if owner else _("Nobody has it yet")


def _tabs(visit: Visit, asked: Asked) -> tuple[Tab, ...]:
    counts, url = inbox.count_by_state(), reverse("web:inbox")
    visit.knows(counts.get(Conversation.State.OPEN, 0), inbox.waiting_for_us)
    words = (
        ("open", pgettext("conversations", "Open")),
        ("waiting", pgettext("conversations", "Waiting")),
        ("snoozed", pgettext("conversations", "Snoozed")),
        ("closed", pgettext("conversations", "Closed")),
        ("all", pgettext("conversations", "All")),
    )
    counted = {"open", "waiting"}
    return tuple(
        Tab(text, f"{url}?show={show}", show == asked.show, counts.get(show, 0) if show in counted else None)
        for show, text in words
    )


def _more(asked: Asked, last: Conversation) -> Link:
    given = {"show": asked.show, "q": asked.q, "before": f"{last.last_at.isoformat()},{last.id}"}
    return Link(_("What came before"), f"{reverse('web:inbox')}?{urlencode(given)}")


def _empty(asked: Asked) -> EmptyState:
    if asked.q:
        text = _("Look for the name, the mail address or the company.")
        return EmptyState(_("No conversation matches"), text, "client")
    if asked.show == "open":
        return EmptyState(
            _("Nobody waits for an answer"), _("What clients write to you stands here."), "client"
        )
    return EmptyState(_("Nothing here"), _("Conversations move here by themselves as they go on."), "client")
