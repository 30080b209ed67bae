"""Who has a password that an owner has seen."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("foundation", "0003_limits_and_grants")]
    operations = [
        migrations.AddField(
            "user", "must_choose_password", models.BooleanField(db_default=False, default=False)
        ),
    ]
