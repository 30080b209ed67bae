"""Both clocks as the database tells them (ENGINE.md, line 1)."""

from datetime import datetime, timedelta

from django.db import connection, transaction

from tactful.foundation import pg
from tactful.foundation.models import Instance


def business_now() -> datetime:
    """Wall time plus the instance's shift. Read it once per operation and pass it down."""
    row = pg.one("SELECT clock_timestamp() + clock_shift FROM instance")
    assert row is not None  # the migrations write it
    return row[0]  # type: ignore[no-any-return]


def machine_now() -> datetime:
    """For leases, back-off, breakers and rate limits; never for what a client sees."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        (now,) = cursor.fetchone()
    return now  # type: ignore[no-any-return]


def clock_shift() -> timedelta:
    """What the business clock is ahead of the wall; only demonstrations have any."""
    return Instance.objects.values_list("clock_shift", flat=True).get(id=1)


@transaction.atomic
def shift_business_clock(by: timedelta) -> None:
    """Move the business clock forward, for demonstrations. It never goes back."""
    if by < timedelta():
        raise ValueError("The business clock only goes forward. Give a positive duration.")
    instance = Instance.objects.select_for_update().get(id=1)
    instance.clock_shift += by
    instance.save(update_fields=["clock_shift"])
