"""One message with its whole chain of reasons: cause, checks, words, and what became of it."""

from collections.abc import Callable, Iterable
from typing import Literal

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tactful.broadcasts import queries as broadcasts
from tactful.channels import queries as channels
from tactful.content import queries as content
from tactful.delivery import queries as outbox
from tactful.delivery.queries import Dispatch, Message, State, Trace
from tactful.gate.rules.table import plan
from tactful.gate.rules.word import Word, word_on
from tactful.gate.sentences import reason_sentence
from tactful.gate.types import Author, Check
from tactful.journeys import queries as journeys
from tactful.touchpoints import queries as touchpoints
from tactful.touchpoints.types import MessageClass
from tactful.web.build.around import Around, look_around, post
from tactful.web.build.holds import alone, hold_card, threads_of
from tactful.web.build.outbox import GLYPHS, sentence
from tactful.web.build.results import said
from tactful.web.build.thread import why_url
from tactful.web.pages.outbox import MessagePage, ReasonRow, StateRow
from tactful.web.templatetags.tactful import day_and_time, full_date, near
from tactful.web.types import Act, Fact, Glyph, HoldCard, Link
from tactful.web.visit import Visit
from tactful.web.words import CLASSES
from tactful.wiring.written import words_of


def message_page(message_id: int, visit: Visit) -> MessagePage:
    """Raises ``Dispatch.DoesNotExist``."""
    found = outbox.trace(message_id, _domain())
    row, message = found.dispatch, found.message
    around = look_around(visit, [row.contact_id])
    personal = row.author == Author.PERSON_DIRECT
    words = words_of([row], visit.now).get(row.pk)
    return MessagePage(
        title=around.title(message),
        client=around.client(row.contact_id),
        state=GLYPHS.get(row.state, "refused"),
        state_words=STATES[row.state](),
        answer=sentence(row, around),
        chain=tuple(_chain(found, around)),
        history=_history(found),
        facts=tuple(_facts(found, around)),
        technical=tuple(_technical(found)),
        checked_at=row.cleared_at or row.held_since,
        cause=tuple(_cause(found, visit.language)),
        hold=_hold(found, around),
        acts=_acts(row, visit),
        subject=words.subject if words else message.subject,
        text=words.text if words else _erased_words() if message.is_erased else message.body,
        frame_url=reverse("web:message_frame", args=[row.pk]) if words and words.html else "",
        by_person=visit.person(row.approved_by) if personal else None,
        why_url=why_url(row.pk, message.key_id) if not personal else "",
    )


def _erased_words() -> str:
    return _("These words went with the client, who was erased.")


def _domain() -> str:
    account = channels.main_account("mail")
    return account.address.rpartition("@")[2] if account else "localhost"


def _chain(found: Trace, around: Around) -> Iterable[ReasonRow]:
    """A cleared message lists what was asked; one that was not cleared, what stood against it."""
    names, reader = around.names(found.dispatch.contact_id), around.visit.reader
    refused = found.dispatch.state in (State.REFUSED, State.EXPIRED)
    for check in Check:
        against = [reason for reason in found.reasons if reason.check is check]
        if against:
            words = " ".join(f"{reason_sentence(reason, names, reader)}." for reason in against)
            unread = any(reason.code.startswith("unknown.") for reason in against)
            outcome = _outcome(unread=unread, refused=refused)
            yield ReasonRow(outcome, (UNREAD if unread else AGAINST)[check](), words)
        elif check in found.checks:
            yield ReasonRow("pass", CHECKS[check](), _passed(check, found, around))
        elif found.checks:
            yield ReasonRow("skip", CHECKS[check](), _("Not asked for a message of this kind."))
    if others := 0 if found.checks else _others(found):
        said = ngettext("%(n)d other was fine", "%(n)d others were fine", others)
        yield ReasonRow("pass", said % {"n": others}, "")


def _others(found: Trace) -> int:
    """How many checks had nothing against it. The gate asks them all, whatever the first of them says; of
    facts that could not be read nobody knows."""
    row, message = found.dispatch, found.message
    if not found.reasons or row.author == Author.PERSON_DIRECT:
        return 0
    kind = MessageClass(message.message_class)
    asked = plan(Author(row.author), kind, kind.purpose, frozenset(map(Check, message.allow)))
    return len(set(asked.checks) - {reason.check for reason in found.reasons})


def _outcome(*, unread: bool, refused: bool) -> Literal["retry", "refuse", "hold"]:
    if unread:
        return "retry"
    return "refuse" if refused else "hold"


