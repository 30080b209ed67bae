"""What becomes of each table when a client is erased (R75), in the order in which it is done.

Every table of ``personal_data`` stands here once; a test goes through them, and through the columns of words
of those whose rows stay. Rows stay where something else counts on them: that a message was sent, that an
import had so many rows, that a consent was given. They keep a number that nobody answers to any more.

SQL may name what ``personal_data`` names, and ``%(needles)s`` (addresses, in small letters), ``%(named)s``
(the words of their full name), ``%(keys)s`` (of their appointments and orders), ``%(firms)s``,
``%(households)s``, ``%(now)s``.
"""

# ruff: noqa: S608 - put together from constants

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final


@dataclass(frozen=True, slots=True)
class Gone:
    """Rows go. ``of``: which, "" for those that ``personal_data`` names; ``also``: beside those."""

    table: str
    of: str = ""
    also: str = ""


@dataclass(frozen=True, slots=True)
class Emptied:
    """Rows stay without their words. ``sets``: column -> expression. ``keeps``: columns that could hold words
    and stay as they are, with the reason."""

    table: str
    sets: Mapping[str, str]
    keeps: Mapping[str, str] = field(default_factory=dict)
    of: str = ""
    also: str = ""


@dataclass(frozen=True, slots=True)
class Stays:
    table: str
    why: str


Step = Gone | Emptied | Stays

_NOTHING, _NO_ROWS = "'{}'::jsonb", "'[]'::jsonb"
_CODE: Final = "A code of ours."
_SAYS: Final = "EXISTS (SELECT FROM unnest(%(needles)s::text[]) AS n WHERE position(n IN lower({})) > 0)"
_NAMED: Final = """(cardinality(%(named)s::text[]) > 1 AND NOT EXISTS (
    SELECT FROM unnest(%(named)s::text[]) AS n WHERE position(n IN lower({})) = 0))"""
_ROW: Final = "t.raw::text"
_LIVE: Final = "('queued', 'held', 'claimed', 'handoff', 'unknown')"
_RAW_HERE: Final = """EXISTS (SELECT FROM unnest(%(needles)s::text[]) AS n
    WHERE position(n IN lower(encode(t.raw, 'escape') || t.envelope::text)) > 0)"""

