"""The open line of a page: what happens in the house reaches it, and nothing but names travels."""

import asyncio
from contextlib import aclosing

import psycopg
import pytest
from django.test import Client

from tactful.events.actions import NOTIFY_CHANNEL
from tactful.web import live
from tactful.web.tests.cast import Cast


@pytest.mark.parametrize(
    ("names", "pages"),
    [
        (["reply.received"], {"inbox", "thread"}),
        (["message.held"], {"today", "inbox", "thread", "outbox"}),
        (["task.opened"], {"today", "inbox"}),
        (["journey.entered"], set()),
    ],
)
def test_who_wants_to_know(names: list[str], pages: set[str]) -> None:
    assert live.pages_of(names) == pages


@pytest.mark.django_db
def test_news_reach_every_open_page_and_the_line_is_let_go() -> None:
    given = {"conninfo": "", **live._parameters()}

    async def house() -> tuple[list[bytes], bool]:
        async with aclosing(live.stream()) as one, aclosing(live.stream()) as other:
            firsts = [await anext(one), await anext(other)]
            await _heard(given)
            found = [await asyncio.wait_for(anext(each), 20) for each in (one, other)]
        return [*firsts, *found], live.hub()._task is None

    told, let_go = asyncio.run(house())
    assert told[0].startswith(b"retry:")
    assert told[2:] == [b"event: inbox\ndata: inbox\n\nevent: thread\ndata: thread\n\n"] * 2
    assert let_go


async def _heard(given: dict[str, object]) -> None:
    """Wait until the house's line listens, then let something happen."""
    own = await psycopg.AsyncConnection.connect(**given, autocommit=True)  # type: ignore[arg-type]
    async with own:
        while not await _listens(own):  # noqa: ASYNC110, the house tells nobody that it listens
            await asyncio.sleep(0.02)
        await own.execute("SELECT pg_notify(%s, %s)", [NOTIFY_CHANNEL, '["reply.received"]'])


async def _listens(own: psycopg.AsyncConnection[tuple[object, ...]]) -> bool:
    query = (
        "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND state = 'idle'"
        " AND application_name = 'tactful live' AND query LIKE 'LISTEN%'"
    )
    return await (await own.execute(query)).fetchone() is not None


def test_only_our_own_people_listen(cast: Cast) -> None:
    assert Client(headers={"host": "localhost"}).get("/live/").status_code == 403
    client = cast.signed_in(cast.reader)
    assert client.post("/live/").status_code == 405
    response = client.get("/live/")
    assert response["Content-Type"] == "text/event-stream"
    assert response.streaming
    response.close()
