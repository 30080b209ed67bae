"""How much memory there is, and how much of it PostgreSQL keeps pages in."""

import os
from pathlib import Path

MB = 1024 * 1024
BOX = Path("/sys/fs/cgroup/memory.max")
SHARE = 16
"""One part of so many: a machine may hold several houses; what PostgreSQL does not keep, the system does."""
LEAST, MOST = 96, 512  # MB


def memory_mb(box: Path = BOX) -> int:
    """Of this machine, or of the container that we are in."""
    whole = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // MB
    try:
        limit = box.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError):
        return whole
    return min(whole, int(limit) // MB) if limit.isdigit() else whole


def shared_buffers_mb(memory: int) -> int:
    return max(LEAST, min(MOST, memory // SHARE))
