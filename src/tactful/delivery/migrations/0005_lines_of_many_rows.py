"""The line of a dispatch is that of a real revision: asked once for each statement, not for each row.

A foreign key asks for each row, which was a third of what a new dispatch cost, and a batch names one or two
revisions. These triggers say the same and keep the same locks: who writes a dispatch holds the revision
until the commit, and a revision that a dispatch names stays (``docs/decisions/0005``). The search path is
fixed, for a table of the session's own must not stand for ours.
"""

from django.db import migrations

FORWARD = """
CREATE FUNCTION expect_real_line(rev bigint, side text) RETURNS void LANGUAGE plpgsql
    SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM FROM touchpoint_revision WHERE id = rev AND line = side FOR KEY SHARE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'There is no revision % with the line %.', rev, side
            USING ERRCODE = 'foreign_key_violation', CONSTRAINT = 'line_of_a_real_revision';
    END IF;
END $$;

CREATE FUNCTION expect_real_lines() RETURNS trigger LANGUAGE plpgsql
    SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM expect_real_line(touchpoint_rev, line)
    FROM (SELECT DISTINCT touchpoint_rev, line FROM fresh WHERE touchpoint_rev IS NOT NULL) AS named;
    RETURN NULL;
END $$;

CREATE FUNCTION expect_real_line_still() RETURNS trigger LANGUAGE plpgsql
    SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM expect_real_line(NEW.touchpoint_rev, NEW.line);
    RETURN NULL;
END $$;

CREATE FUNCTION keep_named_revision() RETURNS trigger LANGUAGE plpgsql
    SET search_path = public, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM dispatch WHERE touchpoint_rev = OLD.id) THEN
        RAISE EXCEPTION 'Messages name the revision %, so it stays.', OLD.id
            USING ERRCODE = 'foreign_key_violation', CONSTRAINT = 'line_of_a_real_revision';
    END IF;
    RETURN OLD;
END $$;

ALTER TABLE dispatch DROP CONSTRAINT line_of_a_real_revision;
CREATE TRIGGER line_of_a_real_revision AFTER INSERT ON dispatch
    REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION expect_real_lines();
CREATE TRIGGER line_of_a_real_revision_still AFTER UPDATE OF touchpoint_rev, line ON dispatch
    FOR EACH ROW WHEN (NEW.touchpoint_rev IS NOT NULL) EXECUTE FUNCTION expect_real_line_still();
CREATE TRIGGER revision_that_is_named BEFORE DELETE ON touchpoint_revision
    FOR EACH ROW EXECUTE FUNCTION keep_named_revision();
"""
BACKWARD = """
DROP TRIGGER revision_that_is_named ON touchpoint_revision;
DROP TRIGGER line_of_a_real_revision_still ON dispatch;
DROP TRIGGER line_of_a_real_revision ON dispatch;
DROP FUNCTION keep_named_revision();
DROP FUNCTION expect_real_line_still();
DROP FUNCTION expect_real_lines();
DROP FUNCTION expect_real_line(bigint, text);
ALTER TABLE dispatch ADD CONSTRAINT line_of_a_real_revision
    FOREIGN KEY (touchpoint_rev, line) REFERENCES touchpoint_revision (id, line);
"""


class Migration(migrations.Migration):
    dependencies = [
        ("delivery", "0004_batches_as_they_are"),
        ("touchpoints", "0002_revisions_are_final"),
    ]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
