"""A replay as a page: first what it means, then how it differs from what was, then the lines."""

from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta
from typing import Final
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tactful.journeys import queries
from tactful.journeys.queries import ReplayRun, Wanted
from tactful.journeys.rules.definition import parse
from tactful.journeys.rules.digest import digest_of
from tactful.journeys.rules.mishaps import KINDS
from tactful.journeys.rules.replay_lines import Summary, read_summary
from tactful.journeys.types import Definition
from tactful.web.build.around import look_around
from tactful.web.build.replay_lines import line_row, list_title
from tactful.web.chosen import Chosen
from tactful.web.pages.replays import ReplayPage, ReplaysPage, RunRow, Saying
from tactful.web.templatetags.tactful import number
from tactful.web.types import Act, EmptyState, Glyph, Link, Progress, Text
from tactful.web.visit import Visit
from tactful.wiring.story_words import counted_mishap, note_sentence

DAYS = 90
FEW = 5_000  # lines of a list that is found by its mark
GLYPHS: Final[Mapping[str, Glyph]] = {
    "queued": "plan", "running": "auto", "done": "sent", "failed": "unknown", "cancelled": "refused",
}  # fmt: skip


def replays_page(chosen: Chosen, visit: Visit) -> ReplaysPage:
    runs = queries.replays_of(chosen.slug)
    busy = queries.replay_under_way()
    return ReplaysPage(
        slug=chosen.slug,
        journey=chosen.definition.name.in_language(visit.language),
        title=chosen.title,
        note=chosen.note,
        rows=tuple(_run_row(run, visit) for run in runs),
        fields=tuple(chosen.query.items()),
        busy=Link(_("One is under way"), run_url(busy)) if busy else None,
        can_start=visit.user.may_write and busy is None,
        empty=None if runs else EmptyState(_("Nothing has been replayed yet."), _("The answers stand here.")),
    )


def run_url(run: ReplayRun) -> str:
    return reverse("web:replay", args=[run.slug, run.id])


def run_title(run: ReplayRun) -> Text:
    return _("Version %(version)d") % {"version": run.version} if run.version else _("A draft")


def _run_row(run: ReplayRun, visit: Visit) -> RunRow:
    person = visit.person(run.by)
    return RunRow(
        url=run_url(run),
        title=run_title(run),
        state=_short(run),
        glyph=GLYPHS[run.state],
        at=run.asked_at,
        by=person.name if person else "",
    )


def _short(run: ReplayRun) -> Text:
    if run.state != "done":
        return STATES[run.state]()
    summary = read_summary(run.summary)
    wrong = summary.counts.get("wrong", 0)
    if not wrong:
        return _("Found no mistake.")
    return ngettext("%(n)d message with a mistake.", "%(n)d messages with a mistake.", wrong) % {"n": wrong}


STATES = {
    "queued": lambda: _("It waits for its turn."),
    "running": lambda: _("It is under way."),
    "failed": lambda: _("It could not be finished."),
    "cancelled": lambda: _("It was cancelled."),
}


def said_of(slug: str, definition: Definition) -> tuple[tuple[Text, ...], Link]:
    """What the newest replay of exactly this definition says, and where to read it; with nothing said,
    where to start one."""
    run = queries.last_replay_run(slug, digest_of(definition))
    if run is None:
        url = f"{reverse('web:replays', args=[slug])}?draft=yes"
        return (), Link(_("Try it on the last 90 days"), url)
    summary, url = read_summary(run.summary), run_url(run)
    sayings = (*_findings(summary, url), *_difference(summary, url))
    return (_sentence(run, summary), *(saying.text for saying in sayings)), Link(_("See each of them"), url)


