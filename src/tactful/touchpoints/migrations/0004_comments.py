import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import tactful.foundation.ids


class Migration(migrations.Migration):
    dependencies = [
        ("touchpoints", "0003_seen_before"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="LineComment",
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
                ("text", models.CharField(max_length=1000)),
                ("at", models.DateTimeField()),
                (
                    "by",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.SET_NULL, to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "touchpoint",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="comments",
                        to="touchpoints.touchpoint",
                    ),
                ),
            ],
            options={
                "db_table": "line_comment",
                "indexes": [models.Index(fields=["touchpoint", "at"], name="line_comment_thread")],
            },
        ),
    ]
