"""The business's settings, now or as they stood then."""

from datetime import datetime
from typing import Any

from tactful.foundation.models import BusinessSetting
from tactful.foundation.types import Business

DEFAULTS: dict[str, Any] = {
    "name": "",
    "address": "",
    "phone": "",
    "language": "nb",
    "time_zone": "Europe/Oslo",
    "country": "NO",
    "subdivision": "",
    "trade": "",
}
GATE_PREFIX = "gate."


def settings_at(at: datetime) -> dict[str, Any]:
    """Every setting that has been given, as it stood at ``at``."""
    return dict(BusinessSetting.objects.at(at).values_list("key", "value"))


def business_at(at: datetime) -> Business:
    given = settings_at(at)
    gate = {
        key.removeprefix(GATE_PREFIX): value for key, value in given.items() if key.startswith(GATE_PREFIX)
    }
    return Business(**{key: given.get(key, default) for key, default in DEFAULTS.items()}, gate=gate)
