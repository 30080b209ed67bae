"""Computed properties as named values, one row for each client and property, for whoever asks by name."""

from django.db import migrations

VIEW = """
CREATE VIEW computed_named AS
SELECT v.contact_id, p.key AS name,
    CASE p.kind
        WHEN 'count' THEN to_jsonb(v.n)
        WHEN 'sum' THEN to_jsonb(v.total)
        WHEN 'first' THEN to_jsonb(v.first_value)
        WHEN 'last' THEN to_jsonb(v.last_value)
        WHEN 'most_frequent' THEN (
            SELECT to_jsonb(t.value) FROM computed_tally t
            WHERE t.property_id = v.property_id AND t.contact_id = v.contact_id
            ORDER BY t.n DESC, t.value COLLATE "C" LIMIT 1)
    END AS value,
    CASE p.kind WHEN 'days_since' THEN v.last_at END AS since
FROM computed_property p JOIN computed_value v ON v.property_id = p.id
WHERE p.removed_at IS NULL;
"""

#: What only a browser tells of counts no more. The worker counts anew, from the beginning of the log.
ANEW = """
DELETE FROM computed_value;
DELETE FROM computed_tally;
DELETE FROM reactor_cursor WHERE consumer = 'computed';
"""


class Migration(migrations.Migration):
    dependencies = [("tracking", "0001_initial"), ("events", "0002_transaction_of_each_event")]
    operations = [
        migrations.RunSQL(VIEW, "DROP VIEW computed_named;"),
        migrations.RunSQL(ANEW, migrations.RunSQL.noop),
    ]
