"""How often each thing has happened to each contact, and whose tally is to be counted anew."""

from django.db import migrations, models

NOTES = """
-- A page of the tally has room for the next counts of its rows.
ALTER TABLE event_tally SET (fillfactor = 80);
CREATE FUNCTION event_was_moved() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    INSERT INTO event_untallied (contact_id)
    SELECT contact_id FROM was WHERE contact_id IS NOT NULL
    UNION SELECT contact_id FROM is_now WHERE contact_id IS NOT NULL;
    RETURN NULL;
END $$;
CREATE FUNCTION event_was_removed() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    INSERT INTO event_untallied (contact_id)
    SELECT DISTINCT contact_id FROM was WHERE contact_id IS NOT NULL;
    RETURN NULL;
END $$;
CREATE TRIGGER event_moved AFTER UPDATE ON event REFERENCING OLD TABLE AS was NEW TABLE AS is_now
    FOR EACH STATEMENT EXECUTE FUNCTION event_was_moved();
CREATE TRIGGER event_removed AFTER DELETE ON event REFERENCING OLD TABLE AS was
    FOR EACH STATEMENT EXECUTE FUNCTION event_was_removed();
"""
NO_NOTES = """
DROP TRIGGER event_moved ON event;
DROP TRIGGER event_removed ON event;
DROP FUNCTION event_was_moved();
DROP FUNCTION event_was_removed();
"""


class Migration(migrations.Migration):
    dependencies = [("events", "0002_transaction_of_each_event")]
    operations = [
        migrations.CreateModel(
            name="EventTally",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "name", "contact_id", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("name", models.CharField(max_length=80)),
                ("contact_id", models.BigIntegerField()),
                ("n", models.IntegerField()),
                ("vouched", models.IntegerField()),
                ("last_at", models.DateTimeField()),
            ],
            options={"db_table": "event_tally"},
        ),
        migrations.CreateModel(
            name="EventUntallied",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("contact_id", models.BigIntegerField()),
                ("until", models.DateTimeField(null=True)),
            ],
            options={"db_table": "event_untallied"},
        ),
        migrations.RunSQL(NOTES, NO_NOTES),
    ]
