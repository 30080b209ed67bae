"""What a web process has open to PostgreSQL: few, for moments, and nobody notices when they are ended."""

import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
from django.conf import settings
from django.test import Client

from tactful.config.tests.processes import PATIENCE_SECONDS, running, wait_until
from tactful.config.tests.test_up import free_port
from tactful.foundation.models import Role, User
from tactful.testing.fixtures import CommittedDatabase
from tactful.testing.threads import together

OF_PAGES = """SELECT pid FROM pg_stat_activity
WHERE datname = current_database() AND usename = %s AND application_name <> 'tactful live'"""


@dataclass(frozen=True)
class House:
    url: str
    cookie: str
    database: CommittedDatabase

    def open(self, path: str) -> "urllib.request._UrlopenRet":
        asked = urllib.request.Request(self.url + path, headers={"Cookie": self.cookie})
        return urllib.request.urlopen(asked, timeout=PATIENCE_SECONDS)

    def answers(self, path: str = "/clients/") -> int:
        with self.open(path) as answer:
            answer.read()
            return int(answer.status)

    def backends(self) -> set[int]:
        with psycopg.connect(self.database.owner_url, autocommit=True) as own:
            user = psycopg.conninfo.conninfo_to_dict(self.database.url)["user"]
            return {pid for (pid,) in own.execute(OF_PAGES, [user]).fetchall()}

    def end(self, pids: set[int]) -> None:
        with psycopg.connect(self.database.owner_url, autocommit=True) as own:
            own.execute("SELECT pg_terminate_backend(pid, 10000) FROM unnest(%s::int[]) pid", [list(pids)])


@pytest.fixture
def house(committed_db: CommittedDatabase, tmp_path: Path) -> Iterator[House]:
    owner = User.objects.add(email="kari@fjord.example", name="Kari", role=Role.OWNER)
    client = Client()
    client.force_login(owner, backend="allauth.account.auth_backends.AuthenticationBackend")
    cookie = f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"
    from django.db import connection  # noqa: PLC0415

    connection.close()  # only the process of the pages has any
    port = free_port()
    environ = {name: value for name, value in committed_db.environ.items() if "DATABASE_URL" in name}
    given = environ | {"TACTFUL_SECRET_KEY": settings.SECRET_KEY, "TACTFUL_PORT": str(port)}
    with running(tmp_path, "-m", "tactful", "web", **given) as program:
        program.wait_for("Ready.")
        yield House(f"http://localhost:{port}", cookie, committed_db)
        program.process.terminate()
        program.process.wait(PATIENCE_SECONDS)


def test_pages_share_a_connection_and_nobody_hears_that_it_was_ended(house: House) -> None:
    # A page gives its connection back a moment after it has answered; the next may have taken another then.
    assert [house.answers() for _ in range(9)] == [200] * 9
    first = house.backends()
    assert len(first) <= 2
    house.end(first)
    assert [house.answers() for _ in range(9)] == [200] * 9
    assert len(house.backends() - first) in (1, 2)
    for _ in range(10):
        together(*_asking(house, 4))
        house.end(house.backends())
    assert house.answers() == 200


def _asking(house: House, many: int) -> list[Callable[[], None]]:
    def ask() -> None:
        assert house.answers() == 200

    return [ask] * many


def test_a_page_that_is_open_for_hours_holds_none(house: House) -> None:
    with ExitStack() as pages:
        for _ in range(5):
            page = pages.enter_context(house.open("/live/"))
            assert page.readline().startswith(b"retry")
        assert house.answers() == 200
        wait_until(lambda: len(house.backends()) == 1, "one connection is enough")