def replay_page(run: ReplayRun, show: str, after: int, visit: Visit) -> ReplayPage:
    """``show``: the list below; ``after``: the number after which it goes on."""
    definition = parse(run.document)
    words = {
        "slug": run.slug,
        "journey": definition.name.in_language(visit.language),
        "title": run_title(run),
        "state": run.state,
        "since": run.since,
        "until": run.until,
        "is_live": run.state in ("queued", "running"),
    }
    if run.state != "done":
        return ReplayPage(
            **words,  # type: ignore[arg-type]
            sentence=STATES[run.state](),
            progress=_progress(run) if run.state in ("queued", "running") else None,
            trouble=_trouble(run),
            acts=tuple(_acts(run, visit)),
        )
    summary, url = read_summary(run.summary), run_url(run)
    wanted = show if summary.counts.get(show) or show in _held_lists(summary) else first_list(summary)
    few = summary.counts.get(wanted, 0) + summary.held_by.get(wanted.removeprefix("held:"), 0) < FEW
    page = queries.replayed_lines(run.id, Wanted(wanted, after, few=few))
    around = look_around(visit, {row.contact_id for row in page.rows})
    return ReplayPage(
        **words,  # type: ignore[arg-type]
        sentence=_sentence(run, summary),
        findings=tuple(_findings(summary, url)),
        difference=tuple(_difference(summary, url)),
        held=tuple(_held(summary, url)),
        notes=tuple(note_sentence(note) for note in summary.notes),
        rows=tuple(line_row(row, run, definition, around) for row in page.rows),
        list_title=list_title(wanted, summary.counts.get(wanted, 0)),
        more=_list_url(url, wanted, page.after) if page.after else "",
        first=_list_url(url, wanted) if after else "",
        acts=tuple(_acts(run, visit)),
    )


def first_list(summary: Summary) -> str:
    """What is looked at first: mistakes, then what differs, then what was held, then all."""
    wanted = ("wrong", "dropped", "added", "moved", "held", "unsent")
    return next((mark for mark in wanted if summary.counts.get(mark)), "")


def _held_lists(summary: Summary) -> set[str]:
    return {f"held:{kind}" for kind in summary.held_by}


def _list_url(url: str, mark: str, after: int | None = None) -> str:
    query = {"show": mark} | ({"after": str(after)} if after else {})
    return f"{url}?{urlencode(query)}#lines"


def _acts(run: ReplayRun, visit: Visit) -> Iterable[Act]:
    if run.state in ("queued", "running"):
        if visit.user.may_write:
            yield Act(_("Cancel"), reverse("web:replay_cancellation", args=[run.slug, run.id]))
        return
    query = urlencode({"draft": run.draft} if run.draft else {"version": run.version or ""})
    yield Act(_("Replay again"), f"{reverse('web:replays', args=[run.slug])}?{query}", post=False)


def _progress(run: ReplayRun) -> Progress:
    parts = [_left(run)] if run.state == "running" else [_("It begins within seconds.")]
    parts.append(_("You may leave this page; it goes on."))
    if run.interrupted:
        parts.insert(0, _("Tactful was restarted while it was under way, so it began anew."))
    return Progress(_("Clients told"), run.done, run.total, " ".join(parts))


def _left(run: ReplayRun) -> str:
    if not run.done or run.started_at is None or run.beat_at is None:
        return _("How long it takes is seen in a moment.")
    passed = (run.beat_at - run.started_at).total_seconds()
    left = passed / run.done * (run.total - run.done)
    if left < 60:
        return _("Less than a minute is left.")
    minutes = round(left / 60)
    return ngettext("About %(n)d minute is left.", "About %(n)d minutes are left.", minutes) % {"n": minutes}


def _trouble(run: ReplayRun) -> Text:
    if run.state != "failed":
        return ""
    if run.error == "interrupted":
        return _("Tactful was restarted again and again while it was under way. Start it once more.")
    return _(
        "Something went wrong while it was told, and nothing was changed. Start it once more; if it stops "
        "again, whoever looks after your Tactful finds the reason in the log."
    )


def _sentence(run: ReplayRun, summary: Summary) -> Text:
    days = round((run.until - run.since) / timedelta(days=1))
    sent = summary.counts.get("sent", 0)
    began = ngettext(
        "Over the last %(days)d days %(n)s client would have begun",
        "Over the last %(days)d days %(n)s clients would have begun",
        summary.begun,
    ) % {"days": days, "n": number(summary.begun)}
    went = ngettext(
        "and %(n)s message would have gone out.", "and %(n)s messages would have gone out.", sent
    ) % {"n": number(sent)}
    return f"{began} {went}"


