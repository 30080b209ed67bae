"""A move across the line is a new row; an old one is never rewritten."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("touchpoints", "0001_initial"), ("foundation", "0002_database_rules")]
    operations = [
        migrations.RunSQL(
            """
            CREATE TRIGGER touchpoint_revision_is_final BEFORE UPDATE ON touchpoint_revision
                FOR EACH ROW EXECUTE FUNCTION refuse_change();
            """,
            "DROP TRIGGER touchpoint_revision_is_final ON touchpoint_revision;",
        )
    ]
