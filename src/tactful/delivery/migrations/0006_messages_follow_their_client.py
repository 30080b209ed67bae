"""When two contacts become one, their messages name the kept one and its thread. Nothing else of a message
ever changes: words, author, class and cause are as they were written."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION refuse_all_but_following() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF to_jsonb(OLD) - 'contact_id' - 'conversation_id' = to_jsonb(NEW) - 'contact_id' - 'conversation_id' THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'Rows of % are never changed or removed.', TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END $$;
DROP TRIGGER message_is_final ON message;
CREATE TRIGGER message_is_final BEFORE UPDATE ON message
    FOR EACH ROW EXECUTE FUNCTION refuse_all_but_following();
"""
BACKWARD = """
DROP TRIGGER message_is_final ON message;
CREATE TRIGGER message_is_final BEFORE UPDATE ON message
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
DROP FUNCTION refuse_all_but_following();
"""


class Migration(migrations.Migration):
    dependencies = [("delivery", "0005_lines_of_many_rows"), ("foundation", "0002_database_rules")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
