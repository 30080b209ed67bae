from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("foundation", "0008_helpers"),
    ]

    operations = [
        migrations.AddField(
            model_name="instance",
            name="stands",
            field=models.CharField(blank=True, db_default="", max_length=200),
        ),
    ]
