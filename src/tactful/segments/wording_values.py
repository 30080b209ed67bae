"""Names, values, days, and questions to a value, in words. The language must be active for ``gettext``."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from django.utils.formats import date_format
from django.utils.translation import gettext, ngettext

from tactful.segments.types import DATES, DAYS_COUNTED, Op, Operand, Test

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
        "import": gettext("imported list"),
        "total": gettext("total"),
        "currency": gettext("currency"),
        "product": gettext("product"),
        "channel": gettext("channel"),
    }
