"""How a journey begins, as one form: the kind first, and then what that kind wants to know."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from django.utils.dates import MONTHS
from django.utils.translation import gettext as _

from tactful.journeys.rules.dates import ATTRIBUTE, of_client
from tactful.journeys.rules.reading_parts import WEEKDAYS
from tactful.web.forms.journey.conditions import condition_group, take_condition
from tactful.web.forms.journey.controls import (
    Choice,
    Control,
    Doc,
    Group,
    Post,
    Row,
    choices,
    known,
    said,
    word,
)
from tactful.web.forms.journey.delays import day_ticks, earlier_controls, take_earlier
from tactful.web.forms.journey.house import House
from tactful.web.forms.journey.words import (
    event_controls,
    named_controls,
    take_event,
    take_named,
    told_by_others,
)

KINDS = ("event", "message", "form", "segment", "date", "every", "manual", "api")
OFTEN = ("DAILY", "WEEKLY", "MONTHLY", "YEARLY")


def kind_of(entry: Doc) -> str:
    return next(kind for kind in KINDS if kind in entry)


def show_entry(entry: Doc, house: House) -> list[Group]:
    kind = kind_of(entry)
    kinds = choices(
        [
            ("event", _("when something happens")),
            ("message", _("when the client writes to us")),
            ("form", _("when the client hands in a form")),
            ("segment", _("when the client comes into a segment")),
            ("date", _("before or on a date")),
            ("every", _("again and again, by the calendar")),
            ("manual", _("when a person says so")),
            ("api", _("when another program says so")),
        ]
    )
    return [
        Group(
            "",
            (
                Row((Control("kind", _("It begins"), "select", kind, choices=kinds),)),
                Row(
                    event_controls("event", _("What happens"), entry.get("event", ""), house),
                    only="if-event cond",
                ),
                Row((_channel(entry),), only="if-message"),
                Row(_form(entry, house), only="if-form cond"),
                Row(
                    (_segment(entry, house),),
                    only="if-segment",
                ),
                *_date_rows(entry, house),
                *_every_rows(entry),
                Row(_key(entry, house), only="if-key cond"),
            ),
            css="g-entry g-cond",
        ),
        condition_group("if", _("Only if, or for whom"), entry.get("if", entry.get("for")), house),
    ]


def take_entry(post: Post, old: Doc) -> Doc:
    kind = word(post, "kind")
    return _TAKE[kind](post) if kind in _TAKE else old


def _segment(entry: Doc, house: House) -> Control:
    chosen = entry.get("segment", "")
    return Control("segment", _("Which segment"), "select", chosen, choices=known(house.segments, chosen))


def _channel(entry: Doc) -> Control:
    ways = [
        ("any", _("in any way")),
        ("mail", _("by mail")),
        ("sms", _("by SMS")),
        ("chat", _("in the chat")),
    ]
    chosen = entry.get("message", "any")
    if chosen not in dict(ways):
        ways.append((chosen, chosen))
    return Control("message", _("How"), "select", chosen, choices=choices(ways))


def _form(entry: Doc, house: House) -> tuple[Control, ...]:
    here = [Choice(name, name) for name in house.traffic.forms]
    chosen = Choice("", _("Choose…"))
    hint = _(
        "Forms that clients have handed in lately. Any other by the short name that your site sends with it."
    )
    return named_controls("form", _("Which form"), entry.get("form", ""), [chosen, *here], hint)


def _key(entry: Doc, house: House) -> tuple[Control, ...]:
    everybody = Choice("", _("the client: one walk for each"))
    matters = [Choice(name, house.say(words)) for name, words in house.keys.items()]
    told = [
        Choice(name, name, _("Told by others")) for name in house.traffic.fields if name not in house.keys
    ]
    hint = _("One walk for each of them: of two orders, each has its own.")
    return named_controls(
        "key", _("What it is about"), entry.get("key", ""), [everybody, *matters, *told], hint
    )


def _dates(house: House) -> list[Choice]:
    """Those with words first; then what others have told of, by its name."""
    mine, matter = _("About the client"), _("About the matter")
    known = [
        Choice(name, house.say(words), mine if of_client(name) else matter)
        for name, words in sorted(house.dates.items(), key=lambda each: not of_client(each[0]))
    ]
    told = told_by_others(house.traffic.dates, house.dates)
    return [*known, *(replace(each, label=each.value.removeprefix(ATTRIBUTE)) for each in told)]


def _date_rows(entry: Doc, house: House) -> list[Row]:
    of = entry.get("date", "")
    offered = [Choice("", _("Choose…")), *_dates(house)]
    return [
        Row(named_controls("date", _("Which date"), of, offered), only="if-dated cond"),
        Row(
            (*earlier_controls("earlier", entry.get("earlier"), _("So long before")),),
            only="if-dated",
        ),
        Row(
            (
                Control(
                    "date_at",
                    _("At what time"),
                    "time",
                    entry.get("at", "") if of else "",
                    _("Only for a day without a time."),
                ),
                Control("yearly", _("Every year on that day"), "tick", "1" if entry.get("yearly") else ""),
            ),
            only="if-dated",
        ),
    ]


def _every_rows(entry: Doc) -> list[Row]:
    rule = _parts(entry.get("every", "FREQ=WEEKLY;BYDAY=MO"))
    days = [day for day in WEEKDAYS if day[:2].upper() in rule.get("BYDAY", "").split(",")]
    is_plain = _is_plain(rule, days)
    months = (Choice("", _("any")), *(Choice(str(n), str(name)) for n, name in MONTHS.items()))
    own = entry.get("every", "") if not is_plain else ""
    first, last = _("2: every second time. May be left empty."), _("-1 is the last day. May be left empty.")
    month_day = rule.get("BYMONTHDAY", "")
    where = _("Where the client lives.")
    return [
        Row(
            (
                Control(
                    "often", _("How often"), "select", rule["FREQ"] if is_plain else "other", choices=_often()
                ),
                Control("interval", _("Only every…"), "number", rule.get("INTERVAL", ""), first),
            ),
            only="if-every",
        ),
        Row((day_ticks("byday", _("On these days"), days),), only="if-every"),
        Row(
            (
                Control("monthday", _("On the day of the month"), "number", month_day, last),
                Control("month", _("In the month"), "select", rule.get("BYMONTH", ""), choices=months),
            ),
            only="if-every",
        ),
        Row(
            (
                Control(
                    "rule",
                    _("Rule of one’s own"),  # noqa: RUF001
                    "text",
                    own,
                    _("As in calendars: FREQ=WEEKLY;BYDAY=MO"),
                ),
            ),
            only="if-rule",
        ),
        Row(
            (
                Control("at", _("At what time"), "time", entry.get("at", "09:00"), where),
                Control("from", _("Counted from"), "date", entry.get("from", "")),
            ),
            only="if-every",
        ),
    ]


def _often() -> tuple[Choice, ...]:
    return choices(
        [
            ("DAILY", _("every day")),
            ("WEEKLY", _("every week")),
            ("MONTHLY", _("every month")),
            ("YEARLY", _("every year")),
            ("other", _("by a rule of one’s own")),  # noqa: RUF001
        ]
    )


PLAIN = frozenset({"FREQ", "INTERVAL", "BYDAY", "BYMONTHDAY", "BYMONTH"})


def _is_plain(rule: dict[str, str], days: list[str]) -> bool:
    """Whether the fields can say all of it."""
    named = rule.get("BYDAY", "").split(",") if rule.get("BYDAY") else []
    single = "," not in rule.get("BYMONTHDAY", "") + rule.get("BYMONTH", "")
    often = rule.get("FREQ")
    fits = {"WEEKLY": not rule.get("BYMONTHDAY") and not rule.get("BYMONTH"), "DAILY": len(rule) < 3}
    fits |= {"MONTHLY": not named and not rule.get("BYMONTH"), "YEARLY": not named}
    return set(rule) <= PLAIN and often in OFTEN and len(days) == len(named) and single and fits[often]


def _parts(rule: str) -> dict[str, str]:
    pairs = (part.partition("=") for part in rule.split(";"))
    return {name.upper(): value for name, _equals, value in pairs}


def _condition(post: Post) -> dict[str, Any]:
    return {"if": take_condition(post, "if")}


def _heard(kind: str, take: Callable[[Post], str]) -> Callable[[Post], Doc]:
    return lambda post: {kind: take(post), **said({}, **_condition(post), key=take_named(post, "key"))}


def _take_date(post: Post) -> Doc:
    at = word(post, "date_at")[:5]
    of = take_named(post, "date")
    yearly = True if word(post, "yearly") else None
    key = "" if of.startswith("contact.") else of.partition(".")[0]  # a date is of what it is about
    earlier = take_earlier(post, "earlier")
    return {"date": of, **said({}, earlier=earlier, yearly=yearly, at=at, **_condition(post), key=key)}


def _take_every(post: Post) -> Doc:
    begins = {"at": word(post, "at")[:5], "from": word(post, "from")}
    return {"every": _rule(post), **said({}, **begins), **said({}, **{"for": take_condition(post, "if")})}


def _rule(post: Post) -> str:
    often = word(post, "often")
    if often not in OFTEN:
        return word(post, "rule")
    days = ",".join(day[:2].upper() for day in WEEKDAYS if day in post.getlist("byday"))
    parts = {
        "INTERVAL": word(post, "interval"),
        "BYDAY": days if often == "WEEKLY" else "",
        "BYMONTHDAY": word(post, "monthday") if often in ("MONTHLY", "YEARLY") else "",
        "BYMONTH": word(post, "month") if often == "YEARLY" else "",
    }
    return ";".join([f"FREQ={often}", *(f"{name}={value}" for name, value in parts.items() if value)])


_TAKE: Mapping[str, Callable[[Post], Doc]] = {
    "event": _heard("event", lambda post: take_event(post, "event")),
    "message": _heard("message", lambda post: word(post, "message")),
    "form": _heard("form", lambda post: take_named(post, "form")),
    "segment": lambda post: {"segment": word(post, "segment")},
    "date": _take_date,
    "every": _take_every,
    "manual": lambda post: {"manual": True, **said({}, key=take_named(post, "key"))},
    "api": lambda post: {"api": True, **said({}, key=take_named(post, "key"))},
}
