"""What Today counts among all that is held: an index knows these few."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("delivery", "0008_messages_of_the_erased")]
    operations = [
        migrations.AddIndex(
            model_name="dispatch",
            index=models.Index(
                condition=models.Q(
                    ("shelf", 2),
                    models.Q(
                        ("reasons__contains", [{"code": "late.grace"}]),
                        ("reasons__contains", [{"code": "standing.first"}]),
                        _connector="OR",
                    ),
                ),
                fields=["not_before"],
                name="dispatch_for_eyes",
            ),
        ),
    ]
