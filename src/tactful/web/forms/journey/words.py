"""Small parts that many forms share: words in two languages, events, people, named values."""

from collections.abc import Container, Iterable, Mapping, Sequence
from typing import Any

from django.utils.text import slugify
from django.utils.translation import gettext as _

from tactful.web.forms.journey.conditions import typed_value, value_text
from tactful.web.forms.journey.controls import Choice, Control, Doc, Group, Post, Row, several, word
from tactful.web.forms.journey.house import House
from tactful.web.forms.journey.refs import ref_controls, take_ref
from tactful.web.types import Text

OTHER = "other-name"
NORDIC = str.maketrans({"æ": "ae", "ø": "o", "å": "a", "Æ": "ae", "Ø": "o", "Å": "a"})


def slug(text: str) -> str:
    """Small letters, digits and hyphens, beginning with a letter; empty if there is none."""
    return slugify(text.translate(NORDIC)).replace("_", "-").lstrip("0123456789-")[:50]


def text_row(name: str, label_en: Text, label_nb: Text, doc: Mapping[str, str] | None) -> Row:
    given = doc or {}
    return Row(
        (
            Control(f"{name}.en", label_en, "text", given.get("en", "")),
            Control(f"{name}.nb", label_nb, "text", given.get("nb", "")),
        )
    )


def take_text(post: Post, name: str) -> dict[str, str] | None:
    found = {language: word(post, f"{name}.{language}") for language in ("en", "nb")}
    return found if any(found.values()) else None


def event_controls(name: str, label: Text, value: str, house: House) -> tuple[Control, ...]:
    known = [
        Choice(event, house.say(words))
        for event, words in sorted(house.events.items(), key=lambda each: house.say(each[1]))
    ]
    told = told_by_others(house.traffic.events, house.events)
    if value and value not in {each.value for each in (*known, *told)}:
        known.insert(0, Choice(value, value))
    known = [Choice("", _("Choose…")), *known, *told]
    other = Choice("other-event", _("Something else, by its name…"), known[-1].group)
    return (
        Control(f"{name}.what", label, "select", value, choices=(*known, other)),
        Control(
            f"{name}.name",
            _("Its name"),
            "text",
            "",
            _("As your other programs call it: order.shipped"),
            only="if-other",
        ),
    )


def take_event(post: Post, name: str) -> str:
    chosen = word(post, f"{name}.what")
    return word(post, f"{name}.name") if chosen == "other-event" else chosen


def told_by_others(names: Iterable[str], known: Container[str]) -> list[Choice]:
    """What has come without words of its own: by its name."""
    return [Choice(name, name, _("Told by others")) for name in names if name not in known]


def named_controls(
    name: str, label: Text, value: str, offered: Sequence[Choice], hint: Text = ""
) -> tuple[Control, ...]:
    """One of those that we know, or a name that is typed. ``offered``: the empty choice first."""
    lost = (Choice(value, value),) if value not in {each.value for each in offered} else ()
    own = Choice(OTHER, _("Something else, by its name…"), offered[-1].group)
    return (
        Control(f"{name}.what", label, "select", value, hint, choices=(*offered, *lost, own)),
        Control(f"{name}.name", _("Its name"), "text", only="if-other"),
    )


def take_named(post: Post, name: str) -> str:
    chosen = word(post, f"{name}.what")
    return word(post, f"{name}.name") if chosen == OTHER else chosen


def same_tick(doc: Doc, house: House, name: str = "same") -> tuple[Control, ...]:
    """Whether the event must be about the same matter as the journey."""
    if not house.key:
        return ()
    what = house.say(house.facts[house.key]) if house.key in house.facts else house.key
    label = _("Only if it is about the same “%(what)s”") % {"what": what}
    return (Control(name, label, "tick", "1" if house.key in doc.get("match", ()) or not doc else ""),)


def take_match(post: Post, doc: Doc, house: House, name: str = "same") -> list[str] | None:
    others = [each for each in doc.get("match", ()) if each != house.key]
    return [*([house.key] if house.key and word(post, name) else []), *others] or None


def owner_control(owner: str, house: House) -> Control:
    roles = (
        Choice("", _("Choose…")),
        Choice("account_manager", _("the one who looks after the client")),
        Choice("business_owner", _("the owner of the business")),
    )
    known = (*roles, *house.people)
    if owner not in {each.value for each in known}:
        known = (*known, Choice(owner, owner.removeprefix("person:")))
    return Control("owner", _("Who does it"), "select", owner, choices=known)


def values_group(name: str, legend: Text, doc: Mapping[str, Any], house: House, hint: Text = "") -> Group:
    """Named values: each said outright, or found somewhere."""
    shown = [*doc.items(), ("", "")]
    rows = (_value_row(f"{name}.{n}", key, value, house) for n, (key, value) in enumerate(shown))
    return Group(
        legend, tuple(rows), bool(name), bool(doc), "g-cond", hint, f"more.{name}", _("One more value")
    )


def take_values(post: Post, name: str) -> Doc | None:
    found: Doc = {}
    for each in several(post, name):
        if key := word(post, f"{each}.key"):
            found[key] = take_ref(post, each) or typed_value(word(post, f"{each}.value"))
    return found or None


def _value_row(name: str, key: str, value: Any, house: House) -> Row:
    ref = value if isinstance(value, dict) else None
    return Row(
        (
            Control(f"{name}.key", _("Called"), "text", key),
            *ref_controls(name, _("Where from"), ref, house, _("these words:")),
            Control(f"{name}.value", _("Words"), "text", "" if ref else value_text(value), only="if-words"),
        ),
        only="cond",
    )