def _passed(check: Check, found: Trace, around: Around) -> str:
    row = found.dispatch
    if check is Check.ADDRESS:
        return row.address
    if check is Check.LINE and row.touchpoint_rev and found.message.touchpoint_id:
        drawn = touchpoints.history(found.message.touchpoint_id).filter(id=row.touchpoint_rev).first()
        who = around.visit.person(drawn.by) if drawn else None
        if drawn is not None and who is not None:
            return _("%(name)s drew the line on %(day)s.") % {"name": who.name, "day": full_date(drawn.at)}
    if check is Check.BASIS and row.basis_receipt:
        return _("The reason stands with the client, under “How we may write”.")
    if check is Check.NOT_TOO_LATE and found.message.latest_at:
        return _("It made sense until %(moment)s.") % {"moment": day_and_time(found.message.latest_at)}
    return ""  # the mark says it


def _history(found: Trace) -> tuple[StateRow, ...]:
    rows = [StateRow("plan", _("Written down"), found.message.created_at)]
    for at, name, data in found.facts:
        glyph, words = HAPPENED.get(name, ("plan", None))
        detail = said(str(data.get("detail") or data.get("outcome") or ""))
        rows.append(StateRow(glyph, words() if words else name.removeprefix("message."), at, detail))
    return tuple(reversed(rows))


def _facts(found: Trace, around: Around) -> Iterable[Fact]:
    row, message, now = found.dispatch, found.message, around.visit.now
    if message.touchpoint_id is not None and message.touchpoint_id in around.touchpoints:
        slug = next(each.slug for each in touchpoints.on_the_map() if each.id == message.touchpoint_id)
        name = around.touchpoints[message.touchpoint_id]
        yield Fact(_("Touchpoint"), name, url=reverse("web:touchpoint", args=[slug]))
    if message.template in around.letters:
        yield Fact(_("Letter"), around.letters[message.template], url=_letter(message))
    yield Fact(_("The line"), LINES.get(row.line, lambda: row.line)())
    yield Fact(_("Kind"), CLASSES.get(message.message_class, message.message_class))
    yield Fact(_("Channel"), _("Mail") if message.channel == "mail" else message.channel)
    if message.latest_at:
        yield Fact(_("Makes sense until"), near(message.latest_at, now))
    if row.address:
        yield Fact(_("Address"), row.address)


def _letter(message: Message) -> str:
    """Where its words are written: those of a broadcast stand with the broadcast."""
    if message.cause_kind == "broadcast":
        return reverse("web:broadcast", args=[message.cause_id]) if message.cause_id else ""
    return reverse("web:letter", args=[message.template])


def _technical(found: Trace) -> Iterable[Fact]:
    row, message = found.dispatch, found.message
    if message.template:
        version = row.template_version and content.version_number(row.template_version)
        yield Fact(
            _("Letter, for programs"), f"{message.template}, {version}" if version else message.template
        )
    yield Fact(_("Attempts"), str(row.attempt))
    if row.result_code or row.result:
        yield Fact(_("Answer of the other side"), f"{row.result_code or ''} {said(row.result)}".strip())
    yield Fact(_("Message-ID"), found.message_id)


def _cause(found: Trace, language: str) -> Iterable[Link]:
    message = found.message
    if message.cause_kind == "visit" and message.cause_id:
        journey = journeys.journey_names([message.cause_id]).get(message.cause_id)
        if journey is not None and journey.live_version is not None:
            name = journeys.definition_of(journey).name.in_language(language)
            step = _("%(journey)s, step %(number)s") % {"journey": name, "number": message.cause_visit}
            yield Link(step, reverse("web:journey", args=[journey.slug]))
    if message.cause_kind == "broadcast" and (sent := broadcasts.broadcast(message.cause_id or 0)):
        yield Link(_("Broadcast: %(name)s") % {"name": sent.name}, reverse("web:broadcast", args=[sent.id]))
    if message.conversation_id:
        yield Link(_("The conversation"), reverse("web:conversation", args=[message.conversation_id]))
    if found.dispatch.merged_into:
        yield Link(
            _("Went along with this message"), reverse("web:message", args=[found.dispatch.merged_into])
        )
    for rider in found.merged:
        yield Link(_("Took this message along"), reverse("web:message", args=[rider]))


def _hold(found: Trace, around: Around) -> HoldCard | None:
    if found.dispatch.state != State.HELD:
        return None
    theirs = outbox.held(200, [found.dispatch.contact_id])
    held = next((each for each in theirs if each.message.id == found.message.id), None)
    return alone(hold_card(held, around, threads_of([held])), found.message.id) if held else None


