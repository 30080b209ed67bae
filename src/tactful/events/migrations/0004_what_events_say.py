"""What is said of events, beside their names: who asks for it need not read the whole log (decision 0024)."""

from django.db import migrations

INDEXES = """
CREATE INDEX event_said ON event (name, ts) INCLUDE (contact_id, data)
    WHERE octet_length(data::text) <= 300;
CREATE INDEX event_said_at_length ON event (name, ts) INCLUDE (contact_id)
    WHERE octet_length(data::text) > 300;
-- How many are of which kind, for plans.
CREATE STATISTICS event_letters ON (octet_length(data::text)) FROM event;
-- What vacuum has not seen yet is looked up in the log itself, event by event: a fiftieth of it at most, not a fifth.
ALTER TABLE event SET (autovacuum_vacuum_insert_scale_factor = 0.02);
"""
NO_INDEXES = """
DROP STATISTICS event_letters;
DROP INDEX event_said;
DROP INDEX event_said_at_length;
ALTER TABLE event RESET (autovacuum_vacuum_insert_scale_factor);
"""


class Migration(migrations.Migration):
    dependencies = [("events", "0003_tallies")]
    operations = [migrations.RunSQL(INDEXES, NO_INDEXES)]
