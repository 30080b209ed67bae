"""One number that says under which orders to the whole house a message was cleared."""

from django.db import migrations, models

ROW = "INSERT INTO house_state (id, rev) VALUES (1, 0) ON CONFLICT DO NOTHING"


class Migration(migrations.Migration):
    dependencies = [("gate", "0001_initial")]
    operations = [
        migrations.CreateModel(
            name="HouseState",
            fields=[
                ("id", models.SmallIntegerField(default=1, primary_key=True, serialize=False)),
                ("rev", models.BigIntegerField(default=0)),
            ],
            options={
                "db_table": "house_state",
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("id", 1)), name="one_house_state")
                ],
            },
        ),
        migrations.RunSQL(ROW, migrations.RunSQL.noop),
    ]
