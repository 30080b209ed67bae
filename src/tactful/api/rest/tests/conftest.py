import json
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Any
from wsgiref.simple_server import WSGIRequestHandler, make_server

import pytest
from django.conf import LazySettings
from django.core.wsgi import get_wsgi_application
from django.test import Client

from tactful.api.rest.scopes import Scope
from tactful.foundation.keys.actions import KeyWish, make_key
from tactful.testing.casts import remembered
from tactful.web.tests.cast import Cast, make_cast

if TYPE_CHECKING:  # by the plugin itself, before its asserts are rewritten
    from tactful.testing.fixtures import CommittedDatabase


@dataclass
class Program:
    """Another program with a key."""

    cast: Cast
    key: str

    def asks(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        given = {"Authorization": f"Bearer {self.key}", "Host": "localhost", **headers}
        return Client(headers=given, raise_request_exception=False).generic(
            method, f"/api/v1{path}", data=as_bytes(body), content_type="application/json"
        )


def as_bytes(body: Any) -> bytes:
    return b"" if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()


def program(cast: Cast, scopes: Collection[str]) -> Program:
    _row, key = make_key(KeyWish("test", scopes), acting_user=cast.owner.id, now=cast.now)
    return Program(cast, key)


@pytest.fixture(autouse=True)
def _quick(settings: LazySettings) -> None:
    settings.WHITENOISE_USE_FINDERS = False  # each test client would list all static files
    Path(settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)  # WhiteNoise warns about a missing folder


@pytest.fixture
def cast(db: None) -> Cast:
    return remembered(make_cast)


@pytest.fixture
def full(cast: Cast) -> Program:
    return program(cast, list(Scope))


class Quiet(WSGIRequestHandler):
    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def house(committed_db: "CommittedDatabase") -> Iterator[tuple[Cast, str]]:
    """What is there, and where."""
    cast = make_cast()
    with make_server("localhost", 0, get_wsgi_application(), handler_class=Quiet) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield cast, f"http://localhost:{server.server_port}/"
        server.shutdown()
        thread.join()
