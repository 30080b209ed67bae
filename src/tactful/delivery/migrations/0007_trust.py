"""Who has looked at a message before it went, and what would have left during a trial week."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("delivery", "0006_messages_follow_their_client"), ("gate", "0002_house_state")]
    operations = [
        migrations.AddField(model_name="dispatch", name="seen_by", field=models.BigIntegerField(null=True)),
        migrations.AddIndex(
            model_name="dispatch",
            index=models.Index(
                condition=models.Q(("seen_by__isnull", False)), fields=["seen_by"], name="dispatch_seen"
            ),
        ),
        migrations.CreateModel(
            name="Rehearsed",
            fields=[
                (
                    "message",
                    models.OneToOneField(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        serialize=False,
                        to="delivery.message",
                    ),
                ),
                ("trial", models.BigIntegerField()),
                ("at", models.DateTimeField()),
                ("judged", models.CharField(blank=True, db_default="", default="", max_length=6)),
                ("why", models.CharField(blank=True, db_default="", default="", max_length=20)),
                (
                    "made",
                    models.JSONField(db_default=models.Value({}, models.JSONField()), default=dict),
                ),
                ("judged_by", models.BigIntegerField(null=True)),
                ("judged_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "rehearsed",
                "indexes": [models.Index(fields=["trial", "at", "message"], name="rehearsed_in_turn")],
            },
        ),
    ]
