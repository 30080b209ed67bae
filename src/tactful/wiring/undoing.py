"""What holds a client here when the file that made them is taken back, table by table, and what goes along.

Every table that names a contact (``wiring.holdings``) stands in one of three lists; a test sees to it.
"""

from datetime import datetime
from typing import Final

from tactful.contacts.actions import continue_undoing as _continue
from tactful.contacts.queries import ImportRun, Preview, preview_undo
from tactful.contacts.rules.undoing import Tie, Ties

_AT: Final = "= ANY(%(moments)s::timestamptz[])"
_OURS: Final = f"t.from_at {_AT} AND t.recorded_at {_AT} AND (t.to_at IS NULL OR t.to_at {_AT})"

HOLDING: Final = (
    Tie("identity", "contact_id", "changed", f"NOT (t.added_at {_AT} AND t.verified_at IS NULL)"),
    Tie("contact_spell", "contact_id", "changed", f"NOT ({_OURS})"),
    Tie("basis_spell", "contact_id", "changed", f"NOT ({_OURS})"),
    Tie("contact_merge", "kept", "merged", "t.undone_at IS NULL"),
    Tie("contact_merge", "gone", "merged"),
    Tie(
        "import_row",
        "contact_id",
        "other_file",
        """t.run_id <> %(run)s AND t.outcome <> 'refused' AND EXISTS (
            SELECT FROM import_run r WHERE r.id = t.run_id AND r.undo_asked_at IS NULL)""",
    ),
    Tie(
        "event",
        "contact_id",
        "changed",
        "t.name ~ '^(contact|basis)\\.' AND t.data ->> 'import' IS NULL"
        " AND t.data ->> 'import_undone' IS NULL",
    ),
    Tie(
        "event",
        "contact_id",
        "happened",
        "t.name !~ '^(contact|basis)\\.' AND t.name NOT IN ('segment.entered', 'segment.left')",
    ),
    Tie("consent_request", "contact_id", "asked"),
    Tie("suppression", "contact_id", "stopped"),
    Tie("tracked_profile", "contact_id", "happened"),
    Tie("object_fact", "contact_id", "happened"),
    Tie("calendar_appointment", "contact_id", "meeting"),
    Tie("human_touch", "contact_id", "touch"),
    Tie("standing_hold", "scope_id", "hold", "t.scope = 'contact'"),
    Tie("engagement", "contact_id", "work"),
    Tie("received_file", "contact_id", "work"),
    Tie("enrolment", "contact_id", "journey"),
    Tie("conversation", "contact_id", "talk"),
    Tie("talk_spell", "contact_id", "talk"),
    Tie("auto_reply", "contact_id", "talk"),
    Tie("task", "contact_id", "task"),
    Tie("message", "contact_id", "message"),
    Tie("dispatch", "contact_id", "message"),
    Tie("departed", "contact_id", "message"),
    Tie("cap_use", "scope_id", "message", "t.scope = 'contact'"),
    Tie("broadcast_person", "contact_id", "broadcast"),
)
GOING: Final = (
    *((table, "contact_id") for table in ("identity", "contact_spell", "basis_spell", "import_touch")),
    ("duplicate_pair", "one"),
    ("duplicate_pair", "other"),
    *((table, "contact_id") for table in ("event", "event_tally", "event_untallied")),
    *((table, "contact_id") for table in ("computed_value", "computed_tally")),
    *((table, "contact_id") for table in ("segment_member", "segment_dirty")),
)
STAYING: Final = {
    "consent_receipt": "Evidence is never rewritten.",
    "import_row": "The account of the file; it names nobody any more.",
    "webhook_call": "What other systems were told.",
    "replayed_line": "A report of what was told then.",
}
TIES: Final = Ties(HOLDING, GOING)


def preview(run: ImportRun) -> Preview:
    return preview_undo(run, TIES)


def continue_undoing(now: datetime, run_id: int | None = None) -> bool:
    return _continue(TIES, now=now, run_id=run_id)
