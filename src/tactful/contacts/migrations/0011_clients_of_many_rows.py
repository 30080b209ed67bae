"""What a client has names a client who is there, and a client a firm that is: asked once for each statement.

Foreign keys asked for each row, which was a third of what PostgreSQL did for an imported client. These triggers
say the same and keep the same locks: who writes a row holds its client until the commit, and a client of whom
a row speaks stays (``docs/decisions/0017``). The search path is fixed, for a table of the session's own must
not stand for ours.
"""

from collections.abc import Callable
from typing import Any

import django.db.models.deletion
from django.db import migrations, models

EXPECT = """
CREATE FUNCTION expect_{parent}_of_{child}() RETURNS trigger LANGUAGE plpgsql
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
CREATE FUNCTION expect_{parent}_of_{child}_still() RETURNS trigger LANGUAGE plpgsql
    SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM FROM {parent} WHERE id = NEW.{parent}_id FOR KEY SHARE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'A row of {child} names a {parent} that is not there.'
            USING ERRCODE = 'foreign_key_violation', CONSTRAINT = '{child}_names_a_{parent}';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER {child}_names_a_{parent} AFTER INSERT ON {child}
    REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION expect_{parent}_of_{child}();
CREATE TRIGGER {child}_names_a_{parent}_still AFTER UPDATE OF {parent}_id ON {child} FOR EACH ROW
    WHEN (NEW.{parent}_id IS NOT NULL AND NEW.{parent}_id IS DISTINCT FROM OLD.{parent}_id)
    EXECUTE FUNCTION expect_{parent}_of_{child}_still();
"""
EXPECT_NO_MORE = """
DROP TRIGGER {child}_names_a_{parent} ON {child};
DROP TRIGGER {child}_names_a_{parent}_still ON {child};
DROP FUNCTION expect_{parent}_of_{child}();
DROP FUNCTION expect_{parent}_of_{child}_still();
"""
#: At the commit, as Django's foreign keys: who deletes a client deletes in any order what they have.
KEEP = """
CREATE FUNCTION keep_named_{parent}() RETURNS trigger LANGUAGE plpgsql
    SET search_path = public, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM {parent} WHERE id = OLD.id) AND ({named}) THEN
        RAISE EXCEPTION 'Rows name the {parent} %, so it stays.', OLD.id
            USING ERRCODE = 'foreign_key_violation', CONSTRAINT = '{parent}_that_is_named';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER {parent}_that_is_named AFTER DELETE OR UPDATE OF id ON {parent}
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION keep_named_{parent}();
"""
KEEP_NO_MORE = """
DROP TRIGGER {parent}_that_is_named ON {parent};
DROP FUNCTION keep_named_{parent}();
"""
CHILDREN = {"contact": ("identity", "contact_spell", "basis_spell"), "company": ("contact",)}
PAIRS = [(parent, child) for parent, children in CHILDREN.items() for child in children]


def keep(parent: str) -> str:
    named = [f"EXISTS (SELECT FROM {child} WHERE {parent}_id = OLD.id)" for child in CHILDREN[parent]]
    return KEEP.format(parent=parent, named=" OR ".join(named))


FORWARD = [
    *(EXPECT.format(parent=parent, child=child) for parent, child in PAIRS),
    *(keep(parent) for parent in CHILDREN),
]
BACKWARD = [
    *(EXPECT_NO_MORE.format(parent=parent, child=child) for parent, child in PAIRS),
    *(KEEP_NO_MORE.format(parent=parent) for parent in CHILDREN),
]
CASCADE = django.db.models.deletion.CASCADE
SET_NULL = django.db.models.deletion.SET_NULL


def loose(to: str, on_delete: Callable[..., None], **more: Any) -> Any:
    return models.ForeignKey(to=to, on_delete=on_delete, db_constraint=False, **more)


class Migration(migrations.Migration):
    dependencies = [("contacts", "0010_erasures")]
    operations = [
        migrations.RunSQL(FORWARD, BACKWARD),
        migrations.AlterField(
            "identity", "contact", loose("contacts.contact", CASCADE, related_name="identities")
        ),
        migrations.AlterField("contactspell", "contact", loose("contacts.contact", CASCADE, db_index=False)),
        migrations.AlterField("basisspell", "contact", loose("contacts.contact", CASCADE)),
        migrations.AlterField(
            "contact", "company", loose("contacts.company", SET_NULL, null=True, db_index=False)
        ),
    ]
