"""A million clients and ten million events by SQL alone, and segments of every kind to ask them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import connection

from tactful.events.hot.tallies import count_lane
from tactful.events.types import LANES
from tactful.foundation import pg
from tactful.segments.hot import members
from tactful.segments.models import Segment
from tactful.segments.types import FORMAT, Moment

# Half of the events are page views, and a fifth of the clients have two thirds of all. They are written in the
# order in which they happened, as a log is.
_EVENTS = """INSERT INTO event (id, lane, contact_id, name, ts, recorded_at, source, data)
SELECT 10000000000 + n, who %% 8, who, name, ts, ts, 'bench', data
FROM (SELECT n, 1 + floor(%(clients)s * power(random(), 1.8))::bigint AS who,
        %(now)s::timestamptz - interval '730 days' * (1 - n / %(events)s::float8) AS ts,
        (ARRAY['Page Viewed', 'Page Viewed', 'Page Viewed', 'Page Viewed', 'Page Viewed', 'Order Completed',
               'Product Added', 'Appointment Booked', 'message.sent', 'reply.received'])[1 + n %% 10] AS name,
        jsonb_build_object('total', (random() * 2000)::int, 'product', 'p' || (random() * 50)::int) AS data
    FROM generate_series(1, %(events)s) AS n) AS made"""
_CONTACTS = """INSERT INTO contact (id, name, given_name, sort_key, language, time_zone, country, subdivision,
    tier, attributes, source, created_at, gate_rev, pieces)
SELECT n, 'Client ' || n, 'Client', 'client ' || n, (ARRAY['nb', 'nb', 'nb', 'en', ''])[1 + n %% 5], '', 'NO', '',
    (ARRAY['', '', 'gold'])[1 + n %% 3],
    jsonb_build_object('city', (ARRAY['Bergen', 'Oslo', 'Ås', 'Voss'])[1 + n %% 4], 'points', n %% 1000,
        'birthday', to_char(date '1950-01-01' + (n %% 20000)::int, 'YYYY-MM-DD')),
    'bench', %(now)s::timestamptz - random() * interval '730 days', 0, '{}'
