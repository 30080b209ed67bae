"""Today: what needs a person, what is held and why, what automation did and will do."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from math import ceil
from operator import attrgetter
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tactful.contacts import queries as contacts
from tactful.delivery import queries as outbox
from tactful.delivery.queries import Held, HourCount
from tactful.delivery.rules.departures import MADE_OF_ANOTHER
from tactful.gate.rules.office import office_rule
from tactful.inbox import queries as inbox
from tactful.inbox.queries import Task
from tactful.kernel.windows import minus_working_hours
from tactful.kernel.zones import day_start, local_day, next_day_start
from tactful.touchpoints import queries as touchpoints
from tactful.web.build.around import Around, board_for, look_around, post
from tactful.web.build.day_list import day_list
from tactful.web.build.first_run import setup_line
from tactful.web.build.holds import hold_cards
from tactful.web.build.late import late_line
from tactful.web.build.mailboxes import waiting_line
from tactful.web.build.tasks import gather, task_rows
from tactful.web.build.touches import soon_line
from tactful.web.build.trust import first_line, trial_line
from tactful.web.pages.today import Automation, HourBar, Relations, RunRow, TodayPage
from tactful.web.types import Act, EmptyState, Glyph, HoldCard, Link
from tactful.web.visit import Visit
from tactful.wiring.gate_facts import settings_of

TASKS_SHOWN, LISTED_SHOWN, HOLDS_READ, HOLDS_SHOWN = 20, 40, 40, 3
SIGNS_SHOWN, ROWS_SHOWN, DOTS = 16, 6, 200
FIRST_HOUR, LAST_HOUR = 7, 17
QUIET = timedelta(days=90)
WORKING_DAY = 8  # hours of the office
SIGN_OF: dict[str, Glyph] = {
    "message.sent": "auto",
    "planned": "plan",
    "message.refused": "refused",
    "message.expired": "refused",
}


def today_page(visit: Visit) -> TodayPage:
    board = board_for(visit, TASKS_SHOWN, LISTED_SHOWN)
    beside = inbox.on_cards([task.id for task in board.cards.tasks])
    every = [*board.tasks, *(other for group in beside.values() for other in group)]
    held, held_total = outbox.held(HOLDS_READ), visit.once(outbox.held_count)
    around = look_around(visit, [*_clients_of(every), *(each.message.contact_id for each in held)])
    matters = gather(every, around)
    notice, act = _notice(visit)
    next_up, next_link = _next_up(visit)
    return TodayPage(
        greeting=_greeting(visit),
        tasks=task_rows(board.cards.tasks, matters, beside),
        tasks_total=board.asking,
        leisure=task_rows(board.leisure.tasks, matters, strong=False),
        day_list=day_list(board.asked, board.coming, matters, strong=not board.cards.tasks),
        holds=_holds(held, around),
        holds_total=held_total,
        holds_url=reverse("web:outbox"),
        automation=_automation(around, held_total),
        relations=_relations(visit),
        next_up=next_up,
        next_up_link=next_link,
        nothing_to_do=None if board.asking else _nothing_to_do(),
        notice=notice,
        notice_act=act,
        late=late_line(visit),
        trial=trial_line(visit),
        first=first_line(visit),
        setup=setup_line(visit),
        waiting=waiting_line(),
        soon=soon_line(visit),
    )


def _clients_of(tasks: Sequence[Task]) -> list[int | None]:
    return [task.contact_id for task in tasks]


def _holds(held: Sequence[Held], around: Around) -> tuple[HoldCard, ...]:
    """Those that wait for somebody's word since a working day stand first."""
    since = a_working_day_ago(around.visit)
    rising = [each for each in held if each.wake_on and each.since is not None and each.since <= since]
    others = [each for each in held if each not in rising]
    return hold_cards(sorted(rising, key=_since) + others, around, HOLDS_SHOWN)


def _since(held: Held) -> datetime:
    return held.since or held.until


def a_working_day_ago(visit: Visit) -> datetime:
    """Eight of the office's hours, by the house's own calendar."""
    rule = office_rule(settings_of(visit.house), visit.house.country)
    return minus_working_hours(visit.now, WORKING_DAY, visit.house.time_zone, rule)


def _greeting(visit: Visit) -> str:
    hour = visit.now.astimezone(ZoneInfo(visit.house.time_zone)).hour
    if hour < 11:
        return _("Good morning")
    return _("Good day") if hour < 18 else _("Good evening")


