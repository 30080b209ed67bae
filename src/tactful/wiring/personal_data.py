"""Where the house keeps what it knows of a client, table by table, for the copy that each may ask for (R74).

One flat table, read from top to bottom. ``tests/architecture`` goes through all tables of the house: one that
stands neither here nor in ``no_personal_data``, or a new column of words in one of those, fails the build.

SQL in these is our own. It may name ``t``, the row at hand, and the parameters ``%(contact)s``, ``%(users)s``
(ids that other systems have for them), ``%(visitors)s`` (and devices), ``%(hashes)s`` (of their addresses),
``%(strangers)s`` (threads from before we knew that the address is theirs). What becomes of each table when a
client is erased stands in ``erasing_steps``.
"""

# ruff: noqa: S608 - put together from constants

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from tactful.kernel.marking import gettext_noop as _


@dataclass(frozen=True, slots=True)
class Holds:
    """A table with rows of a client. ``shows``: what of a row people can read; the rest is in the file for
    programs. ``hides``: columns that are left out of both, with the reason. ``files``: the column that names
    a stored file, or is one. ``adds``: what people need beside it, column -> expression.
    ``order``: of the rows; 1 is their own."""

    table: str
    of: str = "t.contact_id = %(contact)s"
    shows: tuple[str, ...] = ()
    hides: Mapping[str, str] = field(default_factory=dict)
    files: str = ""
    adds: Mapping[str, str] = field(default_factory=dict)
    order: str = "t.id"


@dataclass(frozen=True, slots=True)
class Section:
    title: str
    tables: tuple[Holds, ...]


_THREADS: Final = """(SELECT c.id FROM conversation c WHERE c.contact_id = %(contact)s
    UNION SELECT unnest(%(strangers)s::bigint[]))"""
_ENTRIES: Final = f"(SELECT e.id FROM entry e WHERE e.conversation_id IN {_THREADS})"
_MESSAGES: Final = """(SELECT d.message_id FROM dispatch d WHERE d.contact_id = %(contact)s
    UNION SELECT m.id FROM message m WHERE m.contact_id = %(contact)s)"""
_WALKS: Final = "(SELECT e.id FROM enrolment e WHERE e.contact_id = %(contact)s)"
_WORK: Final = "(SELECT g.id FROM engagement g WHERE g.contact_id = %(contact)s)"
_ASKED: Final = f"(SELECT r.id FROM requested_document r WHERE r.engagement_id IN {_WORK})"
_MERGES: Final = "(SELECT m.id FROM contact_merge m WHERE %(contact)s IN (m.kept, m.gone))"
_SUBJECTS: Final = f"""(SELECT 'contact:' || %(contact)s
    UNION ALL SELECT 'conversation:' || s.id FROM {_THREADS} AS s(id)
    UNION ALL SELECT 'message:' || s.id FROM {_MESSAGES} AS s(id)
    UNION ALL SELECT 'enrolment:' || s.id FROM {_WALKS} AS s(id)
    UNION ALL SELECT 'engagement:' || s.id FROM {_WORK} AS s(id)
    UNION ALL SELECT 'document:' || s.id FROM {_ASKED} AS s(id)
    UNION ALL SELECT 'task:' || k.id FROM task k WHERE k.contact_id = %(contact)s
    UNION ALL SELECT 'hold:' || h.id FROM standing_hold h
        WHERE h.scope = 'contact' AND h.scope_id = %(contact)s)"""
_JOURNEY: Final = """(SELECT CASE c.language WHEN 'nb' THEN j.name_nb ELSE j.name_en END
    FROM journey j, contact c WHERE j.id = t.journey_id AND c.id = t.contact_id)"""
_SAID: Final = "encode(t.body, 'escape')"
#: Phone numbers in any notation.
_DIGITS: Final = f"regexp_replace({_SAID}, '[[:space:]().+-]', '', 'g')"
_PROPERTY: Final = "(SELECT p.label FROM computed_property p WHERE p.id = t.property_id)"
_ABOUT: Final = f"""(SELECT a.id FROM audit a WHERE a.subject IN {_SUBJECTS}
    UNION SELECT p.audit_id FROM audit_payload p
        WHERE p.body::text ~ ('\\y' || %(contact)s || '\\y'))"""

