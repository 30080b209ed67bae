"""One thread: what people said and what automation sent, in the order in which the client saw it."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tactful.delivery import queries as outbox
from tactful.delivery.queries import Dispatch, State
from tactful.delivery.rules.mail import WHY
from tactful.foundation.secrets import key_ring
from tactful.gate.sentences import reason_sentence
from tactful.gate.types import Author
from tactful.inbox import queries as inbox
from tactful.inbox.queries import Conversation, Entry
from tactful.inbox.types import HISTORY, OUTSIDE, PROPOSAL
from tactful.kernel.tokens import sign
from tactful.web.build.around import Around
from tactful.web.build.inbox import elsewhere
from tactful.web.types import AttachmentView, Bubble, Crossing, DayMark, Glyph, Person
from tactful.wiring.written import words_of

AUTOMATIC = 60  # messages of automation that are looked at
RANK = {"took_over": 0, "handed_back": 2}  # who answers takes over first, and hands back after
SHOWN: dict[str, Glyph] = {
    State.SENT: "sent",
    State.UNKNOWN: "unknown",
    State.HANDOFF: "plan",
    State.QUEUED: "plan",
    State.CLAIMED: "plan",
    State.HELD: "held",
    State.DEAD: "refused",
}
Line = Bubble | Crossing
Placed = tuple[datetime, int, int, Line]  # moment, rank within it, id


def thread_entries(
    row: Conversation, client: Person, around: Around
) -> tuple[tuple[Bubble | DayMark | Crossing, ...], int]:
    """The lines with a mark at each new day, and the id of the newest entry."""
    entries = inbox.newest_entries(row.id)
    placed = [*_said(entries, client, around), *_automatic(row, entries, around)]
    lines = _with_days(sorted(placed, key=lambda each: each[:3]), around.visit.house.time_zone)
    return tuple(lines), max((entry.id for entry in entries), default=0)


def _said(entries: Sequence[Entry], client: Person, around: Around) -> Iterable[Placed]:
    whole = inbox.with_html([entry.id for entry in entries])
    states = outbox.dispatches([entry.message_id for entry in entries if entry.message_id])
    for entry in entries:
        yield (
            entry.at,
            RANK.get(entry.code, 1),
            entry.id,
            _line(entry, client, around, entry.id in whole, states),
        )


def _line(
    entry: Entry, client: Person, around: Around, is_html: bool, states: Mapping[int, Dispatch]
) -> Line:
    author = around.visit.person(entry.author_id) or Person(_("Somebody of ours"))
    if entry.kind == Entry.Kind.LINE:
        return Crossing(crossing(entry.code, author if entry.author_id else None), entry.at)
    if entry.kind == Entry.Kind.INBOUND:
        return _from_client(entry, client, is_html)
    if entry.code == PROPOSAL:
        return _proposal(entry, around)
    if entry.kind == Entry.Kind.NOTE:
        return Bubble("note", entry.text, entry.at, author)
    if entry.code == OUTSIDE:
        return _from_outside(entry, around, is_html)
    return _from_us(entry, author, states)


def _from_us(entry: Entry, author: Person, states: Mapping[int, Dispatch]) -> Bubble:
    if entry.kind == Entry.Kind.ELSEWHERE:
        said = f"{elsewhere(entry.code)}. {entry.text}".strip()
        return Bubble("note", said, entry.at, author, channel="phone" if entry.code == "phone" else "")
    sent = states.get(entry.message_id or 0)
    state = SHOWN.get(sent.state, "plan") if sent else "sent"
    return Bubble("us", entry.text, entry.at, author, entry.channel, state=state)


def _proposal(entry: Entry, around: Around) -> Bubble:
    use = f"{reverse('web:conversation', args=[entry.conversation_id])}?words={entry.id}#write"
    return Bubble(
        "note",
        entry.text,
        entry.at,
        proposed_by=entry.data.get("by", ""),
        use_url=use if around.visit.user.may_write else "",
    )


def _from_outside(entry: Entry, around: Around, is_html: bool) -> Bubble:
    where = [_("written in another program"), *([_of_then()] if entry.data.get(HISTORY) else [])]
    return Bubble(
        "us",
        entry.text,
        entry.at,
        writer(entry, around),
        entry.channel,
        where=", ".join(where),
        whole_url=reverse("web:entry", args=[entry.id]) if is_html or entry.full_text != entry.text else "",
        attachments=_files(entry),
        notes=tuple(_not_shown(entry)),
    )


def writer(entry: Entry, around: Around) -> Person:
    """Who of ours, if we know; else the name that stood on it."""
    known = around.visit.person(entry.author_id)
    return known or Person(entry.data.get("name") or _("Somebody of ours"))


def _of_then() -> str:
    return _("before the mailbox was connected")


def _files(entry: Entry) -> tuple[AttachmentView, ...]:
    return tuple(
        AttachmentView(file.name, file.size, reverse("web:entry_file", args=[file.id]))
        for file in entry.files.all()
    )


def _from_client(entry: Entry, client: Person, is_html: bool) -> Bubble:
    automatic = _("an automatic answer") if entry.code == "automatic" else ""
    who = client if entry.verified else Person(entry.sender or client.name, is_client=True)
    return Bubble(
        "client",
        entry.text,
        entry.at,
        who,
        entry.channel,
        where=automatic or (_of_then() if entry.data.get(HISTORY) else ""),
        whole_url=reverse("web:entry", args=[entry.id]) if is_html or entry.full_text != entry.text else "",
        attachments=_files(entry),
        notes=tuple(_not_shown(entry)),
    )


def _not_shown(entry: Entry) -> Iterable[str]:
    if count := entry.data.get("left_out", 0):
        yield ngettext(
            "%(count)d attachment was left out.", "%(count)d attachments were left out.", count
        ) % {"count": count}
    if entry.data.get("words_only"):
        yield _("Shown as plain words.")
    if entry.data.get("cut"):
        yield _("It is longer than we show: the end is missing.")


def crossing(code: str, author: Person | None) -> str:
    name = author.name.split(" ")[0] if author else ""
    if code == "took_over":
        return _("%(name)s took over. Automation went quiet.") % {"name": name or _("A person")}
    if code == "handed_back_quiet":
        return _("Two quiet days. Automation may write again.")
    if name:
        return _("%(name)s handed back. Automation may write again.") % {"name": name}
    return _("Handed back. Automation may write again.")


def _automatic(row: Conversation, entries: Sequence[Entry], around: Around) -> Iterable[Placed]:
    """Automation's messages to this client; what was refused or dropped was never seen and is left out."""
    if row.contact_id is None:
        return
    found = outbox.outbox(states=tuple(SHOWN), contact_id=row.contact_id, limit=AUTOMATIC)
    ours = [each for each in found if each.author != Author.PERSON_DIRECT]
    first = entries[0].at if len(entries) >= 200 else None
    words = words_of(ours, around.visit.now)
    for each in ours:
        at = _when(each)
        if each.state == State.QUEUED or (first is not None and at < first):
            continue
        text = words[each.pk].text if each.pk in words else ""
        yield at, 1, each.pk, _bubble(each, text or around.title(each.message), around)


