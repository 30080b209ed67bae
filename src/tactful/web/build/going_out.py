"""What goes out today, and the brake with what it stopped."""

from collections.abc import Sequence
from dataclasses import replace
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tactful.broadcasts import queries as broadcasts
from tactful.broadcasts.types import State
from tactful.delivery.queries import Dispatch
from tactful.delivery.queries.trust import Place
from tactful.gate import queries as gate
from tactful.gate.sentences import reason_sentence
from tactful.kernel.zones import next_day_start
from tactful.web.build.around import Around, look_around, post
from tactful.web.pages.trust import BrakePage, BrakeRow, GoingPage, GoingRow, WaveRow
from tactful.web.templatetags.tactful import near
from tactful.web.types import Act, EmptyState, Link
from tactful.web.visit import Visit
from tactful.wiring.brake import stopped
from tactful.wiring.going_out import Day, Leaving, Wave, count_today, going_out, waves

PAGE, SHOWN = 50, 50


def going_page(visit: Visit, after: Place | None) -> GoingPage:
    day = going_out(visit.now, visit.house.time_zone, after, PAGE)
    around = look_around(visit, [each.row.contact_id for each in day.rows])
    return GoingPage(
        total=day.total,
        more=day.more,
        rows=tuple(_row(each, around) for each in day.rows),
        notice=_notice(visit),
        next_url=_next(day),
        empty=None if day.rows or day.broadcasts else _nothing(),
        broadcasts=wave_rows(day.broadcasts, visit),
    )


def going_line(visit: Visit) -> str:
    """For Today: "Going out today: 12". Empty when nothing can: the trial has a line of its own."""
    _hold, trial = visit.once(gate.over_everything, visit.now)
    if trial is not None:
        return ""
    total, more = count_today(visit.now, visit.house.time_zone)
    if not total:
        return _("Nothing goes out by itself today.")
    said = _("Going out today: more than %(n)d.") if more else _("Going out today: %(n)d.")
    return said % {"n": total}


def brake_page(visit: Visit) -> BrakePage:
    hold = gate.everything_held(visit.now).first()
    found = stopped(visit.now, SHOWN)
    if hold is None or found is None:
        act = post(_("Stop all automation"), "hold_everything") if visit.user.may_write else None
        asks = _("What people write still goes out. Broadcasts rest until you let each of them go on.")
        return BrakePage("", act, asks, broadcasts=_waves(visit))
    around = look_around(visit, [row.contact_id for row in (*found.left, *found.waiting)])
    resting, to_come = broadcasts.rested_by("brake"), _waves(visit)
    who = visit.person(hold.placed_by)
    words = {"when": near(hold.placed_at, visit.now), "name": who.name if who else _("somebody")}
    again = post(_("Yes, start automation again"), "release_everything")
    return BrakePage(
        pulled=_("All automation has been stopped since %(when)s, by %(name)s.") % words,
        act=replace(again, strong=True) if visit.user.may_write else None,
        asks=_asks(found.waiting_total, broadcasts_too=bool(resting or to_come)),
        left=_brake_rows(found.left, around, gone=True),
        left_total=found.left_total,
        waiting=_brake_rows(found.waiting, around, gone=False),
        waiting_total=found.waiting_total,
        resting=tuple(Link(row.name, reverse("web:broadcast", args=[row.id])) for row in resting),
        broadcasts=to_come,
    )


def _asks(waiting: int, *, broadcasts_too: bool) -> str:
    if not waiting and broadcasts_too:
        return _("No single message waits. Automation goes on where it would be now.")
    if not waiting:
        return _("Nothing waits. Automation goes on where it would be now.")
    said = ngettext(
        "%(n)d message waits. It is thought over: it goes if it is still true and not too late.",
        "%(n)d messages wait. Each is thought over: it goes if it is still true and not too late.",
        waiting,
    )
    return said % {"n": waiting}


def _waves(visit: Visit) -> tuple[WaveRow, ...]:
    end = next_day_start(visit.now, (visit.house.time_zone,))
    return wave_rows(waves(visit.now, end), visit)


def wave_rows(found: Sequence[Wave], visit: Visit) -> tuple[WaveRow, ...]:
    return tuple(
        WaveRow(
            name=each.row.name,
            url=reverse("web:broadcast", args=[each.row.id]),
            to=_to_clients(each.clients),
            at=each.at,
            stop=_stop_wave(each) if visit.user.may_write else None,
        )
        for each in found
    )


def _to_clients(count: int) -> str:
    return ngettext("to %(n)d client", "to %(n)d clients", count) % {"n": count}


def _stop_wave(each: Wave) -> Act:
    here = {"next": reverse("web:going_out")}
    if each.row.state == State.SENDING:
        return post(_("Pause"), "broadcast_pause", each.row.id, fields=here)
    return post(_("Take it back"), "broadcast_return", each.row.id, fields=here)


def _brake_rows(rows: Sequence[Dispatch], around: Around, *, gone: bool) -> tuple[BrakeRow, ...]:
    return tuple(
        BrakeRow(
            around.title(row.message),
            around.client(row.contact_id),
            (row.settled_at if gone else row.message.due_at) or row.message.due_at,
            reverse("web:message", args=[row.pk]),
        )
        for row in rows
    )


def _row(each: Leaving, around: Around) -> GoingRow:
    row, touch, visit = each.row, each.touch, around.visit
    halted = touch is not None and touch.stopped
    said = (
        f"{reason_sentence(each.against, around.names(row.contact_id), visit.reader)}."
        if each.against
        else ""
    )
    by = _("Stopped by %(by)s.") % {"by": touch.by_name} if halted and touch else ""
    return GoingRow(
        name=_title(each, around),
        person=around.client(row.contact_id),
        at=each.at,
        url="" if each.key else reverse("web:message", args=[row.pk]),
        against="" if halted else said,
        stopped=by,
        stop=_stop(each, halted) if visit.user.may_write else None,
    )


def _title(each: Leaving, around: Around) -> str:
    return around.title(each.row.message)


def _stop(each: Leaving, halted: bool) -> Act:
    here = {"next": reverse("web:going_out")}
    if not each.key:
        return post(_("Stop it"), "stop_message", each.row.pk, fields=here)
    if halted:
        return post(_("Let it go"), "going_unstop", fields={"key": each.key} | here)
    return post(_("Stop it"), "going_stop", fields={"key": each.key} | here)


def _notice(visit: Visit) -> str:
    if gate.trial(visit.now) is not None:
        return _("It is the trial week: nothing of this leaves. You judge it afterwards.")
    if gate.everything_held(visit.now).exists():
        return _("All automation has been stopped: nothing of this leaves until somebody starts it again.")
    return ""


def _next(day: Day) -> str:
    if day.next is None:
        return ""
    return f"{reverse('web:going_out')}?{urlencode({'at': day.next.at.isoformat(), 'id': day.next.id})}"


def _nothing() -> EmptyState:
    text = _(
        "When automation will write to a client before the day is over, it stands here, and you can stop it."
    )
    return EmptyState(_("Nothing goes out by itself today"), text, "plan")
