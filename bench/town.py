"""A town of clients for the pages: people with addresses, firms, tags, threads, messages, events, tasks and
holds, by SQL alone. What the searching columns hold is what ``contacts.rules.searching`` would put there, but
for repeated pieces and for some that lie across the parts of a mail address."""

from collections.abc import Mapping
from datetime import datetime

from django.db import connection

from bench.business import _touchpoint
from tactful.contacts.rules.names import sort_key

GIVEN = [
    "Åse",
    "Bjørn",
    "Kari",
    "Ola",
    "Liv",
    "Nils",
    "Ingrid",
    "Øystein",
    "Anne",
    "Per",
    "Marit",
    "Lars",
    "Solveig",
    "Knut",
    "Astrid",
    "Geir",
    "Turid",
    "Odd",
    "Berit",
    "Arne",
    "Hilde",
    "Svein",
    "Randi",
    "Tor",
    "Gunn",
    "Jan",
    "Tone",
    "Terje",
    "Nina",
    "Morten",
    "Silje",
    "Henrik",
    "Camilla",
    "Magnus",
    "Ida",
    "Emil",
    "Nora",
    "Jakob",
    "Thea",
    "Oskar",
]
FAMILY = [
    "Hansen",
    "Johansen",
    "Olsen",
    "Larsen",
    "Andersen",
    "Pedersen",
    "Nilsen",
    "Kristiansen",
    "Jensen",
    "Karlsen",
    "Johnsen",
    "Pettersen",
    "Eriksen",
    "Berg",
    "Haugen",
    "Hagen",
    "Johannessen",
    "Andreassen",
    "Jacobsen",
    "Dahl",
    "Halvorsen",
    "Lund",
    "Moen",
    "Sørensen",
    "Strand",
    "Solberg",
    "Eide",
    "Bakken",
    "Kristoffersen",
    "Mathisen",
    "Rasmussen",
    "Lie",
    "Amundsen",
    "Nygård",
    "Myhre",
    "Lunde",
    "Antonsen",
    "Bakke",
    "Solheim",
    "Berntsen",
    "Fredriksen",
    "Ruud",
    "Aas",
    "Tangen",
    "Ødegård",
    "Sivertsen",
    "Birkeland",
    "Thorsen",
    "Nordmann",
    "Brekke",
    "Helland",
    "Fjeld",
    "Vik",
    "Sandvik",
    "Rønning",
    "Holmen",
    "Gulbrandsen",
]
FIRMS = [
    "Fjord",
    "Nordlys",
    "Bryggen",
    "Vestland",
    "Granitt",
    "Havgap",
    "Solsiden",
    "Kystlinje",
    "Fjellro",
    "Elvebakken",
]
KINDS = ["Regnskap", "Bygg", "Tannlege", "Frisør", "Bakeri", "Verksted", "Eiendom", "Transport"]

_PIECES = """CREATE FUNCTION pg_temp.piece(word text, at integer) RETURNS integer LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$ SELECT ascii(substr(word, at, 1)) * 65536 + ascii(substr(word, at + 1, 1)) * 256 + ascii(substr(word, at + 2, 1)) $$;
CREATE FUNCTION pg_temp.pieces(words text[]) RETURNS integer[] LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT COALESCE(array_agg(DISTINCT pg_temp.piece(word, at)), '{}') FROM unnest(words) AS word,
        generate_series(1, length(word) - 2) AS at $$"""
_WORDS = """CREATE TEMPORARY TABLE {0} AS
SELECT place, word, lower(word) AS low, key, pg_temp.pieces(regexp_split_to_array(lower(word), ' ')) AS pieces
FROM unnest(%(words)s::text[], %(keys)s::text[]) WITH ORDINALITY AS w (word, key, place)"""
_FIRMS = """SELECT n AS id, firms.word || ' ' || kinds.word || ' ' || n AS name
FROM generate_series(1, %(clients)s / 20 + 1) AS n
JOIN firms ON firms.place = 1 + n %% {firms} JOIN kinds ON kinds.place = 1 + n / 7 %% {kinds}"""
#: The power makes some names far more frequent than others, as they are.
_PEOPLE = """SELECT n AS id, g.word || ' ' || f.word AS name, g.word AS given_name, f.key || ' ' || g.key AS sort_key,
    (ARRAY['nb', 'nb', 'nb', 'en', ''])[1 + n %% 5] AS language, 'NO' AS country,
    CASE WHEN n %% 3 = 0 THEN 1 + n %% (%(clients)s / 20 + 1) END AS company_id,
    CASE WHEN n %% 4 = 0 THEN %(owner)s::bigint END AS manager_id,
    jsonb_build_object('city', (ARRAY['Bergen', 'Oslo', 'Ås', 'Voss'])[1 + n %% 4]) AS attributes,
    %(now)s::timestamptz - interval '1 second' * (n * 60 %% 90000000) AS created_at,
    g.pieces || f.pieces || {mail} || {phone}
        || CASE WHEN n %% 3 = 0 THEN c.pieces ELSE '{{}}' END AS pieces,
    array_to_tsvector(ARRAY[g.low, f.low, f.low || n, 'online', 'no', g.low || '.' || f.low || n || '@online.no',
        (4740000000 + n)::text]) AS search
FROM generate_series(1, %(clients)s) AS n
JOIN given g ON g.place = 1 + floor({given} * power(hashint8(n + 7) / 4294967296.0 + 0.5, 1.6))
JOIN family f ON f.place = 1 + floor({family} * power(hashint8(n) / 4294967296.0 + 0.5, 1.6))
JOIN firms c ON c.place = 1 + (1 + n %% (%(clients)s / 20 + 1)) %% {firms}"""
_MAILS = """SELECT id, id AS contact_id, 'email' AS kind, replace(lower(name), ' ', '.') || id || '@online.no' AS value,
    true AS is_primary, created_at AS added_at FROM contact"""
