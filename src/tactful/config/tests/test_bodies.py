"""Nobody fills the disk: a body is measured before Django stores it."""

import asyncio
import importlib
from collections.abc import MutableMapping
from typing import Any

import pytest

from tactful.config import bodies
from tactful.foundation.secrets import key_ring
from tactful.kernel.tokens import sign
from tactful.portal.views import DOCUMENTS

pytestmark = pytest.mark.filterwarnings("ignore:No directory at")  # of static files, which no test needs
CHUNK = b"x" * 32_768
Message = MutableMapping[str, Any]


class Stranger:
    """Somebody who sends chunk after chunk and never ends by themselves; ``taken``: chunks."""

    def __init__(self, path: str, *headers: tuple[bytes, bytes]) -> None:
        self.scope: dict[str, Any] = {
            "type": "http",
            "method": "POST",
            "path": path,
            "raw_path": path.encode(),
            "query_string": b"",
            "headers": [(b"host", b"testserver"), *headers],
            "client": ("192.0.2.7", 5),
            "scheme": "http",
        }
        self.taken = 0
        self.heard: list[Message] = []

    async def receive(self) -> Message:
        self.taken += 1
        assert self.taken < 10_000, "Nobody stops reading."
        return {"type": "http.request", "body": CHUNK, "more_body": True}

    async def send(self, message: Message) -> None:
        self.heard.append(message)

    def comes(self) -> int:
        """The status of the answer."""
        door = importlib.import_module("tactful.config.asgi")
        asyncio.run(door.application(self.scope, self.receive, self.send))
        return int(self.heard[0]["status"])


@pytest.mark.parametrize("path", ["/c/news/", "/account/login/", "/nothing", "/import/", "/api/v1/contacts"])
def test_who_tells_no_length_is_stopped_at_what_the_address_may_bring(path: str) -> None:
    stranger = Stranger(path)
    assert stranger.comes() == 413
    assert len(stranger.heard) == 2
    assert (b"connection", b"close") in stranger.heard[0]["headers"]
    assert stranger.taken * len(CHUNK) <= bodies.most_for(path) + len(CHUNK)


def test_a_length_that_is_too_much_is_refused_before_anything_is_read() -> None:
    stranger = Stranger("/c/news/", (b"content-length", b"65537"))
    assert (stranger.comes(), stranger.taken) == (413, 0)
    assert "for mye" in stranger.heard[1]["body"].decode()


def test_a_client_may_bring_documents_by_a_link_of_ours_alone() -> None:
    link = f"/c/documents/{sign(key_ring(), DOCUMENTS, 7)}/"
    assert bodies.most_for(link) == bodies.MOST_OF_ALL
    assert bodies.most_for("/c/documents/made-up/") == bodies.OF_STRANGERS


def test_what_is_within_reaches_the_page_as_it_came() -> None:
    parts = [b"a" * bodies.OF_STRANGERS, b""]
    heard: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": parts.pop(0), "more_body": bool(parts)}

    async def pages(_scope: dict[str, Any], receive: bodies.Receive, send: bodies.Send) -> None:
        got = [await receive(), await receive()]
        await send({"type": "http.response.start", "status": 200, "size": len(got[0]["body"])})

    async def send(message: Message) -> None:
        heard.append(message)

    asyncio.run(bodies.measured(pages, {"path": "/c/news/", "headers": []}, receive, send))
    assert [(each["status"], each["size"]) for each in heard] == [(200, bodies.OF_STRANGERS)]
