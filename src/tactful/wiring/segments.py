"""What segments may ask of the floors above them, as descriptions of tables; and the business's moment.

A new kind of leaf is one description here, and its words in ``segments.wording``.
"""

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Final

from tactful.events.feed import Wanted
from tactful.events.types import Fact
from tactful.foundation.queries import business_at
from tactful.journeys import queries as journeys
from tactful.journeys.types import SegmentEntry
from tactful.segments import actions
from tactful.segments.rules.fields import BASE
from tactful.segments.types import Column, Lookup, Moment, SpellLeaf, ValueLeaf
from tactful.tracking.actions import count_new

JOURNEY: Final = SpellLeaf(
    kind="journey",
    table="enrolment",
    contact="contact_id",
    main="journey",
    fields={"journey": Column("journey_id", Lookup("journey", "slug"))},
    begins="entered_at",
    ends="ended_at",
    states=("now", "over", "never"),
    woken_by=frozenset({"journey.entered", "journey.ended"}),
)
CONVERSATION: Final = SpellLeaf(
    kind="conversation",
    table="talk_spell",
    contact="contact_id",
    main="conversation",
    fields={
        "conversation": Column(
            "kind",
            values={
                "open": "conversation",
                "question": "question",
                "complaint": "complaint",
                "handoff": "handoff",
                "promise": "promise",
            },
        )
    },
    begins="from_at",
    ends="to_at",
    states=("now", "over", "never"),
    woken_by=frozenset(
        {
            "conversation.opened",
            "conversation.closed",
            "question.asked",
            "question.answered",
            "handoff.taken",
            "handoff.returned",
            "complaint.opened",
            "complaint.closed",
            "promise.made",
            "promise.kept",
        }
    ),
)
COMPUTED: Final = ValueLeaf(
    kind="computed",
    table="computed_named",
    contact="contact_id",
    name="name",
    value="value",
    since="since",
)
"""Nothing wakes it: whoever counts the events says whose values have changed (``compute``)."""
ALLOWED: Final = BASE.plus(JOURNEY, CONVERSATION, COMPUTED)


def begun_by(slug: str, language: str) -> list[str]:
    """Names of the journeys that are on and begin when somebody comes into this segment."""
    found = journeys.live_definitions().values()
    return [
        each.name.in_language(language)
        for each in found
        if isinstance(each.entry, SegmentEntry) and each.entry.segment == slug
    ]


def moment_at(now: datetime) -> Moment:
    return Moment(now, business_at(now).time_zone)


def hear(facts: Sequence[Fact], _now: datetime) -> None:
    """A consumer of the log: who has changed for a live segment comes into its queue."""
    actions.hear(facts, allowed=ALLOWED)


def wanted() -> Wanted:
    """What the consumer reads of the log: calls of other systems are many, and segments ask for few."""
    return Wanted(actions.heard(ALLOWED))


def compute() -> int:
    """Count new events for the computed properties; who has changed for a live segment is looked at again."""
    return count_new(partial(actions.asked_values, COMPUTED.kind, allowed=ALLOWED), actions.look_again)


def look_at_the_changed(now: datetime) -> None:
    actions.refresh_dirty(allowed=ALLOWED, moment=moment_at(now))


def look_at_everybody(now: datetime) -> None:
    """Windows expire although nothing happens; one segment at a time, so that nobody waits for long."""
    actions.refresh_due(allowed=ALLOWED, moment=moment_at(now))


def count_anew(now: datetime) -> None:
    actions.recount_due(allowed=ALLOWED, moment=moment_at(now))
