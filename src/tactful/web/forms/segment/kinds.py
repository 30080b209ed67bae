"""The kinds of lines: what each shows, what it means as a document, and how a document fills it again."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import gettext as _

from tactful.segments.rules.fields import CONTACT_FIELDS
from tactful.segments.wording import Names
from tactful.web.forms.journey.controls import Choice, Control, choices, known
from tactful.web.forms.segment import happening, questions
from tactful.web.forms.segment.house import House
from tactful.web.forms.segment.questions import Doc, Values


@dataclass(frozen=True, slots=True)
class Kind:
    """``draw``: controls under a name; ``take``: a document, or None while it is not finished; ``spread``:
    the values that give this document."""

    draw: Callable[[str, Values, House], tuple[Control, ...]]
    take: Callable[[Values], Doc | None]
    spread: Callable[[Mapping[str, Any]], dict[str, str]]


# What is known of a client

_SOURCES: Final = {"f": "field", "a": "attribute", "c": "computed"}
_OWN: Final = ("city", "birthday", "postal_code", "client_since")


def _draw_known(name: str, values: Values, house: House) -> tuple[Control, ...]:
    what = values.get("what", "")
    called = Names()
    fields = [Choice(f"f:{key}", called.name("field", key), _("The client")) for key in CONTACT_FIELDS]
    keys = dict.fromkeys([*_OWN, *house.lists.get("attributes", ())])
    more = [Choice(f"a:{key}", called.name("attribute", key), _("What else we know")) for key in keys]
    counted = [
        Choice(f"c:{key}", label, _("What follows from events")) for key, label in house.computed.items()
    ]
    offered = known([*fields, *more, *counted], what)
    select = Control(f"{name}.what", _("What"), "select", what, choices=offered)
    if what in ("f:manager", "f:language"):
        return select, _how_is(name, values), _named(name, what, values, house)
    return select, *questions.controls(name, values, dates_only=what == "f:created_at")


def _how_is(name: str, values: Values) -> Control:
    offered = choices([("is", _("is")), ("is_not", _("is not"))])
    return Control(f"{name}.op", _("How"), "select", values.get("op", "is"), choices=offered)


def _named(name: str, what: str, values: Values, house: House) -> Control:
    languages = {"nb": _("Norwegian"), "en": _("English")}
    offered = house.managers if what == "f:manager" else languages
    value = values.get("value", "")
    listed = known(choices(list(offered.items())), value)
    return Control(
        f"{name}.value", _("Who") if what == "f:manager" else _("Which"), "select", value, choices=listed
    )


def _take_known(values: Values) -> Doc | None:
    source, _colon, name = values.get("what", "").partition(":")
    asked = questions.taken(values)
    if asked is None or not name or source not in _SOURCES:
        return None
    if name == "created_at" and next(iter(asked)) in ("is", "known"):
        return None
    return {_SOURCES[source]: name} | asked


def _spread_known(doc: Mapping[str, Any]) -> dict[str, str]:
    source = next(short for short, word in _SOURCES.items() if word in doc)
    return {"what": f"{source}:{doc[_SOURCES[source]]}"} | questions.spread(doc)


# What holds for a while


def _whether(name: str, values: Values, offered: list[tuple[str, str]]) -> Control:
    state = values.get("state", "") or "now"
    return Control(f"{name}.state", _("How"), "select", state, choices=choices(offered))


def _took(doc: Doc, values: Values) -> Doc:
    """``not-now``: turned round."""
    state = values.get("state", "") or "now"
    plain = state.removeprefix("not-")
    said = doc if plain == "now" else doc | {"state": plain}
    return {"not": said} if state.startswith("not-") else said


def _state(doc: Mapping[str, Any]) -> tuple[Mapping[str, Any], dict[str, str]]:
    inner = doc.get("not", doc)
    state = str(inner.get("state", "now"))
    return inner, {"state": f"not-{state}" if "not" in doc else state}


def _draw_tag(name: str, values: Values, _house: House) -> tuple[Control, ...]:
    how = [
        ("now", _("has it")),
        ("not-now", _("does not have it")),
        ("over", _("no longer has it")),
        ("never", _("has never had it")),
    ]
    tag = Control(f"{name}.tag", _("Tag"), "text", values.get("tag", ""), listed="tags")
    return tag, _whether(name, values, how)


def _take_tag(values: Values) -> Doc | None:
    tag = values.get("tag", "").strip()
    return _took({"tag": tag}, values) if tag else None


def _draw_journey(name: str, values: Values, house: House) -> tuple[Control, ...]:
    how = [
        ("now", _("is in it")),
        ("not-now", _("is not in it")),
        ("over", _("has finished it")),
        ("not-over", _("has not finished it")),
        ("never", _("has never been in it")),
    ]
    slug = values.get("journey", "")
    offered = known(choices(list(house.journeys.items())), slug)
    return (
        Control(f"{name}.journey", _("Journey"), "select", slug, choices=offered),
        _whether(name, values, how),
    )


def _take_journey(values: Values) -> Doc | None:
    slug = values.get("journey", "")
    return _took({"journey": slug}, values) if slug else None


def _draw_consent(name: str, values: Values, _house: House) -> tuple[Control, ...]:
    purposes = choices([("marketing", _("offers")), ("service", _("their own affairs"))])
    channels = choices(
        [("", _("any way")), ("mail", _("by mail")), ("sms", _("by SMS")), ("whatsapp", _("by WhatsApp"))]
    )
    how = [("now", _("may hear from us")), ("not-now", _("may not hear from us"))]
    return (
        _whether(name, values, how),
        Control(
            f"{name}.purpose", _("About"), "select", values.get("purpose", "marketing"), choices=purposes
        ),
        Control(f"{name}.channel", _("Which way"), "select", values.get("channel", ""), choices=channels),
    )


def _take_consent(values: Values) -> Doc | None:
    doc: Doc = {"consent": values.get("purpose", "") or "marketing"}
    return _took(doc | ({"channel": values["channel"]} if values.get("channel") else {}), values)


def _draw_conversation(name: str, values: Values, _house: House) -> tuple[Control, ...]:
    offered = choices(
        [
            ("open", _("An open conversation")),
            ("question", _("A question that waits for our answer")),
            ("complaint", _("A complaint")),
            ("handoff", _("A person of ours has taken over")),
            ("promise", _("Something that we have promised")),
        ]
    )
    how = [
        ("now", _("is so now")),
        ("not-now", _("is not so now")),
        ("over", _("was so before")),
        ("never", _("has never been so")),
    ]
    about = values.get("conversation", "") or "open"
    return Control(f"{name}.conversation", _("What"), "select", about, choices=offered), _whether(
        name, values, how
    )


def _take_conversation(values: Values) -> Doc | None:
    return _took({"conversation": values.get("conversation", "") or "open"}, values)


def _draw_address(name: str, values: Values, _house: House) -> tuple[Control, ...]:
    offered = choices([("mail", _("A mail address")), ("phone", _("A phone number"))])
    how = [("now", _("has one")), ("not-now", _("has none"))]
    address = values.get("address", "") or "mail"
    return Control(f"{name}.address", _("What"), "select", address, choices=offered), _whether(
        name, values, how
    )


def _take_address(values: Values) -> Doc | None:
    return _took({"address": values.get("address", "") or "mail"}, values)


def _draw_segment(name: str, values: Values, house: House) -> tuple[Control, ...]:
    slug = values.get("segment", "")
    offered = known(choices(list(house.segments.items())), slug)
    how = [("now", _("is in it")), ("not-now", _("is not in it"))]
    return Control(f"{name}.segment", _("Segment"), "select", slug, choices=offered), _whether(
        name, values, how
    )


def _take_segment(values: Values) -> Doc | None:
    slug = values.get("segment", "")
    return _took({"segment": slug}, values) if slug else None


def _spread_with(word: str, *more: str) -> Callable[[Mapping[str, Any]], dict[str, str]]:
    def spread(doc: Mapping[str, Any]) -> dict[str, str]:
        inner, values = _state(doc)
        named = {"consent": "purpose"}.get(word, word)
        return values | {named: str(inner[word])} | {name: str(inner.get(name, "")) for name in more}

    return spread


# What has no line of its own stays as it is


def _draw_other(name: str, values: Values, _house: House) -> tuple[Control, ...]:
    return (Control(f"{name}.doc", "", "text", values.get("doc", ""), only="kept"),)


def _take_other(values: Values) -> Doc | None:
    try:
        doc = json.loads(values.get("doc", ""))
    except ValueError:
        return None
    return doc if isinstance(doc, dict) else None


def _spread_other(doc: Mapping[str, Any]) -> dict[str, str]:
    return {"doc": json.dumps(doc)}


KINDS: Final[Mapping[str, Kind]] = {
    "known": Kind(_draw_known, _take_known, _spread_known),
    "event": Kind(happening.draw, happening.take, happening.spread),
    "tag": Kind(_draw_tag, _take_tag, _spread_with("tag")),
    "conversation": Kind(_draw_conversation, _take_conversation, _spread_with("conversation")),
    "consent": Kind(_draw_consent, _take_consent, _spread_with("consent", "channel")),
    "address": Kind(_draw_address, _take_address, _spread_with("address")),
    "journey": Kind(_draw_journey, _take_journey, _spread_with("journey")),
    "segment": Kind(_draw_segment, _take_segment, _spread_with("segment")),
    "other": Kind(_draw_other, _take_other, _spread_other),
}


def kind_names() -> Mapping[str, str]:
    return {
        "known": _("What we know of them"),
        "event": _("What has happened"),
        "tag": _("A tag"),
        "conversation": _("A conversation"),
        "consent": _("What they may hear"),
        "address": _("How they can be reached"),
        "journey": _("A journey"),
        "segment": _("Another segment"),
    }


def kind_of(doc: Mapping[str, Any]) -> str | None:
    """The kind of line that shows this condition; None for a group, or what is turned round as one."""
    if {"all", "any"} & doc.keys():
        return None
    inner = doc.get("not", doc)
    for name in ("event", "tag", "conversation", "consent", "address", "journey", "segment"):
        if name in inner:
            return None if name == "event" and "not" in doc else name
    if "not" in doc:
        return None
    return "known" if doc.keys() & set(_SOURCES.values()) else "other"
