import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tactful.config.child import Part
from tactful.config.commands.web import GRACE_SECONDS
from tactful.config.home import PACKAGE
from tactful.config.postgres import places, postmaster
from tactful.config.postgres.server import Server
from tactful.config.process_tree import PARTS_STOP_SECONDS, SERVER_STOP_SECONDS, BackOff, Tree
from tactful.config.tests.processes import PATIENCE_SECONDS, Running, running, wait_until

TREE = ("-m", "tactful.config.tests.little_tree")


@pytest.fixture
def tree(home: Path) -> Iterator[Running]:
    with running(home, *TREE, "left", "right") as program:
        program.wait_for("all ready")
        yield program


def pids(tree: Running, name: str, times: int = 1) -> list[int]:
    return [int(line.split()[-1]) for line in tree.wait_for(f"{name:<8} pid", times)]


def server_pid(home: Path) -> int | None:
    return postmaster.find(places.data_folder(home).resolve())


@pytest.mark.parametrize(
    ("parts", "request_to_stop"),
    [(("polite",), signal.SIGTERM), (("polite", "stubborn"), signal.SIGINT)],
)
def test_stops_all_of_it(home: Path, parts: tuple[str, ...], request_to_stop: signal.Signals) -> None:
    """Also a part that ignores the polite signal."""
    with running(home, *TREE, *parts) as tree:
        tree.wait_for("all ready")
        children = [pid for name in parts for pid in pids(tree, name)]
        tree.process.send_signal(request_to_stop)
        assert tree.process.wait(timeout=PATIENCE_SECONDS) == 0
    assert not any(postmaster.alive(pid) for pid in children)
    assert server_pid(home) is None


def test_a_killed_part_starts_again(tree: Running) -> None:
    [killed], [spared] = pids(tree, "left"), pids(tree, "right")
    os.kill(killed, signal.SIGKILL)
    assert pids(tree, "left", 2)[1] != killed
    assert "left ended (SIGKILL)" in "\n".join(tree.lines)
    assert postmaster.alive(spared)


def test_a_killed_server_starts_again(tree: Running, home: Path) -> None:
    killed = server_pid(home)
    assert killed is not None
    os.kill(killed, signal.SIGKILL)
    tree.wait_for("PostgreSQL ended unexpectedly")
    wait_until(lambda: server_pid(home) not in {None, killed}, "another server runs")


def test_a_killed_supervisor_leaves_only_the_server(tree: Running, home: Path, server: Server) -> None:
    children = [*pids(tree, "left"), *pids(tree, "right")]
    survivor = server_pid(home)
    tree.process.kill()
    tree.process.wait()
    wait_until(lambda: not any(postmaster.alive(pid) for pid in children), "the parts are gone")
    server.start()
    assert server.pid == survivor
    assert not server.was_launched


def test_back_off_doubles_to_half_a_minute() -> None:
    back_off = BackOff()
    assert [round(back_off.failed(), 1) for _ in range(10)] == [
        0.2,
        0.4,
        0.8,
        1.6,
        3.2,
        6.4,
        12.8,
        25.6,
        30,
        30,
    ]
    assert not back_off.may_start()


def test_the_patience_of_a_stop_adds_up_to_less_than_five_seconds() -> None:
    """By the constants, not by a stopwatch: the machine of a test may be busy."""
    assert PARTS_STOP_SECONDS + 2 * SERVER_STOP_SECONDS < 5
    assert PARTS_STOP_SECONDS > GRACE_SECONDS


@pytest.mark.parametrize("code", [0, 3])
def test_a_task_that_ends_ends_the_tree_with_its_code(code: int, tmp_path: Path) -> None:
    (tmp_path / "little_task.py").write_text(f"print('told')\nraise SystemExit({code})\n", "utf-8")
    task = Part("task", "little_task", environ={"PYTHONPATH": f"{tmp_path}:{PACKAGE.parent}"}, is_task=True)
    said: list[str] = []
    assert Tree([task], None, said.append, said.append, lambda: None).run() == code
    assert said.count("told") == 1
