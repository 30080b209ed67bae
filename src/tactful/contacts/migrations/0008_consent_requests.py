"""Addresses that were written into a form, until their owners say yes."""

from django.db import migrations, models

import tactful.foundation.ids


class Migration(migrations.Migration):
    dependencies = [("contacts", "0007_import_speed")]
    operations = [
        migrations.CreateModel(
            name="ConsentRequest",
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
                ("contact_id", models.BigIntegerField(db_index=True)),
                ("is_new", models.BooleanField()),
                ("name", models.CharField(blank=True, max_length=200)),
                ("address_hash", models.BinaryField(db_index=True, max_length=32)),
                ("wording", models.TextField()),
                ("language", models.CharField(max_length=12)),
                ("source", models.CharField(max_length=300)),
                ("asked_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField(db_index=True)),
                ("confirmed_at", models.DateTimeField(null=True)),
            ],
            options={"db_table": "consent_request"},
        ),
    ]
