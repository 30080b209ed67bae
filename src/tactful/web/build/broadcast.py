"""One broadcast: what will happen, what is happening, and what has become of everybody."""

from collections.abc import Callable, Iterator, Mapping
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import get_language, ngettext, pgettext
from django.utils.translation import gettext as _

from tactful.broadcasts import queries
from tactful.broadcasts.queries import Broadcast
from tactful.broadcasts.rules.language import without
from tactful.broadcasts.rules.states import FROZEN
from tactful.broadcasts.rules.variants import LETTERS
from tactful.broadcasts.sentences import problems
from tactful.broadcasts.types import Account, Plan, Standing, State, When
from tactful.contacts import queries as contacts
from tactful.gate.rules.codes import Code
from tactful.gate.sentences import Reader, reason_sentence
from tactful.gate.types import Check, Reason, VerdictKind
from tactful.segments import queries as segments
from tactful.web.build.around import link, post
from tactful.web.build.broadcast_preview import Seen, preview_part
from tactful.web.build.broadcasts import GLYPHS, group_part, state_words
from tactful.web.build.segments import clients_said
from tactful.web.pages.broadcasts import AccountRow, BroadcastPage, VariantRow, WhyNot
from tactful.web.templatetags.tactful import day_and_time, full_date, near, number
from tactful.web.types import Act, Fact, Glyph, Link, Progress, Text
from tactful.web.visit import Visit
from tactful.wiring.broadcasts import Foresight, foresee
from tactful.wiring.segments import ALLOWED, moment_at

OPEN = (State.DRAFT, State.WAITING, State.SCHEDULED)
STANDINGS: tuple[tuple[Standing, Glyph], ...] = (
    (Standing.SENT, "sent"),
    (Standing.WAITING, "plan"),
    (Standing.HELD, "held"),
    (Standing.REFUSED, "refused"),
    (Standing.FAILED, "unknown"),
    (Standing.MERGED, "sent"),
    (Standing.CANCELLED, "refused"),
    (Standing.GONE, "refused"),
)


def standing_words(standing: Standing) -> str:
    return {
        Standing.SENT: _("have it"),
        Standing.WAITING: _("wait for their turn"),
        Standing.HELD: _("are held for now"),
        Standing.REFUSED: _("do not get it"),
        Standing.FAILED: _("did not get it, or we do not know"),
        Standing.MERGED: _("got it along with another message of the day"),
        Standing.CANCELLED: _("were stopped before it went"),
        Standing.GONE: _("are no clients any more"),
    }[standing]


def broadcast_page(row: Broadcast, visit: Visit, seen: Seen) -> BroadcastPage:
    plan = queries.plan_of(row)
    if row.state in FROZEN or row.began_at is not None:
        return _running(row, plan, visit)
    missing = _missing(row, plan, visit) if row.state in OPEN else ()
    group = group_part(plan.segment, visit)
    foresight = foresee(plan, visit.now) if row.state in OPEN and plan.segment else None
    who = (f"{group.count}: {group.sentence}.",) if group.count else ()
    return BroadcastPage(
        id=row.id,
        name=row.name or _("Without a name"),
        eyebrow=state_words(row.state),
        sentence=_planned(row, visit),
        glyph=GLYPHS[row.state],
        acts=tuple(_acts(row, bool(missing), visit)) if visit.user.may_write else (),
        facts=tuple(_facts(row, plan, visit)),
        ahead=(*who, *_ahead(row, plan, foresight)) if row.state in OPEN else (),
        why_not=tuple(_why_not(foresight)) if foresight else (),
        sample=_sample(foresight),
        missing=missing,
        notice=_notice(row),
        unread=_unread(plan, foresight.languages) if foresight else (),
        preview=preview_part(row, plan, visit, seen),
    )


def _missing(row: Broadcast, plan: Plan, visit: Visit) -> tuple[str, ...]:
    found = problems(
        plan,
        tree=queries.tree_of(plan, ALLOWED),
        touchpoint=queries.touchpoint_of(plan),
        moment=moment_at(visit.now),
        fields=[key for key, _label in queries.fields()],
        drafts=queries.being_written(row),
    )
    return tuple(found)


