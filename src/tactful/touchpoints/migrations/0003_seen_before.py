"""Messages may be shown to a person some hours before they go out; what that person did is kept."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import tactful.foundation.ids


class Migration(migrations.Migration):
    dependencies = [
        ("touchpoints", "0002_revisions_are_final"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        migrations.AddField(
            model_name="touchpoint",
            name="preview_hours",
            field=models.SmallIntegerField(db_default=0, default=0),
        ),
        migrations.CreateModel(
            name="HumanTouch",
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
                ("message_key", models.CharField(max_length=200, unique=True)),
                ("contact_id", models.BigIntegerField()),
                ("line", models.CharField(blank=True, max_length=500)),
                ("stopped", models.BooleanField(default=False)),
                ("at", models.DateTimeField()),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "touchpoint",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="touches",
                        to="touchpoints.touchpoint",
                    ),
                ),
            ],
            options={
                "db_table": "human_touch",
                "indexes": [models.Index(fields=["contact_id"], name="human_touch_contact")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("stopped", True), models.Q(("line", ""), _negated=True), _connector="XOR"
                        ),
                        name="a_line_or_a_stop",
                    )
                ],
            },
        ),
    ]
