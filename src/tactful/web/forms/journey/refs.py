"""Where a value comes from, as one choice and a name of one's own."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from tactful.journeys.types import Source
from tactful.web.forms.journey.controls import Choice, Control, Doc, Post, word
from tactful.web.forms.journey.house import House
from tactful.web.types import Text

OTHERS = {
    "entry": "other-entry",
    "event": "other-event",
    "attribute": "other-attribute",
    "fact": "other-fact",
}


def ref_controls(
    name: str, label: Text, ref: Doc | None, house: House, first: Text = ""
) -> tuple[Control, ...]:
    """``first``: what the empty choice says."""
    value = _value(ref)
    listed = list(ref_choices(house))
    if value and value not in {each.value for each in listed}:
        listed.insert(0, Choice(value, value.partition(":")[2]))
    empty = Choice("", first or _("Choose…"))
    return (
        Control(f"{name}.what", label, "select", value, choices=(empty, *listed)),
        Control(f"{name}.name", _("Its name"), "text", "", only="if-other"),
    )


def take_ref(post: Post, name: str) -> Doc | None:
    source, colon, which = word(post, f"{name}.what").partition(":")
    if source in OTHERS.values():
        source, which = source.removeprefix("other-"), word(post, f"{name}.name")
        colon = ":"
    if not colon or not which or source not in set(Source):
        return None
    return {source: which}


def ref_choices(house: House) -> Iterator[Choice]:
    client, matter = _("About the client"), _("About the matter")
    for name, words in sorted(house.facts.items(), key=lambda each: house.say(each[1])):
        group = client if name.startswith(("contact.", "calendar.")) else matter
        yield Choice(f"fact:{name}", house.say(words), group)
    for name in house.attributes:
        yield Choice(f"attribute:{name}", name, client)
    yield Choice("other-attribute:", _("Something else that you keep about clients…"), client)
    yield Choice("other-fact:", _("Another fact, by its name…"), matter)
    began = _("What it began with")
    fields = tuple(dict.fromkeys((*house.fields, *house.traffic.fields)))
    for name in fields:
        yield Choice(f"entry:{name}", house.say(house.facts[name]) if name in house.facts else name, began)
    yield Choice("other-entry:", _("Another field…"), began)
    last = _("What happened last")
    for name in fields:
        yield Choice(f"event:{name}", house.say(house.facts[name]) if name in house.facts else name, last)
    yield Choice("other-event:", _("Another field…"), last)
    for answer in house.answers:
        yield Choice(f"answer:{answer.value}", answer.label, _("What a person answered"))


def _value(ref: Doc | None) -> str:
    return next(
        (f"{source.value}:{ref[source.value]}" for source in Source if ref and source.value in ref), ""
    )
