"""How much memory PostgreSQL keeps pages in, on machines of every size."""

from pathlib import Path

import pytest

from tactful.config.postgres.room import memory_mb, shared_buffers_mb


@pytest.mark.parametrize(
    ("memory", "buffers"), [(512, 96), (2_048, 128), (4_096, 256), (8_192, 512), (64_000, 512)]
)
def test_a_sixteenth_of_the_machine_with_a_least_and_a_most(memory: int, buffers: int) -> None:
    assert shared_buffers_mb(memory) == buffers


@pytest.mark.parametrize("said", ["max\n", "", "99999999999999999999\n"])
def test_a_box_without_a_limit_has_the_memory_of_its_machine(tmp_path: Path, said: str) -> None:
    box = tmp_path / "memory.max"
    box.write_text(said)
    assert memory_mb(box) == memory_mb(tmp_path / "nothing") > 100


def test_a_box_with_a_limit_has_no_more(tmp_path: Path) -> None:
    box = tmp_path / "memory.max"
    box.write_text(f"{64 * 1024 * 1024}\n")
    assert memory_mb(box) == 64