def _automation(around: Around, held: int) -> Automation:
    visit = around.visit
    zone = visit.house.time_zone
    start, end = day_start(local_day(visit.now, zone), zone), next_day_start(visit.now, (zone,))
    counts = outbox.hours_of_day(start, end, visit.now, zone)
    by_sign: Counter[Glyph] = Counter()
    for each in counts:
        by_sign[SIGN_OF[each.name]] += each.count
    url = reverse("web:outbox")
    return Automation(
        sent=by_sign["auto"],
        planned=by_sign["plan"],
        held=held,
        refused=by_sign["refused"],
        hours=_hours(counts, visit.now.astimezone(ZoneInfo(zone)).hour),
        rows=_runs(counts, around),
        sent_url=f"{url}?show=sent",
        planned_url=f"{url}?show=planned",
        held_url=f"{url}?show=held",
        refused_url=f"{url}?show=stopped",
    )


def _hours(counts: Sequence[HourCount], now_hour: int) -> tuple[HourBar, ...]:
    busy = {each.hour for each in counts} | {now_hour, FIRST_HOUR, LAST_HOUR}
    return tuple(_bar(hour, counts, hour == now_hour) for hour in range(min(busy), max(busy) + 1))


def _bar(hour: int, counts: Sequence[HourCount], is_now: bool) -> HourBar:
    total: Counter[Glyph] = Counter()
    for each in counts:
        if each.hour == hour:
            total[SIGN_OF[each.name]] += each.count
    order: tuple[Glyph, ...] = ("auto", "refused", "plan")
    signs: list[Glyph] = [sign for sign in order for _n in range(min(total[sign], SIGNS_SHOWN))]
    return HourBar(hour, tuple(signs[:SIGNS_SHOWN]), max(0, total.total() - SIGNS_SHOWN), is_now)


def _runs(counts: Sequence[HourCount], around: Around) -> tuple[RunRow, ...]:
    """What automation did most, by touchpoint."""
    total: Counter[tuple[Glyph, int]] = Counter()
    for each in counts:
        total[SIGN_OF[each.name], each.touchpoint_id or 0] += each.count
    return tuple(
        RunRow(sign, around.touchpoints.get(touchpoint, _("Other messages")), _to_clients(sign, count))
        for (sign, touchpoint), count in total.most_common(ROWS_SHOWN)
    )


def _to_clients(sign: Glyph, count: int) -> str:
    if sign == "plan":
        return ngettext("later today to %(n)d client", "later today to %(n)d clients", count) % {"n": count}
    if sign == "refused":
        return ngettext("was not sent to %(n)d client", "was not sent to %(n)d clients", count) % {"n": count}
    return ngettext("to %(n)d client", "to %(n)d clients", count) % {"n": count}


def _relations(visit: Visit) -> Relations | None:
    total = contacts.crowd().n
    if not total:
        return None
    strained, quiet = inbox.strained_count(), inbox.quiet_since(visit.now - QUIET)
    url = reverse("web:clients")
    return Relations(
        strained=strained,
        quiet=quiet,
        well=max(0, total - strained - quiet),
        url=url,
        strained_link=Link(_("See who"), f"{url}?show=strained") if strained else None,
        quiet_link=Link(_("See who"), f"{url}?show=quiet") if quiet else None,
        dot_is=max(1, ceil(total / DOTS)),
    )


def _next_up(visit: Visit) -> tuple[str, Link | None]:
    every = visit.once(touchpoints.at_a_glance)
    first = max((each for each in every if each.candidate), key=attrgetter("score"), default=None)
    if first is None:
        return "", None
    name = first.name_nb if visit.language == "nb" else first.name_en
    said = _("“%(name)s” comes often and reads much the same each time: %(score)d of 125 points.")
    link = Link(_("Look at it"), reverse("web:touchpoint", args=[first.slug]))
    return said % {"name": name, "score": first.score}, link


def _notice(visit: Visit) -> tuple[str, Act | None]:
    paused = visit.once(outbox.sending_paused)
    words = {
        "restored": _("Nothing leaves: a backup has been restored, and an owner has not looked at it yet."),
        "epoch": _(
            "Nothing leaves: this looks like a copy of your Tactful, and an owner has not looked at it yet."
        ),
        "clock": _("Nothing leaves: the clock of this machine has jumped. Is the time right now?"),
        "person": _("Nothing leaves: one of us has stopped it."),
        "pause": _("Nothing leaves: one of us has stopped it."),
    }
    act = post(_("Yes, let it send"), "confirm_sending") if visit.user.is_owner else None
    if paused in MADE_OF_ANOTHER:
        act = Act(_("See what would be sent"), reverse("web:restored"), post=False)
    return words.get(paused, ""), act if paused else None


def _nothing_to_do() -> EmptyState:
    text = _("When a client waits for us, or automation needs a decision, it stands here.")
    return EmptyState(_("Nothing waits for you"), text, "client")
