"""The line about events: what, how often, when, with which field, and what followed."""

import json
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from tactful.segments.types import MOST_DAYS
from tactful.segments.wording import Names, did
from tactful.web.forms.journey.controls import Control, choices
from tactful.web.forms.segment import questions
from tactful.web.forms.segment.house import House
from tactful.web.forms.segment.questions import Doc, Values


def draw(name: str, values: Values, _house: House) -> tuple[Control, ...]:
    return (
        Control(f"{name}.event", _("What happened"), "text", values.get("event", ""), listed="events",
                hint=_hint(values.get("event", ""))),
        *_often(name, values),
        *_when(name, values),
        *_property(name, values),
        *_followed(name, values),
        Control(f"{name}.kept", "", "text", values.get("kept", ""), only="kept"),
    )  # fmt: skip


def _hint(event: str) -> str:
    """How the sentence says it, where it has words of its own."""
    deed = did(event, Names())[0]
    return "" if not event or event in deed else _("In words: they %(deed)s.") % {"deed": deed}


def _often(name: str, values: Values) -> tuple[Control, ...]:
    how = values.get("how", "") or "at_least"
    offered = [
        ("at_least", _("at least")),
        ("at_most", _("at most")),
        ("exactly", _("exactly")),
        ("never", _("not at all")),
    ]
    often = Control(f"{name}.how", _("How often"), "select", how, choices=choices(offered))
    if how == "never":
        return (often,)
    return often, Control(f"{name}.count", _("Times"), "number", values.get("count", "") or "1")


def _when(name: str, values: Values) -> tuple[Control, ...]:
    window = values.get("window", "") or "ever"
    offered = [
        ("ever", _("at any time")),
        ("last", _("in the last … days")),
        ("between", _("between two days")),
    ]
    first = Control(f"{name}.window", _("When"), "select", window, choices=choices(offered))
    if window == "last":
        return first, Control(f"{name}.days", _("Days"), "number", values.get("days", "") or "30")
    if window == "between":
        return (
            first,
            Control(f"{name}.from", _("First day"), "date", values.get("from", "")),
            Control(f"{name}.to", _("Last day"), "date", values.get("to", "")),
        )
    return (first,)


def _property(name: str, values: Values) -> tuple[Control, ...]:
    what = values.get("property", "")
    first = Control(f"{name}.property", _("Only with the field"), "text", what, hint=_("Empty: all of them"))
    return (first, *questions.controls(f"{name}.p", _inner(values))) if what else (first,)


def _followed(name: str, values: Values) -> tuple[Control, ...]:
    then = values.get("then", "")
    offered = [("", _("whatever came after")), ("then", _("and then …")), ("then_not", _("and then not …"))]
    first = Control(f"{name}.then", _("Followed by"), "select", then, choices=choices(offered))
    if not then:
        return (first,)
    return (
        first,
        Control(f"{name}.next", _("What then"), "text", values.get("next", ""), listed="events"),
        Control(f"{name}.within", _("Within days"), "number", values.get("within", "") or "3"),
    )


def take(values: Values) -> Doc | None:
    event = values.get("event", "").strip()
    times, window, followed = _times(values), _window(values), _then(values)
    if not event or times is None or window is None or followed is None:
        return None
    asked = _asked(values)
    if asked is None:
        return None
    kept = _kept(values)
    where = [*asked, *kept.get("where", [])]
    if followed and "then_where" in kept:
        next(iter(followed.values()))["where"] = kept["then_where"]
    return {"event": event} | times | window | ({"where": where} if where else {}) | followed


def _times(values: Values) -> Doc | None:
    how, count = values.get("how", "") or "at_least", values.get("count", "").strip() or "1"
    if how == "never":
        return {"times": {"at_most": 0}}
    if not count.isdecimal() or len(count) > 5 or (how == "at_least" and int(count) == 0):
        return None
    return {} if (how, int(count)) == ("at_least", 1) else {"times": {how: int(count)}}


def _window(values: Values) -> Doc | None:
    window = values.get("window", "") or "ever"
    if window == "last":
        days = values.get("days", "").strip() or "30"
        return {"in_last_days": int(days)} if _some_days(days) else None
    if window == "between":
        both = [values.get("from", ""), values.get("to", "")]
        return {"between": both} if all(both) and both[0] <= both[1] else None
    return {}


def _some_days(text: str) -> bool:
    return text.isdecimal() and len(text) < 6 and 1 <= int(text) <= MOST_DAYS


def _asked(values: Values) -> list[Doc] | None:
    name = values.get("property", "").strip()
    if not name:
        return []
    asked = questions.taken(_inner(values))
    return None if asked is None else [{"property": name} | asked]


def _then(values: Values) -> Doc | None:
    then = values.get("then", "")
    if then not in ("then", "then_not"):
        return {}
    event, days = values.get("next", "").strip(), values.get("within", "").strip() or "3"
    return {then: {"event": event, "within_days": int(days)}} if event and _some_days(days) else None


def _kept(values: Values) -> Doc:
    try:
        kept = json.loads(values.get("kept", "") or "{}")
    except ValueError:
        return {}
    return kept if isinstance(kept, dict) else {}


def spread(doc: Mapping[str, Any]) -> dict[str, str]:
    values = {"event": str(doc["event"])} | _spread_times(doc.get("times", {}))
    if "in_last_days" in doc:
        values |= {"window": "last", "days": str(doc["in_last_days"])}
    if "between" in doc:
        values |= {"window": "between", "from": doc["between"][0], "to": doc["between"][1]}
    kept: Doc = {}
    where = list(doc.get("where", ()))
    if where:
        values["property"] = str(where[0]["property"])
        values |= {f"p.{name}": value for name, value in questions.spread(where[0]).items()}
        kept = {"where": where[1:]} if where[1:] else {}
    for then in ("then", "then_not"):
        if then in doc:
            follows = doc[then]
            values |= {"then": then, "next": follows["event"], "within": str(follows["within_days"])}
            kept |= {"then_where": follows["where"]} if "where" in follows else {}
    return values | ({"kept": json.dumps(kept)} if kept else {})


def _spread_times(times: Mapping[str, int]) -> dict[str, str]:
    if not times:
        return {}
    ((how, count),) = times.items()
    return {"how": "never"} if how != "at_least" and count == 0 else {"how": how, "count": str(count)}


def _inner(values: Values) -> dict[str, str]:
    return {name.removeprefix("p."): value for name, value in values.items() if name.startswith("p.")}
