"""The screens of the first run."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tactful.channels.queries import main_account
from tactful.contacts import queries as contacts
from tactful.contacts.sentences import FIELD_NAMES
from tactful.foundation.setting_up.types import Progress
from tactful.foundation.types import lacks_assessment
from tactful.touchpoints.rules.hours import hours_back
from tactful.touchpoints.rules.trades import Trade, Wish, trades
from tactful.web.build.imports import mapping_page
from tactful.web.build.settings import mail_page
from tactful.web.forms.mail import MailForm, initial_of
from tactful.web.pages.first_run import (
    CaseChoice,
    ClientsPage,
    FoundFile,
    LinePage,
    MailPage,
    Option,
    Place,
    StartPage,
    TestPage,
    TradeChoice,
    TradePage,
    WishChoice,
    WishesPage,
)
from tactful.web.templatetags.tactful import number
from tactful.web.visit import Visit
from tactful.web.waiting_file import WaitingFile
from tactful.wiring import first_run as run

SHOWN = 5  # clients by name
OFFERED = 200  # clients to choose from for the first reminder
NINE = "09:00"


def place_of(step: str, state: Progress) -> Place:
    at = run.STEPS.index(step) + 1
    return Place(step, at, len(run.STEPS), step in state.done, can_skip=step not in ("trade", "start"))


def setup_line(visit: Visit) -> str:
    """For Today, while the first run is open: "Set-up: 3 of 7"."""
    if not visit.user.is_owner:
        return ""
    state = visit.once(run.progress)
    if state.finished:
        return ""
    done = {"done": len(state.done & set(run.STEPS)), "all": len(run.STEPS)}
    return _("Set-up: %(done)d of %(all)d.") % done


def trade_page(state: Progress, visit: Visit, typed: str | None = None, trouble: str = "") -> TradePage:
    chosen = state.given.get("trade", "")
    rows = tuple(
        TradeChoice(
            each.slug, each.name.said(visit.language), each.about.said(visit.language), each.slug == chosen
        )
        for each in trades().values()
    )
    name = visit.house.name if typed is None else typed
    return TradePage(place_of("trade", state), name, rows, trouble)


def line_page(state: Progress, visit: Visit) -> LinePage:
    trade = _trade(state)
    every = trade.touchpoints()
    language = "nb" if visit.language == "nb" else "en"
    people = tuple(each.name[language] for each in every if each.slug in trade.judgement)
    automation = tuple(each.name[language] for each in every if each.slug in trade.structural)
    words = {"people": number(len(people)), "automation": number(len(automation))}
    sentence = _(
        "%(automation)s small things automation may say, once you switch them on. %(people)s stay with you, "
        "and automation never writes there."
    )
    return LinePage(place_of("line", state), people, automation, sentence % words, trade.sensitive)


def mail_step(state: Progress, visit: Visit, form: MailForm | None, tests: Any) -> MailPage:
    account = main_account("mail")
    name = {"sender_name": visit.house.name, "address": visit.user.email}
    shown = form or MailForm(account=account, initial=initial_of(account) or name)
    page = mail_page(shown, account, tests, visit)
    works = bool(tests) and all(each.get("works") for each in tests)
    return MailPage(
        place_of("mail", state), shown, account.address if account else "", works, tuple(page.tests or ())
    )


def clients_page(state: Progress, visit: Visit, **typed: Any) -> ClientsPage:
    count, trade = contacts.how_many(), _trade(state)
    names = tuple(each.name for each in contacts.in_order(limit=SHOWN).lines)
    many = trade.many.said(visit.language)
    if count:
        words = ngettext("%(count)s is in.", "%(count)s are in.", count) % {"count": number(count)}
    else:
        words = _("One is enough to begin with.")
    sentence = _("%(words)s Nobody is written to because they are on the list of %(many)s.")
    said = sentence % {"words": words, "many": many}
    offers = run.history_offered() is not None
    return ClientsPage(place_of("clients", state), count, names, said, offers_history=offers, **typed)


def found_file(file: WaitingFile, visit: Visit) -> FoundFile:
    page = mapping_page(file, visit)
    rows = len(file.table.rows)
    fields = [str(name) for name in _meanings(file)]
    words = ngettext("%(rows)s row, with %(fields)s.", "%(rows)s rows, with %(fields)s.", rows)
    said = words % {"rows": number(rows), "fields": ", ".join(fields)}
    return FoundFile(file.name, said if fields else "", page.trouble)


def _meanings(file: WaitingFile) -> list[object]:
    return [FIELD_NAMES[field] for _place, field in sorted(file.mapping.columns.items())]


def wishes_page(state: Progress, visit: Visit) -> WishesPage:
    trade, chosen = _trade(state), {each.key for each in run.wishes_of(state)}
    rows = tuple(_wish(each, each.key in chosen, trade, visit) for each in trade.wishes)
    sentence = _("Automation remembers what you choose here. The rest you write yourselves.")
    return WishesPage(place_of("wishes", state), rows, sentence)


def _wish(wish: Wish, chosen: bool, trade: Trade, visit: Visit) -> WishChoice:
    hours = hours_back([trade.structural[wish.touchpoint]], contacts.how_many())
    back = ""
    if hours:
        back = _("About %(hours)s hours back a month, we estimate.") % {"hours": _hours(hours, visit)}
    return WishChoice(wish.key, wish.ask.said(visit.language), wish.does.said(visit.language), chosen, back)


def _hours(hours: float, visit: Visit) -> str:
    text = f"{hours:g}"
    return text.replace(".", ",") if visit.language == "nb" else text


def test_page(state: Progress, visit: Visit, sent: bool, trouble: str) -> TestPage:
    can = main_account("mail") is not None
    return TestPage(place_of("test", state), visit.user.email, can, sent, trouble)


def start_page(state: Progress, visit: Visit, typed: QueryDict | None = None, trouble: str = "") -> StartPage:
    wishes = run.wishes_of(state)
    zone = ZoneInfo(visit.house.time_zone)
    tomorrow = (visit.now.astimezone(zone) + timedelta(days=1)).date()
    given: Mapping[str, Any] = typed.dict() if typed else {}
    lines = contacts.in_order(limit=OFFERED).lines
    chosen = given.get("client", "")
    return StartPage(
        place=place_of("start", state),
        switched_on=tuple(each.ask.said(visit.language) for each in wishes),
        missing=_missing(wishes),
        cases=tuple(_case(each, visit) for each in wishes if each.key in run.CASES),
        clients=tuple(Option(str(each.id), each.name, str(each.id) == chosen) for each in lines),
        first_day=tomorrow.isoformat(),
        day=str(given.get("day", "")),
        time=str(given.get("time", NINE)),
        trouble=trouble,
        records=lacks_assessment(visit.house),
    )


def _case(wish: Wish, visit: Visit) -> CaseChoice:
    asks, when = {
        "appointment": ("moment", _("When is the appointment?")),
        "documents": ("day", _("By when do you need the documents?")),
    }.get(wish.key, ("", ""))
    return CaseChoice(wish.key, wish.ask.said(visit.language), when, asks)


def _missing(wishes: tuple[Wish, ...]) -> tuple[str, ...]:
    found = []
    if main_account("mail") is None:
        found.append(_("There is no mail address yet, so nothing can leave."))
    if not contacts.anybody():
        found.append(_("There are no clients yet, so there is nobody to remind."))
    if not wishes:
        found.append(_("No reminder is switched on. The journeys page has them all."))
    return tuple(found)


def _trade(state: Progress) -> Trade:
    trade = run.trade_of(state)
    if trade is None:
        raise run.NotYet(_("Say first what you do."))
    return trade
