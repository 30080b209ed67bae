"""Into the outbox: everything arrives as it was given, and each key once."""

from datetime import timedelta
from threading import Event, Thread

import pytest
from django.db import IntegrityError, connection, transaction

from tactful.delivery.actions import enqueue
from tactful.delivery.models import Dispatch, Message
from tactful.delivery.tests.house import Drawn, make_contacts, make_touchpoint, new_message
from tactful.foundation.clock import business_now
from tactful.touchpoints.types import Line


@pytest.mark.django_db
def test_everything_arrives_as_it_was_given(line: Drawn) -> None:
    now = business_now()
    full = new_message(
        make_contacts(1)[0],
        line,
        variables={"matter": 'å "b" \\ \t\n', "link": "https://x.example/?a=1&b=2"},
        condition={"all": [{"fact": "x", "is": 1.5}, None, True]},
        topics=["broadcast:7", 'odd "one", {2}'],
        allow=["quiet_hours"],
        latest_at=now + timedelta(days=2, microseconds=7),
        not_before=now + timedelta(hours=1),
        subject="Hei",
        body="line\tone\nline two \\N",
        references="<a@b> <c@d>",
        cause_visit=3,
        conversation_id=9,
        may_merge=True,
    )
    plain = new_message(make_contacts(1)[0], line, variables={})
    first, second = enqueue([full, plain], now=now)
    assert first is not None
    assert second is not None
    row = Message.objects.get(pk=first)
    for name in ("variables", "condition", "topics", "allow", "latest_at", "due_at", "subject", "body"):
        assert getattr(row, name) == getattr(full, name), name
    assert (row.references, row.cause_visit, row.conversation_id, row.may_merge) == (
        "<a@b> <c@d>",
        3,
        9,
        True,
    )
    assert row.created_at == now
    assert Dispatch.objects.get(pk=first).not_before == full.not_before
    other = Message.objects.get(pk=second)
    assert (other.variables, other.condition, other.topics, other.latest_at) == ({}, {}, [], None)


@pytest.mark.django_db
def test_the_first_of_those_with_one_key_is_kept(line: Drawn) -> None:
    now = business_now()
    contact = make_contacts(1)[0]
    made = [new_message(contact, line, dedupe_key=key, subject=str(n)) for n, key in enumerate("abacb")]
    ids = enqueue(made, now=now)
    assert [ident is not None for ident in ids] == [True, True, False, True, False]
    assert enqueue(made, now=now) == [None] * 5
    assert list(Message.objects.order_by("id").values_list("subject", flat=True)) == ["0", "1", "3"]
    assert Dispatch.objects.count() == 3


@pytest.mark.django_db
def test_a_line_that_no_revision_has_is_refused(line: Drawn) -> None:
    wrong = new_message(make_contacts(1)[0], line)._replace(line=Line.JUDGEMENT)
    with pytest.raises(IntegrityError), transaction.atomic():
        enqueue([wrong], now=business_now())


def test_of_two_that_write_the_same_key_at_once_one_wins(committed_db: object) -> None:
    line, now, contact = make_touchpoint(), business_now(), make_contacts(1)[0]
    written, go_on, found = Event(), Event(), []

    def rival() -> None:
        try:
            with transaction.atomic():
                enqueue([new_message(contact, line, dedupe_key="same")], now=now)
                written.set()
                assert go_on.wait(20)
        finally:
            connection.close()

    def second() -> None:
        try:
            keys = ("same", "other")
            found.append(enqueue([new_message(contact, line, dedupe_key=key) for key in keys], now=now))
        finally:
            connection.close()

    one, two = Thread(target=rival), Thread(target=second)
    one.start()
    assert written.wait(20)
    two.start()
    _wait_until_someone_waits()
    go_on.set()
    one.join(20)
    two.join(20)
    assert [ident is not None for ident in found[0]] == [False, True]
    assert Message.objects.filter(dedupe_key="same").count() == 1
    assert Dispatch.objects.count() == 2


def _wait_until_someone_waits() -> None:
    while True:
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
            if cursor.fetchone()[0]:
                return
