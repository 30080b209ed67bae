"""What the holds of a month did: which waited too long for a person, and which swallowed a date."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from tactful.foundation.queries import business_at
from tactful.inbox.actions.quiet import writing_days
from tactful.inbox.rules.quiet_days import quiet_enough_at
from tests.month.world import MonthWorld

SLACK = timedelta(hours=1)
"""The town acts once in three quarters of an hour."""

HELD = """
SELECT d.message_id, d.contact_id, d.held_since, d.reasons->0->>'code',
    greatest(d.held_since,
        (SELECT max(e.at) FROM entry e JOIN conversation c ON c.id = e.conversation_id
            WHERE c.contact_id = d.contact_id AND e.kind IN ('inbound', 'outbound', 'elsewhere')),
        (SELECT max(t.done_at) FROM task t WHERE t.contact_id = d.contact_id AND t.done_by IS NOT NULL),
        (SELECT max(a.at) FROM audit a WHERE a.actor IS NOT NULL AND (
            a.subject = 'message:' || d.message_id
            OR a.subject IN (SELECT 'conversation:' || c.id FROM conversation c
                             WHERE c.contact_id = d.contact_id))))
FROM dispatch d WHERE d.state = 'held' AND d.wake_on IS NOT NULL
    AND NOT (d.reasons->0->'params'->>'reason' = 'away') IS TRUE
"""
"""Held for something that people end. What the calendar ends, or the return of a client, nobody decides."""

LOST = """
SELECT d.message_id, d.contact_id, m.template, array_agg(DISTINCT why),
    (SELECT string_agg(t.code || ' ' || to_char(t.opened_at, 'MM-DD HH24:MI'), ', ') FROM task t
     WHERE t.subject_kind = 'message' AND t.subject_id = d.message_id), m.latest_at
FROM dispatch d JOIN message m ON m.id = d.message_id
JOIN event e ON e.name = 'message.held' AND (e.data->>'message')::bigint = d.message_id,
    jsonb_array_elements_text(e.data->'reasons') AS why
WHERE d.state = 'expired' AND d.author = 'automation'
    AND m.message_class IN ('awaited', 'deadline', 'reminder') AND why !~ '^(quiet|cap|channel)[.]'
    AND NOT EXISTS (SELECT FROM task t WHERE t.subject_kind = 'message' AND t.subject_id = d.message_id
                    AND (t.done_by IS NOT NULL OR t.code = 'message_missed'))
GROUP BY 1, 2, 3, m.latest_at ORDER BY 1
"""
"""What speaks of a date, or is waited for, and was too late in the end: held before by more than the
calendar, no person of ours had said what to do, and none of them has it on the list for a call."""


@dataclass
class Holds:
    """``too_long``: messages about which nobody did anything for two working days: neither about the message,
    nor with the client. ``longest``: days for which one was held in all, whatever was done meanwhile.
    ``seen``: since when each is held by people, for it may have waited for the calendar before."""

    world: MonthWorld
    too_long: dict[int, str] = field(default_factory=dict)
    longest: timedelta = timedelta()
    seen: dict[int, datetime] = field(default_factory=dict)

    def look(self) -> list[tuple[int, int, str]]:
        """Answers with what is new: message, client, why."""
        now, news = self.world.now, []
        found = _rows(HELD)
        self.seen = {row[0]: self.seen.get(row[0], now) for row in found}
        for ident, client, held, code, touched in found:
            since = max(held, self.seen[ident])
            decided = max(since, touched)
            self.longest = max(self.longest, now - since)
            if ident not in self.too_long and self._over(decided) < now - SLACK:
                self.too_long[ident] = code
                news.append(
                    (
                        ident,
                        client,
                        f"{code} since {since:%m-%d %H:%M}, untouched since {decided:%m-%d %H:%M}",
                    )
                )
        return news

    def _over(self, since: datetime) -> datetime:
        """Two working days later, in which the clock stands still on days off."""
        house = business_at(self.world.now)
        return quiet_enough_at(since, house.time_zone, writing_days(house))


def lost() -> list[tuple[Any, ...]]:
    """(message, client, template, reasons, what was asked when, latest moment) of each date that a hold has
    swallowed."""
    return list(_rows(LOST))


def _rows(query: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query)
        return list(cursor.fetchall())