def _planned(row: Broadcast, visit: Visit) -> str:
    if row.state == State.SCHEDULED and row.begins_at:
        return _("It begins %(when)s. Until then you can take it back, and nobody has got anything.") % {
            "when": near(row.begins_at, visit.now)
        }
    if row.state == State.WAITING:
        asked = visit.person(row.asked_by)
        return _("%(name)s asks for a second pair of eyes. It goes when somebody else says yes.") % {
            "name": asked.name if asked else _("Somebody")
        }
    if row.state == State.CANCELLED:
        return _("It was put away before it began. Nobody has got anything.")
    return _("Nothing happens until you send it.")


def _notice(row: Broadcast) -> str:
    if row.state == State.PAUSED and row.pause_why == "stood_still":
        return _(
            "It stood still for a while because nothing was running here. "
            "Look whether it still makes sense, and let it go on or cancel it."
        )
    if row.state == State.PAUSED and row.pause_why == "brake":
        return _(
            "It rests because one of us has stopped all of automation. Let it go on when you want it to."
        )
    if row.back_why == "segment":
        return _("It came back to you: the group was changed after the yes. Read it once more and send it.")
    if row.back_why == "declined":
        return _("Whoever read it has handed it back to you. Talk about it, and write on it.")
    return ""


def _unread(plan: Plan, clients: Mapping[str, int]) -> tuple[Text, ...]:
    """Whoever gets it in a language that is not theirs."""
    return tuple(
        _other_words(code, count) % {"n": count}
        for code, count in without(clients, plan.variants[0].languages).items()
    )


def _other_words(code: str, count: int) -> str:
    if code == "en":
        return ngettext(
            "%(n)d client reads English, and there is no English text: this client gets the Norwegian one.",
            "%(n)d clients read English, and there is no English text: they get the Norwegian one.",
            count,
        )
    return ngettext(
        "%(n)d client reads Norwegian, and there is no Norwegian text: this client gets the English one.",
        "%(n)d clients read Norwegian, and there is no Norwegian text: they get the English one.",
        count,
    )


def _acts(row: Broadcast, unfinished: bool, visit: Visit) -> Iterator[Act]:
    edit = link(_("Write on it"), "broadcast_edit", row.id)
    put_away = post(pgettext("broadcast", "Put it away"), "broadcast_cancellation", row.id)
    if row.state == State.DRAFT:
        yield put_away
        yield Act(edit.text, edit.url, post=False, strong=unfinished)
        if not unfinished and queries.second_person_asked(visit.now):
            yield _strong(_("Ask a second person for their yes"), "broadcast_approval", row.id)
        elif not unfinished:
            yield _strong(_("Send it"), "broadcast_sending", row.id)
    elif row.state == State.WAITING:
        mine = visit.user.id in row.writers
        yield post(_("Take it back") if mine else _("Hand it back"), "broadcast_return", row.id)
        if not mine and not unfinished:
            read = (("read", queries.fingerprint_of(row, ALLOWED).hex()),)
            yield _strong(_("Yes, send it"), "broadcast_yes", row.id, read)
    elif row.state == State.SCHEDULED:
        yield put_away
        yield _strong(_("Take it back"), "broadcast_return", row.id)


def _strong(text: str, name: str, ident: int, fields: tuple[tuple[str, str], ...] = ()) -> Act:
    return Act(text, reverse(f"web:{name}", args=[ident]), strong=True, fields=fields)


def _ahead(row: Broadcast, plan: Plan, found: Foresight | None) -> Iterator[Text]:
    if found is not None and found.asked:
        yield _("%(count)s of them would get it, as far as we know now.") % {
            "count": number(round(found.clear * found.audience / found.asked))
        }
    if row.state != State.SCHEDULED:  # then the head of the page says it
        yield _when_said(plan)
    if row.state != State.SCHEDULED and plan.delay_minutes:
        yield ngettext(
            "Nothing leaves in the first minute after you send it: so long you can take it back.",
            "Nothing leaves in the first %(count)s minutes after you send it: so long you can take it back.",
            plan.delay_minutes,
        ) % {"count": number(plan.delay_minutes)}
    if plan.per_hour:
        yield _("At most %(count)s go out in an hour.") % {"count": number(plan.per_hour)}
    yield _(
        "Each client is looked at once more at the moment of sending. Who fits is decided when it begins."
    )


