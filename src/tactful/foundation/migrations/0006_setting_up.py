import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import tactful.foundation.ids

A_HOUSE_THAT_LIVES = """
DO $$
DECLARE
    lives boolean := false;
    known text;
BEGIN
    FOREACH known IN ARRAY ARRAY['contact', 'journey', 'staff'] LOOP
        IF NOT lives AND to_regclass(known) IS NOT NULL THEN
            EXECUTE format('SELECT EXISTS (SELECT 1 FROM %I)', known) INTO lives;
        END IF;
    END LOOP;
    IF lives THEN
        INSERT INTO first_run (id, step, done, given, put_off, begun_at, finished_at)
        VALUES (1, '', '[]', '{}', false, clock_timestamp(), clock_timestamp())
        ON CONFLICT DO NOTHING;
    END IF;
END $$;
"""
"""Whoever already works with clients or journeys here has had their first run. Tables of upper floors are
asked by name: on an empty database they are not there yet."""


class Migration(migrations.Migration):
    dependencies = [
        ("foundation", "0005_keys_of_programs"),
    ]

    operations = [
        migrations.CreateModel(
            name="Invitation",
            fields=[
                (
                    "id",
                    models.BigIntegerField(
                        default=tactful.foundation.ids.new_id,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("digest", models.BinaryField(max_length=32, unique=True)),
                ("made_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("used_at", models.DateTimeField(null=True)),
                (
                    "user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="invitations",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "db_table": "invitation",
            },
        ),
        migrations.CreateModel(
            name="FirstRun",
            fields=[
                ("id", models.SmallIntegerField(default=1, primary_key=True, serialize=False)),
                ("step", models.CharField(max_length=20)),
                ("done", models.JSONField(default=list)),
                ("given", models.JSONField(default=dict)),
                ("put_off", models.BooleanField(default=False)),
                ("begun_at", models.DateTimeField()),
                ("finished_at", models.DateTimeField(null=True)),
                (
                    "by",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.SET_NULL, to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "db_table": "first_run",
                "constraints": [models.CheckConstraint(condition=models.Q(("id", 1)), name="one_first_run")],
            },
        ),
        migrations.RunSQL(A_HOUSE_THAT_LIVES, migrations.RunSQL.noop),
    ]
