"""A thread with all that stands around it: what we owe, what automation plans, how we may write."""

from collections.abc import Iterable, Sequence
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from tactful.contacts import queries as contacts
from tactful.contacts.types import AddressView
from tactful.delivery import queries as outbox
from tactful.delivery.queries import Dispatch
from tactful.engagements import queries as engagements
from tactful.gate.types import Author
from tactful.inbox import queries as inbox
from tactful.inbox.queries import MOODS, Conversation, TalkSpell
from tactful.kernel.zones import utc_of
from tactful.web.build.around import Around, look_around, post
from tactful.web.build.holds import alone, hold_card
from tactful.web.build.inbox import over_words, who_of
from tactful.web.build.misread import misread
from tactful.web.build.thread import thread_entries
from tactful.web.build.wanted import not_asked
from tactful.web.pages.inbox import Choice, Composer, Debt, PlanRow, Thread
from tactful.web.templatetags.tactful import near
from tactful.web.types import Act, HoldCard, Meta
from tactful.web.visit import Visit

HELD_SHOWN, PLANNED_SHOWN = 3, 6
MORNING = time(8)
A_MOMENT = timedelta(seconds=30)  # in which what was held is thought over
HANDED_BACK = ("question", "handoff", "conversation")  # what ends when it is handed back


def thread_page(row: Conversation, visit: Visit, draft: str = "", error: str = "") -> Thread:
    around = look_around(visit, [row.contact_id])
    client = who_of(row, around)
    entries, newest = thread_entries(row, client, around)
    talks = inbox.running_talks([row.contact_id]).get(row.contact_id, []) if row.contact_id else []
    plan = _plan(row, around)
    return Thread(
        id=row.id,
        client=client,
        about=_about(row, visit),
        entries=entries,
        composer=_composer(row, visit, newest, draft, error, quiet=_quiet(row, talks)),
        acts=_acts(row, talks, newest, visit),
        more=_more(row, talks, newest, around),
        debts=_debts(row, talks, around),
        awaited=_awaited(row, around),
        held=plan[0],
        planned=plan[1],
        deciding=not any(plan) and _deciding(row, visit),
        may_write=_may_write(row, around),
        warning=_warning(row),
        misread=misread(row.contact_id, visit),
    )


def _about(row: Conversation, visit: Visit) -> str:
    """When it is over nobody has it, whoever wrote last: who did is kept for when the client writes again."""
    if row.state == Conversation.State.CLOSED:
        return over_words(row)
    owner = visit.person(row.assignee_id)
    return _("%(name)s has it") % {"name": owner.name} if owner else _("Nobody has it yet")


def _quiet(row: Conversation, talks: Sequence[TalkSpell]) -> str:
    """What automation does towards this client while somebody writes here."""
    if any(talk.kind in HANDED_BACK for talk in talks):
        return _("Automation is quiet until you hand back")
    if row.state == Conversation.State.CLOSED:
        return _("Automation may write")
    return _("Automation goes quiet when you send")


def _composer(
    row: Conversation, visit: Visit, newest: int, draft: str, error: str, *, quiet: str
) -> Composer | None:
    if row.contact_id is None or not visit.user.may_write:
        return None
    return Composer(
        url=reverse("web:reply", args=[row.id]),
        channels=(Choice("mail", _("Mail"), chosen=True),),
        sender=visit.user.name,
        quiet=quiet,
        text=draft,
        error=error,
        revision=str(newest),
    )


def _acts(row: Conversation, talks: Sequence[TalkSpell], newest: int, visit: Visit) -> tuple[Act, ...]:
    if row.contact_id is None or not visit.user.may_write:
        return ()
    acts, taken = [], any(talk.kind == "handoff" for talk in talks)
    if not taken or row.assignee_id != visit.user.id:
        acts.append(Act(_("Take over"), reverse("web:handoff", args=[row.id]), icon="person"))
    if taken or row.state != Conversation.State.CLOSED:
        words, close = _("Hand back") if taken else _("Close"), reverse("web:closure", args=[row.id])
        acts.append(Act(words, close, icon="check", key="e", fields=(seen(newest),)))
    return tuple(acts)


def seen(newest: int) -> tuple[str, str]:
    """The hidden field of what ends something of a client's: what stood on the page."""
    return "revision", str(newest)


def _more(row: Conversation, talks: Sequence[TalkSpell], newest: int, around: Around) -> tuple[Act, ...]:
    visit = around.visit
    if row.contact_id is None or not visit.user.may_write:
        return ()
    elsewhere = reverse("web:answered_elsewhere", args=[row.id])
    acts = [
        Act(_("Answered by phone"), elsewhere, icon="phone", fields=(("how", "phone"), seen(newest))),
        Act(_("Answered in person"), elsewhere, icon="person", fields=(("how", "in_person"), seen(newest))),
    ]
    if any(talk.kind in MOODS for talk in talks):
        settled = reverse("web:settlement", args=[row.id])
        acts.append(Act(_("It is settled"), settled, icon="check", fields=(seen(newest),)))
    if row.state not in (Conversation.State.CLOSED, Conversation.State.SNOOZED):
        acts.extend(_snoozes(row, visit))
    name = around.first_name(row.contact_id)
    hold = reverse("web:hold_client", args=[row.contact_id])
    acts.append(Act(_("Hold everything for %(name)s") % {"name": name}, hold, glyph="held", key="h"))
    assign = reverse("web:assignment", args=[row.id])
    for user in visit.staff.values():
        if user.is_active and user.may_write and user.id not in (row.assignee_id, visit.user.id):
            text = _("Give it to %(name)s") % {"name": user.name}
            acts.append(Act(text, assign, icon="person", fields=(("owner", str(user.id)),)))
    return tuple(acts)


