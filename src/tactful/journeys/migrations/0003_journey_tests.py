import django.db.models.deletion
from django.db import migrations, models

import tactful.foundation.ids


class Migration(migrations.Migration):
    dependencies = [
        ("journeys", "0002_objects_sweeps_calls"),
    ]

    operations = [
        migrations.CreateModel(
            name="JourneyTest",
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
                ("name", models.CharField(max_length=160)),
                ("document", models.JSONField()),
                ("expected", models.JSONField()),
                ("origin", models.CharField(default="hand", max_length=12)),
                ("message_id", models.BigIntegerField(null=True)),
                ("by", models.BigIntegerField(null=True)),
                ("at", models.DateTimeField()),
                (
                    "journey",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="tests",
                        to="journeys.journey",
                    ),
                ),
            ],
            options={
                "db_table": "journey_test",
                "constraints": [
                    models.UniqueConstraint(fields=("journey", "name"), name="journey_test_name")
                ],
            },
        ),
    ]
