"""The outbox: what waits, what went, what was stopped, and what nobody knows."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from tactful.delivery import queries as outbox
from tactful.delivery.queries import Dispatch, State
from tactful.gate.rules.codes import Code
from tactful.web.build.around import Around, look_around
from tactful.web.build.holds import hold_cards
from tactful.web.build.results import said
from tactful.web.build.timeline import why
from tactful.web.pages.outbox import OutboxPage, OutboxRow
from tactful.web.rules.when import in_words
from tactful.web.templatetags.tactful import near
from tactful.web.types import EmptyState, Glyph, HoldCard, Link, Pager, Tab
from tactful.web.visit import Visit

PAGE, HOLDS_READ, HOLDS_SHOWN = 50, 60, 6
SHOWS: dict[str, tuple[str, ...]] = {
    "held": (State.HELD,),
    "planned": (State.QUEUED, State.CLAIMED, State.HANDOFF),
    "sent": (State.SENT, State.MERGED),
    "stopped": (State.REFUSED, State.CANCELLED, State.EXPIRED, State.DEAD),
    "unknown": (State.UNKNOWN,),
}
SHELF_GLYPHS: dict[str, Glyph] = {
    "held": "held",
    "planned": "plan",
    "sent": "sent",
    "stopped": "refused",
    "unknown": "unknown",
}
GLYPHS: dict[str, Glyph] = {
    State.QUEUED: "plan",
    State.CLAIMED: "plan",
    State.HANDOFF: "plan",
    State.HELD: "held",
    State.SENT: "sent",
    State.MERGED: "sent",
    State.UNKNOWN: "unknown",
}


@dataclass(frozen=True, slots=True)
class Asked:
    """``client``: only messages to this one. ``before``: message id at which the page before ended;
    ``first``: number of the first row."""

    show: str = "held"
    client: int | None = None
    before: int | None = None
    first: int = 1


def outbox_page(visit: Visit, asked: Asked) -> OutboxPage:
    states = SHOWS[asked.show]
    found = outbox.outbox(states=states, contact_id=asked.client, before=asked.before, limit=PAGE + 1)
    rows, more = found[:PAGE], found[PAGE:]
    held = outbox.held(HOLDS_READ) if asked.show == "held" and not asked.client and not asked.before else []
    clients = [*(row.contact_id for row in rows), *(each.message.contact_id for each in held)]
    around = look_around(visit, [*clients, asked.client])
    cards: tuple[HoldCard, ...] = hold_cards(held, around, HOLDS_SHOWN)
    told = len(cards) == len(rows) and not more  # each in a card of its own, which says more than a row
    return OutboxPage(
        tabs=_tabs(asked),
        rows=() if told else tuple(_row(row, around) for row in rows),
        pager=_pager(asked, [] if told else rows, bool(more)),
        summary=_summary(asked, around),
        holds=cards,
        empty=None if rows else _empty(asked),
    )


def _row(row: Dispatch, around: Around) -> OutboxRow:
    now = around.visit.now
    channel = {"mail": _("Mail"), "sms": _("SMS")}.get(row.message.channel, row.message.channel)
    return OutboxRow(
        id=row.pk,
        state=GLYPHS.get(row.state, "refused"),
        title=around.title(row.message),
        client=around.client(row.contact_id),
        sentence=sentence(row, around),
        meta=(channel, _when(row, now)),
    )


def _when(row: Dispatch, now: datetime) -> str:
    """What the trial week holds has no moment of its own: nothing goes by itself when it is over."""
    code = row.reasons[0].get("code") if row.reasons else ""
    if row.state == State.HELD and code == Code.STANDING_TRIAL:
        return _("when the trial week is over")
    return near(row.settled_at or row.first_handoff_at or row.not_before, now)


def sentence(row: Dispatch, around: Around) -> str:
    """Where a message stands, in one sentence."""
    if row.reasons and row.state in (State.HELD, State.REFUSED, State.EXPIRED):
        return f"{why(row, around)}."
    if row.state == State.DEAD:
        return _("It did not arrive: %(detail)s") % {"detail": said(row.result) or _("no reason was given")}
    if row.state == State.QUEUED and row.tries:
        return _("The provider was busy. It is tried again by itself.")
    return SENTENCES.get(row.state, lambda: "")()


SENTENCES: dict[str, Callable[[], str]] = {
    State.QUEUED: lambda: _("It is checked at the moment of sending."),
    State.CLAIMED: lambda: _("It is on its way."),
    State.HANDOFF: lambda: _("It is on its way."),
    State.HELD: lambda: _("It waits."),
    State.SENT: lambda: _("The receiving side has taken it."),
    State.UNKNOWN: lambda: _("We do not know if it arrived. It is not sent again by itself."),
    State.REFUSED: lambda: _("It was not sent."),
    State.EXPIRED: lambda: _("It came too late and was not sent."),
    State.CANCELLED: lambda: _("It was stopped before it went."),
    State.MERGED: lambda: _("It went along with another message of the day."),
}


def _tabs(asked: Asked) -> tuple[Tab, ...]:
    counts: Mapping[str, int] = {}
    if not asked.client:
        counts = {"held": outbox.held_count(), "unknown": outbox.unknown_count()}
    words = {
        "held": pgettext("outbox", "Held"),
        "planned": _("Will be sent"),
        "sent": pgettext("outbox", "Sent"),
        "stopped": _("Stopped"),
        "unknown": _("Not known"),
    }
    return tuple(
        Tab(text, _url(asked, show), show == asked.show, counts.get(show), glyph=SHELF_GLYPHS[show])
        for show, text in words.items()
    )


def _url(asked: Asked, show: str, **more: object) -> str:
    given = {"show": show, **({"client": asked.client} if asked.client else {}), **more}
    return f"{reverse('web:outbox')}?{urlencode(given)}"


def _pager(asked: Asked, rows: Sequence[Dispatch], more: bool) -> Pager:
    if not rows:
        return Pager(0, 0, 0)
    last = asked.first + len(rows) - 1
    total = outbox.how_many(states=SHOWS[asked.show], contact_id=asked.client) if more else last
    following = _url(asked, asked.show, before=rows[-1].pk, n=last + 1) if more else ""
    return Pager(asked.first, last, max(total, last), next_url=following)


def _summary(asked: Asked, around: Around) -> str:
    if asked.client:
        return _("Messages to %(name)s.") % {"name": around.client(asked.client).name}
    held = outbox.held_count()
    if not held:
        return _("Nothing is being held.")
    words = in_words(held, around.visit.language).capitalize()
    counted = ngettext(
        "%(words)s message waits for something.", "%(words)s messages wait for something.", held
    )
    return counted % {"words": words}


def _empty(asked: Asked) -> EmptyState:
    title, text = EMPTY[asked.show]()
    link = Link(_("See the journeys"), reverse("web:journeys")) if asked.show == "planned" else None
    return EmptyState(title, text, SHELF_GLYPHS[asked.show], link)


EMPTY: dict[str, Callable[[], tuple[str, str]]] = {
    "held": lambda: (_("Nothing is being held"), _("When a message waits, it stands here with its reason.")),
    "planned": lambda: (
        _("Nothing is on its way"),
        _("What a journey or a person has written stands here until it goes."),
    ),
    "sent": lambda: (_("Nothing has been sent yet"), _("Each message that went stands here, with why.")),
    "stopped": lambda: (
        _("Nothing was stopped"),
        _("What was not sent, or did not arrive, stands here with its reason."),
    ),
    "unknown": lambda: (
        _("We know of every message what became of it"),
        _("If the other side goes silent while it takes one, it stands here and you decide."),
    ),
}
