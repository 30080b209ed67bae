"""When time moves whom, and who stands where, beside the enrolments and not in indexes of theirs.

A row that moves keeps its page and gives no index a new entry; on a full page nothing could stay, so
there is room for each row twice. The search path is fixed, for a table of the session's own must not
stand for ours.
"""

from django.db import migrations, models

FORWARD = """
CREATE FUNCTION follow_enrolments() RETURNS trigger LANGUAGE plpgsql
    SET search_path = public, pg_temp AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        DELETE FROM enrolment_alarm a USING gone g
        WHERE a.due_at = g.due_at AND a.enrolment_id = g.id AND g.retry_at IS NULL;
        INSERT INTO enrolment_crowd (journey_id, version_id, step, number)
        SELECT journey_id, version_id, step, -count(*) FROM gone WHERE ended_at IS NULL GROUP BY 1, 2, 3;
    END IF;
    IF TG_OP <> 'DELETE' THEN
        INSERT INTO enrolment_alarm (due_at, enrolment_id, journey_id, step)
        SELECT due_at, id, journey_id, step FROM come WHERE due_at IS NOT NULL AND retry_at IS NULL;
        INSERT INTO enrolment_crowd (journey_id, version_id, step, number)
        SELECT journey_id, version_id, step, count(*) FROM come WHERE ended_at IS NULL GROUP BY 1, 2, 3;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER enrolments_come AFTER INSERT ON enrolment
    REFERENCING NEW TABLE AS come FOR EACH STATEMENT EXECUTE FUNCTION follow_enrolments();
CREATE TRIGGER enrolments_move AFTER UPDATE ON enrolment
    REFERENCING OLD TABLE AS gone NEW TABLE AS come FOR EACH STATEMENT EXECUTE FUNCTION follow_enrolments();
CREATE TRIGGER enrolments_go AFTER DELETE ON enrolment
    REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION follow_enrolments();
INSERT INTO enrolment_alarm (due_at, enrolment_id, journey_id, step)
SELECT due_at, id, journey_id, step FROM enrolment WHERE due_at IS NOT NULL AND retry_at IS NULL;
INSERT INTO enrolment_crowd (journey_id, version_id, step, number)
SELECT journey_id, version_id, step, count(*) FROM enrolment WHERE ended_at IS NULL GROUP BY 1, 2, 3;
ALTER TABLE enrolment SET (fillfactor = 45);
ALTER TABLE enrolment_alarm SET (autovacuum_vacuum_scale_factor = 0.05);
"""
BACKWARD = """
ALTER TABLE enrolment RESET (fillfactor);
DROP TRIGGER enrolments_go ON enrolment;
DROP TRIGGER enrolments_move ON enrolment;
DROP TRIGGER enrolments_come ON enrolment;
DROP FUNCTION follow_enrolments();
"""


class Migration(migrations.Migration):
    dependencies = [("journeys", "0005_replays")]
    operations = [
        migrations.CreateModel(
            name="Alarm",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "due_at",
                        "enrolment_id",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("due_at", models.DateTimeField()),
                ("enrolment_id", models.BigIntegerField()),
                ("journey_id", models.BigIntegerField()),
                ("step", models.CharField(max_length=60)),
            ],
            options={
                "db_table": "enrolment_alarm",
                "indexes": [models.Index(fields=["journey_id", "step", "due_at"], name="alarm_of_step")],
            },
        ),
        migrations.CreateModel(
            name="CrowdChange",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("journey_id", models.BigIntegerField()),
                ("version_id", models.BigIntegerField()),
                ("step", models.CharField(max_length=60)),
                ("number", models.IntegerField()),
            ],
            options={
                "db_table": "enrolment_crowd",
                "indexes": [models.Index(fields=["journey_id"], name="crowd_of_journey")],
            },
        ),
        migrations.RemoveIndex(model_name="enrolment", name="enrolment_due"),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
