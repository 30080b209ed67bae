"""The periodic work of the house in one flat table: name, seconds between two runs, what is run.

Any number of workers may run; each chore runs under the lock of its name, so one of them does it.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction

from tactful.calendars.actions import forget_past
from tactful.connectors.actions import forget_deliveries
from tactful.contacts.actions import look_for_duplicates, seal_receipts, sweep_waiting_files
from tactful.foundation.keep import forget_old_answers
from tactful.foundation.limits import forget_old_attempts
from tactful.foundation.models import Audit
from tactful.foundation.sealing import seal
from tactful.foundation.staff.actions import end_helpers
from tactful.gate import actions as holds
from tactful.inbox.actions.quiet import hand_back_the_quiet
from tactful.inbox.actions.snooze import wake_snoozed
from tactful.journeys.actions import add_up_crowds, carry_out_asked, take_over_asked
from tactful.tracking.actions import forget_seen
from tactful.webhooks.actions import forget_old_tellings
from tactful.wiring import segments
from tactful.wiring.erasing import continue_erasures, keep_journal
from tactful.wiring.hearing import ask_about_unread
from tactful.wiring.inbound import read_waiting
from tactful.wiring.journey_facts import loader
from tactful.wiring.keeping import forget_old_words
from tactful.wiring.merging import bring_after
from tactful.wiring.occasions import begin_by_calendar
from tactful.wiring.opting_in import forget_unanswered
from tactful.wiring.trust import show_first_ones

logger = logging.getLogger(__name__)

LOCK_CLASS = 7_302


@dataclass(frozen=True, slots=True)
class Chore:
    name: str
    every: float  # seconds by the machine clock
    run: Callable[[datetime], object]


CHORES = (
    Chore("read inbound mail", 0.5, read_waiting),
    Chore("end holds that have expired", 5, lambda now: holds.expire_holds(now=now)),
    Chore("hand back quiet conversations", 15, lambda now: hand_back_the_quiet(now=now)),
    Chore("wake snoozed conversations", 15, lambda now: wake_snoozed(now=now)),
    Chore("begin journeys by the calendar", 2, begin_by_calendar),
    Chore("show the first messages of touchpoints", 5, show_first_ones),
    Chore("ask about mailboxes that cannot be read", 60, ask_about_unread),
    Chore("do what was asked of people on journeys", 1, lambda now: carry_out_asked(loader(now), now)),
    Chore("take people over to another version", 1, lambda now: take_over_asked(loader(now), now)),
    Chore("add up who stands where", 10, lambda _now: add_up_crowds()),
    Chore("look at changed clients for segments", 1, segments.look_at_the_changed),
    Chore("look at all clients for a segment", 3, segments.look_at_everybody),
    Chore("count a segment anew", 60, segments.count_anew),
    Chore("look for clients who may be one person", 600, lambda now: look_for_duplicates(now=now)),
    Chore("bring after what came for merged clients", 60, bring_after),
    Chore("forget who did not say yes", 3600, forget_unanswered),
    Chore("forget old attempts", 3600, lambda _now: forget_old_attempts()),
    Chore("forget old answers", 3600, lambda _now: forget_old_answers()),
    Chore("end helpers whose days have passed", 60, lambda now: end_helpers(now=now)),
    Chore("sweep files that nobody brought in", 3600, lambda now: sweep_waiting_files(now=now)),
    Chore("forget old tellings", 3600, lambda now: forget_old_tellings(now=now)),
    Chore("forget appointments of long ago", 3600, lambda now: forget_past(now=now)),
    Chore("forget old deliveries", 3600, lambda now: forget_deliveries(now=now)),
    Chore("forget calls of long ago", 3600, lambda now: forget_seen(now=now)),
    Chore("forget words of long ago", 3600, forget_old_words),
    Chore("erase clients", 1, continue_erasures),
    Chore("keep the journal of erasures", 600, keep_journal),
    Chore("seal the audit log", 1, lambda _now: seal(Audit)),
    Chore("seal consent receipts", 1, lambda _now: seal_receipts()),
)


def run_chore(chore: Chore, now: datetime) -> bool:
    """Run it unless another worker is at it; a failure is logged and tried again next time."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, hashtext(%s))", [LOCK_CLASS, chore.name])
        if not cursor.fetchone()[0]:
            return False
        try:
            with transaction.atomic():
                chore.run(now)
        except Exception:
            logger.exception("The chore “%s” failed. It is tried again.", chore.name)
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s, hashtext(%s))", [LOCK_CLASS, chore.name])
    return True
