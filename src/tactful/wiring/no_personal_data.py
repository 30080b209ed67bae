"""Tables that hold nothing of clients, and their columns that could hold words (others: personal_data)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """Tables that hold nothing of clients. ``words``: their columns that could hold any, of each table."""

    why: str
    tables: Mapping[str, tuple[str, ...]]


NOWHERE: Final = (
    Elsewhere(
        "Of the people who work here and how they sign in, not of clients.",
        {
            "account_emailaddress": ("email",),
            "account_emailconfirmation": ("key",),
            "auth_group": ("name",),
            "auth_group_permissions": (),
            "auth_permission": ("name", "codename"),
            "axes_accessattempt": (
                *("user_agent", "ip_address", "username", "http_accept", "path_info"),
                *("get_data", "post_data"),
            ),
            "axes_accessattemptexpiration": (),
            "axes_accessfailurelog": ("user_agent", "ip_address", "username", "http_accept", "path_info"),
            "axes_accesslog": (
                *("user_agent", "ip_address", "username", "http_accept", "path_info"),
                "session_hash",
            ),
            "django_content_type": ("app_label", "model"),
            "django_session": ("session_key", "session_data"),
            "line_comment": ("text",),
            "first_run": ("step", "done", "given"),
            "invitation": ("digest",),
            "mfa_authenticator": ("type", "data"),
            "staff": ("password", "email", "name", "title", "role", "language", "theme"),
            "usersessions_usersession": ("ip", "session_key", "user_agent", "data"),
        },
    ),
    Elsewhere(
        "How the house is set up, and what it says to everybody alike.",
        {
            "mail_grant": ("client_id", "gives_url", "refused_code"),
            "account": (
                *("channel", "name", "address", "sender_name", "settings"),
                *("paused_reason", "paused_detail", "trouble"),
            ),
            "api_key": ("name", "shown", "digest", "scopes"),
            "attribute": ("key", "label", "type", "origin"),
            "broadcast": (
                *("name", "state", "plan", "writers", "approved_hash", "versions"),
                *("pause_why", "back_why"),
            ),
            "business_setting": ("key", "value"),
            "calendar_feed": (
                *("name", "kind", "host", "user", "etag", "modified", "tag"),
                "error",
            ),
            "computed_property": ("key", "label", "kind", "event", "field"),
            "hook_connection": ("name", "system", "token_hash", "verify", "mapping"),
            "instance": ("instance_id", "clock_shift", "sending_paused", "restored_choice", "stands"),
            "journey": ("slug", "name_en", "name_nb"),
            "journey_draft": ("text",),
            "journey_draft_entry": ("text", "said"),
            "journey_spell": ("kind",),
            "journey_version": ("document", "source"),
            "people_act": ("what", "step", "enrolments", "rested", "passage"),
            "letter_draft": ("slug", "name_en", "name_nb", "body"),
            "letter_entry": ("body",),
            "letter_picture": ("stored", "kind", "digest"),
            "letterhead": ("body",),
            "replay_run": ("slug", "draft", "digest", "document", "state", "summary", "error"),
            "secret_value": ("name", "box"),
            "segment": ("slug", "name", "document"),
            "template": ("slug", "name_en", "name_nb", "channel"),
            "template_typeset": ("frame", "body"),
            "template_version": ("language", "subject", "mjml", "text", "variables", "blocks"),
            "touchpoint": (
                *("slug", "name_en", "name_nb", "moment_en", "moment_nb", "phase", "channel"),
                *("message_class", "promise", "suggested_line", "allow"),
            ),
            "touchpoint_revision": ("line", "reason"),
            "tracking_source": ("name", "kind", "prefix", "key_hash", "origins"),
            "webhook_endpoint": ("name", "url", "events", "stopped_why"),
        },
    ),
    Elsewhere(
        "Counters, marks and locks of the machine.",
        {
            "breaker": (),
            "enrolment_crowd": ("step",),
            "event_seen": ("source", "message_id"),
            "history_cursor": ("folder",),
            "hook_thing_name": ("kind", "alias", "key"),
            "house_state": (),
            "imap_cursor": ("folder",),
            "journey_sweep": (),
            "rate_window": ("key",),
            "reactor_cursor": ("consumer",),
            "erasure": ("contacts", "reason", "way", "marks", "files", "counts"),
            "erasure_refusal": ("door",),
            "sending_batch": ("message_ids",),
            "sending_pause": ("scope", "reason"),
            "sending_worker": ("machine", "journal"),
            "tracking_refusal": ("code", "sample"),
        },
    ),
    Elsewhere(
        "Lists of many people as they came; each one's own rows stand in import_row.",
        {
            "import_run": (
                *("file_name", "file_hash", "mapping", "declared", "shape", "counts", "error"),
                *("stored", "undone"),
            ),
            "import_part": ("firms", "numbered"),
            "import_waiting": ("stored",),
        },
    ),
    Elsewhere(
        "On its way for seconds, or kept for a day, and the same as what stands in the tables above.",
        {"given_answer": ("name", "asked", "content_type", "body"), "tracking_received": ("kind", "body")},
    ),
)
"""Every other table of the house."""
