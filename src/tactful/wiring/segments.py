"""What segments may ask of the floors above them, as descriptions of tables; and the business's moment.

A new kind of leaf is one description here, and its words in ``segments.wording``.
"""

from datetime import datetime
from typing import Final

from tactful.foundation.queries import business_at
from tactful.segments.rules.fields import BASE
from tactful.segments.types import Column, Lookup, Moment, SpellLeaf

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
ALLOWED: Final = BASE.plus(JOURNEY, CONVERSATION)


def moment_at(now: datetime) -> Moment:
    return Moment(now, business_at(now).time_zone)
