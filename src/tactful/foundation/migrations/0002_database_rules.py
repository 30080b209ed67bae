"""What the database itself keeps: node numbers for ids, and rows that nobody changes."""

from django.db import migrations

FORWARD = """
CREATE SEQUENCE id_node MINVALUE 0 MAXVALUE 1023 CYCLE;

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'Rows of % are never changed or removed.', TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END $$;

-- A sealed row is final; sealing it once is the only change that a row may see.
CREATE FUNCTION refuse_all_but_sealing() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.seal IS NULL AND NEW.seal IS NOT NULL
        AND to_jsonb(OLD) - 'seal' - 'sealed_order' = to_jsonb(NEW) - 'seal' - 'sealed_order' THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'Rows of % are never changed or removed.', TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END $$;

CREATE TRIGGER audit_is_final BEFORE UPDATE OR DELETE ON audit
    FOR EACH ROW EXECUTE FUNCTION refuse_all_but_sealing();
CREATE TRIGGER audit_is_not_emptied BEFORE TRUNCATE ON audit
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

INSERT INTO instance (id, instance_id, epoch, clock_shift, sending_paused)
VALUES (1, gen_random_uuid()::text, 1, interval '0', '');
"""
BACKWARD = """
DROP TRIGGER audit_is_not_emptied ON audit;
DROP TRIGGER audit_is_final ON audit;
DROP FUNCTION refuse_all_but_sealing();
DROP FUNCTION refuse_change();
DROP SEQUENCE id_node;
"""


class Migration(migrations.Migration):
    dependencies = [("foundation", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
