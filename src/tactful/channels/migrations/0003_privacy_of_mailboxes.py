"""Whose mailbox it is, whose mail is read there, and from when (R92).

A mailbox that was connected before goes on as it was: it took in everybody's mail, and its owner has not
been asked.
"""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("channels", "0002_grant")]
    operations = [
        migrations.AddField("account", "owner_id", models.BigIntegerField(null=True)),
        migrations.AddField("account", "inquiries", models.BooleanField(default=False, db_default=False)),
        migrations.AddField("account", "connected_at", models.DateTimeField(null=True)),
        migrations.AddField("account", "history_since", models.DateTimeField(null=True)),
        migrations.AddField("account", "history_done_at", models.DateTimeField(null=True)),
        migrations.AddField("imapcursor", "passed_by", models.BigIntegerField(default=0, db_default=0)),
        migrations.CreateModel(
            name="HistoryCursor",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("folder", models.CharField(max_length=200)),
                ("uidvalidity", models.BigIntegerField(default=0)),
                ("uid", models.BigIntegerField(default=0)),
                ("done", models.BooleanField(default=False)),
                (
                    "account",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="channels.account"),
                ),
            ],
            options={
                "db_table": "history_cursor",
                "constraints": [
                    models.UniqueConstraint(fields=("account", "folder"), name="one_history_cursor")
                ],
            },
        ),
        migrations.RunSQL("UPDATE account SET inquiries = true", migrations.RunSQL.noop),
    ]
