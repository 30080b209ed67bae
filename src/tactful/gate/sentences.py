"""Gate reasons in plain words, in the reader's language and at the reader's wall time.

``names``: ``"client"`` and, for each person of ours, the id as text, e.g. ``{"client": "Liv", "7": "Kari"}``.
A name that is missing is spoken around.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils.dateformat import format as format_date
from django.utils.translation import gettext, override, pgettext

from tactful.gate.rules.codes import Code, Wake
from tactful.gate.types import OnRelease, Reason, Verdict
from tactful.gate.words import CLIENT, NEUTRAL, ORDERS, OWNED, RELEASES, STAFF, WAKES, Words

_CODES = {code.value: code for code in Code}
_WAKES = (  # in the order in which people do them
    *(Wake.QUESTION_ANSWERED, Wake.COMPLAINT_CLOSED, Wake.PROMISE_KEPT, Wake.DEBT_SETTLED),
    *(Wake.HANDOFF_RETURNED, Wake.CONVERSATION_CLOSED, Wake.HOLD_RELEASED),
    *(Wake.PROVIDER_UP, Wake.SETTINGS_CHANGED, Wake.MESSAGE_DECIDED),
)
_MOMENTS = frozenset({"since", "at", "due_at", "latest_at", "last_at"})


@dataclass(frozen=True, slots=True)
class Reader:
    """``language``: BCP 47, e.g. ``nb``. ``zone``: IANA, for moments."""

    language: str = "en"
    zone: str = "UTC"


@dataclass(frozen=True, slots=True)
class HoldEnds:
    """Why, who, until when, and then what: all four, always in this order."""

    why: str
    who: str
    until: str
    then: str


def reason_sentence(reason: Reason, names: Mapping[str, str], reader: Reader) -> str:
    """For staff: "Liv has asked us something and has no answer yet". Without a full stop."""
    with override(reader.language):
        code = _CODES.get(reason.code)
        owner = names.get(str(reason.owner_id))
        if code is None:
            return gettext("A reason that this version does not know: %(code)s") % {"code": reason.code}
        words: Words = OWNED[code] if owner and code in OWNED else STAFF[code]
        values = _values(reason, names, reader)
        said = str(words) % values
        given = str(reason.params.get("reason", ""))
        spoken = str(ORDERS[given]) % values if given in ORDERS else given  # free words may hold a %
        return _capital(f"{said}: {spoken}" if spoken else said)


def client_sentence(reason: Reason, reader: Reader) -> str:
    """For the client's own page. Never mood, complaint or bereavement, and no name of ours."""
    with override(reader.language):
        code = _CODES.get(reason.code)
        return str(CLIENT.get(code, NEUTRAL) if code else NEUTRAL)


def hold_ends(verdict: Verdict, names: Mapping[str, str], reader: Reader) -> HoldEnds:
    """The four things about a held message, for staff. ``verdict`` may be rebuilt from the stored
    reasons, ``until``, ``wake_on``, ``on_release`` and ``owner_id``."""
    with override(reader.language):
        return HoldEnds(
            why=reason_sentence(verdict.reasons[0], names, reader),
            who=names.get(str(verdict.owner_id)) or gettext("Nobody yet, take it"),
            until=_capital(_until(verdict, reader)),
            then=_then(verdict, names),
        )


def moment_words(at: datetime, reader: Reader) -> str:
    """ "Thursday 9 April at 12:00" on the reader's wall."""
    with override(reader.language):
        # Translators: Django's date format, with backslashes before letters that stand for themselves.
        pattern = pgettext("moment", "l j F \\a\\t H:i")
        return format_date(at.astimezone(ZoneInfo(reader.zone)), pattern)


def _values(reason: Reason, names: Mapping[str, str], reader: Reader) -> dict[str, str]:
    values = dict.fromkeys(("used", "limit", *_MOMENTS), "")
    values |= {key: str(value) for key, value in reason.params.items()}
    for key in _MOMENTS & reason.params.keys():
        values[key] = moment_words(datetime.fromisoformat(values[key]), reader)
    values["client"] = names.get("client") or gettext("the client")
    values["owner"] = names.get(str(reason.owner_id), "")
    return values


def _until(verdict: Verdict, reader: Reader) -> str:
    when = moment_words(verdict.until, reader) if verdict.until else ""
    events = [str(WAKES[wake]) for wake in _WAKES if wake in verdict.wake_on]
    if not events:
        return when
    *first, event = events
    if first:
        event = gettext("%(one)s and %(other)s") % {"one": ", ".join(first), "other": event}
    return gettext("%(event)s, or %(when)s") % {"event": event, "when": when} if when else event


def _then(verdict: Verdict, names: Mapping[str, str]) -> str:
    owner = names.get(str(verdict.owner_id))
    if verdict.on_release is OnRelease.ASK and owner:
        return gettext("%(owner)s decides") % {"owner": owner}
    return str(RELEASES[verdict.on_release])


def _capital(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]
