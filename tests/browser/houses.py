"""A whole running house for pages to be opened in: database, web, worker and postbox of its own."""

import json
import os
import smtplib
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, urlencode

import psycopg
from psycopg.conninfo import conninfo_to_dict

from tactful.config.postgres.places import APP_ROLE
from tactful.config.tests.processes import Running, environ, running, wait_until
from tactful.demo.postbox.client import Draft, Outgoing, Person, send, write_new
from tactful.demo.postbox.mailbox import Letter, Mailbox
from tactful.kernel.clock import SystemClock
from tactful.testing.database import clone
from tactful.testing.server import SharedServer

OFFICE = "post@fjordkontoret.example"
SEEDED_SECONDS = 180.0  # the demo business is made in ten; only a machine that is very busy needs more


@dataclass(frozen=True, slots=True)
class House:
    """``url``: where its pages are. ``database``: for looking behind them. ``environ``: for its programs."""

    url: str
    database: str
    environ: Mapping[str, str]

    @property
    def mailbox(self) -> Mailbox:
        """What clients have received."""
        return Mailbox(Path(self.environ["TACTFUL_HOME"]) / "postbox")

    def letters(self, address: str) -> list[Letter]:
        return self.mailbox.letters(address)

    def rows(self, query: str, *values: object) -> list[tuple[object, ...]]:
        with psycopg.connect(self.database, autocommit=True) as connection:
            found = connection.execute(query, values)  # type: ignore[arg-type]
            return found.fetchall() if found.description else []

    def one(self, query: str, *values: object) -> object:
        ((value,),) = self.rows(query, *values)
        return value

    def write_as(self, address: str, subject: str, text: str) -> None:
        """A client writes to the office; the mail comes through the inbound door."""
        mail = write_new(Person(address), OFFICE, Draft(text, subject=subject), SystemClock().now())
        self.hand_over(mail)

    def hand_over(self, mail: Outgoing) -> None:
        port = int(self.environ["TACTFUL_INBOUND_PORT"])

        def taken() -> bool:
            with suppress(ConnectionError, smtplib.SMTPServerDisconnected):
                send(mail, "127.0.0.1", port)
                return True
            return False

        wait_until(taken, "the inbound door is open")

    def run(self, module: str) -> dict[str, object]:
        """A program of ours inside this house. It prints one JSON object at its end."""
        done = subprocess.run(
            [sys.executable, "-m", module],
            env=dict(self.environ),
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        answer: dict[str, object] = json.loads(done.stdout.splitlines()[-1])
        return answer


@contextmanager
def demo_house(home: Path, server: SharedServer, template: str) -> Iterator[House]:
    """The demo business on its first morning, after automation has spoken."""
    with _prepared(home, server, template) as house, _started(house, "demo") as program:
        program.wait_for("Tactful is ready", patience=SEEDED_SECONDS)
        wait_until(lambda: bool(house.one(ALL_SAID)), "automation has said what it had to say")
        yield house


@contextmanager
def bare_house(home: Path, server: SharedServer, template: str) -> Iterator[House]:
    """Only pages: nothing is sent and nothing comes in by itself."""
    with _prepared(home, server, template) as house, _started(house, "web") as program:
        program.wait_for("Ready.")
        yield house


@contextmanager
def empty_house(home: Path, server: SharedServer, template: str) -> Iterator[tuple[House, str]]:
    """A house in which nobody works yet, as ``tactful up`` brings it up, and the link that its start shows."""
    with _prepared(home, server, template, demo="no") as house, _started(house, "up") as program:
        program.wait_for("Stop it with Ctrl-C", patience=SEEDED_SECONDS)
        (link,) = (line.strip() for line in program.wait_for("/account/invitation/"))
        yield house, link.removeprefix(house.url)


ALL_SAID = """
    SELECT count(*) FILTER (WHERE state = 'sent') > 10
        AND count(*) FILTER (WHERE state NOT IN ('sent', 'held')) = 0
    FROM dispatch
"""


@contextmanager
def _started(house: House, command: str) -> Iterator[Running]:
    own = {name: value for name, value in house.environ.items() if name.startswith("TACTFUL_")}
    home = Path(own.pop("TACTFUL_HOME"))
    with running(home, "-m", "tactful", command, **own) as program:
        yield program
        program.process.terminate()
        program.process.wait()


@contextmanager
def _prepared(home: Path, server: SharedServer, template: str, demo: str = "yes") -> Iterator[House]:
    web, inbound, postbox = _free_ports(3)
    with clone(server, template, f"tactful_browser_{os.getpid()}_{web}") as name:
        given = environ(
            home,
            TACTFUL_DATABASE_URL=_as_url(server.url(name, APP_ROLE)),
            TACTFUL_OWNER_DATABASE_URL=_as_url(server.url(name)),
            TACTFUL_PORT=str(web),
            TACTFUL_BASE_URL=f"http://localhost:{web}",
            TACTFUL_INBOUND_PORT=str(inbound),
            TACTFUL_POSTBOX_PORT=str(postbox),
            TACTFUL_DEMO=demo,
            TACTFUL_LOCAL_MAIL_HOSTS="yes",
            DJANGO_SETTINGS_MODULE="tactful.config.settings",
        )
        yield House(f"http://localhost:{web}", server.url(name), given)


def _as_url(conninfo: str) -> str:
    """The settings take an address only, so everything but the name goes into its query."""
    parts = {key: str(value) for key, value in conninfo_to_dict(conninfo).items() if value is not None}
    return f"postgresql:///{quote(parts.pop('dbname'))}?{urlencode(parts)}"


def _free_ports(count: int) -> list[int]:
    doors = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [int(door.getsockname()[1]) for door in doors]
    for door in doors:
        door.close()
    return ports
