"""What stands around the steps, as forms: the name, the goal, ways out, beginning again, and words."""

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from tactful.web.forms.journey.conditions import condition_group, take_condition
from tactful.web.forms.journey.controls import (
    Choice,
    Control,
    Doc,
    Group,
    Post,
    Row,
    choices,
    said,
    several,
    whole,
    word,
)
from tactful.web.forms.journey.entries import show_entry, take_entry
from tactful.web.forms.journey.house import House
from tactful.web.forms.journey.words import (
    event_controls,
    same_tick,
    take_event,
    take_match,
    take_text,
    text_row,
)

PARTS = ("entry", "about", "goal", "rules", "names")


def show_part(part: str, doc: Doc, house: House) -> list[Group]:
    """``doc``: the whole journey."""
    return _SHOW[part](doc, house)


def take_part(part: str, post: Post, doc: Doc, house: House) -> Doc:
    """The whole journey with this part as it was sent."""
    return _TAKE[part](post, doc, house)


def _about(doc: Doc, _house: House) -> list[Group]:
    return [
        Group(
            "",
            (
                text_row("name", _("Name, in English"), _("Name, in Norwegian"), doc.get("name")),
                text_row(
                    "about", _("What it does, in English"), _("What it does, in Norwegian"), doc.get("about")
                ),
            ),
            hint=_("One sentence that a colleague understands."),
        )
    ]


def _take_about(post: Post, doc: Doc, _house: House) -> Doc:
    name = take_text(post, "name") or {"en": "", "nb": ""}
    return said(doc, name=name, about=take_text(post, "about"))


def _goal(doc: Doc, house: House) -> list[Group]:
    goal = doc.get("goal", {})
    where = (Choice("end", _("the journey ends")), *(each for each in house.steps if each.value != "end"))
    return [
        Group(
            "",
            (
                Row(
                    event_controls("event", _("The goal is reached when"), goal.get("event", ""), house),
                    only="cond",
                ),
                *_same(goal, house),
                Row((Control("next", _("Then"), "select", goal.get("next", "end"), choices=where),)),
            ),
            css="g-cond",
            hint=_(
                "Whatever was under way is called back at that moment. Without an event there is no goal."
            ),
        ),
        condition_group("if", _("And only if this holds of it"), goal.get("if"), house),
    ]


def _take_goal(post: Post, doc: Doc, house: House) -> Doc:
    event = take_event(post, "event")
    goes = word(post, "next")
    condition = {"if": take_condition(post, "if")}
    goal = said(
        {"event": event},
        match=take_match(post, doc.get("goal", {}), house),
        **condition,
        next=None if goes == "end" else goes,
    )
    return said(doc, goal=goal if event else None)


def _rules(doc: Doc, house: House) -> list[Group]:
    label = _("It ends when the client replies, and a person takes over")
    stop = Control("stop_on_reply", label, "tick", "1" if doc.get("stop_on_reply", True) else "")
    exits = doc.get("exit_when", [])
    events = [each for each in exits if "event" in each]
    conditions = [each["if"] for each in exits if "event" not in each]
    holds = _("It ends as soon as this holds")
    priority = Control(
        "priority",
        _("How much it matters, 0 to 100"),
        "number",
        str(doc.get("priority", 50)),
        _("The higher speaks first."),
    )
    return [
        Group("", (Row((stop,)),)),
        _again(doc),
        *(_exit_event(n, each, house) for n, each in enumerate([*events, {}])),
        *(
            condition_group(f"exit_if.{n}", holds, each, house, folded=each is None)
            for n, each in enumerate([*conditions, None])
        ),
        Group(_("If two journeys want to write"), (Row((priority,)),), folded=True),
    ]


def _again(doc: Doc) -> Group:
    again = doc.get("reentry", {"mode": "after_leaving"})
    modes = choices(
        [
            ("never", _("never")),
            ("after_leaving", _("when the last time is over")),
            ("always", _("at once, and the one under way stops")),
        ]
    )
    days = str(again.get("cooldown_days", "") or "")
    row = Row(
        (
            Control("mode", _("It may begin again"), "select", again["mode"], choices=modes),
            Control("cooldown", _("But not within so many days"), "number", days),
        )
    )
    return Group(_("Beginning again for the same client"), (row,))


def _exit_event(number: int, doc: Doc, house: House) -> Group:
    prefix = f"exit.{number}"
    rows = [
        Row(event_controls(prefix, _("It ends when this happens"), doc.get("event", ""), house), only="cond"),
        *_same(doc, house, f"{prefix}.same"),
    ]
    legend = _("Ends early") if doc else _("Another event that ends it")
    return Group(legend, tuple(rows), folded=not doc, css="g-cond")


def _take_rules(post: Post, doc: Doc, house: House) -> Doc:
    old = [each for each in doc.get("exit_when", []) if "event" in each]
    exits: list[Doc] = []
    for prefix in several(post, "exit"):
        number = int(prefix.rpartition(".")[2])
        was = old[number] if number < len(old) else {}
        if event := take_event(post, prefix):
            match = take_match(post, was, house, f"{prefix}.same")
            exits.append(said({"event": event}, match=match, **{"if": was.get("if")}))
    conditions = (take_condition(post, prefix) for prefix in several(post, "exit_if"))
    exits += [{"if": condition} for condition in conditions if condition]
    days = whole(word(post, "cooldown") or "0")
    again = said({"mode": word(post, "mode")}, cooldown_days=days or None)
    priority = whole(word(post, "priority") or "50")
    new = said(doc, exit_when=exits, reentry=again)
    new["stop_on_reply"] = bool(word(post, "stop_on_reply"))
    return {**new, "priority": priority}


def _names(doc: Doc, house: House) -> list[Group]:
    given: Mapping[str, Any] = doc.get("names", {})
    shown = [*given.items(), *((name, {}) for name in house.fields if name not in given)]
    rows = [
        Row(
            (
                Control(f"names.{n}.key", _("Name"), "text", name),
                *text_row(f"names.{n}", _("In English"), _("In Norwegian"), words).controls,
            )
        )
        for n, (name, words) in enumerate([*shown, ("", {})])
    ]
    hint = _("How events, fields and texts are called when the journey is read aloud.")
    return [Group("", tuple(rows), hint=hint)]


def _take_names(post: Post, doc: Doc, _house: House) -> Doc:
    found = {}
    for prefix in several(post, "names"):
        key, words = word(post, f"{prefix}.key"), take_text(post, prefix)
        if key and words:
            found[key] = words
    return said(doc, names=found)


def _same(doc: Doc, house: House, name: str = "same") -> list[Row]:
    ticks = same_tick(doc, house, name)
    return [Row(ticks)] if ticks else []


_SHOW: Mapping[str, Callable[[Doc, House], list[Group]]] = {
    "entry": lambda doc, house: show_entry(doc["entry"], house),
    "about": _about,
    "goal": _goal,
    "rules": _rules,
    "names": _names,
}
_TAKE: Mapping[str, Callable[[Post, Doc, House], Doc]] = {
    "entry": lambda post, doc, _house: {**doc, "entry": take_entry(post, doc["entry"])},
    "about": _take_about,
    "goal": _take_goal,
    "rules": _take_rules,
    "names": _take_names,
}
