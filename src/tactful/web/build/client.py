"""The profile of one client: who, how it goes, what they will hear, how we may write, and all that was."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from tactful.contacts.queries import Profile
from tactful.contacts.types import Field
from tactful.delivery import queries as outbox
from tactful.engagements import queries as engagements
from tactful.engagements.types import WantedDocument
from tactful.gate import queries as gate
from tactful.gate.queries import StandingHold
from tactful.inbox import queries as inbox
from tactful.inbox.queries import Conversation, TalkSpell, Task
from tactful.web.build.around import Around, look_around, post
from tactful.web.build.client_more import facts, files, merged, related_people, twins
from tactful.web.build.clients import QUIET
from tactful.web.build.holds import alone, hold_card
from tactful.web.build.misread import misread
from tactful.web.build.timeline import PARTS, Span, timeline
from tactful.web.build.wanted import not_asked
from tactful.web.pages.clients import (
    ClientPage,
    ConsentRow,
    DocumentRow,
    HearRow,
    HoldForm,
    Mood,
    NewsStep,
    Note,
    StandingRow,
)
from tactful.web.templatetags.tactful import full_date, near
from tactful.web.types import Act, HoldCard, Link, Person, Tab, TimelineEntry
from tactful.web.visit import Visit
from tactful.wiring import bad_news
from tactful.wiring.gate_facts import settings_of

HEARS_SHOWN, HOLDS_SHOWN = 8, 2
PURPOSES = ("service", "marketing")
TICK = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Asked:
    show: str = "all"
    before: datetime | None = None


@dataclass(frozen=True, slots=True)
class _Known:
    """What is read once of one client."""

    profile: Profile
    around: Around
    client: Person
    thread: Conversation | None
    talks: Sequence[TalkSpell]
    standing: Sequence[StandingHold]
    news: Mapping[int, Task]  # bad news that somebody has yet to tell, by its hold

    @property
    def id(self) -> int:
        return self.profile.contact.id

    @property
    def flags(self) -> set[str]:
        return {spell.key for spell in self.profile.flags}


def read_asked(given: Mapping[str, str]) -> Asked:
    """``show`` and ``before`` as the address says; what cannot be read is the whole line from now."""
    try:
        before = datetime.fromisoformat(given.get("before", ""))
    except ValueError:
        before = None
    show = given.get("show", "all")
    return Asked(show if show in PARTS else "all", before if before and before.tzinfo else None)


def client_page(profile: Profile, visit: Visit, asked: Asked) -> ClientPage:
    known = _read(profile, visit)
    entries, more = _timeline(known, asked)
    return ClientPage(
        client=known.client,
        intro=_intro(profile),
        acts=_acts(known),
        tabs=_tabs(known, asked),
        timeline=entries,
        hears=_hears(known),
        caps=_caps(visit),
        consent_heads=(_("Service"), _("News")),
        consents=_consents(known),
        consent_note=_consent_note(known),
        misread=misread(known.id, visit),
        mood=_mood(known),
        holds=_holds(known),
        documents=_documents(known),
        notes=_notes(known),
        note_url=reverse("web:client_note", args=[known.id]),
        facts=facts(profile),
        merged=merged(known.id, visit),
        twins=twins(known.id),
        related=related_people(profile.contact),
        files=files(known.id),
        copy_url=reverse("web:copy_for_client", args=[known.id]) if visit.user.is_owner else "",
        erase_url=reverse("web:erase", args=[known.id]) if visit.user.is_owner else "",
        find_same=reverse("web:find_same", args=[known.id]) if visit.user.may_write else "",
        more=_more(known, asked, more),
        standing=tuple(_standing(row, known) for row in known.standing),
        hold_form=_hold_form(known),
        switches=_switches(known),
        mourning=None if _grieves(known) else post(_("Yes, mark as in mourning"), "bereavement", known.id),
        switch_note=_("In mourning: automation sends nothing but what the law asks.")
        if _grieves(known)
        else "",
    )


def _read(profile: Profile, visit: Visit) -> _Known:
    ident = profile.contact.id
    around = look_around(visit, [ident])
    standing = gate.standing_on(ident, visit.now)
    asked = inbox.tasks_about(bad_news.SUBJECT, [row.id for row in standing]) if standing else ()
    return _Known(
        profile=profile,
        around=around,
        client=around.client(ident),
        thread=inbox.conversations_of([ident]).get(ident),
        talks=inbox.running_talks([ident]).get(ident, []),
        standing=standing,
        news={task.subject_id: task for task in asked if task.subject_id and task.code == bad_news.CODE},
    )


def _timeline(known: _Known, asked: Asked) -> tuple[tuple[TimelineEntry, ...], datetime | None]:
    now = known.around.visit.now
    thread = known.thread.id if known.thread else None
    before = asked.before or now + TICK
    return timeline(
        Span(known.id, thread, asked.show, before, asked.before is None), known.client, known.around
    )


def _intro(profile: Profile) -> str:
    manager = profile.contact.manager
    since = _("A client here since %(day)s.") % {"day": full_date(_client_since(profile))}
    keeper = (
        _("%(name)s looks after them.") % {"name": manager.name}
        if manager
        else _("Nobody looks after them yet.")
    )
    return f"{since} {keeper}"


def _client_since(profile: Profile) -> datetime | date:
    """As the list that we brought in says it, or else the day when they came in here."""
    with suppress(TypeError, ValueError):
        return date.fromisoformat(profile.contact.attributes.get(Field.CLIENT_SINCE))
    return profile.contact.created_at


def _acts(known: _Known) -> tuple[Act, ...]:
    phone = next((each.value for each in known.profile.identities if each.kind == "phone"), "")
    acts = [Act(_("Call"), f"tel:{phone}", post=False, icon="phone")] if phone else []
    if not known.around.visit.user.may_write:
        return tuple(acts)
    name = known.around.first_name(known.id)
    if not known.standing:
        hold = reverse("web:hold_client", args=[known.id])
        acts.append(Act(_("Hold everything for %(name)s") % {"name": name}, hold, glyph="held", key="h"))
    write = reverse("web:write_to", args=[known.id])
    acts.append(Act(_("Write to %(name)s") % {"name": name}, write, strong=True, key="r"))
    return tuple(acts)


def _tabs(known: _Known, asked: Asked) -> tuple[Tab, ...]:
    url = reverse("web:client", args=[known.id])
    return (
        Tab(pgettext("time line", "All"), url, asked.show == "all"),
        Tab(_("People"), f"{url}?show=people", asked.show == "people", glyph="client"),
        Tab(_("Automation"), f"{url}?show=automation", asked.show == "automation", glyph="auto"),
        Tab(_("Documents"), f"{url}?show=documents", asked.show == "documents", icon="doc"),
        Tab(_("Other systems"), f"{url}?show=elsewhere", asked.show == "elsewhere", icon="import"),
    )


def _hears(known: _Known) -> tuple[HearRow, ...]:
    """First what we owe as people, then what automation has in mind, the soonest first."""
    visit = known.around.visit
    words = {"question": _("An answer from us"), "promise": _("What we promised")}
    rows = [
        HearRow(
            words[talk.kind], near(talk.due_at, visit.now) if talk.due_at else "", visit.person(talk.owner_id)
        )
        for talk in known.talks
        if talk.kind in words
    ]
    for row in visit.once(outbox.waiting_of, known.id)[:HEARS_SHOWN]:
        held = row.state == "held"
        moment = _("when it is let go") if held else near(max(row.not_before, visit.now), visit.now)
        rows.append(HearRow(known.around.title(row.message), moment, glyph="held" if held else "plan"))
    return tuple(rows[:HEARS_SHOWN])


def _caps(visit: Visit) -> str:
    rules = settings_of(visit.house)
    return _("Never more than %(week)d a week, never before %(to)s or after %(from)s.") % {
        "week": rules.contact_week,
        "to": rules.quiet_to.strftime("%H:%M"),
        "from": rules.quiet_from.strftime("%H:%M"),
    }


def _consents(known: _Known) -> tuple[ConsentRow, ...]:
    basis = {(spell.purpose, spell.channel): spell.kind for spell in known.profile.basis}
    kinds = {each.kind for each in known.profile.identities}
    channels = [("mail", _("Mail"))] + ([("sms", _("SMS"))] if "phone" in kinds else [])
    return tuple(
        ConsentRow(
            channel,
            name,
            tuple(_answer(basis.get((purpose, channel)), purpose, known) for purpose in PURPOSES),
        )
        for channel, name in channels
    )


def _answer(kind: str | None, purpose: str, known: _Known) -> bool | None:
    if kind == "withdrawn" or f"objected:{purpose}" in known.flags or "restricted" in known.flags:
        return False
    return None if kind is None else True


def _consent_note(known: _Known) -> str:
    words = {
        "consent": _("consent"),
        "existing_customer": _("an existing customer"),
        "contract": _("contract"),
        "withdrawal": _("withdrawn"),
    }
    purposes = {"service": _("Service"), "marketing": _("News")}
    newest = {receipt.purpose: receipt for receipt in reversed(known.profile.receipts)}
    said = [
        _("%(purpose)s: %(kind)s, %(day)s.")
        % {
            "purpose": purposes.get(purpose, purpose),
            "kind": words.get(receipt.kind, receipt.kind),
            "day": full_date(receipt.at),
        }
        for purpose, receipt in newest.items()
    ]
    if "objected:optional" in known.flags:
        said.append(_("Reminders and follow-ups: said no."))
    return " ".join(said)


def _mood(known: _Known) -> Mood | None:
    visit, kinds = known.around.visit, {talk.kind for talk in known.talks}
    if _grieves(known):
        return Mood("quiet", _("In mourning."), _("Automation keeps its peace. People may write."))
    if "complaint" in kinds:
        return Mood("strain", _("Strained."), _("There is a complaint that is not settled yet."))
    if any(talk.due_at is not None and talk.due_at < visit.now for talk in known.talks):
        return Mood("strain", _("A little strained."), _("We owe an answer, and it is late."))
    if known.thread is None or known.thread.last_inbound_at is None:
        return None
    if known.thread.last_at < visit.now - QUIET:
        said = _("Nothing has been said since %(moment)s.") % {
            "moment": near(known.thread.last_at, visit.now)
        }
        return Mood("quiet", _("Gone quiet."), said)
    return Mood("ok", _("Going well."), _("Nothing is owed on our side.") if "question" not in kinds else "")


def _holds(known: _Known) -> tuple[HoldCard, ...]:
    held = outbox.held(HOLDS_SHOWN, [known.id])
    threads = {known.id: known.thread.id} if known.thread is not None else {}
    return tuple(alone(hold_card(each, known.around, threads), each.message.id) for each in held)


def _documents(known: _Known) -> tuple[DocumentRow, ...]:
    visit = known.around.visit
    views = [view for view in engagements.of_contact(known.id, visit.now) if view.is_open]
    unasked = not_asked(known.id, views)
    return tuple(
        _document(document, view.title(visit.language), visit, unasked.get(view.id, ""))
        for view in views
        for document in view.documents
    )


def _document(row: WantedDocument, matter: str, visit: Visit, unasked: str) -> DocumentRow:
    """``unasked``: what is said of what is missing, where the request has not gone yet."""
    states = {
        "received": _("Received"),
        "waived": _("We do without it"),
        "claimed_sent": _("The client says it is sent"),
        "missing": unasked or _("Missing"),
    }
    here = row.state in ("received", "waived")
    act = (
        None
        if here or not visit.user.may_write
        else post(_("Received another way"), "document_receipt", row.id)
    )
    return DocumentRow(
        row.name(visit.language), f"{states.get(row.state, row.state)} · {matter}", here, act=act
    )


def _notes(known: _Known) -> tuple[Note, ...]:
    found = inbox.notes_of(known.thread.id) if known.thread else []
    notes = [Note(row.text, _name(row.author_id, known.around.visit), row.at) for row in found]
    brought = str(known.profile.contact.attributes.get("notes", ""))
    if brought:
        notes.append(Note(brought, _("From the list that we brought in"), known.profile.contact.created_at))
    return tuple(notes)


def _name(user_id: int | None, visit: Visit) -> str:
    who = visit.person(user_id)
    return who.name if who else _("Somebody of ours")


def _more(known: _Known, asked: Asked, before: datetime | None) -> Link | None:
    if before is None:
        return None
    given = urlencode({"show": asked.show, "before": before.isoformat()})
    return Link(_("What came before"), f"{reverse('web:client', args=[known.id])}?{given}")


def _standing(row: StandingHold, known: _Known) -> StandingRow:
    visit = known.around.visit
    who = visit.person(row.owner_id) or visit.person(row.placed_by)
    codes = {
        "unverified": _("Somebody writes under this address, and we do not know if it is theirs."),
        "away": _("Away, by an automatic answer."),
        "client_pause": _("The client asked for a pause of all that can wait."),
        "talk_to_me": _("The client asked to talk with a person."),
        "unconfirmed": _("Somebody wrote this address into a form, and its owner has not said yes yet."),
    }
    reason = codes.get(row.reason, row.reason)
    said = _("Held by %(name)s.") % {"name": who.name} if who else _("Held.")
    act = post(_("Let it write again"), "release_hold", row.id) if visit.user.may_write else None
    return StandingRow(f"{said} {reason}".strip(), row.expires_at, act, tuple(_news_steps(row, known)))


def _news_steps(row: StandingHold, known: _Known) -> Iterator[NewsStep]:
    """How bad news goes on, if this hold is for it."""
    task = known.news.get(row.id)
    if task is None:
        return
    writer = known.around.visit.person(task.owner_id)
    words = {"writer": writer.name if writer else _("Somebody"), "name": known.around.first_name(known.id)}
    yield NewsStep(_("Automation keeps quiet"), "done")
    yield NewsStep(_("%(writer)s tells %(name)s") % words, "now")
    yield NewsStep(_("What was held is thought over, and automation goes on"), "later")


def _hold_form(known: _Known) -> HoldForm:
    visit = known.around.visit
    people = [user for user in visit.staff.values() if user.is_active and user.may_write]
    people.sort(key=lambda user: (user.id != visit.user.id, user.name))
    owners = tuple((str(user.id), user.name) for user in people)
    return HoldForm(
        reverse("web:hold_client", args=[known.id]), owners, reverse("web:bad_news", args=[known.id])
    )


def _grieves(known: _Known) -> bool:
    return "bereaved" in known.flags


def _switches(known: _Known) -> tuple[Act, ...]:
    if _grieves(known):
        return (post(_("The time of mourning is over"), "end_bereavement", known.id),)
    return ()
