"""Counting attempts; and the application's role may seal the audit log, never change or empty it."""

from django.db import migrations, models

# Whoever owns the tables is not bound by grants; the trigger binds everybody.
GRANTS = """
DO $$
DECLARE other text;
BEGIN
    FOR other IN
        SELECT DISTINCT grantee FROM information_schema.role_table_grants
        WHERE table_schema = 'public' AND table_name = 'audit' AND grantee NOT IN (current_user, 'PUBLIC')
    LOOP
        EXECUTE format('REVOKE UPDATE, DELETE, TRUNCATE ON audit FROM %I', other);
        EXECUTE format('GRANT UPDATE (seal, sealed_order) ON audit TO %I', other);
    END LOOP;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("foundation", "0002_database_rules")]
    operations = [
        migrations.CreateModel(
            name="RateWindow",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "key", "begins_at", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("key", models.BinaryField(max_length=16)),
                ("begins_at", models.DateTimeField()),
                ("count", models.IntegerField()),
            ],
            options={"db_table": "rate_window"},
        ),
        migrations.RunSQL(GRANTS, migrations.RunSQL.noop),
    ]
