"""An assistant, by the protocol's own client: it looks up and proposes, and never sends."""

import os
import sys
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import Any

import anyio
import pytest
from mcp.client import Client
from mcp.client.stdio import StdioServerParameters, stdio_client

from tactful.api.assistant import server
from tactful.api.client import Tactful
from tactful.api.rest.scopes import Scope
from tactful.api.rest.tests.conftest import program
from tactful.api.rest.tests.test_rest import segment_of_bergen
from tactful.delivery.models import Message
from tactful.inbox.models import Entry
from tactful.inbox.types import PROPOSAL
from tactful.web.tests.cast import Cast

House = tuple[Cast, str]
CHANGE = {"propose_answer", "draft_broadcast", "propose_broadcast"}


def assisted(house: House, scopes: list[Scope], work: Callable[[Any], Awaitable[Any]]) -> Any:
    offered = server(Tactful(house[1], program(house[0], scopes).key))

    async def go() -> Any:
        async with Client(offered) as assistant:
            return await work(assistant)

    return anyio.run(go)


async def said(assistant: Any, tool: str, **given: str) -> Any:
    """The structured answer, or the words of a refusal."""
    answer = await assistant.call_tool(tool, given)
    if answer.is_error:
        return answer.content[0].text
    told = answer.structured_content
    return told["result"] if set(told) == {"result"} else told


def test_nothing_that_it_can_do_sends(house: House) -> None:
    async def tools(assistant: Any) -> list[Any]:
        return list((await assistant.list_tools()).tools)

    found = assisted(house, [Scope.READ_CONTACTS], tools)
    assert {tool.name for tool in found if not tool.annotations.read_only_hint} == CHANGE
    assert len(found) == 17
    assert all(tool.description for tool in found)


def test_it_looks_up_and_proposes(house: House) -> None:
    cast = house[0]
    cast.writes(cast.consenting, "Is this all?")
    client, thread = cast.consenting, cast.thread(cast.consenting)
    segment = segment_of_bergen(cast).slug
    who, where = {"client_id": str(client.id)}, {"conversation_id": str(thread.id)}

    async def work(assistant: Any) -> None:
        ask = partial(said, assistant)
        found = await ask("find_clients", words=client.name.split()[0])
        assert str(client.id) in [each["id"] for each in found]
        assert (await ask("get_client", **who))["name"] == client.name
        assert any(each["name"] == "reply.received" for each in await ask("what_happened", **who))
        why = await ask("why_in_segment", segment=segment, **who)
        assert why["member"] is False
        assert [each["id"] for each in await ask("conversations")] == [str(thread.id)]
        (entry,) = await ask("read_conversation", **where)
        assert entry["text"] == "Is this all?"
        await ask("propose_answer", **where, text="Yes, it is.")

    assisted(house, list(Scope), work)
    assert [each.text for each in Entry.objects.filter(code=PROPOSAL)] == ["Yes, it is."]
    assert not Message.objects.exists()


@pytest.mark.parametrize(
    ("words", "scopes", "refusal"),
    [
        ("Is this all?", [Scope.READ_CONVERSATIONS], "lacks “proposals:write”"),
        ("I want to complain about your terrible service.", list(Scope), "own words"),
    ],
)
def test_what_it_may_not(house: House, words: str, scopes: list[Scope], refusal: str) -> None:
    cast = house[0]
    cast.writes(cast.consenting, words)
    thread = str(cast.thread(cast.consenting).id)
    told = assisted(house, scopes, partial(said, tool="propose_answer", conversation_id=thread, text="Yes."))
    assert refusal in told
    assert not Entry.objects.filter(code=PROPOSAL).exists()


def test_the_command_speaks_the_protocol(house: House, tmp_path: Path) -> None:
    cast, where = house
    name = cast.consenting.name
    environ = {"TACTFUL_HOME": str(tmp_path), "TACTFUL_API_KEY": program(cast, list(Scope)).key}
    command = StdioServerParameters(
        command=sys.executable,
        args=["-m", "tactful", "mcp", "--address", where],
        env=dict(os.environ) | environ,
    )

    async def go() -> Any:
        async with Client(stdio_client(command)) as assistant:
            return await said(assistant, "find_clients", words=name)

    assert [each["id"] for each in anyio.run(go)] == [str(cast.consenting.id)]
