"""Consent receipts are evidence: sealed once, never rewritten."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("contacts", "0001_initial"), ("foundation", "0002_database_rules")]
    operations = [
        migrations.RunSQL(
            """
            CREATE TRIGGER consent_receipt_is_final BEFORE UPDATE OR DELETE ON consent_receipt
                FOR EACH ROW EXECUTE FUNCTION refuse_all_but_sealing();
            """,
            "DROP TRIGGER consent_receipt_is_final ON consent_receipt;",
        )
    ]
