"""The writing transaction of each event, in which order consumers read (ENGINE.md, "Events")."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("events", "0001_initial")]
    operations = [
        migrations.RunSQL(
            """
            ALTER TABLE event ADD COLUMN xid xid8 NOT NULL DEFAULT pg_current_xact_id();
            CREATE INDEX event_feed ON event (lane, xid, id);
            """,
            "DROP INDEX event_feed; ALTER TABLE event DROP COLUMN xid;",
        )
    ]
