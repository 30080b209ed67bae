"""Held messages as cards: why, who, until, then, in this order."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from itertools import groupby

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tactful.delivery.queries import Held
from tactful.gate.rules.codes import Code
from tactful.gate.rules.word import is_only_late
from tactful.gate.sentences import HoldEnds, hold_ends, reason_sentence
from tactful.gate.types import Check, OnRelease, Reason, Verdict, VerdictKind
from tactful.inbox import queries as inbox
from tactful.web.build.around import Around, link
from tactful.web.rules.arc import share_left
from tactful.web.templatetags.tactful import near
from tactful.web.types import Act, HoldCard
from tactful.web.visit import Visit

NO_THREADS: Mapping[int, int] = {}
TALKED_OUT = frozenset(
    {
        Code.TALK_CONVERSATION,
        Code.TALK_QUESTION,
        Code.TALK_HANDOFF,
        Code.TALK_OTHER,
        Code.DEBT_ANSWER,
        Code.DEBT_PROMISE,
        Code.MOOD_COMPLAINT_OPEN,
    }
)
"""Reasons that end in the conversation with the client."""
TOGETHER = 4  # holds with the same reason from which on one card speaks for all
LAST_HOUR = timedelta(hours=1)
DOT = "\u00a0· "  # no line begins with it
_NO_REASON = Reason(Check.NOBODY_TALKING, "standing.other")  # a hold that was written without one


def hold_cards(held: Sequence[Held], around: Around, limit: int | None = None) -> tuple[HoldCard, ...]:
    """One card each; one card for all that wait for the same thing, if there are many. At most ``limit``."""
    order = {id(each): place for place, each in enumerate(held)}
    groups: list[list[Held]] = []
    for _key, same in groupby(sorted(held, key=_kind), key=_kind):
        group = list(same)
        groups += [group] if len(group) >= TOGETHER else [[each] for each in group]
    shown = sorted(groups, key=lambda group: order[id(group[0])])[:limit]
    threads = threads_of([group[0] for group in shown if len(group) == 1])
    return tuple(
        hold_card(group[0], around, threads) if len(group) == 1 else _shared_card(group, around)
        for group in shown
    )


def threads_of(held: Sequence[Held]) -> dict[int, int]:
    """By client, the conversation in which something may end what is held."""
    threads = inbox.threads_of({each.message.contact_id for each in held})
    return {contact: thread.id for contact, thread in threads.items()}


def hold_card(held: Held, around: Around, threads: Mapping[int, int] = NO_THREADS) -> HoldCard:
    """``threads``: where the client's conversation can be opened; without, the card stands in it already."""
    visit, message = around.visit, held.message
    ends = hold_ends(_verdict(held), around.names(message.contact_id), visit.reader)
    owner = visit.person(held.owner_id)
    return HoldCard(
        title=f"{around.title(message)}{DOT}{around.first_name(message.contact_id)}",
        reason=f"{ends.why}.",
        left=share_left(held.since or message.created_at, held.until, visit.now),
        owner=owner,
        until=_until(held, ends, visit),
        until_at=held.until if held.wake_on and not _in_trial(held) else None,
        then=ends.then,
        last_hour=timedelta() <= held.until - visit.now <= LAST_HOUR,
        act=_ends_it(held, around, threads) or link(_("Look at it"), "message", message.id),
        url=reverse("web:message", args=[message.id]),
    )


def _in_trial(held: Held) -> bool:
    """What the trial week holds has no moment of its own: nothing goes by itself when it is over."""
    return bool(held.reasons) and held.reasons[0].code == Code.STANDING_TRIAL


def _until(held: Held, ends: HoldEnds, visit: Visit) -> str:
    if _in_trial(held):
        return _("The trial week is over")
    return ends.until if held.wake_on else near(held.until, visit.now)


def _ends_it(held: Held, around: Around, threads: Mapping[int, int]) -> Act | None:
    """What would end the hold stands before what only gets rid of the message."""
    codes = {reason.code for reason in held.reasons}
    thread = threads.get(held.message.contact_id)
    if thread is None or not codes & TALKED_OUT:
        return None
    if Code.MOOD_COMPLAINT_OPEN in codes:
        return link(_("Open the complaint"), "conversation", thread)
    if codes & {Code.TALK_QUESTION, Code.DEBT_ANSWER}:
        name = around.first_name(held.message.contact_id)
        return link(_("Answer %(name)s") % {"name": name}, "conversation", thread)
    return link(_("Open the conversation"), "conversation", thread)


def alone(card: HoldCard, message_id: int) -> HoldCard:
    """The same card where it stands by itself, with what can be done about it: what would end it first."""
    stop = Act(_("Skip this one"), reverse("web:stop_message", args=[message_id]))
    ends = (card.act,) if card.act is not None and card.act.url != card.url else ()
    return replace(card, act=None, acts=(*ends, stop))


def _shared_card(group: Sequence[Held], around: Around) -> HoldCard:
    first = group[0]
    card = hold_card(first, around)
    reason = reason_sentence(first.reasons[0], around.visit.names(), around.visit.reader)
    count = len(group)
    clients = ngettext("%(n)d client", "%(n)d clients", count) % {"n": count}
    every = Act(_("See all of them"), f"{reverse('web:outbox')}#every", post=False)
    if _only_late(first):
        every = link(_("Decide what becomes of them"), "late")
    title = f"{around.title(first.message)}{DOT}{clients}"
    return replace(card, title=title, reason=f"{reason}.", act=every, url="")


def _kind(held: Held) -> tuple[str, bool, int, str, int]:
    reason, message = held.reasons[0] if held.reasons else None, held.message
    kind = message.touchpoint_id or 0, message.template, held.owner_id or 0
    return (reason.code if reason else "", _only_late(held), *kind)


def _only_late(held: Held) -> bool:
    return is_only_late([reason.code for reason in held.reasons])


def _verdict(held: Held) -> Verdict:
    return Verdict(
        VerdictKind.HOLD,
        reasons=held.reasons or (_NO_REASON,),
        wake_on=held.wake_on,
        until=None if held.wake_on else held.until,
        on_release=OnRelease(held.on_release or "send"),
        owner_id=held.owner_id,
    )
