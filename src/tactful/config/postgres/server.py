"""Start, adopt, watch and stop the embedded server. We are its direct parent, or its heir."""

import fcntl
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tactful.config.environment import Environment
from tactful.config.home import ensure_home
from tactful.config.postgres import binaries, cluster, folders, places, postmaster, provision
from tactful.config.postgres.account import server_account
from tactful.config.postgres.cluster import NO_SPACE, Cluster
from tactful.config.trouble import Trouble, disk_trouble, full_disk

START_SECONDS = 120.0
"""Recovery after a crash replays up to ``max_wal_size``; on a slow disk that takes its time."""
ORPHANS_SECONDS = 15.0
LARGEST_LOG = 5_000_000
STILL_IN_USE = ("pre-existing shared memory block", "could not create any Unix-domain sockets")


class Server:
    """The embedded PostgreSQL of one data folder.

    ``home``: the data folder. ``say``: takes sentences for the operator. ``durable``: False in tests only.
    """

    def __init__(self, home: Path, say: Callable[[str], None], *, durable: bool = True) -> None:
        self.home = home
        self._say = say
        self._durable = durable
        self._give_up: Callable[[], bool] = lambda: False
        self._process: subprocess.Popen[str] | None = None
        self.pid: int | None = None

    def start(self, give_up: Callable[[], bool] = lambda: False) -> None:
        """Adopt the live server of this folder or launch one, and wait until it takes connections.

        Raises ``Trouble``, also when ``give_up`` turns true. Safe to call again after the server died.
        """
        ensure_home(self.home)
        self._give_up = give_up
        with self._alone():
            place = self._place()
            self.pid = postmaster.find(place.data)
            if self.pid is None:
                self._launch(place)
            else:
                self._say(f"Found PostgreSQL running (process {self.pid}) and took it over.")
                self._wait_ready(place)
            provision.provision(self.url("postgres"), self.url(places.DATABASE))

    def url(self, database: str) -> str:
        """The owner's URL of a database in this server."""
        return places.embedded_url(self.home, places.OWNER_ROLE, database)

    def is_alive(self) -> bool:
        if self._process is not None:
            return self._process.poll() is None
        return self.pid is not None and postmaster.alive(self.pid)

    def stop(self, seconds: float = 3.0) -> None:
        """Fast shutdown: open transactions roll back. After ``seconds`` without waiting for the
        checkpoint, which the next start makes good from the log. Nothing committed is lost."""
        if self.pid is None or not self.is_alive():
            return
        os.kill(self.pid, signal.SIGINT)
        if not self._wait_gone(seconds):
            os.kill(self.pid, signal.SIGQUIT)
            self._wait_gone(seconds)
        self._process, self.pid = None, None

    @property
    def was_launched(self) -> bool:
        """False for a server that we found running."""
        return self._process is not None

    def halt(self) -> None:
        """Stop the server of this folder, whoever launched it."""
        if self.pid is None:
            self._process, self.pid = None, postmaster.find(places.data_folder(self.home).resolve())
        self.stop()

    def erase(self) -> None:
        """Stop the server of this folder, and delete its database for good."""
        self.halt()
        shutil.rmtree(places.data_folder(self.home).resolve(), ignore_errors=True)
        places.data_folder(self.home).unlink(missing_ok=True)
        shutil.rmtree(places.socket_folder(self.home), ignore_errors=True)

    def _place(self) -> Cluster:
        account = server_account(self._say)
        try:
            data = folders.reachable_data(places.data_folder(self.home), account)
        except OSError as error:
            raise disk_trouble(error, self.home) from error
        sockets = folders.private_folder(places.socket_folder(self.home), account)
        return Cluster(data, sockets, self.home / "postgres.log", account, self._durable)

    def _launch(self, place: Cluster) -> None:
        found = binaries.find(cluster.made_by(place.data))
        found = folders.reachable_binaries(found, place.account)
        if not place.exists:
            cluster.create(place, found)
        cluster.configure(place)
        postmaster.forget_stranger(place.data)
        deadline = time.monotonic() + ORPHANS_SECONDS
        while not self._try_launch(place, found):
            if time.monotonic() > deadline:
                raise Trouble(f"Another PostgreSQL still uses {place.data}. Stop it, then start again.")
            time.sleep(0.1)

    def _try_launch(self, place: Cluster, found: binaries.Binaries) -> bool:
        """False: the last processes of a killed server are still leaving; try again."""
        with _log_file(place.log) as log:
            begin = os.fstat(log).st_size
            command = [found.program("postgres"), "-D", str(place.data)]
            self._process = place.account.popen(command, log, cwd=place.data if os.getuid() else Path("/"))
        self.pid = self._process.pid
        try:
            self._wait_ready(place)
        except Trouble as trouble:
            said = _read_from(place.log, begin)
            if self._process.poll() is not None and any(text in said for text in STILL_IN_USE):
                return False
            raise (_why(said, place) or trouble) from None
        return True

    def _wait_ready(self, place: Cluster) -> None:
        deadline = time.monotonic() + START_SECONDS
        url = self.url("postgres")
        while not postmaster.is_ready(place.data, url):
            if not self.is_alive() or self._give_up() or time.monotonic() > deadline:
                raise Trouble(f"PostgreSQL did not start. What it said is in {place.log}.")
            time.sleep(0.02)

    def _wait_gone(self, seconds: float) -> bool:
        deadline = time.monotonic() + seconds
        while self.is_alive():
            if time.monotonic() > deadline:
                return False
            time.sleep(0.02)
        return True

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Two starts at once take turns: the second then adopts what the first has launched."""
        path = self.home / "postgres.lock"
        try:
            handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise disk_trouble(error, path) from error
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        finally:
            os.close(handle)


def require_running(environment: Environment) -> None:
    """Raises ``Trouble`` when the embedded server should run and does not."""
    if environment.embedded and not postmaster.find(places.data_folder(environment.home).resolve()):
        raise Trouble("PostgreSQL does not run. Use 'tactful up', which starts everything together.")


@contextmanager
def for_a_while(environment: Environment, say: Callable[[str], None]) -> Iterator[None]:
    """The embedded server, started for the time that it takes if it does not run."""
    if not environment.embedded:
        yield
        return
    server = Server(environment.home, say)
    try:
        server.start()
        yield
    finally:
        if server.was_launched:
            server.stop()


@contextmanager
def _log_file(path: Path) -> Iterator[int]:
    """Opened for appending; one older file is kept when it has grown large."""
    try:
        if path.exists() and path.stat().st_size > LARGEST_LOG:
            path.replace(path.with_suffix(".log.1"))
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise disk_trouble(error, path) from error
    try:
        yield handle
    finally:
        os.close(handle)


def _read_from(path: Path, begin: int) -> str:
    try:
        with path.open("rb") as file:
            file.seek(begin)
            return file.read(100_000).decode("utf-8", "replace")
    except OSError:
        return ""


def _why(said: str, place: Cluster) -> Trouble | None:
    if NO_SPACE in said:
        return full_disk(place.data)
    fatal = [line.split("FATAL:", 1)[1].strip() for line in said.splitlines() if "FATAL:" in line]
    if fatal:
        return Trouble(f"PostgreSQL did not start: {fatal[-1]}. What it said is in {place.log}.")
    return None
