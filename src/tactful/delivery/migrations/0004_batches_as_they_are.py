"""The ids of a batch are written as they are: trying to compress them took longer than all else, in vain."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("delivery", "0003_room_for_updates")]
    operations = [
        migrations.RunSQL(
            "ALTER TABLE sending_batch ALTER COLUMN message_ids SET STORAGE EXTERNAL",
            "ALTER TABLE sending_batch ALTER COLUMN message_ids SET STORAGE EXTENDED",
        )
    ]
