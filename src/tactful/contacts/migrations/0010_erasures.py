"""Erasing a client. What is final stays final: only a row of a client whose erasure is written down, and named
by the transaction at hand, may be brought to its empty form, and to nothing else."""

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
from django.db import migrations, models

import tactful.foundation.ids

FORWARD = """
CREATE FUNCTION is_being_erased(contact bigint) RETURNS boolean LANGUAGE sql STABLE
    SET search_path = public, pg_temp AS $$
    SELECT EXISTS (SELECT FROM erasure e
        WHERE e.id = NULLIF(current_setting('tactful.erasure', true), '')::bigint
            AND contact = ANY(e.contacts))
$$;

CREATE FUNCTION refuse_all_but_sealing_and_erasing() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.seal IS NULL AND NEW.seal IS NOT NULL
        AND to_jsonb(OLD) - 'seal' - 'sealed_order' = to_jsonb(NEW) - 'seal' - 'sealed_order' THEN
        RETURN NEW;
    END IF;
    IF TG_OP = 'UPDATE' AND to_jsonb(NEW) = to_jsonb(OLD) || '{"wording": "", "source": ""}'
        AND is_being_erased(OLD.contact_id) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'Rows of % are never changed or removed.', TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END $$;
DROP TRIGGER consent_receipt_is_final ON consent_receipt;
CREATE TRIGGER consent_receipt_is_final BEFORE UPDATE OR DELETE ON consent_receipt
    FOR EACH ROW EXECUTE FUNCTION refuse_all_but_sealing_and_erasing();
"""
BACKWARD = """
DROP TRIGGER consent_receipt_is_final ON consent_receipt;
CREATE TRIGGER consent_receipt_is_final BEFORE UPDATE OR DELETE ON consent_receipt
    FOR EACH ROW EXECUTE FUNCTION refuse_all_but_sealing();
DROP FUNCTION refuse_all_but_sealing_and_erasing();
DROP FUNCTION is_being_erased(bigint);
"""
ID = models.BigIntegerField(
    default=tactful.foundation.ids.new_id, editable=False, primary_key=True, serialize=False
)


class Migration(migrations.Migration):
    dependencies = [("contacts", "0009_taking_imports_back")]
    operations = [
        migrations.CreateModel(
            name="Erasure",
            fields=[
                ("id", ID),
                (
                    "contacts",
                    django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), size=None),
                ),
                ("reason", models.CharField(max_length=20)),
                ("way", models.CharField(max_length=12)),
                ("by", models.BigIntegerField(null=True)),
                ("asked_at", models.DateTimeField()),
                ("marks", models.JSONField(default=list)),
                (
                    "files",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=32), default=list, size=None
                    ),
                ),
                ("counts", models.JSONField(default=dict)),
                ("wiped_at", models.DateTimeField(null=True)),
                ("swept_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "erasure",
                "indexes": [
                    django.contrib.postgres.indexes.GinIndex(fields=["contacts"], name="erasure_of"),
                    models.Index(
                        condition=models.Q(("swept_at__isnull", True)),
                        fields=["asked_at"],
                        name="erasure_running",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ErasureRefusal",
            fields=[
                ("id", ID.clone()),
                ("door", models.CharField(max_length=20)),
                ("day", models.DateField()),
                ("count", models.IntegerField(default=0)),
            ],
            options={
                "db_table": "erasure_refusal",
                "constraints": [
                    models.UniqueConstraint(fields=("door", "day"), name="one_refusal_a_day"),
                ],
            },
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
