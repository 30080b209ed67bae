from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("channels", "0004_when_it_was_read")]

    operations = [
        migrations.AddField(
            model_name="account",
            name="trouble",
            field=models.CharField(blank=True, db_default="", default="", max_length=500),
        ),
        migrations.AddField(
            model_name="account",
            name="trouble_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="account",
            name="tried_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="account",
            name="refused",
            field=models.BooleanField(db_default=False, default=False),
        ),
    ]