def _when(row: Dispatch) -> datetime:
    if row.state == State.HELD:
        return row.held_since or row.not_before
    return row.first_handoff_at or row.settled_at or row.not_before


def _bubble(row: Dispatch, text: str, around: Around) -> Bubble:
    reasons = outbox.reasons_of(row)
    held = row.state == State.HELD
    names = around.names(row.contact_id)
    why = reason_sentence(reasons[0], names, around.visit.reader) if held and reasons else ""
    return Bubble(
        "held" if held else "auto",
        text,
        _when(row),
        channel=row.message.channel,
        state=SHOWN.get(row.state, "plan"),
        why_url=reverse("web:message", args=[row.pk]),
        due_at=row.message.due_at if held else None,
        reason=_inside(why, names) if why else "",
    )


def _inside(sentence: str, names: Mapping[str, str]) -> str:
    """After a colon a sentence begins small, unless a name begins it."""
    begins_with_name = any(sentence.startswith(name) for name in names.values())
    return f"{sentence}." if begins_with_name else f"{sentence[:1].lower()}{sentence[1:]}."


def _with_days(lines: Sequence[Placed], zone: str) -> Iterable[Bubble | DayMark | Crossing]:
    day = None
    for at, _rank, _ident, line in lines:
        local = at.astimezone(ZoneInfo(zone)).date()
        if local != day:
            day = local
            yield DayMark(at)
        yield line


def why_url(message_id: int, key_id: int) -> str:
    """What the client sees behind "why did I get this"."""
    return reverse("portal:why", args=[sign(key_ring(), WHY, message_id, key_id)])