_PHONES = """SELECT id + 10000000 AS id, id AS contact_id, 'phone' AS kind, '+' || (4740000000 + id) AS value,
    true AS is_primary, created_at AS added_at FROM contact"""
_TAGS = """SELECT id, id AS contact_id, 'tag' AS kind, (ARRAY['vip', 'new', 'old', 'rare'])[1 + id %% 40 / 13] AS key,
    created_at AS from_at, created_at AS recorded_at FROM contact WHERE id %% 2 = 0"""
_THREADS = """SELECT id, id AS contact_id, 'About your papers' AS subject, CASE WHEN id %% 2000 = 0 THEN 'open'
        WHEN id %% 1000 = 0 THEN 'waiting' ELSE 'closed' END AS state,
    %(now)s::timestamptz - interval '1 minute' * (5 + id %% 300000) AS opened_at,
    %(now)s::timestamptz - interval '1 minute' * (id %% 300000) AS last_at,
    %(now)s::timestamptz - interval '1 minute' * (id %% 300000) AS last_inbound_at, id %% 2000 = 0 AS unread
FROM contact WHERE id %% 5 = 0"""
_ENTRIES = """SELECT c.id * 10 + m AS id, c.id AS conversation_id, 'mail' AS channel,
    CASE WHEN m %% 2 = 0 THEN 'inbound' ELSE 'outbound' END AS kind, c.last_at - interval '1 minute' * (4 - m) AS at,
    repeat('We have looked at it and will come back to you. ', 6) AS text, true AS verified
FROM conversation c, generate_series(1, 4) AS m"""
_TALKS = """SELECT id * 10 + k AS id, contact_id, (ARRAY['conversation', 'question', 'complaint'])[k] AS kind, id AS ref,
    opened_at AS from_at, opened_at AS recorded_at, CASE WHEN state <> 'open' THEN last_at END AS to_at,
    CASE WHEN k = 2 THEN last_at + interval '4 hours' END AS due_at
FROM conversation, generate_series(1, 3) AS k WHERE k < 3 OR id %% 20000 = 0"""
#: One in 500 is held, one in 200 waits, the others are done with.
_MESSAGES = """SELECT id, id AS contact_id, 'mail' AS channel, %(touchpoint)s::bigint AS touchpoint_id,
    'marketing' AS message_class, 'marketing' AS purpose, 'notice' AS cause_kind, 'bench:' || id AS dedupe_key,
    %(now)s::timestamptz AS due_at, 'news' AS template, %(now)s::timestamptz - interval '1 hour' AS created_at
FROM contact WHERE id %% 2 = 0"""
_DISPATCHES = """SELECT id AS message_id, contact_id, contact_id %% 8 AS lane, 'automation' AS author,
    'structural' AS line, %(revision)s::bigint AS touchpoint_rev,
    CASE WHEN id %% 500 = 0 THEN 'held' WHEN id %% 200 = 0 THEN 'queued' ELSE 'sent' END AS state, 1 AS clearance,
    %(now)s::timestamptz + interval '1 minute' * (id %% 3000) AS not_before,
    CASE WHEN id %% 500 = 0 THEN '[{{"check": "nobody_talking", "code": "talk.question", "owner": null,
        "params": {{"since": "2026-04-09T07:00:00+00:00"}}}}]'::jsonb END AS reasons,
    CASE WHEN id %% 500 = 0 THEN %(now)s::timestamptz END AS held_since FROM message"""
