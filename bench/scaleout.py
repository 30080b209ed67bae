"""``bin/bench scaleout``: two web and three worker processes, each on a machine of its own as far as the network
can tell, against one PostgreSQL. One worker is killed in the middle, and started again by its machine.

A machine is a network namespace with a cable (veth) to a switch (bridge), its own data folder and its own name.
PostgreSQL and the mail server of the world stand at the switch. Nothing may be lost and nothing arrive twice but
what the kill has left between dot and reply, which is named ``unknown`` and never sent again by itself. Asks for
root and ``ip``; without them it says so and ends well.
"""

import argparse
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from bench import house
from bench.send import messages, say
from tactful.config.postgres.account import server_account
from tactful.config.postgres.binaries import find

WEB, WORKERS = ("web1", "web2"), ("work1", "work2", "work3")
NET = "10.213.77"
BRIDGE = "tfbench0"
PORT, DATABASE_PORT, MAIL_PORT = 8017, 55432, 52525
ROLE, SECRET, KEY = "bench", "scaleout-only", "k" * 48
PATIENCE = 180.0  # seconds


def main() -> None:
    options = argparse.ArgumentParser(prog="bin/bench scaleout")
    options.add_argument("--messages", type=int, default=6_000)
    options.add_argument("--json", action="store_true")
    options.add_argument("--part", default="", help=argparse.SUPPRESS)
    given = options.parse_args()
    if given.part:
        return PARTS[given.part](given.messages)
    reason = _why_not()
    if reason:
        say(reason)
        print(json.dumps({"skipped": reason}))
        return None
    with tempfile.TemporaryDirectory(prefix="tf-scale-") as folder:
        Path(folder).chmod(0o755)
        with ExitStack() as stack:
            house.report(Run(Path(folder), given.messages, stack).measure())
    return None


def _why_not() -> str:
    if os.geteuid() != 0 or not shutil.which("ip"):
        return "Network namespaces ask for root and the program ip; nothing was measured."
    name = f"tfprobe{os.getpid()}"
    if subprocess.run(["ip", "netns", "add", name], capture_output=True, check=False).returncode:
        return "This machine does not let us make network namespaces; nothing was measured."
    subprocess.run(["ip", "netns", "del", name], check=False)
    return ""


@contextmanager
def network() -> Iterator[None]:
    """A switch at ``NET.1``, and a namespace for each machine. All of it is gone afterwards."""
    made: list[list[str]] = []
    try:
        _ip("link", "add", BRIDGE, "type", "bridge")
        made.append(["link", "del", BRIDGE])
        _ip("addr", "add", f"{NET}.1/24", "dev", BRIDGE)
        _ip("link", "set", BRIDGE, "up")
        for number, name in enumerate((*WEB, *WORKERS), 11):
            space = f"tf-{name}"
            _ip("netns", "add", space)
            made.append(["netns", "del", space])
            _ip("link", "add", f"tf{name}", "type", "veth", "peer", "name", "eth0", "netns", space)
            _ip("link", "set", f"tf{name}", "master", BRIDGE, "up")
            _ip("-n", space, "addr", "add", f"{NET}.{number}/24", "dev", "eth0")
            _ip("-n", space, "link", "set", "eth0", "up")
            _ip("-n", space, "link", "set", "lo", "up")
        yield
    finally:
        for command in reversed(made):
            subprocess.run(["ip", *command], check=False, capture_output=True)


def _ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True, capture_output=True)


@contextmanager
def postgres(folder: Path) -> Iterator[None]:
    """A server at the switch that asks for a password, as one of the operator's own does."""
    account, programs = server_account(say), find()
    from tactful.config.postgres.folders import reachable_binaries  # noqa: PLC0415

    programs = reachable_binaries(programs, account)
    data, secret = folder / "database", folder / "password"
    data.mkdir(mode=0o700)
    secret.write_text(SECRET)
    secret.chmod(0o644)
    os.chown(data, account.uid, account.gid)
    made = account.run(
        [programs.program("initdb"), "-D", str(data), "-U", ROLE, "-A", "scram-sha-256", "-E", "UTF8",
         "--locale=C.UTF-8", "--pwfile", str(secret), "--no-sync"]
    )  # fmt: skip
    if made.returncode:
        raise SystemExit(made.stderr)
    with (data / "pg_hba.conf").open("a") as file:
        file.write(f"host all all {NET}.0/24 scram-sha-256\n")
    command = [programs.program("postgres"), "-D", str(data), "-p", str(DATABASE_PORT), "-k", str(data),
               "-c", f"listen_addresses={NET}.1", "-c", "max_connections=120", "-c", "jit=off"]  # fmt: skip
    with (folder / "postgres.log").open("w") as log:
        process = account.popen(command, log.fileno())
    try:
        yield
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(30)


