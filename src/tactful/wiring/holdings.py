"""What each floor holds of a contact, and what becomes of it when two contacts become one.

One flat table, read from top to bottom. ``tests/architecture`` goes through all tables of the house: a column
that names a contact and does not stand here fails the build. What has a uniqueness of its own says in words
what becomes of two rows that cannot both stay. The steps are carried out, noted and taken back by
``contacts.hot.ledger``.
"""

from typing import Final

from tactful.contacts.rules.holdings import Add, Change, Holding, Move, Remove, moves

_NOW: Final = "%(now)s::timestamptz"
_END: Final = {"to_at": _NOW, "end_recorded_at": _NOW}

#: The one thread of each; NULL while a contact has none. Afterwards there is one, the kept one's.
_OURS: Final = "(SELECT c.id FROM conversation c WHERE c.contact_id = %(kept)s)"
_THEIRS: Final = "(SELECT c.id FROM conversation c WHERE c.contact_id = %(gone)s)"
_BOTH: Final = f"{_OURS} IS NOT NULL AND t.contact_id = %(gone)s"
_URGENCY: Final = "array_position(ARRAY['open', 'waiting', 'snoozed', 'closed'], {0}.state::text)"

#: Messages have no index on whom they are for; their dispatches have one.
_SENT_TO_THEM: Final = "t.id IN (SELECT d.message_id FROM dispatch d WHERE d.contact_id = %(gone)s)"
_TALKED_WITH_THEM: Final = """t.id IN (SELECT d.message_id FROM dispatch d
    WHERE d.contact_id IN (%(kept)s, %(gone)s))"""
#: Enrolments have an index that begins with the journey.
_ENROLLED: Final = "t.journey_id IN (SELECT j.id FROM journey j) AND t.contact_id = %(gone)s"
_IN_THE_SAME: Final = """JOIN enrolment k ON k.journey_id = t.journey_id AND k.contact_id = %(kept)s
    AND k.entry_key = t.entry_key"""

#: Open pieces of work of the same kind and year with both of them, and what was asked for in them.
_SAME_WORK: Final = """engagement k ON k.contact_id = %(kept)s AND k.kind = {0}.kind AND k.year = {0}.year
    AND k.closed_at IS NULL AND {0}.closed_at IS NULL AND {0}.contact_id = %(gone)s"""
_SAME_DOCUMENT: Final = f"""JOIN engagement g ON g.id = theirs.engagement_id JOIN {_SAME_WORK.format("g")}
    JOIN requested_document ours ON ours.engagement_id = k.id AND ours.slug = theirs.slug"""
_BETTER: Final = """JOIN document_spell has ON has.document_id = theirs.id AND has.to_at IS NULL
    AND has.state <> 'missing'
    JOIN document_spell lacks ON lacks.document_id = ours.id AND lacks.to_at IS NULL
    AND lacks.state = 'missing'"""

