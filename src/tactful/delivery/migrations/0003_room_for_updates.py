"""Room on each page for the three updates that a dispatch sees on its way out.

They come page by page and one after the other, so rows that keep their page need no new index entries;
the pages that used to take the moved rows are saved.
"""

from django.db import migrations

FORWARD = "ALTER TABLE dispatch SET (fillfactor = 15)"
BACKWARD = "ALTER TABLE dispatch SET (fillfactor = 60)"


class Migration(migrations.Migration):
    dependencies = [("delivery", "0002_the_promise")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
