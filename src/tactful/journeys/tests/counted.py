"""What triggers keep beside the enrolments (migration 0006), against a plain look at them."""

from collections import Counter

from django.db.models import Sum

from tactful.journeys.models import Alarm, CrowdChange, Enrolment

WHERE = ("journey_id", "version_id", "step")
WHEN = ("due_at", "id", "journey_id", "step")


def what_follows_the_rows_is_right() -> None:
    ringing = Enrolment.objects.filter(due_at__isnull=False, retry_at=None).order_by("due_at", "id")
    alarms = Alarm.objects.order_by("due_at", "enrolment_id")
    assert list(alarms.values_list("due_at", "enrolment_id", "journey_id", "step")) == list(
        ringing.values_list(*WHEN)
    )
    counted = CrowdChange.objects.values_list(*WHERE).annotate(all=Sum("number")).exclude(all=0)
    assert {(*where, count) for *where, count in counted} == {
        (*where, count)
        for where, count in Counter(Enrolment.objects.filter(ended_at=None).values_list(*WHERE)).items()
    }
