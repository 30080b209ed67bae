"""The first run of a new house, one question at a time, until the first reminder stands.

What is answered takes effect where it harms nobody: the line, the mail account, the clients. Journeys are
switched on by ``finish`` and nowhere else, so nothing is sent until somebody has said yes.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext as _

from tactful.calendars.rules.changes import told
from tactful.calendars.rules.in_words import written
from tactful.calendars.types import DATED
from tactful.channels.queries import Account, main_account
from tactful.contacts import queries as contacts
from tactful.contacts.actions import create_contact, record_basis
from tactful.contacts.types import Ground, NewContact
from tactful.engagements.actions import open_engagements
from tactful.engagements.types import NewEngagement
from tactful.events.actions import record
from tactful.events.types import NewFact
from tactful.foundation.actions import change_settings, note_assessed
from tactful.foundation.ids import new_id
from tactful.foundation.models import User
from tactful.foundation.queries import business_at
from tactful.foundation.setting_up import queries as setting_up
from tactful.foundation.setting_up.actions import close_first_run, keep_progress
from tactful.foundation.setting_up.types import Progress
from tactful.foundation.types import lacks_assessment
from tactful.gate import queries as gate
from tactful.journeys import queries as journeys
from tactful.journeys.actions import switch_on
from tactful.touchpoints import actions as line
from tactful.touchpoints import queries as the_map
from tactful.touchpoints.rules.trades import Trade, Wish, trades
from tactful.touchpoints.types import Line
from tactful.wiring.history import DAYS, History, begin_history, history_of
from tactful.wiring.recipes import take_in
from tactful.wiring.trust import begin_trial

STEPS: Final = ("trade", "line", "mail", "clients", "wishes", "test", "start")
"""The screens, in order."""
SOURCE: Final = "first run"


def _trial(*, acting_user: int, now: datetime) -> None:
    """An owner may have begun one by hand while the run was put off: that one goes on as it is."""
    if gate.trial(now) is None:
        begin_trial(acting_user=acting_user, now=now)


AT_THE_END: Final[tuple[Callable[..., object], ...]] = (_trial,)
"""Called last by ``finish`` with ``acting_user`` and ``now``: the first week is one of trial."""


class NotYet(ValueError):
    """Something is missing; the sentence says what."""


@dataclass(frozen=True, slots=True)
class FirstCase:
    """Whom the first reminder is for, and by which wish. ``at``: aware; of an appointment its beginning, of
    documents the day by which they are wanted; None for what begins now."""

    wish: str
    contact_id: int
    at: datetime | None = None


def progress() -> Progress:
    """How far the first run has come. A house that has clients or journeys, and never had a first run,
    needs none."""
    kept = setting_up.progress()
    if kept is not None:
        return kept
    lives = contacts.anybody() or bool(journeys.all_journeys())
    return Progress(STEPS[0], finished=lives)


def trade_of(state: Progress) -> Trade | None:
    return trades().get(state.given.get("trade", ""))


def wishes_of(state: Progress) -> tuple[Wish, ...]:
    """Those that are chosen: what was answered, or else what the trade suggests."""
    trade, chosen = trade_of(state), state.given.get("wishes")
    every = trade.wishes if trade else ()
    return tuple(each for each in every if (each.key in chosen if chosen is not None else each.chosen))


@transaction.atomic
def choose_trade(slug: str, name: str, *, by: User, now: datetime) -> None:
    """What the house is called and does. A trade that keeps no topics keeps none from this moment on."""
    if slug not in trades():
        raise NotYet(_("Choose what comes nearest. You can change everything later."))
    if not name.strip():
        raise NotYet(_("Write what clients call you. It stands in every mail."))
    values = {"trade": slug, "name": name.strip()[:120], "language": by.language}
    change_settings(values=values, acting_user=by.id, now=now)
    state = progress()
    fresh = state.given.get("trade") != slug
    given = {key: value for key, value in state.given.items() if not (fresh and key == "wishes")}
    _answered(replace(state, given={**given, "trade": slug}), "trade", by, now)


@transaction.atomic
def draw_line(*, by: User, now: datetime) -> int:
    """The line as the trade suggests it, with the one who says yes as owner. What somebody has decided
    already stays. Answers how many touchpoints were decided."""
    state = progress()
    trade = _trade(state)
    line.adopt(trade.touchpoints(), now=now)
    reason = _("As suggested for %(trade)s when we began.") % {"trade": trade.name.said(by.language)}
    count = 0
    for row in the_map.on_the_map():
        side = trade.line_of(row.slug)
        if side is None or row.current is None or row.current.line != Line.UNDECIDED:
            continue
        if score := trade.structural.get(row.slug):
            line.rate(row.id, score, acting_user=by.id, now=now)
        line.decide(row.id, side, reason, owner_id=by.id, acting_user=by.id, now=now)
        count += 1
    _answered(state, "line", by, now)
    return count


@transaction.atomic
def add_client(name: str, address: str, *, by: User, now: datetime) -> int:
    """One client with a mail address or a phone number; what they have agreed with us is the ground for
    service messages, and never for news. Raises ``ContactError``."""
    mails, phones = ((address,), ()) if "@" in address else ((), (address,) if address.strip() else ())
    if not (mails or phones):
        raise NotYet(_("Write a mail address or a phone number, so that they can be reached."))
    country = business_at(now).country
    new = NewContact(name, mails, phones, region=country, language=by.language)
    contact = create_contact(new, acting_user=by.id, now=now, source=SOURCE)
    ground = Ground("service", "mail", "contract", how="typed", source=SOURCE, language=by.language)
    record_basis(contact.id, ground, acting_user=by.id, now=now)
    return contact.id


def history_offered() -> Account | None:
    """The firm's mailbox, if the days before its connection could be read and nobody has asked for it."""
    account = main_account("mail")
    can = account is not None and account.settings.get("imap_host")
    return account if account is not None and can and history_of(account) is History.NOT_ASKED else None