def _when_said(plan: Plan) -> str:
    schedule = plan.schedule
    if schedule.when is When.AT and schedule.at:
        return _("It begins %(when)s.") % {"when": day_and_time(schedule.at)}
    if schedule.when is When.LOCAL and schedule.day and schedule.clock:
        return _("It comes on %(day)s at %(hour)s by the clock where each client lives.") % {
            "day": full_date(schedule.day),
            "hour": schedule.clock.strftime("%H:%M"),
        }
    return _("It begins as soon as you have sent it.")


def _why_not(found: Foresight) -> Iterator[WhyNot]:
    scale = found.audience / found.asked if found.asked else 0
    known = contacts.people([ident for ids in found.who.values() for ident in ids])
    for kind, counts in ((VerdictKind.HOLD, found.held), (VerdictKind.REFUSE, found.refused)):
        words = _("Waits: %(reason)s") if kind is VerdictKind.HOLD else _("Does not get it: %(reason)s")
        for code, count in counts.items():
            people = [known[ident] for ident in found.who.get((kind, code), ()) if ident in known]
            yield WhyNot(
                words % {"reason": reason_words(code)},
                round(count * scale),
                tuple(Link(each.name, reverse("web:client", args=[each.id])) for each in people),
            )


def _sample(found: Foresight | None) -> str:
    if found is None or not found.is_sample:
        return ""
    return _("The group is large, so these numbers come from a sample of %(count)s clients.") % {
        "count": number(found.asked)
    }


def reason_words(code: str) -> str:
    """A reason that many share: without anybody's name, numbers or days."""
    if code in _MANY:
        return _MANY[code]()
    return reason_sentence(Reason(Check.LINE, code), {}, Reader(get_language() or "en"))


_MANY: Mapping[str, Callable[[], str]] = {
    Code.LATE_LATEST: lambda: _("It came too late"),
    Code.LATE_GRACE: lambda: _("It should have gone out earlier and is too late to go by itself"),
    Code.LATE_NO_ROOM: lambda: _("There is no fitting moment left"),
    Code.DEBT_ANSWER: lambda: _("We owe the client an answer first"),
    Code.DEBT_PROMISE: lambda: _("We have promised the client something that is late"),
    Code.DEBT_DELIVERABLE: lambda: _("We are late with our own part"),
    Code.DEBT_OTHER: lambda: _("We owe the client something first"),
    Code.MOOD_COMPLAINT: lambda: _("The client complained lately"),
    Code.MOOD_NEGATIVE: lambda: _("The client was unhappy with us lately"),
    Code.MOOD_SENSITIVE: lambda: _("The client told us something sensitive lately"),
    Code.MOOD_HOLD: lambda: _("What the client wrote lately rests with a person first"),
    Code.CAP_CONTACT_DAY: lambda: _("The client has heard enough from us today"),
    Code.CAP_CONTACT_WEEK: lambda: _("The client has heard enough from us this week"),
    Code.CAP_HOUSEHOLD_DAY: lambda: _("The household has heard enough from us today"),
    Code.CAP_COMPANY_DAY: lambda: _("The company has heard enough from us today"),
}


def _running(row: Broadcast, plan: Plan, visit: Visit) -> BroadcastPage:
    account = queries.account_of(row)
    moving = row.state == State.SENDING
    return BroadcastPage(
        id=row.id,
        name=row.name,
        eyebrow=state_words(row.state),
        sentence=_told(row, account, visit),
        glyph=GLYPHS[row.state],
        acts=tuple(_running_acts(row)) if visit.user.may_write else (),
        facts=tuple(_facts(row, plan, visit)),
        notice=_notice(row),
        unread=_unread(plan, queries.languages_of(row)),
        account=tuple(_account(row, account)),
        variants=tuple(_variants(plan, account)) if len(plan.variants) > 1 else (),
        progress=_progress(account) if row.state in (State.SENDING, State.PAUSED) else None,
        moving=moving,
    )


