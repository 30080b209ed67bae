"""CPU and memory of process trees, as Linux tells them in /proc."""

import os
import subprocess
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Self

TICK = os.sysconf("SC_CLK_TCK")
PROC = Path("/proc")


@dataclass
class Watched:
    process: "subprocess.Popen[str]"

    @property
    def pid(self) -> int:
        return self.process.pid


def postmaster_pid(data_directory: str) -> int:
    return int((Path(data_directory) / "postmaster.pid").read_text().split()[0])


def tree(root: int) -> list[int]:
    """The process and its descendants."""
    parents: dict[int, list[int]] = {}
    for entry in PROC.iterdir():
        if entry.name.isdigit():
            try:
                parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            except OSError:
                continue
            parents.setdefault(parent, []).append(int(entry.name))
    found, waiting = [], [root]
    while waiting:
        pid = waiting.pop()
        found.append(pid)
        waiting += parents.get(pid, [])
    return found


def cpu_seconds(roots: Iterable[int]) -> float:
    """User and system time of the trees, children that have ended included."""
    total = 0
    for root in roots:
        for pid in tree(root):
            try:
                fields = (PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            total += sum(map(int, fields[11:15]))
    return total / TICK


def run_ms(pid: int) -> float:
    """Milliseconds that a process of one thread has worked, to the microsecond where the kernel keeps them."""
    return int((PROC / str(pid) / "schedstat").read_text().split()[0]) / 1e6


def memory_mb(roots: Iterable[int]) -> float:
    """Proportional set size of the trees: shared pages are counted once."""
    total = 0
    for root in roots:
        for pid in tree(root):
            try:
                text = (PROC / str(pid) / "smaps_rollup").read_text()
            except OSError:
                continue
            total += next(int(line.split()[1]) for line in text.splitlines() if line.startswith("Pss:"))
    return total / 1024


class Peak:
    """Samples the memory of some trees until the ``with`` ends."""

    def __init__(self, roots: Callable[[], Iterable[int]], every: float = 0.5) -> None:
        self.mb = 0.0
        self._roots = roots
        self._every = every
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()

    def _run(self) -> None:
        while True:
            self.mb = max(self.mb, memory_mb(self._roots()))
            if self._ended.wait(self._every):
                return
