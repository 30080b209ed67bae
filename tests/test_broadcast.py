"""A broadcast with real workers and a mail server, paused, resumed and killed: each client exactly once."""

import os
import signal
import socket
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from tactful.broadcasts import actions, queries
from tactful.broadcasts.models import Broadcast, BroadcastPerson
from tactful.broadcasts.tests.cast import Salon, make_salon
from tactful.broadcasts.types import Standing, State
from tactful.channels.models import Account as Outlet
from tactful.config.child import READY_LINE
from tactful.config.tests.processes import wait_until
from tactful.contacts.models import BasisSpell
from tactful.delivery.models import Dispatch, Worker
from tactful.demo.postbox.sink import Sink, SinkSettings
from tactful.foundation.clock import business_now, machine_now
from tactful.testing.fixtures import CommittedDatabase

CLIENTS = 600
WITHOUT_CONSENT = 20


@pytest.mark.slow
def test_each_client_once_through_pause_resume_and_two_kills(
    committed_db: CommittedDatabase, tmp_path: Path
) -> None:
    salon = make_salon(CLIENTS)
    BasisSpell.objects.filter(id__in=BasisSpell.objects.values("id")[:WITHOUT_CONSENT]).delete()
    with Sink(SinkSettings(latency=0.03)) as sink, workers(committed_db, tmp_path, sink.port) as start:
        row = salon.draft(delay_minutes=0)
        actions.send(broadcast_id=row.id, house=salon.house, acting_user=salon.owner.id)
        first = start()
        wait_until(lambda: fresh(row).state == State.SENDING, "the audience is frozen")
        kill(first)
        second = start()
        wait_until(lambda: len(sink.ledger.mails) > 50, "some have left")
        pauses_and_resumes(salon, row, sink)
        wait_until(lambda: len(sink.ledger.mails) > 250, "more have left")
        kill(second)
        start()
        wait_until(lambda: fresh(row).state == State.FINISHED, "it has come to its end")
    everybody_once(row, sink)


def pauses_and_resumes(salon: Salon, row: Broadcast, sink: Sink) -> None:
    actions.pause(broadcast_id=row.id, acting_user=salon.kari.id, now=business_now())
    wait_until(lambda: not Dispatch.objects.filter(state="handoff").exists(), "all is quiet")
    rests, beats = len(sink.ledger.mails), heartbeat()
    wait_until(lambda: heartbeat() > beats, "the worker has looked again")
    assert len(sink.ledger.mails) == rests < CLIENTS - WITHOUT_CONSENT
    actions.resume(broadcast_id=row.id, acting_user=salon.kari.id, now=business_now())


def everybody_once(row: Broadcast, sink: Sink) -> None:
    found = queries.account_of(fresh(row))
    assert found.audience == sum(found.counts.values()) == CLIENTS
    assert found.counts[Standing.REFUSED] == WITHOUT_CONSENT
    assert set(found.counts) <= {Standing.SENT, Standing.REFUSED, Standing.FAILED}
    mails = Counter(mail.recipient for mail in sink.ledger.mails)
    assert set(mails.values()) == {1}
    standing = {standing: people(row, standing) for standing in (Standing.SENT, Standing.FAILED)}
    assert standing[Standing.SENT] <= set(mails) <= standing[Standing.SENT] | standing[Standing.FAILED]
    states = Dispatch.objects.filter(state__in=["dead", "unknown"]).values_list("state", flat=True)
    assert set(states) <= {"unknown"}  # what nobody can know, and nothing else, has failed
    assert BroadcastPerson.objects.filter(message_id=None).count() == 0


def people(row: Broadcast, standing: Standing) -> set[str]:
    found = queries.people_of(row.id, standing, limit=CLIENTS)
    return {f"k{each.contact_id}@client.example" for each in found}


def fresh(row: Broadcast) -> Broadcast:
    row.refresh_from_db()
    return row


def heartbeat() -> datetime:
    return max(Worker.objects.values_list("lease_until", flat=True))


Start = Callable[[], "subprocess.Popen[str]"]


@contextmanager
def workers(database: CommittedDatabase, folder: Path, port: int) -> Iterator[Start]:
    """Starts workers as ``tactful worker`` runs them."""
    place = {"smtp_host": "127.0.0.1", "smtp_port": port, "smtp_security": "none", "smtp_connections": 4}
    Outlet.objects.update(settings=place)
    started: list[subprocess.Popen[str]] = []

    def start() -> "subprocess.Popen[str]":
        environ = database.environ | {"TACTFUL_HOME": str(folder), "TACTFUL_INBOUND_PORT": str(free_port())}
        command = [sys.executable, "-m", "tactful", "worker"]
        process = subprocess.Popen(command, env=environ, stdout=subprocess.PIPE, text=True)
        started.append(process)
        assert process.stdout is not None
        assert READY_LINE in process.stdout.readline()
        return process

    try:
        yield start
    finally:
        for process in started:
            if process.poll() is None:
                process.terminate()
            process.wait(40)
            assert process.stdout is not None
            process.stdout.close()


def kill(process: "subprocess.Popen[str]") -> None:
    """Its lease has run out, as it would have some seconds later."""
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    Worker.objects.update(lease_until=machine_now() - timedelta(seconds=1))


def free_port() -> int:
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        return int(door.getsockname()[1])
