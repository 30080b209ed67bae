from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("inbox", "0003_cards"),
    ]

    operations = [
        migrations.AddField(
            model_name="task",
            name="asks_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddIndex(
            model_name="task",
            index=models.Index(
                condition=models.Q(("asks_at__isnull", False)),
                fields=["asks_at", "owner_id"],
                name="task_day_list",
            ),
        ),
    ]
