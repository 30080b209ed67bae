"""Words for single conditions, each as what follows "clients who": a whole phrase, and its opposite.

The language must be active for ``gettext``. Every phrase stands for itself in each language, so that a
translation may order its words as it likes.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final, TypeAlias

from django.utils.formats import date_format
from django.utils.translation import gettext, ngettext, pgettext

from tactful.segments.types import (
    DATES,
    DAYS_COUNTED,
    Attribute,
    Belongs,
    Field,
    Happened,
    Leaf,
    Op,
    Operand,
    Property,
    Standing,
    Test,
    Then,
    Times,
    Value,
    Window,
)

Both: TypeAlias = tuple[str, str]
BIRTHDAY: Final = "birthday"
TOWN: Final = "city"


@dataclass(frozen=True, slots=True)
class Names:
    """What people call things: (kind, key) -> name. Kinds: segment, journey, manager, attribute, computed,
    property, event. What has no name here is called by its key."""

    of: Mapping[tuple[str, str], str] = field(default_factory=dict)

    def name(self, kind: str, key: str) -> str:
        return self.of.get((kind, key)) or _own_names().get(key) or key

    def quoted(self, kind: str, key: str) -> str:
        return quoted(self.of.get((kind, key)) or key)


def phrase(leaf: Leaf, names: Names, *, positive: bool = True) -> str:
    """What follows "clients who": ``bought at least 3 times in the last 30 days``."""
    return _PHRASES[type(leaf)](leaf, names, positive)


def adjunct(leaf: object, names: Names) -> str:
    """What may follow "clients" at once: ``in Bergen``; "" for all else."""
    if not isinstance(leaf, Attribute | Field) or leaf.test.op is not Op.IS:
        return ""
    value = {"value": names.of.get((leaf.name, str(leaf.test.value)), leaf.test.value)}
    if isinstance(leaf, Attribute) and leaf.name == TOWN:
        return gettext("in %(value)s") % value
    if isinstance(leaf, Field) and leaf.name == "company":
        return gettext("at %(value)s") % value
    return ""


def quoted(text: object) -> str:
    return gettext("“%(name)s”") % {"name": text}


def a_day(day: date) -> str:
    return date_format(day, "DATE_FORMAT")


def a_value(value: Any) -> str:
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    if isinstance(value, list | tuple):
        return gettext(" or ").join(map(a_value, value))
    return str(value) if isinstance(value, int | float) else quoted(value)


# Questions to a value


def thing(what: str, test: Test) -> str:
    """``city “Bergen”``, ``points at least 3``, ``no known birthday``."""
    said = {"what": what, "value": a_value(test.value)}
    if test.op in DATES or test.op in DAYS_COUNTED:
        return gettext("%(what)s %(when)s") % {"what": what, "when": when(test)}
    if test.op is Op.KNOWN:
        return (gettext("a known %(what)s") if test.value else gettext("no known %(what)s")) % said
    return _things()[test.op] % said


def when(test: Test) -> str:
    if test.op in DATES:
        day = {"day": a_day(date.fromisoformat(str(test.value)))}
        return {
            Op.BEFORE: gettext("before %(day)s"),
            Op.AFTER: gettext("after %(day)s"),
            Op.ON: gettext("on %(day)s"),
        }[test.op] % day
    days = _days(test.value)
    if days == 0:
        return gettext("today")
    count = {"count": days}
    if test.op is Op.IN_LAST_DAYS:
        return ngettext("in the last day", "in the last %(count)d days", days) % count
    return ngettext("within one day", "within %(count)d days", days) % count


def _days(value: Operand) -> int:
    return value if isinstance(value, int) else 0


def _things() -> Mapping[Op, str]:
    return {
        Op.IS: gettext("%(what)s %(value)s"),
        Op.IS_NOT: gettext("another %(what)s than %(value)s"),
        Op.ONE_OF: gettext("%(what)s %(value)s"),
        Op.MORE_THAN: gettext("%(what)s over %(value)s"),
        Op.AT_LEAST: gettext("%(what)s at least %(value)s"),
        Op.LESS_THAN: gettext("%(what)s under %(value)s"),
        Op.AT_MOST: gettext("%(what)s at most %(value)s"),
        Op.CONTAINS: gettext("%(what)s containing %(value)s"),
    }


def _own_names() -> Mapping[str, str]:
    return {
        "name": gettext("name"),
        "given_name": gettext("given name"),
        "language": gettext("language"),
        "country": gettext("country"),
        "tier": gettext("tier"),
        "source": gettext("source"),
        "company": gettext("company"),
        "manager": gettext("account manager"),
        "created_at": gettext("first day here"),
        TOWN: gettext("town"),
        BIRTHDAY: gettext("birthday"),
        "postal_code": gettext("postal code"),
        "client_since": gettext("client since"),
        "total": gettext("total"),
        "currency": gettext("currency"),
        "product": gettext("product"),
        "channel": gettext("channel"),
    }


def _has(what: str, test: Test, positive: bool) -> str:
    said = {"thing": thing(what, test)}
    return (gettext("have %(thing)s") if positive else gettext("do not have %(thing)s")) % said


def _field(leaf: Field, names: Names, positive: bool) -> str:
    test = leaf.test
    if leaf.name == "created_at":
        said = gettext("came to us %(when)s") if positive else gettext("did not come to us %(when)s")
        return said % {"when": when(test)}
    is_or_not = {Op.IS: positive, Op.IS_NOT: not positive}
    if test.op in is_or_not and leaf.name in ("language", "manager"):
        value = names.of.get((leaf.name, str(test.value))) or _languages().get(
            str(test.value), str(test.value)
        )
        return _special(leaf.name, is_or_not[test.op]) % {"value": value}
    return _has(names.name("field", leaf.name), test, positive)


def _special(name: str, positive: bool) -> str:
    if name == "language":
        return gettext("speak %(value)s") if positive else gettext("do not speak %(value)s")
    if positive:
        return gettext("are looked after by %(value)s")
    return gettext("are not looked after by %(value)s")


def _languages() -> Mapping[str, str]:
    return {"nb": pgettext("language", "Norwegian"), "en": pgettext("language", "English")}


def _attribute(leaf: Attribute, names: Names, positive: bool) -> str:
    if leaf.name == BIRTHDAY and leaf.test.op is Op.COMES_ROUND:
        said = {"when": when(leaf.test)}
        if positive:
            return gettext("have their birthday %(when)s") % said
        return gettext("do not have their birthday %(when)s") % said
    return _has(names.name("attribute", leaf.name), leaf.test, positive)


def _value(leaf: Value, names: Names, positive: bool) -> str:
    return _has(names.name(leaf.kind, leaf.name), leaf.test, positive)


# Events


def did(event: str, names: Names) -> tuple[str, str, str]:
    """What somebody did, did not, and never did, where this event happened to them."""
    known = _deeds().get(event)
    if known is not None and ("event", event) not in names.of:
        return known
    name = {"event": names.quoted("event", event)}
    return (
        gettext("had %(event)s") % name,
        gettext("did not have %(event)s") % name,
        gettext("never had %(event)s") % name,
    )


def _deeds() -> Mapping[str, tuple[str, str, str]]:
    return {
        "Order Completed": (gettext("bought"), gettext("did not buy"), gettext("never bought")),
        "Product Added": (
            gettext("put something in the basket"),
            gettext("put nothing in the basket"),
            gettext("never put anything in the basket"),
        ),
        "Checkout Started": (
            gettext("went to the checkout"),
            gettext("did not go to the checkout"),
            gettext("never went to the checkout"),
        ),
        "reply.received": (
            gettext("wrote to us"),
            gettext("did not write to us"),
            gettext("never wrote to us"),
        ),
        "message.sent": (
            gettext("got a message from us"),
            gettext("got no message from us"),
            gettext("never got a message from us"),
        ),
        "form.submitted": (gettext("sent a form"), gettext("sent no form"), gettext("never sent a form")),
    }


def _happened(leaf: Happened, names: Names, positive: bool) -> str:
    wanted, times = _turned(leaf.times) if not positive else (True, leaf.times)
    if times.count == 0:
        wanted, times = not wanted, Times()
    deeds, window = did(leaf.event, names), _window(leaf.window)
    ever = not window and leaf.then is None
    verb = deeds[0] if wanted else deeds[2] if ever and times == Times() else deeds[1]
    said = " ".join(filter(None, (verb, _times(times), window, _with(leaf.where, names))))
    return said if leaf.then is None else f"{said} {_then(leaf.then, names)}"


def _turned(times: Times) -> tuple[bool, Times]:
    """The opposite of a count, as a count where there is one."""
    if times.how == "exactly" or times == Times():
        return False, times
    if times.how == "at_least":
        return True, Times("at_most", times.count - 1)
    return True, Times("at_least", times.count + 1)


def _times(times: Times) -> str:
    count = {"count": times.count}
    if times.how == "at_most":
        return ngettext("at most once", "at most %(count)d times", times.count) % count
    if times.how == "exactly":
        return ngettext("exactly once", "exactly %(count)d times", times.count) % count
    if times.count == 1:
        return ""
    return ngettext("at least once", "at least %(count)d times", times.count) % count


def _window(window: Window) -> str:
    if window.last_days is not None:
        days = window.last_days
        return ngettext("in the last day", "in the last %(count)d days", days) % {"count": days}
    if window.between is None:
        return ""
    first, last = map(a_day, window.between)
    return gettext("between %(first)s and %(last)s") % {"first": first, "last": last}


def _with(where: tuple[Property, ...], names: Names) -> str:
    if not where:
        return ""
    things = [thing(names.name("property", each.name), each.test) for each in where]
    return gettext("with %(things)s") % {"things": gettext(" and ").join(things)}


def _then(then: Then, names: Names) -> str:
    deeds = did(then.event, names)
    within = ngettext("within one day", "within %(count)d days", then.days) % {"count": then.days}
    deed = " ".join(filter(None, (deeds[1 if then.never else 0], _with(then.where, names), within)))
    return gettext("and then %(deed)s") % {"deed": deed}


# What holds for a while


def _standing(leaf: Standing, names: Names, positive: bool) -> str:
    key = dict(leaf.fields)
    state, wanted = leaf.state, positive
    if state == "never":
        state, wanted = "ever", not positive
    yes, no = _STANDINGS[leaf.kind](key, names, state)
    return yes if wanted else no


def _tag(key: Mapping[str, str], names: Names, state: str) -> Both:
    name = {"tag": names.quoted("tag", key["tag"])}
    yes, no = {
        "now": (gettext("are tagged %(tag)s"), gettext("are not tagged %(tag)s")),
        "over": (gettext("no longer have the tag %(tag)s"), gettext("have not lost the tag %(tag)s")),
        "ever": (gettext("have been tagged %(tag)s"), gettext("have never been tagged %(tag)s")),
    }[state]
    return yes % name, no % name


def _journey(key: Mapping[str, str], names: Names, state: str) -> Both:
    name = {"journey": names.quoted("journey", key["journey"])}
    yes, no = {
        "now": (
            gettext("are in the journey %(journey)s"),
            gettext("are not in the journey %(journey)s"),
        ),
        "over": (
            gettext("have finished the journey %(journey)s"),
            gettext("have not finished the journey %(journey)s"),
        ),
        "ever": (
            gettext("have been in the journey %(journey)s"),
            gettext("have never been in the journey %(journey)s"),
        ),
    }[state]
    return yes % name, no % name


def _consent(key: Mapping[str, str], _: Names, state: str) -> Both:
    about = gettext("offers") if key["purpose"] == "marketing" else gettext("their own affairs")
    said = {"about": about, "channel": channel(key.get("channel", ""))}
    yes, no = {
        "now": (
            gettext("may hear from us about %(about)s %(channel)s"),
            gettext("may not hear from us about %(about)s %(channel)s"),
        ),
        "over": (
            gettext("may no longer hear from us about %(about)s %(channel)s"),
            gettext("have not withdrawn from hearing about %(about)s %(channel)s"),
        ),
        "ever": (
            gettext("have ever been open to %(about)s %(channel)s"),
            gettext("have never been open to %(about)s %(channel)s"),
        ),
    }[state]
    return (yes % said).strip(), (no % said).strip()


def channel(name: str) -> str:
    known = {
        "mail": gettext("by mail"),
        "sms": gettext("by SMS"),
        "whatsapp": gettext("by WhatsApp"),
        "chat": gettext("by chat"),
    }
    return known.get(name, name)


def _conversation(key: Mapping[str, str], _: Names, state: str) -> Both:
    return _talks()[key["conversation"], state]


def _talks() -> Mapping[tuple[str, str], Both]:
    return {
        ("open", "now"): (gettext("have an open conversation"), gettext("have no open conversation")),
        ("open", "over"): (gettext("have ended a conversation"), gettext("have not ended a conversation")),
        ("open", "ever"): (gettext("have talked with us"), gettext("have never talked with us")),
        ("question", "now"): (gettext("wait for our answer"), gettext("do not wait for our answer")),
        ("question", "over"): (gettext("have got an answer"), gettext("have got no answer")),
        ("question", "ever"): (gettext("have asked us something"), gettext("have never asked us anything")),
        ("complaint", "now"): (gettext("have an open complaint"), gettext("have no open complaint")),
        ("complaint", "over"): (gettext("had a complaint before"), gettext("had no complaint before")),
        ("complaint", "ever"): (gettext("have complained"), gettext("have never complained")),
        ("handoff", "now"): (gettext("are with a person of ours"), gettext("are with no person of ours")),
        ("handoff", "over"): (gettext("were with a person before"), gettext("were with no person before")),
        ("handoff", "ever"): (
            gettext("have been with a person of ours"),
            gettext("have never been with a person of ours"),
        ),
        ("promise", "now"): (gettext("wait for what we promised"), gettext("wait for no promise of ours")),
        ("promise", "over"): (gettext("got what we promised"), gettext("got nothing that we promised")),
        ("promise", "ever"): (gettext("were promised something"), gettext("were never promised anything")),
    }


def _address(key: Mapping[str, str], _: Names, __: str) -> Both:
    if key["address"] == "mail":
        return gettext("have a mail address"), gettext("have no mail address")
    return gettext("have a phone number"), gettext("have no phone number")


def _belongs(leaf: Belongs, names: Names, positive: bool) -> str:
    said = gettext("are in %(segment)s") if positive else gettext("are not in %(segment)s")
    return said % {"segment": names.quoted("segment", leaf.segment)}


_STANDINGS: Mapping[str, Callable[[Mapping[str, str], Names, str], Both]] = {
    "tag": _tag,
    "journey": _journey,
    "consent": _consent,
    "conversation": _conversation,
    "address": _address,
}
_PHRASES: Mapping[type, Callable[[Any, Names, bool], str]] = {
    Field: _field,
    Attribute: _attribute,
    Value: _value,
    Happened: _happened,
    Standing: _standing,
    Belongs: _belongs,
}