def _findings(summary: Summary, url: str) -> Iterable[Saying]:
    counts = summary.counts
    if summary.landed:
        said = ngettext(
            "%(n)s would have landed within 24 hours of an unanswered question, or in a complaint.",
            "%(n)s would have landed within 24 hours of an unanswered question, or in a complaint.",
            summary.landed,
        )
        yield Saying(said % {"n": number(summary.landed)}, _list_url(url, "wrong"), wrong=True)
    else:
        yield Saying(
            _("None would have landed within 24 hours of an unanswered question, or in a complaint.")
        )
    for kind in KINDS:
        if counts.get(kind):
            yield Saying(counted_mishap(kind, counts[kind]), _list_url(url, kind), wrong=True)
    if not counts.get("wrong"):
        yield Saying(_("None would have asked for what was done, or crowded another message of ours."))


def _difference(summary: Summary, url: str) -> Iterable[Saying]:
    counts = summary.counts
    really = ngettext(
        "This journey really sent %(n)s message in these days.",
        "This journey really sent %(n)s messages in these days.",
        summary.really,
    )
    yield Saying(really % {"n": number(summary.really)})
    for mark, (glyph, words_of) in DIFFERENCES.items():
        if count := counts.get(mark, 0):
            yield Saying(words_of(count) % {"n": number(count)}, _list_url(url, mark), glyph=glyph)
    if not any(counts.get(mark) for mark in ("added", "dropped", "moved")):
        yield Saying(_("It would have sent just what was sent."))


def _held(summary: Summary, url: str) -> Iterable[Saying]:
    counts = summary.counts
    held = counts.get("held", 0)
    if held:
        said = ngettext(
            "%(n)s would have been held for some time.", "%(n)s would have been held for some time.", held
        )
        yield Saying(said % {"n": number(held)}, _list_url(url, "held"), glyph="held")
    for kind, count in sorted(summary.held_by.items(), key=lambda each: -each[1]):
        words = {"n": number(count), "why": str(HELD_BY.get(kind, HELD_BY["standing"])())}
        yield Saying(_("%(n)s %(why)s") % words, _list_url(url, f"held:{kind}"))
    for mark, words_of in MORE.items():
        if count := counts.get(mark, 0):
            yield Saying(words_of(count) % {"n": number(count)}, _list_url(url, mark))


Counted = Callable[[int], str]
DIFFERENCES: Final[Mapping[str, tuple[Glyph, Counted]]] = {
    "same": (
        "sent",
        lambda n: ngettext(
            "%(n)s would have gone out at the same time.", "%(n)s would have gone out at the same time.", n
        ),
    ),
    "moved": (
        "plan",
        lambda n: ngettext(
            "%(n)s would have gone out at another time.", "%(n)s would have gone out at another time.", n
        ),
    ),
    "added": (
        "plan",
        lambda n: ngettext(
            "%(n)s is new: it was not sent then.", "%(n)s are new: they were not sent then.", n
        ),
    ),
    "dropped": (
        "refused",
        lambda n: ngettext(
            "%(n)s that was sent would have been left out.",
            "%(n)s that were sent would have been left out.",
            n,
        ),
    ),
}
HELD_BY: Final[Mapping[str, Callable[[], str]]] = {
    "talk": lambda: _("because we were talking with the client, or owed an answer"),
    "standing": lambda: _("because a person of ours had asked for quiet"),
    "debt": lambda: _("because we owed the client something"),
    "mood": lambda: _("because the client had complained or was unhappy"),
    "quiet": lambda: _("because it was night, weekend or a holiday"),
    "cap": lambda: _("because the client had heard enough from us"),
    "late": lambda: _("because a person had to decide whether it was too late"),
    "address": lambda: _("because the mail could not be sent just then"),
    "channel": lambda: _("because of the rules of the channel"),
    "sensitive": lambda: _("because the time was a sensitive one"),
}
MORE: Final[Mapping[str, Counted]] = {
    "unsent": lambda n: ngettext(
        "%(n)s would not have gone out at all.", "%(n)s would not have gone out at all.", n
    ),
    "task": lambda n: ngettext(
        "%(n)s task would have come to a person.", "%(n)s tasks would have come to a person.", n
    ),
    "untold": lambda n: ngettext(
        "For %(n)s client it cannot be told further: what it asks was not kept.",
        "For %(n)s clients it cannot be told further: what it asks was not kept.",
        n,
    ),
    "trouble": lambda n: ngettext(
        "For %(n)s client the journey failed.", "For %(n)s clients the journey failed.", n
    ),
}
