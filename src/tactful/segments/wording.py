"""Words for single conditions, each as what follows "clients who": a whole phrase, and its opposite.

The language must be active for ``gettext``. Every phrase stands for itself in each language, so that a
translation may order its words as it likes.
"""

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext, pgettext

from tactful.segments.types import (
    DATES,
    DAYS_COUNTED,
    Attribute,
    Belongs,
    Field,
    Happened,
    Leaf,
    Op,
    Standing,
    Test,
    Value,
)
from tactful.segments.wording_events import did, happened
from tactful.segments.wording_standing import channel, standing
from tactful.segments.wording_values import BIRTHDAY, TOWN, Names, a_value, quoted, thing, when

__all__ = ["Names", "a_value", "adjunct", "channel", "did", "phrase", "quoted"]


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
    if leaf.name == "client_since" and leaf.test.op in DATES | DAYS_COUNTED | {Op.KNOWN}:
        return _client_since(leaf.test, positive)
    return _has(names.name("attribute", leaf.name), leaf.test, positive)


def _client_since(test: Test, positive: bool) -> str:
    if test.op is Op.KNOWN:
        if bool(test.value) is positive:
            return gettext("have a known first day as clients")
        return gettext("have no known first day as clients")
    said = {"when": when(test)}
    return (
        gettext("became clients %(when)s") if positive else gettext("did not become clients %(when)s")
    ) % said


def _value(leaf: Value, names: Names, positive: bool) -> str:
    return _has(names.name(leaf.kind, leaf.name), leaf.test, positive)


def _belongs(leaf: Belongs, names: Names, positive: bool) -> str:
    said = gettext("are in %(segment)s") if positive else gettext("are not in %(segment)s")
    return said % {"segment": names.quoted("segment", leaf.segment)}


_PHRASES: Mapping[type, Callable[[Any, Names, bool], str]] = {
    Field: _field,
    Attribute: _attribute,
    Value: _value,
    Happened: happened,
    Standing: standing,
    Belongs: _belongs,
}