FROM generate_series(1, %(clients)s) AS n"""
_TAGS = """INSERT INTO contact_spell (id, contact_id, kind, key, from_at, to_at, recorded_at)
SELECT n, n, 'tag', (ARRAY['vip', 'new', 'old'])[1 + n %% 3], %(now)s, NULL, %(now)s
FROM generate_series(1, %(clients)s) AS n WHERE n %% 2 = 0"""
_BASES = """INSERT INTO basis_spell (id, contact_id, purpose, channel, kind, from_at, recorded_at)
SELECT n, n, 'marketing', 'mail', (ARRAY['consent', 'existing_customer', 'withdrawn'])[1 + n %% 3], %(now)s, %(now)s
FROM generate_series(1, %(clients)s) AS n"""
_TALKS = """INSERT INTO talk_spell (id, contact_id, kind, ref, from_at, to_at, recorded_at, waits_on_client, data)
SELECT n, n, 'conversation', n, %(now)s, CASE WHEN n %% 100 > 0 THEN %(now)s END, %(now)s, false, '{}'
FROM generate_series(1, %(clients)s, 10) AS n"""
#: As if the consumer had read it all.
_TALLY = """INSERT INTO event_tally (name, contact_id, n, vouched, last_at)
SELECT name, contact_id, count(*), count(*), max(ts) FROM event GROUP BY name, contact_id"""
_READ = """INSERT INTO reactor_cursor (consumer, lane, xid, event_id)
SELECT 'tally', lane, pg_current_xact_id()::text::bigint, %(last)s FROM generate_series(0, 7) AS lane"""
_INDEXES = (
    "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = 'event' AND indexname NOT LIKE '%_pkey'"
)

KINDS: Mapping[str, dict[str, Any]] = {
    "town and language": {
        "all": [{"attribute": "city", "is": "Bergen"}, {"field": "language", "is": "nb"}]
    },
    "number and birthday": {
        "all": [{"attribute": "points", "at_least": 500}, {"attribute": "birthday", "comes_round_within_days": 14}]
    },
    "bought at least 3 times in 30 days": {
        "event": "Order Completed", "times": {"at_least": 3}, "in_last_days": 30,
    },
    "bought at least 3 times in a year": {
        "event": "Order Completed", "times": {"at_least": 3}, "in_last_days": 365,
    },
    "viewed pages, ever": {"event": "Page Viewed"},
    "viewed pages at least 5 times, ever": {"event": "Page Viewed", "times": {"at_least": 5}},
    "never bought": {"event": "Order Completed", "times": {"at_most": 0}},
    "bought for 1,500 or more in 90 days": {
        "event": "Order Completed", "in_last_days": 90, "where": [{"property": "total", "at_least": 1500}],
    },
    "bought for 1,500 or more, ever": {
        "event": "Order Completed", "where": [{"property": "total", "at_least": 1500}],
    },
    "basket and then no order within 3 days, in 30 days": {
        "event": "Product Added", "in_last_days": 30, "then_not": {"event": "Order Completed", "within_days": 3},
    },
    "basket and then an order within 3 days, in a year": {
        "event": "Product Added", "in_last_days": 365, "then": {"event": "Order Completed", "within_days": 3},
    },
    "tagged": {"tag": "vip"},
    "neither tagged nor consenting": {"not": {"any": [{"tag": "vip"}, {"consent": "marketing", "channel": "mail"}]}},
    "the issue's own sentence": {
        "all": [
            {"attribute": "city", "is": "Bergen"},
            {"event": "Order Completed", "times": {"at_least": 3}, "in_last_days": 30},
            {"not": {"conversation": "open"}},
        ]
    },
    "bought lately or tagged, and no message in 7 days": {
        "all": [
            {"any": [{"event": "Order Completed", "in_last_days": 60}, {"tag": "vip"}]},
            {"event": "message.sent", "in_last_days": 7, "times": {"at_most": 0}},
        ]
    },
    "three kinds of events together": {
        "all": [
            {"event": "Order Completed", "in_last_days": 180},
            {"event": "Appointment Booked", "in_last_days": 180},
            {"not": {"event": "reply.received", "in_last_days": 90}},
        ]
    },
}  # fmt: skip


def make(clients: int, events: int, now: datetime) -> None:
    """Indexes of the log are made again behind its rows: that takes a third of the time."""
    params: dict[str, int | datetime] = {"clients": clients, "events": events, "now": now}
    with connection.cursor() as cursor:
        cursor.execute("SET maintenance_work_mem = '512MB'")
        cursor.execute(_INDEXES)
        indexes = cursor.fetchall()
        for statement in (_CONTACTS, _TAGS, _BASES, _TALKS):
            cursor.execute(statement, params)
        _without(cursor, indexes)
        cursor.execute(_EVENTS, params)
        cursor.execute("SET work_mem = '512MB'")
        cursor.execute(_TALLY)
        cursor.execute(_READ, {"last": 10**18})
        for _, definition in indexes:
            cursor.execute(definition)
        cursor.execute("VACUUM ANALYZE")


def _without(cursor: Any, indexes: Sequence[tuple[str, str]]) -> None:
    for name, _ in indexes:
        cursor.execute(f'DROP INDEX "{name}"')


def count_all(now: datetime) -> None:
    """What a run before this one has left in a kept database is counted, as a worker would have done."""
    for lane in range(LANES):
        while count_lane(lane, 100_000, now):
            pass


def changed(count: int) -> list[int]:
    """Clients of all kinds, those with most events among them."""
    return [row[0] for row in pg.many("SELECT id FROM contact ORDER BY hashint8(id) LIMIT %s", [count])]


def make_live(count: int, moment: Moment) -> None:
    """As if all clients had been gone through: nobody is a member yet."""
    Segment.objects.all().delete()
    kinds = list(KINDS.items())
    rows = []
    for number in range(count):
        name, where = kinds[number % len(kinds)]
        document = {"format": FORMAT, "where": {"all": [where, {"attribute": "points", "at_least": number}]}}
        rows.append(
            Segment(
                slug=f"bench-{number}", name=name, document=document, created_at=moment.now,
                changed_at=moment.now, live_since=moment.now, checked_at=moment.now,
            )
        )  # fmt: skip
    Segment.objects.bulk_create(rows)


def dirty(ids: Sequence[int]) -> None:
    members.soil(ids)
