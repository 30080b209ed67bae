"""The PostgreSQL that tests share: the embedded one of this checkout, or one that the caller has."""

import fcntl
import os
from collections.abc import Mapping, MutableMapping
from pathlib import Path
from urllib.parse import quote, urlencode

from psycopg.conninfo import conninfo_to_dict

from tactful.config.home import PACKAGE, ensure_home
from tactful.config.postgres import places
from tactful.config.postgres.provision import grant
from tactful.config.postgres.server import Server

SECRET_KEY = "a-key-for-tests-only-that-opens-nothing-at-all"  # noqa: S105


def server_home(process: str = "") -> Path:
    """One for each process of tests: an open transaction anywhere on a server keeps the newest facts of
    the log back in all of its databases, so a long test would make those beside it wait."""
    return PACKAGE.parents[1] / ".var" / ("test" + process.replace("gw", "-"))


def prepare_environ(environ: MutableMapping[str, str]) -> None:
    """Point the settings at the test server. Must happen before Django reads them.

    Programs that tests start keep what they compile: without that, each takes seconds to import Django.
    """
    environ.setdefault("PYTHONPYCACHEPREFIX", str(server_home().with_name("cache") / "python"))
    environ.pop("PYTHONDONTWRITEBYTECODE", None)
    environ.setdefault("TACTFUL_SECRET_KEY", SECRET_KEY)
    environ.setdefault("TACTFUL_LOCAL_MAIL_HOSTS", "yes")  # the mail servers of tests stand on loopback
    process = environ.get("PYTEST_XDIST_WORKER", "")
    if process and environ.get("TACTFUL_DATABASE_URL") == _url(server_home()):
        # Inherited from the process that shares the tests out, for which it was made up below.
        del environ["TACTFUL_HOME"], environ["TACTFUL_DATABASE_URL"]
    environ.setdefault("TACTFUL_HOME", str(server_home(process)))
    environ.setdefault("TACTFUL_DATABASE_URL", _url(Path(environ["TACTFUL_HOME"])))


class SharedServer:
    """Held by each test process that uses the database. The last one to let go stops the server."""

    def __init__(self, owner_url: str) -> None:
        self.owner_url = owner_url
        self.home = Path(os.environ["TACTFUL_HOME"])
        self._server: Server | None = None
        self._lock = -1
        if owner_url == _url(self.home):
            self._hold()

    @property
    def is_embedded(self) -> bool:
        return self._server is not None

    def url(self, database: str, role: str | None = None) -> str:
        """Connection string of a database. The application's role exists in our own server only."""
        parts = conninfo_to_dict(self.owner_url) | {"dbname": database}
        if role and self.is_embedded:
            parts["user"] = role
        return database_url(parts)

    def release(self) -> None:
        if self._server is None:
            return
        fcntl.flock(self._lock, fcntl.LOCK_UN)
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            self._server.stop()
        except BlockingIOError:
            pass
        finally:
            os.close(self._lock)

    def _hold(self) -> None:
        ensure_home(self.home)
        self._lock = os.open(self.home / "users.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        fcntl.flock(self._lock, fcntl.LOCK_SH)
        self._server = Server(self.home, print, durable=False)
        self._server.start()
        # In template1, so that every database made from it lets the application's role in.
        grant(self.url("template1"), places.APP_ROLE)


def _url(home: Path) -> str:
    return places.embedded_url(home, places.OWNER_ROLE)


def database_url(parts: Mapping[str, object]) -> str:
    """A libpq URL, the only form that ``TACTFUL_DATABASE_URL`` takes, with everything as a parameter."""
    given = {name: str(value) for name, value in parts.items() if value is not None}
    return f"postgresql:///?{urlencode(given, quote_via=quote)}"
