"""The words of a message go with an erased client; that it was sent, by whom and why stays, for the counts."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION refuse_all_but_following_and_erasing() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF to_jsonb(OLD) - 'contact_id' - 'conversation_id' = to_jsonb(NEW) - 'contact_id' - 'conversation_id' THEN
        RETURN NEW;
    END IF;
    IF to_jsonb(NEW) = to_jsonb(OLD) || '{"condition": {}, "topics": [], "variables": {}, "subject": "",
            "body": "", "in_reply_to": "", "references": "", "conversation_id": null}'
            || jsonb_build_object('dedupe_key', 'erased:' || OLD.id)
        AND is_being_erased(OLD.contact_id) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'Rows of % are never changed or removed.', TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END $$;
DROP TRIGGER message_is_final ON message;
CREATE TRIGGER message_is_final BEFORE UPDATE ON message
    FOR EACH ROW EXECUTE FUNCTION refuse_all_but_following_and_erasing();
"""
BACKWARD = """
DROP TRIGGER message_is_final ON message;
CREATE TRIGGER message_is_final BEFORE UPDATE ON message
    FOR EACH ROW EXECUTE FUNCTION refuse_all_but_following();
DROP FUNCTION refuse_all_but_following_and_erasing();
"""


class Migration(migrations.Migration):
    dependencies = [("delivery", "0007_trust"), ("contacts", "0010_erasures")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