def _told(row: Broadcast, account: Account, visit: Visit) -> str:
    words = {
        "sent": number(account.counts.get(Standing.SENT, 0)),
        "all": number(account.audience),
        "stopped": number(account.counts.get(Standing.CANCELLED, 0)),
        "when": near(row.ended_at or visit.now, visit.now),
    }
    if row.state == State.CANCELLED:
        return (
            _("Cancelled %(when)s: %(sent)s of %(all)s had it, %(stopped)s were stopped before it went.")
            % words
        )
    if row.state == State.FINISHED:
        return _("%(sent)s of %(all)s have it. It came to its end %(when)s.") % words
    if row.state == State.PAUSED:
        return _("%(sent)s of %(all)s have it. Nothing more leaves until you let it go on.") % words
    return _("%(sent)s of %(all)s have it.") % words


def _running_acts(row: Broadcast) -> Iterator[Act]:
    if row.state in (State.SENDING, State.PAUSED):
        yield post(_("Cancel the rest"), "broadcast_cancellation", row.id)
    if row.state == State.SENDING:
        yield _strong(_("Pause"), "broadcast_pause", row.id)
    if row.state == State.PAUSED:
        yield _strong(_("Let it go on"), "broadcast_resumption", row.id)


def _progress(account: Account) -> Progress:
    open_ones = sum(account.counts.get(each, 0) for each in (Standing.WAITING, Standing.HELD))
    return Progress(
        _("Clients whose turn has come"), account.audience - open_ones, account.audience,
        _("You can leave this page. It goes on by itself."),
    )  # fmt: skip


def _account(row: Broadcast, account: Account) -> Iterator[AccountRow]:
    for standing, glyph in STANDINGS:
        count = account.counts.get(standing, 0)
        if count:
            reasons = account.reasons.get(standing, {})
            yield AccountRow(
                glyph,
                standing_words(standing),
                count,
                people_url(row.id, standing),
                tuple(
                    (reason_words(code), many, people_url(row.id, standing, code))
                    for code, many in reasons.items()
                ),
            )


def people_url(ident: int, standing: Standing | None = None, code: str = "", after: int = 0) -> str:
    given = {"show": standing.value if standing else "", "code": code, "after": str(after) if after else ""}
    asked = urlencode({name: value for name, value in given.items() if value})
    return reverse("web:broadcast_people", args=[ident]) + (f"?{asked}" if asked else "")


def _variants(plan: Plan, account: Account) -> Iterator[VariantRow]:
    whole = sum(each.weight for each in plan.variants) or 1
    for place, each in enumerate(plan.variants):
        counts = account.variants.get(place, {})
        subject = next((each.words[code].subject for code in each.languages), "")
        share = f"{round(100 * each.weight / whole)} %"
        yield VariantRow(LETTERS[place], subject, share, counts.get(Standing.SENT, 0), sum(counts.values()))


def _facts(row: Broadcast, plan: Plan, visit: Visit) -> Iterator[Fact]:
    writers = [person.name for ident in row.writers if (person := visit.person(ident))]
    yield Fact(_("Written by"), ", ".join(writers) or _("Somebody"))
    if row.approved_by and (reader := visit.person(row.approved_by)):
        yield Fact(_("Said yes"), f"{reader.name}, {near(row.approved_at or visit.now, visit.now)}")
    touchpoint = queries.touchpoint_of(plan)
    if touchpoint is not None:
        url = reverse("web:touchpoint", args=[touchpoint.slug])
        yield Fact(_("Touchpoint"), touchpoint.name(visit.language), url=url)
    if plan.segment:
        group = segments.segment(plan.segment)
        url = reverse("web:segment", args=[plan.segment]) if group else ""
        yield Fact(_("Group"), group.name if group else plan.segment, url=url)
    if row.size is not None and row.began_at is not None:
        said = _("%(clients)s, when it began %(when)s")
        yield Fact(
            _("Fixed to"), said % {"clients": clients_said(row.size), "when": near(row.began_at, visit.now)}
        )
