from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("foundation", "0007_restored_houses"),
    ]

    operations = [
        migrations.AddField(
            model_name="user",
            name="ends_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AlterField(
            model_name="user",
            name="role",
            field=models.CharField(
                choices=[
                    ("owner", "Owner"),
                    ("staff", "Staff"),
                    ("read_only", "Read only"),
                    ("helper", "Helper"),
                ],
                default="staff",
                max_length=12,
            ),
        ),
    ]
