"""Firms are found by how they are compared; indexes that another one covers, or of nothing, go."""

from collections.abc import Callable
from typing import Any

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from tactful.contacts.rules.names import company_key

Q = models.Q
BATCH = 2000


def name_keys(apps: Any, _editor: Any) -> None:
    companies = apps.get_model("contacts", "Company").objects.filter(key="").order_by("id")
    last = 0
    while batch := list(companies.filter(id__gt=last)[:BATCH]):
        for company in batch:
            company.key = company_key(company.name)[:200]
        companies.model.objects.bulk_update(batch, ["key"])
        last = batch[-1].id


def reference(to: Any, on_delete: Callable[..., None], *, db_index: bool = False, **more: Any) -> Any:
    return models.ForeignKey(db_index=db_index, on_delete=on_delete, to=to, **more)


SET_NULL = django.db.models.deletion.SET_NULL
CASCADE = django.db.models.deletion.CASCADE


class Migration(migrations.Migration):
    dependencies = [
        ("contacts", "0006_merges"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            "company", "key", models.CharField(blank=True, db_default="", default="", max_length=200)
        ),
        migrations.RunPython(name_keys, migrations.RunPython.noop, elidable=True),
        migrations.AddIndex("company", models.Index(fields=["key"], name="company_keyed")),
        migrations.AlterField("contact", "company", reference("contacts.company", SET_NULL, null=True)),
        migrations.AlterField("contact", "household", reference("contacts.household", SET_NULL, null=True)),
        migrations.AlterField("contact", "manager", reference(settings.AUTH_USER_MODEL, SET_NULL, null=True)),
        migrations.AlterField("contactspell", "contact", reference("contacts.contact", CASCADE)),
        migrations.AlterField(
            "importrow",
            "run",
            reference("contacts.importrun", CASCADE, related_name="rows", db_constraint=False),
        ),
        migrations.AlterField(
            "importrow",
            "contact",
            reference("contacts.contact", SET_NULL, null=True, db_index=True, db_constraint=False),
        ),
        *(
            migrations.AddIndex(
                "contact",
                models.Index(
                    fields=[name], name=f"contact_in_{name}", condition=Q(**{f"{name}__isnull": False})
                ),
            )
            for name in ("company", "household", "manager")
        ),
    ]
