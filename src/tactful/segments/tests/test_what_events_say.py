"""Who asks what events say is answered from indexes, whether little is said or much."""

from datetime import timedelta

import pytest
from django.db import connection
from psycopg.sql import SQL, Composed

from tactful.contacts.models import Contact
from tactful.events.actions import record
from tactful.events.types import LETTERS, LONG, MARK, UNVERIFIED, NewFact
from tactful.foundation import pg
from tactful.segments.hot import asking
from tactful.segments.hot.compiling import compile_tree
from tactful.segments.tests.trees import MOMENT, NOW
from tactful.segments.tests.world import AT_LENGTH
from tactful.segments.types import Happened, Op, Property, Test, Times
from tactful.wiring.segments import ALLOWED

pytestmark = pytest.mark.usefixtures("db")

DEAR = Happened("Order Completed", where=(Property("total", Test(Op.AT_LEAST, 1500)),))
CLIENTS = 60


@pytest.fixture
def clients() -> list[int]:
    """Each has ordered twice; every second one for enough, and half of these with many words."""
    made = [Contact(name=f"Client {n}", sort_key=str(n), created_at=NOW) for n in range(CLIENTS)]
    pg.copy_in(made)
    for number, each in enumerate(made):
        said = {"total": 2000 if number % 2 else 10} | (AT_LENGTH if number % 4 < 2 else {})
        fact = NewFact("Order Completed", each.id, said, NOW - timedelta(days=number))
        record([fact, fact], now=NOW)
    pg.run("ANALYZE event")
    return [each.id for each in made]


def test_those_who_said_little_and_those_who_said_much_are_found(clients: list[int]) -> None:
    assert sorted(asking.members(DEAR, ALLOWED, MOMENT)) == clients[1::2]
    assert asking.count(DEAR, ALLOWED, MOMENT) == CLIENTS // 2
    twice = Happened(DEAR.event, Times("exactly", 2), where=DEAR.where)
    assert asking.count(twice, ALLOWED, MOMENT) == CLIENTS // 2


def test_what_is_as_long_as_it_may_be_is_counted_once(clients: list[int]) -> None:
    for letters in (LETTERS - 1, LETTERS, LETTERS + 1):
        data = {"total": 1, "x": ""}
        (written,) = pg.one("SELECT octet_length(%s::jsonb::text)", ['{"total": 1, "x": ""}']) or (0,)
        record([NewFact("Edge", clients[0], data | {"x": "x" * (letters - written)}, NOW)], now=NOW)
    edge = Happened("Edge", Times("exactly", 3), where=(Property("total", Test(Op.IS, 1)),))
    assert asking.members(edge, ALLOWED, MOMENT) == [clients[0]]


def test_an_event_too_large_for_any_index_is_told_and_found(clients: list[int]) -> None:
    data = {"total": 5000, "words": " ".join(str(n * 7919) for n in range(20_000))}
    record([NewFact("Large", clients[0], data, NOW)], now=NOW)
    assert asking.members(Happened("Large", where=DEAR.where), ALLOWED, MOMENT) == [clients[0]]


def test_who_is_vouched_for_is_asked_there_too(clients: list[int]) -> None:
    aside = NewFact("Seen", clients[0], {MARK: {UNVERIFIED: True}})
    record([aside, NewFact("Seen", clients[1])], now=NOW)
    seen = compile_tree(Happened("Seen"), ALLOWED, MOMENT, vouched=True)
    found = asking.fetch(asking.MEMBERS.format(where=seen.where), seen.params)
    assert found == [(clients[1],)]


def test_the_log_itself_is_not_read_for_what_is_said_in_few_words(clients: list[int]) -> None:
    """PostgreSQL knows nothing of this index if a word of the condition is another. It is the only one of
    the log here besides that of long events: which of two is cheaper says nothing about so few."""
    with connection.cursor() as cursor:
        cursor.execute("DROP INDEX event_named, event_of_contact")
    asked = compile_tree(DEAR, ALLOWED, MOMENT)
    plan = explained(asking.COUNT.format(where=asked.where), asked.params)
    assert "Index Only Scan using event_said on event" in plan, plan


def test_what_is_said_at_length_has_an_index_of_its_own(clients: list[int]) -> None:
    plan = explained(SQL("SELECT FROM event e WHERE {}").format(SQL(LONG)), {})
    assert "using event_said_at_length on event" in plan, plan


def explained(query: Composed, params: dict[str, object]) -> str:
    """How PostgreSQL goes about it when to read the log is dear."""
    with asking.whole_tables(), connection.cursor() as cursor:
        for way in ("seqscan", "bitmapscan"):
            cursor.execute(f"SET LOCAL enable_{way} = off")
        rows = asking.fetch(SQL("EXPLAIN {}").format(query), params)
    return "\n".join(row[0] for row in rows)