STEPS: Final[tuple[Step, ...]] = (
    # Who did what stays, sealed; the words of it, which nobody needs for that, go.
    Stays("audit", "Numbers and codes; the proof of what people did."),
    Gone(
        "audit_payload",
        also=f"""{_SAYS.format("t.body::text")} AND t.audit_id NOT IN (
            SELECT a.id FROM audit a WHERE a.subject LIKE 'person:%%' OR a.subject LIKE 'account:%%')""",
    ),
    # What other systems were told and have told.
    Gone("webhook_telling"),
    Gone("webhook_call"),
    Gone("hook_delivery"),
    Gone("hook_thing_name", "t.key = ANY(%(keys)s::text[]) OR t.alias = ANY(%(keys)s::text[])"),
    Gone("given_answer", f"t.body ~ ('\\y' || %(contact)s || '\\y') OR {_SAYS.format('t.body')}"),
    Gone("event_seen", _SAYS.format("t.message_id")),
    Emptied("tracking_refusal", {"sample": "''"}, {"code": _CODE}, _SAYS.format("t.sample")),
    # What was to be done, tried and told.
    Gone("task"),
    Gone("journey_test"),
    Gone("replayed_line"),
    Emptied("rehearsed", {"made": _NOTHING}, {"judged": _CODE, "why": _CODE}),
    # What was written and said.
    Emptied(
        "inbound_raw",
        {
            "raw": "''::bytea",
            "envelope": _NOTHING,
            "provider_id": "'erased:' || t.id",
            "error": "''",
            "processed_at": "COALESCE(t.processed_at, %(now)s::timestamptz)",
            "result": "COALESCE(NULLIF(t.result, ''), 'erased')",
        },
        also=f"t.raw <> ''::bytea AND {_RAW_HERE}",
    ),
    Gone("entry_file"),
    Gone("entry"),
    Gone("talk_spell"),
    Gone("conversation"),
    Gone("auto_reply"),
    Gone("human_touch"),
    # What was sent is counted on; its words, and to which address, are gone.
    Emptied(
        "message",
        {
            "condition": _NOTHING,
            "topics": "'{}'",
            "variables": _NOTHING,
            "subject": "''",
            "body": "''",
            "in_reply_to": "''",
            "references": "''",
            "conversation_id": "NULL",
            "dedupe_key": "'erased:' || t.id",
        },
        {
            "channel": _CODE,
            "message_class": _CODE,
            "purpose": _CODE,
            "cause_kind": _CODE,
            "allow": _CODE,
            "template": "Which of our templates it was.",
            "language": _CODE,
        },
    ),
    Gone("departed"),
    Emptied(
        "dispatch",
        {
            "state": f"CASE WHEN t.state IN {_LIVE} THEN 'cancelled' ELSE t.state END",
            "settled_at": "COALESCE(t.settled_at, %(now)s::timestamptz)",
            "address": "''",
            "fixed": "NULL",
            "reasons": "NULL",
            "wake_on": "NULL",
            "result": "''",
            "provider_id": "''",
            "worker": "NULL",
            "retry_at": "NULL",
            "task_at": "NULL",
        },
        {
            "author": _CODE,
            "line": _CODE,
            "cap_scopes": "Numbers.",
            "approved_hash": "That a person approved exactly what went out; the words are gone.",
            "body_hash": "The same.",
            "on_release": _CODE,
        },
    ),
    Emptied(
        "broadcast_person",
        {"state": "CASE WHEN t.state = 'waiting' THEN 'gone' ELSE t.state END"},
        {"variant": "A letter of the broadcast."},
    ),
    Gone("cap_use"),
    Gone("standing_hold"),
    # The way through a journey is counted; whose it was, and what was known, is gone.
    Emptied("visit", {}, {"step": "A step of the journey.", "result": "Which way it led on from there."}),
    Gone("enrolment_alarm"),
    Emptied(
        "enrolment",
        {
            "entry_key": "t.id::text",
            "context": _NOTHING,
            "wait_event": "NULL",
            "wait_match": "NULL",
            "error": "''",
            "phase": "'ended'",
            "due_at": "NULL",
            "retry_at": "NULL",
            "ended_at": "COALESCE(t.ended_at, %(now)s::timestamptz)",
            "end_reason": "CASE WHEN t.ended_at IS NULL THEN 'erased' ELSE t.end_reason END",
        },
        {"step": "A step of the journey."},
    ),
    Gone("segment_member"),
    Gone("segment_dirty"),
    # What happened.
    Gone("event"),
    Gone("event_tally"),
    Gone("event_untallied"),
    Gone("object_fact"),
    Gone("computed_value"),
    Gone("computed_tally"),
    Gone("calendar_appointment", also=f"t.contact_id IS NULL AND {_NAMED.format('t.title')}"),
    Gone("visitor_event"),
    Gone("visitor"),
    Gone("user_trait"),
    Gone("identity_claim", also="t.value = ANY(%(needles)s::text[])"),
    Gone("identity_link"),
    Gone("tracked_user"),
    Gone("tracked_profile"),
    # The work, and its documents.
    Gone("received_file"),
    Gone("document_spell"),
    Gone("requested_document"),
    Gone("engagement"),
    # Where it came from. A file had so many rows, whoever they were.
    Emptied(
        "import_row",
        {"raw": _NO_ROWS, "reasons": _NO_ROWS, "contact_id": "NULL"},
        {"outcome": _CODE},
        also=f"t.outcome = 'refused' AND ({_SAYS.format(_ROW)} OR {_NAMED.format(_ROW)})",
    ),
    Gone("import_touch"),
    Gone("duplicate_pair"),
    Gone("contact_merge_part"),
    Gone("contact_merge"),
    # What they agreed to: that, when and how stays as proof; the hash of the words that were shown, too.
    Gone("basis_spell"),
    Gone("consent_request"),
    Emptied(
        "consent_receipt",
        {"wording": "''", "source": "''"},
        {
            "kind": _CODE,
            "purpose": _CODE,
            "channel": _CODE,
            "wording_hash": "Proof of which words were shown.",
            "wording_version": "Of our own words.",
            "language": _CODE,
            "controller": "The business itself.",
            "how": _CODE,
            "seal": "A seal over the log.",
        },
    ),
    Emptied(
        "suppression",
        {"contact_id": "NULL", "detail": "''"},
        {
            "channel": _CODE,
            "address_hash": "Keyed: by it nobody comes back unasked, and nobody can be found.",
            "reason": _CODE,
            "scope": _CODE,
        },
    ),
    # Who they were.
    Gone("contact_spell"),
    Gone("placed_identity"),
    Gone("identity"),
    Gone("contact"),
    Gone(
        "company",
        """t.id = ANY(%(firms)s::bigint[]) AND NOT EXISTS (SELECT FROM contact c WHERE c.company_id = t.id)
            AND NOT EXISTS (SELECT FROM contact_spell s WHERE s.kind = 'company'
                AND s.value = to_jsonb(t.id))
            AND NOT EXISTS (SELECT FROM contact_spell s WHERE s.kind = 'began'
                AND s.value -> 'company' = to_jsonb(t.id))""",
    ),
    Gone(
        "household",
        """t.id = ANY(%(households)s::bigint[])
            AND NOT EXISTS (SELECT FROM contact c WHERE c.household_id = t.id)""",
    ),
)

#: Of tables that are of nobody in particular (``no_personal_data``): what of them may speak of a client.
BESIDE: Final = frozenset({"hook_thing_name", "given_answer", "event_seen", "tracking_refusal"})
