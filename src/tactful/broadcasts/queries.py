"""Broadcasts as they stand, and the account of each: where everybody of the audience is, to the last one."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from tactful.broadcasts.hot import people
from tactful.broadcasts.models import Broadcast
from tactful.broadcasts.rules.approval import fingerprint
from tactful.broadcasts.rules.fields import LONGEST as LONGEST_FIELD
from tactful.broadcasts.rules.fields import OWN
from tactful.broadcasts.rules.slugs import slug_of
from tactful.broadcasts.rules.standing import pairs_of, standing_of
from tactful.broadcasts.rules.states import OVER
from tactful.broadcasts.types import Account, Plan, Standing, State
from tactful.content import queries as content
from tactful.foundation.queries import settings_at
from tactful.segments import queries as segments
from tactful.segments.rules.problems import SegmentError
from tactful.segments.types import Allowed, Node
from tactful.touchpoints import queries as touchpoints
from tactful.touchpoints.types import TouchpointView
from tactful.tracking import queries as tracking

__all__ = [
    "Broadcast",
    "OnePerson",
    "account_of",
    "beginning_before",
    "being_written",
    "broadcast",
    "fields",
    "fingerprint_of",
    "going_to",
    "languages_of",
    "listed",
    "people_of",
    "plan_of",
    "second_person_asked",
    "to_come",
    "touchpoint_of",
    "tree_of",
    "waiting_for_yes",
]

SECOND_PERSON = "broadcasts.second_person"
WITH_REASONS = (Standing.HELD, Standing.REFUSED)


def fields() -> list[tuple[str, str]]:
    """(key, label) of what the words may name of each client: the computed properties."""
    rows = tracking.properties().values_list("key", "label")
    return [(key, label) for key, label in rows if len(key) <= LONGEST_FIELD and key not in OWN]


def being_written(row: Broadcast) -> list[int]:
    """The versions that stand in the block editor just now."""
    places = {slug_of(row.id, place): place for place in range(len(row.plan["variants"]))}
    return sorted(places[slug] for slug in content.drafts_among(places))


def broadcast(broadcast_id: int) -> Broadcast | None:
    return Broadcast.objects.filter(id=broadcast_id).first()


def listed(before: int | None = None, limit: int = 50) -> list[Broadcast]:
    """The newest first. ``before``: the id of the last one of the page before."""
    rows = Broadcast.objects.order_by("-id")
    return list((rows if before is None else rows.filter(id__lt=before))[:limit])


def sending() -> list[Broadcast]:
    """Those on their way."""
    return list(Broadcast.objects.filter(state=State.SENDING).order_by("id"))


def beginning_before(end: datetime) -> list[Broadcast]:
    """Those that have their yes and begin before ``end``, the soonest first."""
    rows = Broadcast.objects.filter(state=State.SCHEDULED, begins_at__lt=end)
    return list(rows.order_by("begins_at", "id"))


def to_come(rows: Sequence[Broadcast], end: datetime) -> dict[int, tuple[int, datetime]]:
    """By id: how many of the audience have their turn before ``end`` and no message yet, and the first turn.
    What is not in it has nobody left."""
    return people.to_come([row.id for row in rows], end)


def rested_by(why: str) -> list[Broadcast]:
    """Those that rest for this reason."""
    return list(Broadcast.objects.filter(state=State.PAUSED, pause_why=why).order_by("id"))


def going_to(segment: str) -> list[Broadcast]:
    """Those that are not over and go to a segment."""
    return list(Broadcast.objects.exclude(state__in=OVER).filter(plan__segment=segment).order_by("id"))


def waiting_for_yes(ids: Collection[int]) -> list[Broadcast]:
    """Those of them that wait for a second person."""
    return list(Broadcast.objects.filter(id__in=ids, state=State.WAITING).order_by("id"))


def plan_of(row: Broadcast) -> Plan:
    return Plan.from_json(row.plan)


def tree_of(plan: Plan, allowed: Allowed) -> Node | None:
    """The definition of the audience, or None if there is none or it can no longer be read."""
    row = segments.segment(plan.segment) if plan.segment else None
    return None if row is None else segments.tree_of(row, allowed)


def touchpoint_of(plan: Plan) -> TouchpointView | None:
    return touchpoints.views([plan.touchpoint]).get(plan.touchpoint) if plan.touchpoint else None


def fingerprint_of(row: Broadcast, allowed: Allowed) -> bytes:
    """Of plan and audience as they stand; what has no readable audience has one too, that no approval has."""
    plan = plan_of(row)
    tree = tree_of(plan, allowed)
    try:
        found = {} if tree is None else segments.definition(tree, segments.library(allowed))
    except SegmentError:
        found = {}
    return fingerprint(plan, found)


def second_person_asked(now: datetime) -> bool:
    """Whether the business wants each broadcast to be read by a second person."""
    return bool(settings_at(now).get(SECOND_PERSON, False))


def account_of(row: Broadcast) -> Account:
    """Of the frozen audience; empty before. Its counts add up to the audience, for each is in one of them."""
    counts: Counter[Standing] = Counter()
    reasons: dict[Standing, Counter[str]] = {each: Counter() for each in WITH_REASONS}
    variants: dict[int, Counter[Standing]] = {}
    for person, message, variant, code, count in people.counts(row.id):
        standing = standing_of(person, message)
        counts[standing] += count
        variants.setdefault(variant, Counter())[standing] += count
        if standing in reasons and code:
            reasons[standing][code] += count
    return Account(
        audience=counts.total(),
        counts=dict(counts),
        reasons={each: dict(found.most_common()) for each, found in reasons.items()},
        variants={place: dict(found) for place, found in sorted(variants.items())},
    )


def languages_of(row: Broadcast) -> dict[str, int]:
    """How many clients of the frozen audience by their language; "" is unknown."""
    return people.languages(row.id)


@dataclass(frozen=True, slots=True)
class OnePerson:
    """``message_id``: None where there is no message (yet). ``due_at``: when the turn came, or comes."""

    contact_id: int
    variant: int
    due_at: datetime
    message_id: int | None
    standing: Standing


def people_of(
    broadcast_id: int, standing: Standing | None = None, *, code: str = "", after: int = 0, limit: int = 50
) -> list[OnePerson]:
    """By contact. ``after``: the contact of the last row before. ``code``: of the first reason."""
    without, messages = pairs_of(standing) if standing else ((), ())
    chosen = {
        "everybody": standing is None,
        "people": list(without),
        "messages": list(messages),
        "after": after,
        "code": code,
        "most": limit,
    }
    return [
        OnePerson(contact, variant, due_at, message, standing_of(person, state))
        for contact, variant, due_at, message, person, state in people.people(broadcast_id, chosen)
    ]
