"""The trial week, line by line, and the first messages of each touchpoint."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from itertools import groupby
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tactful.delivery.queries import trust as outbox
from tactful.delivery.queries.trust import Dispatch, Judged, Place, Rehearsed
from tactful.gate import queries as gate
from tactful.gate.queries import StandingHold
from tactful.journeys import queries as journeys
from tactful.journeys.types import Send
from tactful.touchpoints import queries as touchpoints
from tactful.web.build.around import Around, look_around, post
from tactful.web.pages.trust import (
    FirstGroup,
    FirstPage,
    FirstRow,
    TouchpointTrust,
    TrialLine,
    TrialPage,
    TrustPage,
    WhyChoice,
)
from tactful.web.templatetags.tactful import in_words, near
from tactful.web.types import Act, EmptyState, Link
from tactful.web.visit import Visit
from tactful.web.words import capital
from tactful.wiring.deciding import goes_unseen_at
from tactful.wiring.rehearsal import OWNERS_ONLY, Why
from tactful.wiring.trust import FIRST_ONES
from tactful.wiring.written import MailWords, words_of

PAGE, SHOWN_FIRST, TOGETHER = 30, 60, 3
DAYS = (3, 7, 14)
WHYS: Mapping[Why, Callable[[], str]] = {
    Why.CLIENT: lambda: _("Leave this client alone"),
    Why.LATER: lambda: _("Not just now: ask again in two weeks"),
    Why.HOUR: lambda: _("Not at this hour of the day"),
    Why.PERSON: lambda: _("A person should write this"),
    Why.WORDS: lambda: _("The words are wrong"),
}
FOLLOWS: Mapping[Why, Callable[[], str]] = {
    Why.CLIENT: lambda: _("Wrong. Automation leaves this client alone until you release it."),
    Why.LATER: lambda: _("Wrong. Automation leaves this client alone for two weeks."),
    Why.HOUR: lambda: _("Wrong. The quiet hours are longer now."),
    Why.PERSON: lambda: _("Wrong. This touchpoint stands above the line now: a person writes."),
    Why.WORDS: lambda: _("Wrong. This one does not go. The words are yours to change."),
}


def trial_page(visit: Visit, after: Place | None) -> TrialPage:
    running = gate.trial(visit.now)
    trial = running or gate.trials().first()
    found = outbox.rehearsed(trial.id, after, PAGE + 1) if trial else []
    rows, more = found[:PAGE], len(found) > PAGE
    dispatches = [row.message.dispatch for row in rows]
    around = look_around(visit, [row.contact_id for row in dispatches])
    words = words_of(dispatches, visit.now)
    end = post(_("End the trial now"), "trial_end") if running and visit.user.is_owner else None
    return TrialPage(
        title=_("Trial week") if running or trial is None else _("The trial week is over"),
        summary=_summary(running, trial, visit),
        counted=_counted(outbox.judged_counts(trial.id)) if trial else "",
        lines=_with_alike([_line(row, words.get(row.pk), around) for row in rows]),
        whys=_whys(visit),
        can_judge=visit.user.may_write,
        running=running is not None,
        act=end,
        next_url=_next(rows) if more else "",
        empty=None if rows else _nothing(running is not None),
    )


def trial_line(visit: Visit) -> str:
    """One sentence for Today; empty while no trial runs."""
    _hold, running = visit.once(gate.over_everything, visit.now)
    if running is None:
        return ""
    judged = outbox.judged_counts(running.id)
    if not judged.total:
        return _(
            "Trial week: nothing leaves. What would have gone stands here as soon as there is something."
        )
    said = ngettext(
        "Trial week: nothing leaves. %(n)d message would have gone; %(open)d not judged yet.",
        "Trial week: nothing leaves. %(n)d messages would have gone; %(open)d not judged yet.",
        judged.total,
    )
    return said % {"n": judged.total, "open": judged.open}


def first_page(visit: Visit) -> FirstPage:
    waiting = list(outbox.waiting_to_be_seen()[:SHOWN_FIRST])
    around = look_around(visit, [row.contact_id for row in waiting])
    words = words_of(waiting, visit.now)
    holds = gate.shown_first(visit.now)
    seen = _seen(holds)
    by_point = sorted(waiting, key=_point)
    groups = tuple(
        _group(point, list(same), seen.get(point, 0), words, around)
        for point, same in groupby(by_point, key=_point)
    )
    empty = EmptyState(
        _("Nothing waits to be seen."),
        _("After the trial week the first ten messages of each touchpoint stand here before they go."),
        glyph="plan",
    )
    return FirstPage(groups, visit.user.may_write, None if groups else empty)


def first_line(visit: Visit) -> str:
    """One sentence for Today; empty when nothing waits."""
    count = visit.once(outbox.held_for_eyes).first
    said = ngettext(
        "%(n)d message is one of the first of its kind and waits for your eyes.",
        "%(n)d messages are among the first of their kind and wait for your eyes.",
        count,
    )
    return said % {"n": count} if count else ""


def trust_page(visit: Visit) -> TrustPage:
    running, had = gate.trial(visit.now), gate.trials().exists()
    holds = gate.shown_first(visit.now)
    seen = _seen(holds)
    every = touchpoints.views_by_id(list(holds))
    spoken = _spoken_through()
    views = {ident: view for ident, view in every.items() if view.slug in spoken or ident in seen}
    rows = [
        TouchpointTrust(
            view.name(visit.language),
            reverse("web:touchpoint", args=[view.slug]),
            _of_ten(seen.get(ident, 0)),
            post(_("I have seen enough"), "first_enough", view.slug),
        )
        for ident, view in sorted(views.items(), key=lambda pair: pair[1].name(visit.language))
    ]
    return TrustPage(
        state=_where_we_are(running, had=had, visit=visit),
        link=Link(_("What would have gone"), reverse("web:trial")) if running or had else None,
        days=() if running else DAYS,
        act=post(_("End the trial now"), "trial_end") if running else None,
        rows=tuple(rows),
        others=_others(len(every) - len(views)),
    )


def _where_we_are(running: StandingHold | None, *, had: bool, visit: Visit) -> str:
    if running is not None:
        state = _("A trial is running until %(when)s. Nothing leaves that automation wants to send.")
        return state % {"when": _ends(running, visit)}
    if had:
        return _("The trial is over. Automation runs, and shows the first ten of each touchpoint.")
    return _("No trial has been held here. Automation runs.")


def _spoken_through() -> set[str]:
    """Touchpoints at which something is sent, or waits to be: those of journeys that are on, and what stands
    before somebody's eyes now."""
    on = journeys.live_definitions().values()
    steps = {step.touchpoint for each in on for step in each.steps if isinstance(step, Send)}
    waiting = {row.message.touchpoint_id or 0 for row in outbox.waiting_to_be_seen()[:SHOWN_FIRST]}
    return steps | {view.slug for view in touchpoints.views_by_id(list(waiting)).values()}