CONTACTS: Final = (
    # Addresses belong to one contact each, so none can be in the way. Which one is written to first, and
    # which spells and grounds end, ``contacts.rules.merging`` has decided before these rows move.
    moves("identity"),
    moves("contact_spell"),
    moves("basis_spell"),
    Holding("consent_receipt", "contact_id", stays="Evidence is never rewritten; it is read under both."),
    moves("suppression"),
    moves("consent_request"),
    moves("import_row"),
    Holding("import_touch", "contact_id", stays="Of use only while both are two; it is not moved."),
    Holding("duplicate_pair", "one", stays="The merge itself settles pairs.", also=frozenset({"other"})),
    Holding("contact_merge", "kept", stays="The way of old links.", also=frozenset({"gone"})),
)
FACTS: Final = (
    # The lane stays: consumers read each lane in order, and a fact that changed lanes would be read twice or
    # never.
    moves("event"),
    Holding("event_tally", "contact_id", stays="Counted anew from the facts, which move."),
    Holding("event_untallied", "contact_id", stays="Notes whose tally is not to be asked."),
)
TRACKING: Final = (
    # What calls have written on them: together it is what calls have written on the kept one. Where the two
    # differ, the kept one's stands, as it does on the contact.
    Holding(
        "tracked_profile",
        "contact_id",
        (
            Change(
                "tracked_profile",
                {"written": "g.written || t.written"},
                "t.contact_id = %(kept)s",
                keys=("contact_id",),
                beside="JOIN tracked_profile g ON g.contact_id = %(gone)s",
            ),
            Add(
                "tracked_profile",
                ("contact_id", "written"),
                """SELECT %(kept)s, g.written FROM tracked_profile g WHERE g.contact_id = %(gone)s
                    AND NOT EXISTS (SELECT FROM tracked_profile k WHERE k.contact_id = %(kept)s)""",
                ("contact_id",),
            ),
            Remove("tracked_profile", "t.contact_id = %(gone)s"),
        ),
    ),
    Holding("computed_value", "contact_id", stays="Counted anew from the facts, which move."),
    Holding("computed_tally", "contact_id", stays="Counted anew from the facts, which move."),
)
CALENDARS: Final = (moves("calendar_appointment"),)
GATE: Final = (
    # An order to keep quiet about either holds for both.
    Holding("standing_hold", "scope_id", (Move("standing_hold", "scope_id", find="t.scope = 'contact'"),)),
)
SEGMENTS: Final = (
    # Where both are in, the other one's stay ends; else it goes on, and the segment looks again by itself.
    Holding(
        "segment_member",
        "contact_id",
        (
            Change(
                "segment_member",
                _END,
                "t.contact_id = %(gone)s AND t.to_at IS NULL",
                beside="""JOIN segment_member k ON k.segment_id = t.segment_id
                    AND k.contact_id = %(kept)s AND k.to_at IS NULL""",
            ),
            Move("segment_member", "contact_id"),
        ),
    ),
    moves("segment_dirty"),
)
ENGAGEMENTS: Final = (
    # One open piece of work of a kind and year: the other one's is closed, silently. What it asked for beyond
    # goes over to the kept one's, and so does what has come already: nobody is chased for what we have.
    Holding(
        "engagement",
        "contact_id",
        (
            Change(
                "document_spell",
                _END,
                "t.to_at IS NULL",
                beside=f"""JOIN requested_document asked ON asked.id = t.document_id
                    JOIN requested_document theirs ON theirs.slug = asked.slug
                    {_SAME_DOCUMENT} AND ours.id = t.document_id {_BETTER}""",
            ),
            Change(
                "document_spell",
                {"document_id": "ours.id"},
                "t.to_at IS NULL AND t.state <> 'missing'",
                beside=f"""JOIN requested_document theirs ON theirs.id = t.document_id {_SAME_DOCUMENT}
                    AND NOT EXISTS (SELECT FROM document_spell s WHERE s.document_id = ours.id
                        AND s.to_at IS NULL)""",
            ),
            Change(
                "received_file",
                {"document_id": "ours.id"},
                "t.contact_id = %(gone)s",
                beside=f"JOIN requested_document theirs ON theirs.id = t.document_id {_SAME_DOCUMENT}",
            ),
            Change(
                "requested_document",
                {"engagement_id": "k.id"},
                """NOT EXISTS (SELECT FROM requested_document o WHERE o.engagement_id = k.id
                    AND o.slug = t.slug)""",
                beside=f"JOIN engagement g ON g.id = t.engagement_id JOIN {_SAME_WORK.format('g')}",
            ),
            Change("engagement", {"closed_at": _NOW}, "true", beside=f"JOIN {_SAME_WORK.format('t')}"),
            Move("engagement", "contact_id"),
        ),
    ),
    moves("received_file"),
)
JOURNEYS: Final = (
    # Two on the same way with the same thing, or on the way of a piece of work that has just been closed: the
    # kept one goes on, the other one's walk ends here, and what it had not sent yet is not sent.
    Holding(
        "enrolment",
        "contact_id",
        (
            Change(
                "enrolment",
                {
                    "ended_at": _NOW,
                    "end_reason": "'merged'",
                    "phase": "'ended'",
                    "due_at": "NULL::timestamptz",
                    "retry_at": "NULL::timestamptz",
                    "wait_event": "NULL::text",
                },
                f"""{_ENROLLED} AND t.ended_at IS NULL AND (
                    EXISTS (SELECT FROM enrolment k WHERE k.journey_id = t.journey_id
                        AND k.contact_id = %(kept)s AND k.entry_key = t.entry_key AND k.ended_at IS NULL)
                    OR t.entry_key IN (SELECT g.id::text FROM engagement g
                        WHERE g.contact_id = %(kept)s AND g.closed_at = {_NOW}))""",  # noqa: S608 - put together from constants
            ),
            Change(
                "dispatch",
                {"state": "'cancelled'", "settled_at": _NOW, "task_at": "NULL::timestamptz"},
                f"""t.contact_id = %(gone)s AND t.state IN ('queued', 'held', 'claimed')
                    AND e.end_reason = 'merged' AND e.ended_at = {_NOW}""",
                keys=("message_id",),
                beside="""JOIN message m ON m.id = t.message_id AND m.cause_kind = 'visit'
                    JOIN enrolment e ON e.id = m.cause_id""",
            ),
            # How often somebody has begun the same is counted on, past all numbers that either has.
            Change(
                "enrolment",
                {
                    "entry_no": """t.entry_no + (SELECT max(o.entry_no) FROM enrolment o
                        WHERE o.journey_id = t.journey_id AND o.contact_id IN (%(kept)s, %(gone)s)
                            AND o.entry_key = t.entry_key)"""
                },
                _ENROLLED,
                beside=_IN_THE_SAME,
            ),
            # One cause has begun both: it stays the cause of the kept one's, the other has itself for one.
            Change(
                "enrolment",
                {"trigger_id": "t.id"},
                _ENROLLED,
                beside=f"{_IN_THE_SAME} AND k.trigger_id = t.trigger_id",
            ),
            Move("enrolment", "contact_id", find="t.journey_id IN (SELECT j.id FROM journey j)"),
        ),
    ),
    moves("object_fact"),
    moves("webhook_call"),
    Holding("replayed_line", "contact_id", stays="A report of what was told then; its links lead on."),
)
INBOX: Final = (
    # One thread with each contact: what was said in the other one's joins the kept one's, which is as open,
    # as unread and as recent as either was.
    Holding(
        "conversation",
        "contact_id",
        (
            Change(
                "conversation",
                {
                    "state": f"CASE WHEN {_URGENCY.format('g')} < {_URGENCY.format('t')}"
                    " THEN g.state ELSE t.state END",
                    "subject": "CASE WHEN g.last_at > t.last_at THEN g.subject ELSE t.subject END",
                    "assignee_id": "COALESCE(t.assignee_id, g.assignee_id)",
                    "opened_at": "LEAST(t.opened_at, g.opened_at)",
                    "last_at": "GREATEST(t.last_at, g.last_at)",
                    "last_inbound_at": "GREATEST(t.last_inbound_at, g.last_inbound_at)",
                    "snoozed_until": "LEAST(t.snoozed_until, g.snoozed_until)",
                    "unread": "t.unread OR g.unread",
                },
                "t.contact_id = %(kept)s",
                beside="JOIN conversation g ON g.contact_id = %(gone)s",
            ),
            Move("entry", "conversation_id", was=_THEIRS, becomes=_OURS),
            # That the thread is open is said once.
            Change(
                "talk_spell",
                _END,
                f"""{_BOTH} AND t.kind = 'conversation' AND t.to_at IS NULL AND EXISTS (
                    SELECT FROM talk_spell k WHERE k.kind = 'conversation' AND k.ref = {_OURS}
                        AND k.to_at IS NULL)""",
            ),
            Move(
                "talk_spell",
                "ref",
                find="t.kind = 'conversation' AND t.contact_id = %(gone)s",
                was=_THEIRS,
                becomes=_OURS,
            ),
            Move(
                "talk_spell",
                "conversation_id",
                find="t.contact_id = %(gone)s",
                was=_THEIRS,
                becomes=_OURS,
            ),
            Move(
                "task",
                "subject_id",
                find="t.subject_kind = 'conversation' AND t.contact_id = %(gone)s",
                was=_THEIRS,
                becomes=_OURS,
            ),
            Move("message", "conversation_id", find=_TALKED_WITH_THEM, was=_THEIRS, becomes=_OURS),
            Remove("conversation", _BOTH),
            Move("conversation", "contact_id"),
        ),
    ),
    moves("talk_spell"),
    Holding(
        "task",
        "contact_id",
        (
            Move("task", "subject_id", find="t.subject_kind = 'contact' AND t.contact_id = %(gone)s"),
            Move("task", "contact_id"),
        ),
        also=frozenset({"subject_id"}),
    ),
    # The last automatic answer to either was one to both.
    Holding(
        "auto_reply",
        "contact_id",
        (
            Change(
                "auto_reply",
                {"at": "GREATEST(t.at, g.at)"},
                "t.contact_id = %(kept)s",
                keys=("contact_id",),
                beside="JOIN auto_reply g ON g.contact_id = %(gone)s",
            ),
            Add(
                "auto_reply",
                ("contact_id", "at"),
                """SELECT %(kept)s, g.at FROM auto_reply g WHERE g.contact_id = %(gone)s
                    AND NOT EXISTS (SELECT FROM auto_reply k WHERE k.contact_id = %(kept)s)""",
                ("contact_id",),
            ),
            Remove("auto_reply", "t.contact_id = %(gone)s"),
        ),
    ),
)
DELIVERY: Final = (
    # Places under the caps add up, day by day: what either has had, the one person has had.
    Holding(
        "cap_use",
        "scope_id",
        (
            Add(
                "cap_use",
                ("scope", "scope_id", "day", "used"),
                """SELECT g.scope, %(kept)s, g.day, 0 FROM cap_use g
                    WHERE g.scope = 'contact' AND g.scope_id = %(gone)s AND NOT EXISTS (
                        SELECT FROM cap_use k WHERE k.scope = 'contact' AND k.scope_id = %(kept)s
                            AND k.day = g.day)""",
                ("scope", "scope_id", "day"),
            ),
            Change(
                "cap_use",
                {"used": "t.used + g.used"},
                "t.scope = 'contact' AND t.scope_id = %(kept)s",
                keys=("scope", "scope_id", "day"),
                beside="""JOIN cap_use g ON g.scope = 'contact' AND g.scope_id = %(gone)s
                    AND g.day = t.day""",
                counts=frozenset({"used"}),
            ),
            Remove("cap_use", "t.scope = 'contact' AND t.scope_id = %(gone)s"),
        ),
    ),
    # Whom a message was for is all that ever changes of it; its words, its author and its cause are final.
    Holding("message", "contact_id", (Move("message", "contact_id", find=_SENT_TO_THEM),)),
    Holding("departed", "contact_id", (Move("departed", "contact_id", key="message_id"),)),
    # What is claimed goes back to the gate by itself: the handoff asks for contact and gate revision.
    Holding("dispatch", "contact_id", (Move("dispatch", "contact_id", key="message_id"),)),
)
#: An audience has an index that begins with the broadcast.
_AUDIENCE: Final = "{0}.contact_id = %(gone)s AND {0}.broadcast_id IN (SELECT b.id FROM broadcast b)"
BROADCASTS: Final = (
    # Who has yet to get it gets it once: where both are in, the other one's row says that there is no such
    # client any more. What is past stays under the old number, so that the account of everybody stands.
    Holding(
        "broadcast_person",
        "contact_id",
        (
            Change(
                "broadcast_person",
                {"state": "'gone'"},
                f"{_AUDIENCE.format('t')} AND t.state = 'waiting'",
                keys=("broadcast_id", "contact_id"),
                beside="JOIN broadcast_person k ON k.broadcast_id = t.broadcast_id"
                " AND k.contact_id = %(kept)s",
            ),
            Add(
                "broadcast_person",
                ("broadcast_id", "contact_id", "variant", "due_at", "state", "message_id"),
                """SELECT g.broadcast_id, %(kept)s, g.variant, g.due_at, g.state, g.message_id
                    FROM broadcast_person g WHERE g.contact_id = %(gone)s AND g.state = 'waiting'
                        AND g.broadcast_id IN (SELECT b.id FROM broadcast b)""",
                ("broadcast_id", "contact_id"),
            ),
            Remove("broadcast_person", f"{_AUDIENCE.format('t')} AND t.state = 'waiting'"),
        ),
    ),
)
TOUCHPOINTS: Final = (moves("human_touch"),)

HOLDINGS: Final[tuple[Holding, ...]] = (
    *CONTACTS,
    *DELIVERY[:1],  # locks in the order of the house: contacts, then caps, then rows
    *FACTS,
    *TRACKING,
    *CALENDARS,
    *GATE,
    *SEGMENTS,
    *TOUCHPOINTS,
    *ENGAGEMENTS,
    *JOURNEYS,
    *INBOX,
    *BROADCASTS,
    *DELIVERY[1:],
)
