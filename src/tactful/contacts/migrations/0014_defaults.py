"""What a file of clients says nothing of need not be sent for every client."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("contacts", "0013_quicker_imports")]

    operations = [
        *(
            migrations.AlterField(
                model, name, models.CharField(blank=True, db_default="", default="", max_length=length)
            )
            for model, name, length in (
                ("consentreceipt", "language", 12),
                ("consentreceipt", "wording_version", 20),
                ("contact", "subdivision", 6),
                ("contact", "tier", 20),
                ("contact", "time_zone", 60),
            )
        ),
        migrations.AlterField(
            "consentreceipt", "wording", models.TextField(blank=True, db_default="", default="")
        ),
        migrations.AlterField("contact", "gate_rev", models.BigIntegerField(db_default=0, default=0)),
    ]
