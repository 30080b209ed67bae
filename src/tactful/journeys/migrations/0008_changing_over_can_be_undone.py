from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("journeys", "0007_what_was_asked_of_people")]

    operations = [migrations.AddField("peopleact", "passage", models.JSONField(null=True))]
