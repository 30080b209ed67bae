"""Words for what holds for a while: each state with its opposite."""

from collections.abc import Callable, Mapping
from typing import TypeAlias

from django.utils.translation import gettext

from tactful.segments.types import Standing
from tactful.segments.wording_values import Names

Both: TypeAlias = tuple[str, str]


def standing(leaf: Standing, names: Names, positive: bool) -> str:
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


_STANDINGS: Mapping[str, Callable[[Mapping[str, str], Names, str], Both]] = {
    "tag": _tag,
    "journey": _journey,
    "consent": _consent,
    "conversation": _conversation,
    "address": _address,
}
