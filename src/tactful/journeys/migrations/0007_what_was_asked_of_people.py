import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

import tactful.foundation.ids


class Migration(migrations.Migration):
    dependencies = [("journeys", "0006_alarms_and_crowds")]

    operations = [
        migrations.CreateModel(
            name="PeopleAct",
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
                ("what", models.CharField(max_length=10)),
                ("step", models.CharField(blank=True, max_length=60)),
                (
                    "enrolments",
                    django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), size=None),
                ),
                (
                    "rested",
                    django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), size=None),
                ),
                ("by", models.BigIntegerField()),
                ("asked_at", models.DateTimeField()),
                ("due_at", models.DateTimeField(db_index=True)),
                ("done_at", models.DateTimeField(null=True)),
                ("undone_at", models.DateTimeField(null=True)),
                ("reached", models.IntegerField(null=True)),
                (
                    "journey",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="journeys.journey"),
                ),
            ],
            options={"db_table": "people_act"},
        ),
    ]