def _snoozes(row: Conversation, visit: Visit) -> Iterable[Act]:
    url = reverse("web:snooze", args=[row.id])
    for key, until in snooze_moments(visit):
        words = _("Back %(moment)s") % {"moment": near(until, visit.now)}
        yield Act(words, url, glyph="held", fields=(("until", key),))


def snooze_moments(visit: Visit) -> tuple[tuple[str, datetime], ...]:
    """Tomorrow and next Monday, when the day begins; once, where they are the same."""
    zone = visit.house.time_zone
    today = visit.now.astimezone(ZoneInfo(zone)).date()
    days = {"tomorrow": today + timedelta(days=1), "monday": today + timedelta(days=7 - today.weekday())}
    if days["tomorrow"] == days["monday"]:
        del days["tomorrow"]
    return tuple((key, utc_of(day, MORNING, zone)) for key, day in days.items())


def _debts(row: Conversation, talks: Sequence[TalkSpell], around: Around) -> tuple[Debt, ...]:
    """Answers and promises of ours."""
    if row.contact_id is None:
        return ()
    kinds = ("question", "promise", "complaint")
    return tuple(_debt(talk, around.visit) for talk in talks if talk.kind in kinds)


def _awaited(row: Conversation, around: Around) -> tuple[Debt, ...]:
    """Documents that we want of the client; what waits on the client is no debt of ours."""
    if row.contact_id is None:
        return ()
    visit = around.visit
    awaited: list[Debt] = []
    views = engagements.open_with_missing([row.contact_id], visit.now).get(row.contact_id, [])
    unasked = not_asked(row.contact_id, views)
    for view in views:
        said = unasked.get(view.id, "")
        for document in view.missing:
            act = post(_("Received another way"), "document_receipt", document.id)
            matter = view.title(visit.language)
            note = f"{said}, {matter}" if said else _("Asked for, %(matter)s") % {"matter": matter}
            what = document.name(visit.language)
            awaited.append(
                Debt(visit.person(view.owner_id), what, Meta(note), act if visit.user.may_write else None)
            )
    return tuple(awaited)


def _debt(talk: TalkSpell, visit: Visit) -> Debt:
    words = {
        "question": _("An answer"),
        "promise": _("What we promised"),
        "complaint": _("To settle the complaint"),
    }
    late = talk.due_at is not None and talk.due_at < visit.now
    since = pgettext("debt", "Since %(moment)s") % {"moment": near(talk.from_at, visit.now)}
    due = _("By %(moment)s") % {"moment": near(talk.due_at, visit.now)} if talk.due_at else since
    return Debt(visit.person(talk.owner_id), words[talk.kind], Meta(due, late))


def _plan(row: Conversation, around: Around) -> tuple[tuple[HoldCard, ...], tuple[PlanRow, ...]]:
    if row.contact_id is None:
        return (), ()
    held = outbox.held(HELD_SHOWN, [row.contact_id])
    cards = tuple(alone(hold_card(each, around), each.message.id) for each in held)
    shown = {each.message.id for each in held}
    waiting = [each for each in outbox.waiting_of(row.contact_id) if each.pk not in shown]
    rows = [each for each in waiting if each.author != Author.PERSON_DIRECT]  # ours, already in the thread
    return cards, tuple(plan_row(each, around) for each in rows[:PLANNED_SHOWN])


def _deciding(row: Conversation, visit: Visit) -> bool:
    """Nothing is planned, but that may be untrue in a moment: something is looked at just now."""
    if row.contact_id is None:
        return False
    since = visit.now - A_MOMENT
    return outbox.being_decided(row.contact_id) or inbox.ended_since(row.contact_id, since)


def plan_row(row: Dispatch, around: Around) -> PlanRow:
    is_held = row.state == "held"
    moment = near(max(row.not_before, around.visit.now), around.visit.now)
    note = _("Held, looked at again %(moment)s") if is_held else _("%(moment)s, if it is still true then")
    url = reverse("web:message", args=[row.pk])
    return PlanRow(around.title(row.message), note % {"moment": moment}, url, is_held)


def _may_write(row: Conversation, around: Around) -> tuple[str, ...]:
    if row.contact_id is None:
        return (_("Not a client yet, so automation never writes here."),)
    now, ident = around.visit.now, row.contact_id
    address = contacts.address_facts_at([ident], "mail", now).get(ident)
    lines = [_address(address)]
    for purpose, yes, no in (
        ("service", _("Service messages: yes."), _("Service messages: no basis.")),
        ("marketing", _("News: yes."), _("News: no.")),
    ):
        state = contacts.basis_facts_at([ident], purpose, "mail", now).get(ident)
        fine = state is not None and state.kind != "none" and not state.objected and not state.restricted
        lines.append(yes if fine else no)
    return tuple(lines)


def _address(view: AddressView | None) -> str:
    if view is None or view.state == "missing":
        return _("We have no mail address.")
    words = {
        "bounced": _("%(address)s does not work."),
        "suppressed": _("We do not write to %(address)s any more."),
    }
    return words.get(view.state, _("By mail to %(address)s.")) % {"address": view.address}


def _warning(row: Conversation) -> str:
    if row.contact_id is None:
        return _("We do not know who this is. Make them a client before you answer.")
    for task in inbox.tasks_of_contact(row.contact_id):
        if task.code == "unverified":
            return _("Nobody vouches that the newest mail is from this client. Ask before you believe it.")
    return ""