def _acts(row: Dispatch, visit: Visit) -> tuple[Act, ...]:
    if not visit.user.may_write:
        return ()
    if row.state == State.UNKNOWN:
        again = post(_("Send it again"), "decide_unknown", row.pk, fields={"again": "yes"})
        return (post(_("Leave it"), "decide_unknown", row.pk, fields={"again": "no"}), again)
    if row.state == State.HELD and any(entry["code"].startswith("late.") for entry in row.reasons or ()):
        drop = post(_("Drop it"), "decide_late", row.pk, fields={"send": "no"})
        send = post(_("Send it all the same"), "decide_late", row.pk, fields={"send": "yes"})
        word, _why = word_on(outbox.reasons_of(row))
        return (drop, send) if word is Word.SENDS else (drop,)
    if row.state in (State.QUEUED, State.CLAIMED):
        return (post(_("Stop it"), "stop_message", row.pk),)
    if row.state == State.SENT and row.message.cause_kind == "visit":
        return (post(_("This should not have gone out"), "message_test", row.pk),)
    return ()


STATES: dict[str, Callable[[], str]] = {
    State.QUEUED: lambda: _("Will be sent"),
    State.CLAIMED: lambda: _("On its way"),
    State.HANDOFF: lambda: _("On its way"),
    State.HELD: lambda: _("Held"),
    State.SENT: lambda: _("Sent"),
    State.UNKNOWN: lambda: _("Not known"),
    State.DEAD: lambda: _("Did not arrive"),
    State.REFUSED: lambda: _("Not sent"),
    State.EXPIRED: lambda: _("Too late"),
    State.CANCELLED: lambda: _("Stopped"),
    State.MERGED: lambda: _("Merged"),
}
CHECKS = {
    Check.LINE: lambda: _("The touchpoint is structural"),
    Check.ADDRESS: lambda: _("The address works"),
    Check.BASIS: lambda: _("We may write"),
    Check.STILL_TRUE: lambda: _("It is still true"),
    Check.NOT_TOO_LATE: lambda: _("It is not too late"),
    Check.NOBODY_TALKING: lambda: _("Nobody from us is talking"),
    Check.CLEAN_HANDS: lambda: _("Our hands are clean"),
    Check.MOOD: lambda: _("The mood is good"),
    Check.QUIET_HOURS: lambda: _("The hour is a fitting one"),
    Check.FREQUENCY: lambda: _("It is not too much"),
    Check.CHANNEL_RULES: lambda: _("The channel allows it"),
    Check.SENSITIVE_DATES: lambda: _("The time is not a sensitive one"),
}
AGAINST = {
    Check.LINE: lambda: _("The touchpoint is not structural"),
    Check.ADDRESS: lambda: _("The address does not work"),
    Check.BASIS: lambda: _("We may not write"),
    Check.STILL_TRUE: lambda: _("It is not true any more"),
    Check.NOT_TOO_LATE: lambda: _("It is too late"),
    Check.NOBODY_TALKING: lambda: _("There is something to wait for"),
    Check.CLEAN_HANDS: lambda: _("We owe something first"),
    Check.MOOD: lambda: _("The mood is not good"),
    Check.QUIET_HOURS: lambda: _("The hour is not a fitting one"),
    Check.FREQUENCY: lambda: _("It would be too much"),
    Check.CHANNEL_RULES: lambda: _("The channel does not allow it"),
    Check.SENSITIVE_DATES: lambda: _("The time is a sensitive one"),
}
UNREAD = {
    Check.LINE: lambda: _("The line"),
    Check.ADDRESS: lambda: _("The address"),
    Check.BASIS: lambda: _("The basis"),
    Check.STILL_TRUE: lambda: _("Whether it is still true"),
    Check.NOT_TOO_LATE: lambda: _("Whether it is too late"),
    Check.NOBODY_TALKING: lambda: _("Whether somebody from us is talking"),
    Check.CLEAN_HANDS: lambda: _("Whether we owe something"),
    Check.MOOD: lambda: _("The mood"),
    Check.QUIET_HOURS: lambda: _("The hour"),
    Check.FREQUENCY: lambda: _("How much it is"),
    Check.CHANNEL_RULES: lambda: _("Whether the channel allows it"),
    Check.SENSITIVE_DATES: lambda: _("Whether the time is a sensitive one"),
}
LINES = {
    "structural": lambda: _("Structural: automation may write"),
    "judgement": lambda: _("Judgement: a person writes"),
    "undecided": lambda: _("Not decided: only people write"),
}
HAPPENED: dict[str, tuple[Glyph, Callable[[], str] | None]] = {
    "message.sent": ("sent", lambda: _("Sent")),
    "message.held": ("held", lambda: _("Held")),
    "message.refused": ("refused", lambda: _("Not sent")),
    "message.dead": ("refused", lambda: _("Did not arrive")),
    "message.unknown": ("unknown", lambda: _("No answer came")),
    "message.cancelled": ("refused", lambda: _("Stopped")),
    "message.merged": ("sent", lambda: _("Merged into another message")),
    "message.expired": ("refused", lambda: _("Too late")),
    "message.released": ("plan", lambda: _("Let go, the journey looks again")),
    "message.bounced": ("refused", lambda: _("Came back")),
    "message.needs_person": ("person", lambda: _("A person was asked")),
}