def read_back(*, by: User, now: datetime) -> None:
    """Mail with the clients who are here by now, from the last 30 days, once. Where it cannot be read, or
    was asked for before, nothing happens."""
    account = history_offered()
    if account is not None:
        begin_history(account, DAYS, now, acting_user=by.id)


@transaction.atomic
def choose_wishes(keys: frozenset[str], *, by: User, now: datetime) -> None:
    state = progress()
    known = [each.key for each in _trade(state).wishes if each.key in keys]
    _answered(replace(state, given={**state.given, "wishes": known}), "wishes", by, now)


@transaction.atomic
def answered(step: str, *, by: User, now: datetime) -> None:
    """A screen whose answer is kept elsewhere, such as the mail account, is done."""
    _answered(progress(), step, by, now)


@transaction.atomic
def skip(step: str, *, by: User, now: datetime) -> None:
    """Later: the next screen comes, and this one stays open. Only the trade cannot wait."""
    state = progress()
    _trade(state)
    _keep(replace(state, step=_after(step), put_off=False), by, now)


@transaction.atomic
def put_off(step: str, *, by: User, now: datetime) -> None:
    """Everything later: Today opens as usual, and says how far we have come."""
    _keep(replace(progress(), step=step, put_off=True), by, now)


@transaction.atomic
def go_back(step: str, *, by: User, now: datetime) -> None:
    """The screen before this one. What was answered stays."""
    before = STEPS[max(STEPS.index(step) - 1, 0)]
    _keep(replace(progress(), step=before, put_off=False), by, now)


@transaction.atomic
def finish(case: FirstCase | None, *, by: User, now: datetime, assessed: bool = False) -> bool:
    """Yes: the chosen journeys are on, the first reminder stands, and this run never comes back. Answers
    False for a run that was finished before, which changes nothing. ``assessed``: the owner says that they
    have read what a sensitive trade must think over first (R91); without it such a house does not begin."""
    state = progress()
    if state.finished:
        return False
    if "line" not in state.done:
        draw_line(by=by, now=now)
    if lacks_assessment(business_at(now)):
        _take_up_assessment(assessed, by, now)
    for wish in wishes_of(state):
        version = take_in(wish.recipe, by=by, now=now)
        switch_on(version.journey_id, acting_user=by.id, now=now)
    if case is not None:
        _begin(case, by, now)
    close_first_run(acting_user=by.id, now=now)
    for join in AT_THE_END:
        join(acting_user=by.id, now=now)
    return True


def _take_up_assessment(assessed: bool, by: User, now: datetime) -> None:
    if not assessed:
        raise NotYet(_("Read what to think over first, and tick that you have."))
    note_assessed(acting_user=by.id, now=now)


def _begin(case: FirstCase, by: User, now: datetime) -> None:
    if case.wish not in {each.key for each in wishes_of(progress())} or case.wish not in CASES:
        raise NotYet(_("Choose one of the reminders that you have switched on."))
    if contacts.people([case.contact_id]).get(case.contact_id) is None:
        raise NotYet(_("Choose whom the first reminder is for."))
    CASES[case.wish](case, by, now)


def _appointment(case: FirstCase, _by: User, now: datetime) -> None:
    if case.at is None or case.at <= now:
        raise NotYet(_("Choose a day and a time that are still to come."))
    house = business_at(now)
    when = written(case.at, house.time_zone, house.language)
    data: dict[str, Any] = dict(told(f"first-{new_id()}", case.at.isoformat(), "", when, house.address))
    record([NewFact(DATED, case.contact_id, data)], now=now, source=SOURCE)


def _documents(case: FirstCase, by: User, now: datetime) -> None:
    if case.at is None or case.at <= now:
        raise NotYet(_("Choose a day that is still to come."))
    due, trade = case.at.date(), _trade(progress())
    year = due.year - 1  # accounts are of the year that is over when they are due
    new = NewEngagement(
        contact_id=case.contact_id,
        kind="annual_accounts",
        title_en=f"The annual accounts for {year}",
        title_nb=f"Årsregnskapet for {year}",
        documents=trade.documents,
        year=year,
        owner_id=by.id,
        due_on=due,
    )
    open_engagements([new], acting_user=by.id, now=now)


def _quote(case: FirstCase, _by: User, now: datetime) -> None:
    data = {"quote": f"first-{new_id()}"}
    record([NewFact("quote.sent", case.contact_id, data)], now=now, source=SOURCE)


CASES: Final = {"appointment": _appointment, "documents": _documents, "quote": _quote}
"""What a first case says to the house, by wish; other wishes wait for a system to speak."""


def _trade(state: Progress) -> Trade:
    trade = trade_of(state)
    if trade is None:
        raise NotYet(_("Say first what you do."))
    return trade


def _answered(state: Progress, step: str, by: User, now: datetime) -> None:
    done = state.done | {step}
    _keep(replace(state, step=_after(step), done=done, put_off=False), by, now)


def _after(step: str) -> str:
    return STEPS[min(STEPS.index(step) + 1, len(STEPS) - 1)]


def _keep(state: Progress, by: User, now: datetime) -> None:
    keep_progress(state.step, state.done, state.given, acting_user=by.id, now=now, put_off=state.put_off)