def _others(count: int) -> str:
    said = ngettext(
        "%(n)s more touchpoint stands below the line, and nothing is sent there yet. It shows its first ten "
        "when something is.",
        "%(n)s more touchpoints stand below the line, and nothing is sent there yet. They show their first "
        "ten when something is.",
        count,
    )
    return said % {"n": capital(in_words(count))} if count else ""


def _ends(trial: StandingHold, visit: Visit) -> str:
    return near(trial.expires_at or visit.now, visit.now)


def _seen(holds: Mapping[int, StandingHold]) -> dict[int, int]:
    if not holds:
        return {}
    return outbox.seen_counts(list(holds), min(hold.placed_at for hold in holds.values()))


def _summary(running: StandingHold | None, trial: StandingHold | None, visit: Visit) -> str:
    if running is not None:
        said = _("Until %(when)s nothing leaves by itself. Say of each whether it would have been right.")
        return said % {"when": _ends(running, visit)}
    if trial is None:
        return _("No trial has been held here yet. An owner can begin one in the settings.")
    return _("What would have gone while it ran. What you judged wrong has become a rule, or moved the line.")


def _counted(judged: Judged) -> str:
    said = ngettext(
        "%(n)d would have gone: %(right)d right, %(wrong)d wrong, %(open)d not judged.",
        "%(n)d would have gone: %(right)d right, %(wrong)d wrong, %(open)d not judged.",
        judged.total,
    )
    return said % {"n": judged.total, "right": judged.right, "wrong": judged.wrong, "open": judged.open}


