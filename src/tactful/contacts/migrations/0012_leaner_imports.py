"""An imported client costs less to write: one index for what two did, and nobody is locked who cannot go.

A client whom the transaction at hand has made or changed is its own until it ends: nobody else can take them
away, so the triggers of the migration before this one need not lock them (``docs/decisions/0020``).
"""

from typing import Any

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Case, F, Value, When

EXPECT = """
CREATE OR REPLACE FUNCTION expect_{parent}_of_{child}() RETURNS trigger LANGUAGE plpgsql
    SET search_path = public, pg_temp AS $$
DECLARE
    named bigint;
    there bigint;
BEGIN
    SELECT count(DISTINCT {parent}_id) INTO named FROM fresh;
    SELECT count(*) INTO there FROM {parent} WHERE id IN (SELECT {parent}_id FROM fresh)
        AND xmin = (SELECT pg_current_xact_id()::xid);
    IF there < named THEN
        PERFORM FROM {parent} WHERE id IN (SELECT {parent}_id FROM fresh) FOR KEY SHARE;
        GET DIAGNOSTICS there = ROW_COUNT;
    END IF;
    IF there < named THEN
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
CHILDREN = ("identity", "contact_spell", "basis_spell")
FORWARD = [EXPECT.format(parent="contact", child=child) for child in CHILDREN]
BACKWARD = [EXPECT_BEFORE.format(parent="contact", child=child) for child in CHILDREN]


def client(*, db_index: bool) -> Any:
    return models.ForeignKey(
        db_constraint=False,
        db_index=db_index,
        on_delete=django.db.models.deletion.CASCADE,
        to="contacts.contact",
    )


class Migration(migrations.Migration):
    dependencies = [("contacts", "0011_clients_of_many_rows")]
    operations = [
        migrations.RunSQL(FORWARD, BACKWARD),
        migrations.AddConstraint(
            "basisspell",
            models.UniqueConstraint(
                F("contact"),
                F("purpose"),
                F("channel"),
                Case(
                    When(to_at__isnull=True, then=Value(0, output_field=models.BigIntegerField())),
                    default=F("id"),
                ),
                name="one_running_basis_of_each",
            ),
        ),
        migrations.RemoveConstraint("basisspell", "one_running_basis"),
        migrations.AlterField("basisspell", "contact", client(db_index=False)),
    ]
