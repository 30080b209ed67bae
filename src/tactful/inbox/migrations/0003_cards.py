from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("inbox", "0002_quiet_conversations"),
    ]

    operations = [
        migrations.AddField(
            model_name="task",
            name="leisure",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="task",
            name="joined",
            field=models.BigIntegerField(null=True),
        ),
        migrations.AddIndex(
            model_name="task",
            index=models.Index(
                condition=models.Q(("done_at__isnull", True), ("joined__isnull", False)),
                fields=["joined"],
                name="task_joined",
            ),
        ),
    ]
