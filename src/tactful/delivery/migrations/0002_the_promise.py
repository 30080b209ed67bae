"""The part of the promise that Django cannot say: the line of a dispatch is that of a real revision.

``dispatch`` is hot: room for in-place updates, and vacuum soon.
"""

from django.db import migrations

FORWARD = """
ALTER TABLE dispatch ADD CONSTRAINT line_of_a_real_revision
    FOREIGN KEY (touchpoint_rev, line) REFERENCES touchpoint_revision (id, line);
ALTER TABLE dispatch SET (fillfactor = 60, autovacuum_vacuum_scale_factor = 0.02);
CREATE TRIGGER message_is_final BEFORE UPDATE ON message
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
"""
BACKWARD = """
DROP TRIGGER message_is_final ON message;
ALTER TABLE dispatch RESET (fillfactor, autovacuum_vacuum_scale_factor);
ALTER TABLE dispatch DROP CONSTRAINT line_of_a_real_revision;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("delivery", "0001_initial"),
        ("touchpoints", "0002_revisions_are_final"),
        ("foundation", "0002_database_rules"),
    ]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
