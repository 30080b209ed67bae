"""When a mailbox was last read to its end: who does not hear, should not chase."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("channels", "0003_privacy_of_mailboxes")]
    operations = [migrations.AddField("account", "read_at", models.DateTimeField(null=True))]
