"""The business's settings, now or as they stood then."""

from dataclasses import fields
from datetime import datetime
from typing import Any

from tactful.foundation import pg
from tactful.foundation.models import BusinessSetting
from tactful.foundation.types import Brand, Business
from tactful.kernel.spans import Span

DEFAULTS: dict[str, Any] = {
    "name": "",
    "address": "",
    "phone": "",
    "language": "nb",
    "time_zone": "Europe/Oslo",
    "country": "NO",
    "subdivision": "",
    "trade": "",
    "assessed": "",
}
GATE_PREFIX, BRAND_PREFIX = "gate.", "brand."


def settings_at(at: datetime) -> dict[str, Any]:
    """Every setting that has been given, as it stood at ``at``."""
    return dict(pg.many(_AT, {"at": at}))


# As ``BusinessSetting.objects.at`` has it: every page asks, and making the question costs most of it.
_AT = """
    SELECT key, value FROM business_setting
    WHERE from_at <= %(at)s AND recorded_at <= %(at)s
      AND (to_at IS NULL OR to_at > %(at)s OR end_recorded_at > %(at)s)"""


def businesses_between(since: datetime, until: datetime) -> list[tuple[datetime, Business]]:
    """The business as it stood, by what was known then: (from when, business), the first at ``since``."""
    rows = list(BusinessSetting.objects.filter(from_at__lte=until).order_by("from_at", "id"))
    moments = {since}
    for row in rows:
        turns = (row.from_at, row.recorded_at, row.to_at, row.end_recorded_at)
        moments |= {at for at in turns if at is not None and since < at <= until}
    return [
        (at, _business({r.key: r.value for r in rows if _span(r).held(at, at)})) for at in sorted(moments)
    ]


def _span(row: BusinessSetting) -> Span:
    return Span(row.from_at, row.to_at, row.recorded_at, row.end_recorded_at)


def business_at(at: datetime) -> Business:
    return _business(settings_at(at))


def _business(given: dict[str, Any]) -> Business:
    gate = {
        key.removeprefix(GATE_PREFIX): value for key, value in given.items() if key.startswith(GATE_PREFIX)
    }
    brand = Brand(
        **{each.name: given[key] for each in fields(Brand) if (key := f"{BRAND_PREFIX}{each.name}") in given}
    )
    return Business(
        **{key: given.get(key, default) for key, default in DEFAULTS.items()}, gate=gate, brand=brand
    )