SECTIONS: Final = (
    Section(
        _("Who you are"),
        (
            Holds(
                "contact",
                "t.id = %(contact)s",
                (
                    "name",
                    "given_name",
                    "language",
                    "time_zone",
                    "country",
                    "tier",
                    "attributes",
                    "created_at",
                ),
                {"search": "The words of the name again.", "pieces": "The letters of the name again."},
            ),
            Holds("identity", shows=("kind", "shown", "added_at")),
            Holds(
                "company",
                "t.id = (SELECT c.company_id FROM contact c WHERE c.id = %(contact)s)",
                ("name", "org_number", "address", "industry"),
            ),
            Holds(
                "household",
                "t.id = (SELECT c.household_id FROM contact c WHERE c.id = %(contact)s)",
                ("name",),
            ),
            Holds("contact_spell", shows=("kind", "key", "value", "from_at", "to_at")),
            Holds("tracked_profile", shows=("written",), order="1"),
            Holds("user_trait", 't."user" = ANY(%(users)s)', ("key", "value", "ts"), order="t.key"),
            Holds("identity_claim", 't."user" = ANY(%(users)s)', ("kind", "value", "ts"), order="1"),
            Holds("identity_link", 't."user" = ANY(%(users)s)', ("ident", "ts"), order="1"),
            Holds("tracked_user", 't."user" = ANY(%(users)s)', order="1"),
            Holds(
                "placed_identity",
                """EXISTS (SELECT FROM identity i WHERE i.kind = t.kind AND i.value = t.value
                    AND i.contact_id = %(contact)s)""",
                order="1",
            ),
        ),
    ),
    Section(
        _("What you have agreed to, and what not"),
        (
            Holds("basis_spell", shows=("purpose", "channel", "kind", "from_at", "to_at")),
            Holds("consent_receipt", shows=("kind", "purpose", "channel", "wording", "how", "source", "at")),
            Holds("consent_request", shows=("name", "wording", "language", "source")),
            Holds(
                "suppression",
                "(t.contact_id = %(contact)s OR t.address_hash = ANY(%(hashes)s))",
                ("channel", "reason", "scope", "detail", "from_at", "to_at"),
            ),
        ),
    ),
    Section(
        _("What was written and said"),
        (
            Holds("conversation", f"t.id IN {_THREADS}", shows=("subject", "state", "opened_at", "last_at")),
            Holds(
                "entry",
                f"t.conversation_id IN {_THREADS}",
                ("at", "kind", "channel", "sender", "subject", "full_text"),
            ),
            Holds(
                "entry_file",
                f"t.entry_id IN {_ENTRIES}",
                ("name", "content_type", "size"),
                {"stored": "The file itself is in the folder of files."},
                "stored",
            ),
            Holds(
                "inbound_raw",
                f"t.id IN (SELECT e.raw_id FROM entry e WHERE e.id IN {_ENTRIES})",
                ("received_at", "result"),
                {"raw": "The mail as it came is in the folder of files."},
                "raw",
            ),
            Holds(
                "message",
                f"t.id IN {_MESSAGES}",
                ("created_at", "channel", "subject", "body", "variables", "message_class", "purpose"),
            ),
            Holds(
                "dispatch",
                shows=("address", "state", "handoff_at", "settled_at", "reasons"),
                order="t.message_id",
            ),
            Holds(
                "rehearsed",
                "t.message_id IN (SELECT d.message_id FROM dispatch d WHERE d.contact_id = %(contact)s)",
                ("at", "judged"),
                order="t.at, t.message_id",
            ),
            Holds("auto_reply", shows=("at",), order="t.at"),
            Holds("departed", shows=("at",), order="t.at, t.message_id"),
            Holds("human_touch", shows=("line", "stopped", "at")),
            Holds("talk_spell", shows=("kind", "from_at", "to_at")),
        ),
    ),
    Section(
        _("What happened"),
        (
            Holds("event", shows=("ts", "name", "source", "data"), order="t.ts, t.id"),
            Holds("calendar_appointment", shows=("starts_at", "ends_at", "title", "place", "cancelled_at")),
            Holds("event_tally", shows=("name", "n", "last_at"), order="t.name"),
            Holds("event_untallied"),
            Holds("object_fact", shows=("kind", "key", "field", "value", "from_at", "to_at")),
            Holds("visitor", "t.id = ANY(%(visitors)s)", ("kind", "value", "first_seen")),
            Holds("visitor_event", "t.visitor_id = ANY(%(visitors)s)", ("ts", "name", "data")),
            Holds(
                "computed_value",
                shows=("property", "n", "total", "first_value", "last_value"),
                adds={"property": _PROPERTY},
                order="t.property_id",
            ),
            Holds(
                "computed_tally",
                shows=("property", "value", "n"),
                adds={"property": _PROPERTY},
                order="t.property_id, t.value",
            ),
        ),
    ),
    Section(
        _("The work we do for you, and its documents"),
        (
            Holds("engagement", shows=("title_en", "title_nb", "year", "due_on", "opened_at", "closed_at")),
            Holds("requested_document", f"t.engagement_id IN {_WORK}", ("name_en", "name_nb")),
            Holds("document_spell", f"t.document_id IN {_ASKED}", ("state", "how", "from_at", "to_at")),
            Holds(
                "received_file",
                shows=("name", "content_type", "size", "how", "received_at"),
                hides={"stored": "The file itself is in the folder of files."},
                files="stored",
            ),
        ),
    ),
    Section(
        _("What goes by itself, and what keeps it quiet"),
        (
            Holds(
                "enrolment",
                shows=("journey", "step", "context", "entered_at", "ended_at", "end_reason"),
                adds={"journey": _JOURNEY},
            ),
            Holds("visit", f"t.enrolment_id IN {_WALKS}", ("step", "at", "result"), order="t.at, t.visit"),
            Holds("enrolment_alarm", f"t.enrolment_id IN {_WALKS}", ("due_at", "step"), order="t.due_at"),
            Holds(
                "broadcast_person",
                shows=("broadcast", "due_at", "state"),
                adds={"broadcast": "(SELECT b.name FROM broadcast b WHERE b.id = t.broadcast_id)"},
                order="t.broadcast_id",
            ),
            Holds(
                "standing_hold",
                "t.scope = 'contact' AND t.scope_id = %(contact)s",
                ("reason", "topic", "placed_at", "expires_at", "released_at"),
            ),
            Holds(
                "cap_use",
                "t.scope = 'contact' AND t.scope_id = %(contact)s",
                ("day", "used"),
                order="t.day",
            ),
            Holds(
                "segment_member",
                shows=("segment", "from_at", "to_at"),
                adds={"segment": "(SELECT s.name FROM segment s WHERE s.id = t.segment_id)"},
            ),
            Holds("segment_dirty"),
            Holds("replayed_line", shows=("at", "body"), order="t.run_id, t.number"),
            Holds(
                "journey_test",
                f"t.message_id IN {_MESSAGES}",
                ("name", "document"),
            ),
        ),
    ),
    Section(
        _("What people of ours had to do"),
        (Holds("task", shows=("kind", "params", "opened_at", "asks_at", "due_at", "done_at", "answer")),),
    ),
    Section(
        _("Where it came from, and where it went"),
        (
            Holds("import_row", shows=("outcome", "raw", "reasons")),
            Holds("import_touch", shows=("at", "was", "became")),
            Holds(
                "duplicate_pair",
                "%(contact)s IN (t.one, t.other)",
                ("reason", "found_at", "verdict", "decided_at"),
            ),
            Holds("contact_merge", "%(contact)s IN (t.kept, t.gone)", ("shown", "at", "undone_at")),
            Holds("contact_merge_part", f"t.merge_id IN {_MERGES}", ("table", "before", "after")),
            Holds(
                "hook_delivery",
                f"""EXISTS (SELECT FROM identity i WHERE i.contact_id = %(contact)s AND i.kind <> 'external'
                    AND (position(lower(i.value) IN lower({_SAID})) > 0
                        OR (i.kind = 'phone' AND position(right(i.value, 8) IN {_DIGITS}) > 0)))""",
                ("received_at", "state", "content"),
                {"body": "It stands there as words."},
                adds={"content": _SAID},
            ),
            Holds("webhook_call", shows=("url", "body", "state", "wanted_at")),
            Holds(
                "webhook_telling",
                "t.event_id IN (SELECT e.id FROM event e WHERE e.contact_id = %(contact)s)",
                ("event", "body", "state", "made_at"),
            ),
        ),
    ),
    Section(
        _("Who changed what"),
        (
            Holds(
                "audit",
                f"t.id IN {_ABOUT}",
                ("at", "verb", "subject"),
                {
                    "payload_digest": "A seal over the words, which stand below.",
                    "seal": "A seal over the log.",
                },
            ),
            Holds(
                "audit_payload",
                f"t.audit_id IN {_ABOUT}",
                ("body",),
                {"salt": "The key of a seal."},
                order="t.audit_id",
            ),
        ),
    ),
)
"""In the order in which a person reads them."""
