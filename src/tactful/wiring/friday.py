"""The mail of a Friday in a trial week: what would have gone, and what people have said of it.

To each owner, over the house's own mail account, once a week. It interrupts, so it is counted as such; an
owner may switch it off with the other causes. What cannot be sent is not tried again: the same stands on
Today.
"""

import logging
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils.dateformat import format as format_date
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override, pgettext

from tactful.broadcasts.rules.words import mail_source
from tactful.broadcasts.types import Words
from tactful.content.types import MailAddress
from tactful.delivery.queries import trust as outbox
from tactful.delivery.queries.trust import Judged
from tactful.events import queries as events
from tactful.events.actions import record
from tactful.events.types import NewFact
from tactful.foundation.models import User
from tactful.foundation.queries import business_at
from tactful.foundation.staff.queries import owners
from tactful.gate import queries as gate
from tactful.gate.actions import lock_house
from tactful.gate.queries import StandingHold
from tactful.inbox import queries as inbox
from tactful.touchpoints import queries as touchpoints
from tactful.wiring.broadcasts import send_draft

logger = logging.getLogger(__name__)

FRIDAY: Final = 4
FROM_HOUR: Final = 14  # local to the business
CAUSE: Final = "trial_week"
TOLD: Final = "staff.told"
ONCE_IN: Final = timedelta(days=3)
MOST: Final = 12  # touchpoints that the mail names


def tell_owners(now: datetime) -> int:
    """Answers how many were told. Outside a transaction: it writes and then sends."""
    business = business_at(now)
    local = now.astimezone(ZoneInfo(business.time_zone))
    if local.weekday() != FRIDAY or local.hour < FROM_HOUR:
        return 0
    trial = gate.trial(now)
    if trial is None:
        return 0
    return sum(_tell(user, trial, now) for user in _claim(trial, now))


def mail_of(trial: StandingHold, zone: str, language: str) -> Words:
    """In the language that is active."""
    judged = outbox.judged_counts(trial.id)
    subject = ngettext(
        "Trial week: %(n)d message would have gone",
        "Trial week: %(n)d messages would have gone",
        judged.total,
    )
    lines = [f"- {line}" for line in _by_touchpoint(trial.id, language)]
    look = _("Look at them")
    button = f"[{look}]({settings.BASE_URL}{reverse('web:trial')})"
    body = "\n\n".join(filter(None, (_counted(judged), "\n".join(lines), button, _ends(trial, zone))))
    return Words(subject % {"n": judged.total}, "", body)


def _claim(trial: StandingHold, now: datetime) -> list[User]:
    """Whom to tell: written down before it is sent, under a lock, so that nobody is told twice."""
    with transaction.atomic():
        lock_house()
        if CAUSE in inbox.eased(now)[1] or events.any_since(TOLD, now - ONCE_IN, cause=CAUSE):
            return []
        people = owners()
        record(
            [NewFact(TOLD, None, {"user": user.id, "cause": CAUSE, "trial": trial.id}) for user in people],
            now=now,
        )
    return people


def _tell(user: User, trial: StandingHold, now: datetime) -> int:
    language = "nb" if user.language.startswith("nb") else "en"
    zone = business_at(now).time_zone
    with override(language):
        source = replace(mail_source(mail_of(trial, zone, language), language), unsubscribe=False)
        try:
            said = send_draft(source, {}, MailAddress(user.email, user.name), now)
        except (OSError, ValueError, LookupError) as trouble:
            said = str(trouble)
    if said:
        logger.warning("The mail about the trial week could not be sent to user %s: %s", user.pk, said)
    return not said


def _counted(judged: Judged) -> str:
    said = _("Nothing has left. You have judged %(right)d right and %(wrong)d wrong; %(open)d wait for you.")
    return said % {"right": judged.right, "wrong": judged.wrong, "open": judged.open}


def _by_touchpoint(trial: int, language: str) -> list[str]:
    rows = outbox.judged_by_touchpoint(trial)[:MOST]
    views = touchpoints.views_by_id([ident for ident, _judged in rows if ident is not None])
    return [
        _("%(name)s: %(n)d would have gone, %(wrong)d of them wrong")
        % {
            "name": views[ident].name(language) if ident in views else _("Other messages"),
            "n": judged.total,
            "wrong": judged.wrong,
        }
        for ident, judged in rows
    ]


def _ends(trial: StandingHold, zone: str) -> str:
    if trial.expires_at is None:
        return ""
    # Translators: Django's date format, with backslashes before letters that stand for themselves.
    pattern = pgettext("moment", "l j F \\a\\t H:i")
    said = _("The trial ends on %(when)s. Then the first ten of each kind are shown to you before they go.")
    return said % {"when": format_date(trial.expires_at.astimezone(ZoneInfo(zone)), pattern)}