def _line(row: Rehearsed, words: MailWords | None, around: Around) -> TrialLine:
    message = row.message
    return TrialLine(
        id=message.id,
        name=around.title(message),
        person=around.client(message.contact_id),
        at=row.at,
        judged=row.judged,  # type: ignore[arg-type]
        subject=words.subject if words else "",
        words=words.text if words else "",
        said=_said(row),
        more=_more(row, around),
    )


def _with_alike(lines: Sequence[TrialLine]) -> tuple[TrialLine, ...]:
    """The first of several that say the same, one after the other, offers to judge them together."""
    found = list(lines)
    for _alike, same in groupby(range(len(found)), key=lambda n: _same_words(found[n])):
        places = [n for n in same if not found[n].judged]
        if len(places) >= TOGETHER:
            first, *others = places
            found[first] = replace(found[first], alike=tuple(found[n].id for n in others))
    return tuple(found)


def _same_words(line: TrialLine) -> tuple[str, str]:
    return str(line.name), str(line.subject)


def _said(row: Rehearsed) -> str:
    if row.judged == "right":
        return _("Right.")
    return FOLLOWS[Why(row.why)]() if row.judged == "wrong" else ""


def _more(row: Rehearsed, around: Around) -> Link | None:
    """Where what followed can be looked at."""
    if row.judged != "wrong":
        return None
    why, view = Why(row.why), touchpoints.views_by_id([row.message.touchpoint_id or 0])
    slug = next((each.slug for each in view.values()), "")
    if why is Why.PERSON and slug:
        return Link(_("See the line"), reverse("web:touchpoint", args=[slug]))
    if why is Why.WORDS and row.message.template:
        return Link(_("Open the letter"), reverse("web:letter", args=[row.message.template]))
    if why is Why.HOUR:
        return Link(_("See the quiet hours"), reverse("web:settings_quiet"))
    return Link(_("See the client"), around.client(row.message.contact_id).url)


def _whys(visit: Visit) -> tuple[WhyChoice, ...]:
    offered = [why for why in Why if visit.user.is_owner or why not in OWNERS_ONLY]
    return tuple(WhyChoice(why, WHYS[why]()) for why in offered)


def _next(rows: Sequence[Rehearsed]) -> str:
    last = rows[-1]
    return f"{reverse('web:trial')}?{urlencode({'at': last.at.isoformat(), 'id': last.pk})}"


def _nothing(running: bool) -> EmptyState:
    if running:
        text = _(
            "When automation would have written to a client, it stands here, and you say what you think."
        )
        return EmptyState(_("Nothing would have gone yet"), text, "plan")
    return EmptyState(_("There is nothing to judge"), _("In a trial week nothing leaves by itself."), "plan")


def _point(row: Dispatch) -> int:
    return row.message.touchpoint_id or 0


def _group(
    point: int, rows: Sequence[Dispatch], seen: int, words: Mapping[int, MailWords], around: Around
) -> FirstGroup:
    view = touchpoints.views_by_id([point]).get(point)
    enough: Act | None = None
    if view is not None and around.visit.user.is_owner:
        enough = post(_("I have seen enough"), "first_enough", view.slug)
    shown = rows[: max(1, FIRST_ONES - seen)]
    return FirstGroup(
        name=around.touchpoint(rows[0].message) or around.title(rows[0].message),
        counted=_of_ten(seen),
        rows=tuple(_first(row, words.get(row.pk), around) for row in shown),
        enough=enough,
        more=len(rows) - len(shown),
    )


def _first(row: Dispatch, words: MailWords | None, around: Around) -> FirstRow:
    return FirstRow(
        id=row.pk,
        person=around.client(row.contact_id),
        since=row.held_since,
        until=row.message.latest_at,
        subject=words.subject if words else "",
        words=words.text if words else "",
        send=post(_("Send it"), "first_send", row.pk),
        stop=post(_("Stop this one"), "stop_message", row.pk, fields={"next": reverse("web:first_ones")}),
        goes_at=goes_unseen_at(row),
    )


def _of_ten(seen: int) -> str:
    return _("%(seen)d of the first %(all)d have been let go") % {"seen": seen, "all": FIRST_ONES}
