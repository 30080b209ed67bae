"""What people have written where automation does, and stopped of what it wrote: the drift of the line."""

from datetime import datetime
from typing import NamedTuple

from django.db import connection

_WITHOUT_GREETING = r"regexp_replace(m.body, '^[^\n]*\n+', '')"
_BY_TOUCHPOINT = f"""
SELECT touchpoint_id, count(*) FILTER (WHERE NOT own), count(*) FILTER (WHERE own),
       count(*) FILTER (WHERE own AND (template <> '' OR alike > 1))
FROM (SELECT m.touchpoint_id, m.template, d.author = 'person_direct' AS own,
             count(*) OVER (PARTITION BY m.touchpoint_id, d.author, md5({_WITHOUT_GREETING})) AS alike
      FROM dispatch d JOIN message m ON m.id = d.message_id
      WHERE d.state = 'sent' AND d.settled_at >= %(since)s AND m.touchpoint_id IS NOT NULL) AS sent
GROUP BY touchpoint_id"""  # noqa: S608, a piece of our own
_STOPPED = """
SELECT (data->>'touchpoint')::bigint, count(*) FROM event
WHERE name = 'message.cancelled' AND ts >= %(since)s AND data->>'why' = 'stopped'
  AND data->>'touchpoint' IS NOT NULL
GROUP BY 1"""


class Habits(NamedTuple):
    """At one touchpoint: sent by automation, by people, of these in the words of a template or of another
    one, and kept from going by a person."""

    automatic: int
    own: int
    unedited: int
    stopped: int


def habits(since: datetime) -> dict[int, Habits]:
    """By touchpoint, from ``since`` on."""
    with connection.cursor() as cursor:
        cursor.execute(_STOPPED, {"since": since})
        stopped = dict(cursor.fetchall())
        cursor.execute(_BY_TOUCHPOINT, {"since": since})
        sent = {row[0]: (row[1], row[2], row[3]) for row in cursor.fetchall()}
    return {
        ident: Habits(*sent.get(ident, (0, 0, 0)), stopped=stopped.get(ident, 0))
        for ident in {*sent, *stopped}
    }


_REPEATED = f"""
SELECT min(body), count(*) FROM (
    SELECT m.body, md5({_WITHOUT_GREETING}) AS same
    FROM dispatch d JOIN message m ON m.id = d.message_id
    WHERE d.state = 'sent' AND d.settled_at >= %(since)s AND m.touchpoint_id IS NULL
      AND d.author = 'person_direct' AND m.template = '') AS own
GROUP BY same HAVING count(*) >= %(least)s ORDER BY 2 DESC, 1 LIMIT 5"""  # noqa: S608, a piece of our own


def repeated(since: datetime, least: int) -> list[tuple[str, int]]:
    """Words that people wrote again and again where there is no touchpoint, and how often. The first line,
    with the client's name in it, does not count."""
    with connection.cursor() as cursor:
        cursor.execute(_REPEATED, {"since": since, "least": least})
        return list(cursor.fetchall())