class Run:
    def __init__(self, folder: Path, count: int, stack: ExitStack) -> None:
        self.folder, self.count, self.stack = folder, count, stack
        self.record = folder / "taken.txt"
        self.record.touch()
        self.url = f"postgresql://{ROLE}:{SECRET}@{NET}.1:{DATABASE_PORT}/postgres"
        self.environ = {name: value for name, value in os.environ.items() if not name.startswith("TACTFUL_")} | {
            "TACTFUL_DATABASE_URL": self.url,
            "TACTFUL_SECRET_KEY": KEY,
            "TACTFUL_LOCAL_MAIL_HOSTS": "yes",
            "TACTFUL_NIGHTLY_BACKUPS": "no",
            "TACTFUL_LOG_LEVEL": "ERROR",
            "TACTFUL_HOST": "0.0.0.0",
            "TACTFUL_ALLOWED_HOSTS": "*",
            "DJANGO_SETTINGS_MODULE": "tactful.config.settings",
        }  # fmt: skip

    def measure(self) -> dict[str, float | int]:
        self.stack.enter_context(network())
        self.stack.enter_context(postgres(self.folder))
        for name in ("desk", *WEB, *WORKERS):
            (self.folder / name).mkdir(mode=0o700)
        self._wait(self._try_migrate, "the database is migrated")
        self._mail_server()
        self._part("seed")
        web = [self._start(name, "web") for name in WEB]
        workers = {name: self._start(name, "worker") for name in WORKERS}
        self._wait(self._all_ready, "both webs are ready")
        began = time.monotonic()
        self._part("enqueue")
        self._wait(lambda: len(self._taken()) > self.count // 3, "a third has arrived")
        shares = self._shares()
        os.killpg(workers["work2"].pid, signal.SIGKILL)
        killed = time.monotonic()
        say(f"work2 is killed after {len(self._taken())} mails; until then {dict(shares)}")
        answers = self._asked_while_sending()
        workers["work2"] = self._start("work2", "worker")  # as its machine's systemd does
        self._wait(lambda: self._waiting() == 0, "nothing waits any more")
        took = time.monotonic() - began
        for process in (*web, *workers.values()):
            process.poll() is None and process.terminate()
        return self._judge() | {
            "took_s": round(took, 1),
            "emails_per_s": round(self.count / took),
            "after_kill_s": round(time.monotonic() - killed, 1),
            "workers_that_sent": sum(1 for n in shares.values() if n),
            "web_asked": 10 * len(WEB),
            "web_answered": answers,
        }

    def _start(self, name: str, what: str) -> "subprocess.Popen[bytes]":
        """On its own machine: another network, another data folder, another host name."""
        home = self.folder / name
        command = ["ip", "netns", "exec", f"tf-{name}", "unshare", "--uts", "sh", "-c",
                   f"hostname {name}; exec {sys.executable} -m tactful {what}"]  # fmt: skip
        process = subprocess.Popen(
            command,
            env=self.environ | {"TACTFUL_HOME": str(home)},
            stdout=subprocess.DEVNULL,
            start_new_session=True,
        )
        self.stack.callback(_end, process)
        return process

    def _mail_server(self) -> None:
        """At the switch."""
        command = [sys.executable, "-m", "bench.scaleout", "--part", "sink"]
        process = subprocess.Popen(
            command, env=self.environ | {"TF_RECORD": str(self.record)}, stdout=subprocess.PIPE
        )
        assert process.stdout is not None
        process.stdout.readline()
        self.stack.callback(_end, process)

    def _part(self, name: str) -> str:
        command = [sys.executable, "-m", "bench.scaleout", "--part", name, "--messages", str(self.count)]
        environ = self.environ | {"TACTFUL_HOME": str(self.folder / "desk")}
        return subprocess.run(command, env=environ, stdout=subprocess.PIPE, text=True, check=True).stdout

    def _try_migrate(self) -> bool:
        environ = self.environ | {"TACTFUL_HOME": str(self.folder / "desk")}
        command = [sys.executable, "-m", "tactful", "migrate"]
        return subprocess.run(command, env=environ, capture_output=True, check=False).returncode == 0

    def _all_ready(self) -> bool:
        return all(_status(f"http://{NET}.{11 + place}:{PORT}/ready") == 200 for place in range(len(WEB)))

    def _asked_while_sending(self) -> int:
        """Sign-in pages that both webs have answered while mail flows."""
        hosts = [f"http://{NET}.{11 + place}:{PORT}/account/login/" for place in range(len(WEB))]
        return sum(_status(url) == 200 for _ in range(10) for url in hosts)

    def _taken(self) -> list[str]:
        return self.record.read_text().splitlines()

    def _shares(self) -> Counter[str]:
        rows = self._query(
            "SELECT w.machine, count(*) FROM dispatch d JOIN sending_worker w ON w.id = d.worker"
            " WHERE d.state = 'sent' GROUP BY 1"
        )
        return Counter({str(machine).rpartition(":")[2]: int(str(n)) for machine, n in rows})

    def _waiting(self) -> int:
        ((count,),) = self._query(
            "SELECT count(*) FROM dispatch WHERE state IN ('queued', 'held', 'claimed', 'handoff')"
        )
        return int(str(count))

    def _query(self, text: str) -> list[tuple[object, ...]]:
        import psycopg  # noqa: PLC0415

        with psycopg.connect(self.url) as connection:
            return list(connection.execute(text).fetchall())  # type: ignore[arg-type]

    def _judge(self) -> dict[str, float | int]:
        states = Counter(
            {
                str(state): int(str(n))
                for state, n in self._query("SELECT state, count(*) FROM dispatch GROUP BY 1")
            }
        )
        copies = Counter(line.split(" ")[0] for line in self._taken())
        arrived = len(copies)
        return {
            "machines": len(WEB) + len(WORKERS),
            "messages": self.count,
            "lost": max(0, states["sent"] - arrived) + self.count - sum(states.values()),
            "twice": sum(n - 1 for n in copies.values()),
            "sent": states["sent"],
            "unknown": states["unknown"],
            "arrived": arrived,
        }

    def _wait(self, condition: object, what: str) -> None:
        deadline = time.monotonic() + PATIENCE * 5
        while not condition():  # type: ignore[operator]
            if time.monotonic() > deadline:
                raise SystemExit(f"Waited in vain until {what}.")
            time.sleep(0.25)
        say(what)


def _status(url: str) -> int:
    try:
        with urllib.request.urlopen(url, timeout=10) as answer:
            return int(answer.status)
    except OSError:
        return 0


def _end(process: "subprocess.Popen[bytes]") -> None:
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(40)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _seed(count: int) -> None:
    import django  # noqa: PLC0415

    django.setup()
    line = house.seed(count, MAIL_PORT)
    from tactful.channels.models import Account  # noqa: PLC0415

    account = Account.objects.get()
    account.settings["smtp_host"] = f"{NET}.1"
    account.save()
    (Path(os.environ["TACTFUL_HOME"]) / "line").write_text("{} {}".format(*line))


def _enqueue(count: int) -> None:
    import django  # noqa: PLC0415

    django.setup()
    from tactful.contacts.models import Contact  # noqa: PLC0415
    from tactful.delivery.actions import enqueue  # noqa: PLC0415
    from tactful.foundation.clock import business_now  # noqa: PLC0415

    point, revision = (Path(os.environ["TACTFUL_HOME"]) / "line").read_text().split()
    now = business_now()
    for ids in house.chunks(list(Contact.objects.values_list("pk", flat=True))[:count], 1_000):
        enqueue(list(messages(list(ids), int(point), int(revision), now)), now=now)


def _sink(_count: int) -> None:
    """The mail server of the world, at the switch."""
    from tactful.demo.postbox import sink  # noqa: PLC0415

    sink._HOST = f"{NET}.1"  # noqa: SLF001, everywhere else it is for loopback only
    sys.argv = ["sink", "--port", str(MAIL_PORT), "--latency", "0.005", "--record", os.environ["TF_RECORD"]]
    sink.main()


PARTS = {"seed": _seed, "enqueue": _enqueue, "sink": _sink}

if __name__ == "__main__":
    main()
