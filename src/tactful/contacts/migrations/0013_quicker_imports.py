"""An imported client costs less to write (``docs/decisions/0022``).

The pieces by which the middle of a word is found are numbers (``rules.searching.number_of``): an index compares
them in a tenth of the time. The column of before stays, empty, until no older process can be running: what such a one writes there, a
trigger takes over. Until it is started anew it finds nobody by the middle of a word.

The triggers that look for whom rows name ask by a list of ids: a plan for that is the same for few and for many,
and PostgreSQL reads the index from one id to the next. A join was planned when the first rows came, and with
thousands it went through all of them for each.
"""

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
from django.db import migrations, models

FORWARD = """
CREATE FUNCTION pieces_as_numbers(pieces varchar[]) RETURNS integer[] LANGUAGE sql IMMUTABLE
    SET search_path = public, pg_temp AS $$
    SELECT COALESCE(array_agg((((ascii(substr(piece, 1, 1))::bigint << 16) + (ascii(substr(piece, 2, 1)) << 8)
        + ascii(substr(piece, 3, 1))) & 2147483647)::integer), '{}') FROM unnest(pieces) AS piece
$$;
ALTER TABLE contact ALTER COLUMN trigrams SET DEFAULT '{}';
UPDATE contact SET pieces = pieces_as_numbers(trigrams), trigrams = '{}';
CREATE FUNCTION take_over_pieces() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    UPDATE contact SET pieces = pieces_as_numbers(NEW.trigrams), trigrams = '{}' WHERE id = NEW.id;
    RETURN NULL;
END $$;
CREATE TRIGGER contact_pieces_of_before AFTER INSERT OR UPDATE OF trigrams ON contact FOR EACH ROW
    WHEN (cardinality(NEW.trigrams) > 0) EXECUTE FUNCTION take_over_pieces();
"""
#: Letters of more than a byte are not in their number: such a name is found by its middle when it is
#: written the next time.
BACKWARD = """
DROP TRIGGER contact_pieces_of_before ON contact;
DROP FUNCTION take_over_pieces();
DROP FUNCTION pieces_as_numbers(varchar[]);
ALTER TABLE contact ALTER COLUMN trigrams DROP DEFAULT;
UPDATE contact SET trigrams = ARRAY(
    SELECT chr(piece >> 16) || chr(piece >> 8 & 255) || chr(piece & 255) FROM unnest(pieces) AS piece
    WHERE piece >> 16 < 256 AND piece >> 16 > 0 AND piece >> 8 & 255 > 0 AND piece & 255 > 0);
"""


EXPECT = """
CREATE OR REPLACE FUNCTION expect_{parent}_of_{child}() RETURNS trigger LANGUAGE plpgsql
    SET search_path = public, pg_temp SET enable_seqscan = off AS $$
DECLARE
    named bigint[];
    there bigint;
BEGIN
    SELECT array_agg(DISTINCT {parent}_id) INTO named FROM fresh WHERE {parent}_id IS NOT NULL;
    IF named IS NULL THEN
        RETURN NULL;
    END IF;
    SELECT count(*) INTO there FROM {parent} WHERE id = ANY(named)
        AND xmin = (SELECT pg_current_xact_id()::xid);
    IF there < cardinality(named) THEN
        PERFORM FROM {parent} WHERE id = ANY(named) FOR KEY SHARE;
        GET DIAGNOSTICS there = ROW_COUNT;
    END IF;
    IF there < cardinality(named) THEN
        RAISE EXCEPTION 'A row of {child} names a {parent} that is not there.'
            USING ERRCODE = 'foreign_key_violation', CONSTRAINT = '{child}_names_a_{parent}';
    END IF;
    RETURN NULL;
END $$;
"""
EXPECT_BEFORE = """
CREATE OR REPLACE FUNCTION expect_{parent}_of_{child}() RETURNS trigger LANGUAGE plpgsql
    SET search_path = public, pg_temp AS $$
DECLARE
    there bigint;
BEGIN
    PERFORM FROM {parent} WHERE id IN (SELECT {parent}_id FROM fresh) FOR KEY SHARE;
    GET DIAGNOSTICS there = ROW_COUNT;
    IF there < (SELECT count(*) FROM (
        SELECT DISTINCT {parent}_id FROM fresh WHERE {parent}_id IS NOT NULL) AS named) THEN
        RAISE EXCEPTION 'A row of {child} names a {parent} that is not there.'
            USING ERRCODE = 'foreign_key_violation', CONSTRAINT = '{child}_names_a_{parent}';
    END IF;
    RETURN NULL;
END $$;
"""
PAIRS = [("contact", child) for child in ("identity", "contact_spell", "basis_spell")] + [
    ("company", "contact")
]


class Migration(migrations.Migration):
    dependencies = [("contacts", "0012_leaner_imports")]
    operations = [
        migrations.AddField(
            "contact",
            "pieces",
            django.contrib.postgres.fields.ArrayField(
                base_field=models.IntegerField(), db_default=[], default=list, size=None
            ),
        ),
        migrations.RemoveIndex("contact", "contact_trigrams"),
        migrations.RunSQL(
            FORWARD, BACKWARD, state_operations=[migrations.RemoveField("contact", "trigrams")]
        ),
        migrations.RunSQL(
            [EXPECT.format(parent=parent, child=child) for parent, child in PAIRS],
            [EXPECT_BEFORE.format(parent=parent, child=child) for parent, child in PAIRS],
        ),
        migrations.AddConstraint(
            "identity",
            models.UniqueConstraint(fields=["value", "kind"], name="one_owner_of_each_identity"),
        ),
        migrations.RemoveConstraint("identity", "one_owner_per_identity"),
        # Only now, for rows are written faster without it.
        migrations.AddIndex(
            "contact", django.contrib.postgres.indexes.GinIndex(fields=["pieces"], name="contact_pieces")
        ),
    ]
