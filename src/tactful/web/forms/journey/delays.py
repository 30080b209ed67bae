"""A stretch of time as fields: how much, of what, at what time, on which days."""

from typing import Any

from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from tactful.journeys.rules.reading_parts import WEEKDAYS as DAYS
from tactful.web.forms.journey.controls import Choice, Control, Doc, Group, Post, Row, choices, whole, word
from tactful.web.forms.journey.house import House
from tactful.web.forms.journey.refs import ref_controls, take_ref
from tactful.web.types import Text

UNITS = ("minutes", "hours", "days", "working_days")


def delay_group(
    prefix: str, legend: Text, doc: Doc | None, house: House, *, folded: bool = False, only: str = ""
) -> Group:
    """``folded``: it may be left out."""
    given = doc or {}
    unit, amount = _length(given, may_be_none=folded)
    until = given.get("until")
    rows = (
        Row(
            (
                Control(f"{prefix}.amount", _("How many"), "number", amount, only="if-length"),
                Control(f"{prefix}.unit", _("Of what"), "select", unit, choices=_units(folded)),
            )
        ),
        Row(
            (Control(f"{prefix}.date", _("Which day"), "date", until if isinstance(until, str) else ""),),
            only="if-date",
        ),
        Row(
            (
                *ref_controls(
                    f"{prefix}.until", _("Which date"), until if isinstance(until, dict) else None, house
                ),
            ),
            only="if-ref",
        ),
        Row(_earlier(prefix, given), only="if-until"),
        Row(
            (
                Control(
                    f"{prefix}.at",
                    _("At what time"),
                    "time",
                    given.get("at", ""),
                    _("Where the client lives."),
                ),
                Control(
                    f"{prefix}.days",
                    _("On which days"),
                    "select",
                    _day_choice(given.get("weekdays")),
                    choices=choices(
                        [("", _("any day")), ("working", _("working days")), ("some", _("these days"))]
                    ),
                ),
            ),
            only="if-any",
        ),
        Row((_weekdays(prefix, given.get("weekdays")),), only="if-some"),
    )
    return Group(legend, rows, folded, bool(doc), "g-delay", only=only)


def take_delay(post: Post, prefix: str) -> Doc | None:
    """None if it was left out."""
    unit = word(post, f"{prefix}.unit")
    if unit in ("", "none"):
        return None
    doc = _taken_length(post, prefix, unit)
    if at := word(post, f"{prefix}.at"):
        doc["at"] = at[:5]
    days = word(post, f"{prefix}.days")
    ticked = [day for day in DAYS if day in post.getlist(f"{prefix}.weekdays")]
    if days == "working":
        doc["weekdays"] = "working"
    elif days == "some" and ticked:
        doc["weekdays"] = ticked
    return doc or {"hours": 0}


def _taken_length(post: Post, prefix: str, unit: str) -> Doc:
    if unit in UNITS:
        amount = word(post, f"{prefix}.amount")
        return {unit: whole(amount) if amount else 1}
    if unit not in ("date", "ref"):
        return {}
    until: Any = word(post, f"{prefix}.date")
    if unit == "ref":
        until = take_ref(post, f"{prefix}.until") or {}
    before = take_earlier(post, f"{prefix}.earlier")
    return {"until": until, **({"earlier": before} if before else {})}


def earlier_controls(prefix: str, doc: Doc | None, label: Text) -> tuple[Control, ...]:
    minutes = (doc or {}).get("hours", 0) * 60 + (doc or {}).get("minutes", 0)
    unit, amount = ("hours", minutes // 60) if minutes % 60 == 0 else ("minutes", minutes)
    names = [("minutes", _("minutes")), ("hours", _("hours")), ("days", _("times 24 hours"))]
    return (
        Control(f"{prefix}.amount", label, "number", str(amount or "")),
        Control(f"{prefix}.unit", _("Of what"), "select", unit, choices=choices(names)),
    )


def take_earlier(post: Post, prefix: str) -> Doc | None:
    amount = whole(word(post, f"{prefix}.amount"))
    if amount in ("", 0):
        return None
    unit = word(post, f"{prefix}.unit")
    if unit == "days":
        return {"hours": amount * 24 if isinstance(amount, int) else amount}
    return {unit if unit in ("minutes", "hours") else "hours": amount}


def day_ticks(name: str, label: Text, chosen: Any) -> Control:
    days = tuple(Choice(day, str(WEEKDAYS[number])) for number, day in enumerate(DAYS))
    return Control(name, label, "ticks", choices=days, chosen=frozenset(chosen or ()))


def _units(may_be_none: bool) -> tuple[Choice, ...]:
    none = [("none", pgettext("length of time", "not said"))] if may_be_none else []
    return choices(
        [
            *none,
            ("minutes", _("minutes")),
            ("hours", _("hours")),
            ("days", _("days")),
            ("working_days", _("working days")),
            ("clock", _("until the clock shows…")),
            ("date", _("until a day in the calendar")),
            ("ref", _("until a date of the client or the matter")),
        ]
    )


def _length(doc: Doc, may_be_none: bool) -> tuple[str, str]:
    if not doc:
        return ("none", "") if may_be_none else ("days", "1")
    for unit in ("days", "working_days"):
        if unit in doc:
            return unit, str(doc[unit])
    if "until" in doc:
        return ("date" if isinstance(doc["until"], str) else "ref"), ""
    minutes = doc.get("hours", 0) * 60 + doc.get("minutes", 0)
    if not minutes and ("at" in doc or "weekdays" in doc):
        return "clock", ""
    return ("hours", str(minutes // 60)) if minutes % 60 == 0 else ("minutes", str(minutes))


def _earlier(prefix: str, doc: Doc) -> tuple[Control, ...]:
    return earlier_controls(f"{prefix}.earlier", doc.get("earlier"), _("So long before"))


def _day_choice(weekdays: Any) -> str:
    if weekdays is None:
        return ""
    return "working" if weekdays == "working" else "some"


def _weekdays(prefix: str, weekdays: Any) -> Control:
    return day_ticks(f"{prefix}.weekdays", _("These days"), weekdays if isinstance(weekdays, list) else ())
