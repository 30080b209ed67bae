"""What a builder can offer to choose from: names that are really in use, found without reading everything."""

from tactful.foundation import pg

#: One step along the index for each name, not one for each event.
EVENTS = """WITH RECURSIVE names AS (
    (SELECT name FROM event ORDER BY name LIMIT 1)
    UNION ALL SELECT (SELECT e.name FROM event e WHERE e.name > n.name ORDER BY e.name LIMIT 1)
    FROM names n WHERE n.name IS NOT NULL)
SELECT name FROM names WHERE name IS NOT NULL LIMIT %s"""
#: Of those who came last: names that nobody has used for long are typed.
TAGS = """SELECT DISTINCT key FROM (SELECT key FROM contact_spell WHERE kind = 'tag' AND to_at IS NULL
    ORDER BY id DESC LIMIT 20000) AS few ORDER BY key LIMIT %s"""
ATTRIBUTES = """SELECT DISTINCT key FROM (SELECT attributes FROM contact ORDER BY id DESC LIMIT 2000) AS few
CROSS JOIN LATERAL jsonb_object_keys(attributes) AS key ORDER BY key LIMIT %s"""
#: The newest of each name, from the end of its index.
_FEW = """unnest(%s::text[]) AS asked (name)
CROSS JOIN LATERAL (SELECT data FROM event WHERE event.name = asked.name ORDER BY ts DESC LIMIT 100) AS few"""
PROPERTIES = f"""SELECT DISTINCT key FROM {_FEW}
CROSS JOIN LATERAL jsonb_object_keys(data) AS key ORDER BY key LIMIT %s"""
#: A day, with or without a time behind it.
DATES = f"""SELECT DISTINCT asked.name, key FROM {_FEW}
CROSS JOIN LATERAL jsonb_each_text(data) AS said (key, value)
WHERE value ~ '^[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}' ORDER BY 1, 2 LIMIT %s"""
DAYS = """SELECT DISTINCT key FROM (SELECT attributes FROM contact ORDER BY id DESC LIMIT 2000) AS few
CROSS JOIN LATERAL jsonb_each_text(attributes) AS said (key, value)
WHERE value ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}' ORDER BY key LIMIT %s"""
FORMS = """SELECT DISTINCT data->>'form' AS form FROM (SELECT data FROM event WHERE name = 'form.submitted'
    ORDER BY ts DESC LIMIT 500) AS few WHERE data->>'form' <> '' ORDER BY form LIMIT %s"""


def event_names(most: int = 200) -> list[str]:
    return [row[0] for row in pg.many(EVENTS, [most])]


def tags(most: int = 200) -> list[str]:
    return [row[0] for row in pg.many(TAGS, [most])]


def attribute_names(most: int = 100) -> list[str]:
    return [row[0] for row in pg.many(ATTRIBUTES, [most])]


def property_names(events: list[str], most: int = 100) -> list[str]:
    return [row[0] for row in pg.many(PROPERTIES, [pg.texts(events), most])] if events else []


def date_names(events: list[str], most: int = 100) -> list[tuple[str, str]]:
    """Of these events, the properties in which days stand: (event, property)."""
    return [(row[0], row[1]) for row in pg.many(DATES, [pg.texts(events), most])] if events else []


def attributes_with_days(most: int = 100) -> list[str]:
    return [row[0] for row in pg.many(DAYS, [most])]


def form_names(most: int = 100) -> list[str]:
    """Forms that clients have handed in lately, by their short names."""
    return [row[0] for row in pg.many(FORMS, [most])]