_EVENTS = """SELECT 10000000000 + n AS id, who %% 8 AS lane, who AS contact_id, name,
    %(now)s::timestamptz - interval '400 days' * (1 - n / (5.0 * %(clients)s)) AS ts,
    %(now)s::timestamptz - interval '400 days' * (1 - n / (5.0 * %(clients)s)) AS recorded_at,
    CASE WHEN name LIKE 'message%%' THEN 'tactful' ELSE 'tracking' END AS source,
    jsonb_build_object('message', who - who %% 2, 'touchpoint', %(touchpoint)s::bigint, 'cause', 'notice') AS data
FROM (SELECT n, 1 + floor(%(clients)s * random())::bigint AS who,
    (ARRAY['Page Viewed', 'Order Completed', 'message.sent', 'message.sent', 'Product Added'])[1 + n %% 5] AS name
    FROM generate_series(1, 5 * %(clients)s) AS n) AS made"""
_TASKS = """SELECT id, 'answer' AS kind, 'answer' AS code, id AS contact_id, 'bench:' || id AS dedupe_key,
    'conversation' AS subject_kind, id AS subject_id, opened_at, last_at + interval '4 hours' AS due_at,
    CASE WHEN state <> 'open' THEN last_at END AS done_at FROM conversation WHERE id %% 25 = 0"""
_COLUMNS = """SELECT a.attname, format_type(a.atttypid, NULL) FROM pg_attribute a
WHERE a.attrelid = %s::regclass AND a.attnum > 0 AND NOT a.attisdropped AND a.attnotnull AND NOT a.atthasdef
    AND a.attidentity = ''"""
_PLAIN = {"bigint": "0", "integer": "0", "smallint": "0", "boolean": "false", "jsonb": "'{}'", "bytea": "''"}


def _cut(text: str, length: int) -> str:
    """An expression for the pieces of a text; those at its end that are too short hurt nobody."""
    return f"ARRAY[{', '.join(f'pg_temp.piece({text}, {at})' for at in range(1, length - 1))}]"


def make(clients: int, owner: int, now: datetime) -> None:
    """``owner``: a person of ours, who looks after a quarter of them and sees every task."""
    point, revision = _touchpoint(now)
    params = {"clients": clients, "owner": owner, "now": now, "touchpoint": point, "revision": revision}
    sizes = {"given": len(GIVEN), "family": len(FAMILY), "firms": len(FIRMS), "kinds": len(KINDS)}
    cuts = {
        "mail": _cut("right(f.low, 2) || n || '@online.no'", 17),
        "phone": _cut("(4740000000 + n)::text", 10),
    }
    words = {"given": GIVEN, "family": FAMILY, "firms": FIRMS, "kinds": KINDS}
    with connection.cursor() as cursor:
        cursor.execute("SET maintenance_work_mem = '512MB'")
        cursor.execute("SET work_mem = '256MB'")
        cursor.execute(_PIECES)
        for table, given in words.items():
            cursor.execute(_WORDS.format(table), {"words": given, "keys": [sort_key(word) for word in given]})
        for table, select in {
            "company": _FIRMS, "contact": _PEOPLE, "identity": _MAILS + " UNION ALL " + _PHONES, "contact_spell": _TAGS,
            "conversation": _THREADS, "entry": _ENTRIES, "talk_spell": _TALKS, "message": _MESSAGES,
            "dispatch": _DISPATCHES, "event": _EVENTS, "task": _TASKS,
        }.items():  # fmt: skip
            _fill(cursor, table, select.format(**sizes, **cuts), params)
        cursor.execute("VACUUM ANALYZE")


def _fill(cursor, table: str, select: str, params: Mapping[str, object]) -> None:  # type: ignore[no-untyped-def]
    """Columns that the select says nothing of hold nothing; the large indexes are made behind the rows."""
    cursor.execute(f"SELECT * FROM ({select}) AS given LIMIT 0", params)
    given = [column.name for column in cursor.description]
    cursor.execute(_COLUMNS, [table])
    missing = {name: _PLAIN.get(kind, "'{}'" if kind.endswith("[]") else "''") for name, kind in cursor.fetchall()
               if name not in given}  # fmt: skip
    cursor.execute(
        "SELECT i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid) FROM pg_index i LEFT JOIN pg_constraint c"
        " ON c.conindid = i.indexrelid WHERE i.indrelid = %s::regclass AND c.oid IS NULL", [table],
    )  # fmt: skip
    indexes = cursor.fetchall()
    for name, _ in indexes:
        cursor.execute(f"DROP INDEX {name}")
    columns = ", ".join(f'"{name}"' for name in (*given, *missing))
    plain = "".join(f", {value}" for value in missing.values())
    cursor.execute(
        f'INSERT INTO "{table}" ({columns}) SELECT given.*{plain} FROM ({select}) AS given', params
    )
    for _, definition in indexes:
        cursor.execute(definition)
