"""Many messages before the gate: caps reserved in one go, one voice a day, one verdict each."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from tactful.delivery.batch import Item, item_of
from tactful.delivery.hot import claim as hot
from tactful.delivery.rules.caps import Caps, Place, frees_on, places
from tactful.delivery.rules.merging import Choir, Voice, one_voice
from tactful.delivery.types import CapScope, FactSources
from tactful.gate.rules.check import Sitting
from tactful.gate.rules.table import counts_in_caps
from tactful.gate.types import UNKNOWN, Author, Facts, GateSettings, Verdict, VerdictKind
from tactful.touchpoints import queries as touchpoints
from tactful.touchpoints.types import MessageClass

ALSO = "summary"  # the variable with which a message speaks in another's mail


@dataclass(slots=True)
class Bench:
    """What is to be judged. ``default``: the account of messages that name none."""

    items: list[Item]
    sources: FactSources
    now: datetime
    default: int


@dataclass(slots=True)
class Judged:
    """``verdicts``: of the messages that were asked. ``missing``: no facts came for them.
    ``merged``: loser -> speaker; ``waiting``: losers that wait for the next day."""

    verdicts: list[tuple[Item, Verdict, Facts]] = field(default_factory=list)
    missing: list[Item] = field(default_factory=list)
    expired: list[Item] = field(default_factory=list)
    merged: list[tuple[Item, int]] = field(default_factory=list)
    waiting: list[tuple[Item, datetime]] = field(default_factory=list)
    scopes: Mapping[int, CapScope] = field(default_factory=dict)
    reserved: set[int] = field(default_factory=set)


def judge(bench: Bench) -> Judged:
    judged = Judged()
    items = _in_time(bench, judged)
    settings = bench.sources.gate_settings(bench.now)
    counted = _counted(items)
    touched = {item.contact_id for item in items if item.id in counted or item.may_merge}
    judged.scopes = bench.sources.cap_scopes(sorted(touched), bench.now) if touched else {}
    choirs, items = _choirs(bench, items, judged.scopes)
    facts = bench.sources.gate_facts([item.due for item in items], bench.now)
    sitting = Sitting(settings, bench.now)
    mute = _mute(choirs, items, facts, sitting) if choirs else set()
    silent = {loser: choir for choir in choirs for loser in (*choir.merged, *choir.waiting)}
    for ident in mute:
        del silent[ident]
    due = {item.id for item in bench.items}
    items = [item for item in items if item.id not in mute or item.id in due]
    asked = [item for item in items if item.id not in silent]
    booking = [item for item in asked if item.id in counted and item.contact_id in judged.scopes]
    caps, booked = _reserve(booking, [*items, *judged.expired], judged.scopes, settings)
    for item in asked:
        _ask(item, facts.get(item.id), caps if item.id in counted else None, sitting, judged)
    _silence([item for item in items if item.id in silent], silent, judged)
    for item in _without_place(judged):
        caps.add(held_places(item), -1)
    hot.reserve(_difference(caps.changed, booked))
    return judged


def _without_place(judged: Judged) -> list[Item]:
    """Those that gave up the place that their row still names."""
    asked = [
        item
        for item, verdict, _ in judged.verdicts
        if item.cap_day is not None
        and not (verdict.kind is VerdictKind.CLEAR and _holds(item, judged.scopes.get(item.contact_id)))
    ]
    silent = [item for item, _ in (*judged.merged, *judged.waiting)]
    others = [item for item in (*silent, *judged.missing, *judged.expired) if item.cap_day is not None]
    return [*asked, *others]


def _in_time(bench: Bench, judged: Judged) -> list[Item]:
    items = []
    for item in bench.items:
        latest_at = item.due.request.latest_at
        if latest_at is not None and latest_at <= bench.now:
            judged.expired.append(item)
        else:
            items.append(item)
    return items


def _counted(items: Iterable[Item]) -> set[int]:
    """Those that count in the caps."""
    counts = {(author, kind): counts_in_caps(author, kind) for author in Author for kind in MessageClass}
    return {item.id for item in items if counts[(asked := item.due.request).author, asked.message_class]}


def _ask(item: Item, facts: Facts | None, caps: Caps | None, sitting: Sitting, judged: Judged) -> None:
    if facts is None:
        judged.missing.append(item)
        return
    scope = judged.scopes.get(item.contact_id) if caps is not None else None
    if caps is not None and scope is None:
        facts = facts._replace(caps=UNKNOWN)
    elif caps is not None and scope is not None:
        usage = caps.usage(item.contact_id, scope, reserved=item.cap_day == scope.day)
        facts = facts._replace(caps=usage) if usage is not facts.caps and usage != facts.caps else facts
    verdict = sitting.check(item.due.request, facts)
    if caps is not None and scope is not None and verdict[0] is VerdictKind.CLEAR:
        judged.reserved.add(item.id)
        if item.cap_day != scope.day:
            caps.add(places(item.contact_id, scope), 1)
    judged.verdicts.append((item, verdict, facts))


def _holds(item: Item, scope: CapScope | None) -> bool:
    return scope is not None and item.cap_day == scope.day


def _reserve(
    booking: Sequence[Item],
    every: Sequence[Item],
    scopes: Mapping[int, CapScope],
    settings: GateSettings,
) -> tuple[Caps, dict[Place, int]]:
    """Book a place for each in advance, for nearly all are cleared; what is not needed goes back.

    One statement locks all places that this claim may touch, in sorted order.
    """
    booked: dict[Place, int] = {}
    days: dict[int, date] = {}
    for item in booking:
        scope = scopes[item.contact_id]
        days[item.contact_id] = scope.day
        wanted = item.cap_day != scope.day
        for place in places(item.contact_id, scope):
            booked[place] = booked.get(place, 0) + wanted
    held = {place: 0 for item in every if item.cap_day is not None for place in held_places(item)}
    used = hot.reserve(held | booked)
    before = {place: count - booked.get(place, 0) for place, count in used.items()}
    past = hot.week(days) if days else {}
    free = {who: frees_on(days[who], spent, settings.contact_week) for who, spent in past.items()}
    return Caps(before, {who: sum(spent.values()) for who, spent in past.items()}, free), booked


def held_places(item: Item) -> list[Place]:
    """The places that the message holds by its row."""
    if item.cap_day is None:
        return []
    household, company = item.cap_scopes or (None, None)
    scope = CapScope(item.cap_day, item.not_before, household, company)
    return places(item.contact_id, scope)


def _difference(wanted: Mapping[Place, int], booked: Mapping[Place, int]) -> dict[Place, int]:
    if wanted == booked:  # as nearly always: each got what was booked for it
        return {}
    both = {place: wanted.get(place, 0) - booked.get(place, 0) for place in {**wanted, **booked}}
    return {place: by for place, by in both.items() if by}


def _choirs(
    bench: Bench, items: list[Item], scopes: Mapping[int, CapScope]
) -> tuple[list[Choir], list[Item]]:
    """One voice a day for each contact with messages that may merge; its later ones come along."""
    ends = {item.contact_id: scopes[item.contact_id].day_ends_at for item in items
            if item.may_merge and item.contact_id in scopes}  # fmt: skip
    if not ends:
        return [], items
    rows = hot.mergeable(ends, [item.id for item in items])
    later = {item.id: item for item in (item_of(row, bench.default, bench.now) for row in rows)}
    voices: dict[int, list[Item]] = {}
    for item in [*items, *later.values()]:
        if item.may_merge:
            voices.setdefault(item.contact_id, []).append(item)
    choirs = [
        one_voice([_voice(item, bench) for item in group]) for group in voices.values() if len(group) > 1
    ]
    heard = {loser for choir in choirs for loser in choir.merged}
    return choirs, [*items, *(item for item in later.values() if item.id in heard)]


def _mute(
    choirs: Iterable[Choir], items: Iterable[Item], facts: Mapping[int, Facts], sitting: Sitting
) -> set[int]:
    """Those of whom the gate lets nothing be said, in another's mail no more than in their own. They are
    asked alone, now or when they are due. Places under the caps are the speaker's."""
    among = {ident for choir in choirs for ident in choir.merged}
    riders = [item for item in items if item.id in among]
    points = {ident for item in riders if (ident := item.due.touchpoint_id) is not None}
    lines = {None, *(point.revision_id for point in touchpoints.views_by_id(points).values())}
    return {
        item.id
        for item in riders
        if item.touchpoint_rev not in lines  # the mark asks the speaker's alone
        or item.id not in facts
        or sitting.check(item.due.request, facts[item.id])[0] is not VerdictKind.CLEAR
    }


def _voice(item: Item, bench: Bench) -> Voice:
    language = item.due.language
    has_place = bool(item.due.template) and bench.sources.template(item.due.template, language).takes_also
    words = str(item.due.variables.get(ALSO, ""))
    return Voice(item.id, item.lane, item.not_before, has_place, words)


def _silence(losers: Iterable[Item], choirs: Mapping[int, Choir], judged: Judged) -> None:
    """Losers follow a speaker that goes, or that waits for its own hour; else they come again alone."""
    kinds = {item.id: verdict.kind for item, verdict, _ in judged.verdicts}
    for item in losers:
        choir = choirs[item.id]
        if kinds.get(choir.speaker, VerdictKind.CLEAR) is not VerdictKind.CLEAR:
            continue
        if item.id in choir.merged:
            judged.merged.append((item, choir.speaker))
        else:
            judged.waiting.append((item, judged.scopes[item.contact_id].day_ends_at))
