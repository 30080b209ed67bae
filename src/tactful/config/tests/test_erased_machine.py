"""A client is erased, the machine is lost, a backup of before is restored: they stay erased (R75, R76)."""

import base64
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tactful.config.tests.little_firm import OWNER
from tactful.config.tests.processes import PATIENCE_SECONDS, running
from tactful.config.tests.test_lost_machine import Machine, machines

__all__ = ["machines"]

WORD = re.compile(rb"zq[0-9]{4}k")
HEX = re.compile(rb"(?:[0-9a-f]{2}){8,}")
BASE64 = re.compile(rb"[A-Za-z0-9+/]{12,}={0,2}")


def words(content: bytes) -> set[bytes]:
    """As they are; in JSON, percent-encoded or quoted-printable they look the same. Then UTF-16, hex (as
    ``pg_dump`` writes bytes) and base64, from whichever letter it was begun."""
    found = set(WORD.findall(content)) | set(WORD.findall(content.replace(b"\0", b"")))
    for text in HEX.findall(content):
        found |= set(WORD.findall(bytes.fromhex(text.decode())))
    for text in BASE64.findall(content):
        for start in range(4):
            whole = text[start:].rstrip(b"=")
            whole = whole[: len(whole) - len(whole) % 4]
            found |= set(WORD.findall(base64.b64decode(whole)))
    return found


def said_by_files(*folders: Path) -> Iterator[tuple[Path, bytes]]:
    """Of everything that lies there, but for PostgreSQL's own pages, which the dump speaks for."""
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            if path.is_file() and "postgres" not in path.relative_to(folder).parts[:1]:
                for word in words(path.read_bytes()):
                    yield path, word


def test_the_search_finds_words_however_they_are_written() -> None:
    word = b"zq0042k"
    assert words(b"x" + word.hex().encode() * 2)
    assert all(words(base64.b64encode(b"x" * n + word + b" and more")) == {word} for n in range(3))
    assert words("zq0042k".encode("utf-16")) == {word}


@pytest.mark.slow
def test_a_restored_house_does_not_bring_them_back(machines: tuple[Machine, Machine], tmp_path: Path) -> None:
    first, second = machines
    key, dump, backup = tmp_path / "key", tmp_path / "dump.sql", tmp_path / "safe" / "before.backup"
    with running(first.home, "-m", "tactful", "up", **first.more) as program:
        program.wait_for("Tactful is ready", patience=PATIENCE_SECONDS * 2)
        first.firm("open 1, pause")
        contact = first.firm("canary")
        first.firm(f"dump {dump}")
        assert len(words(dump.read_bytes())) > 80
        first.run("tactful", "backup", "--to", str(backup))
        key.write_text(first.run("tactful", "backup", "--show-key"), encoding="ascii")
        erase = ["contacts", "erase", str(contact), "--reason", "asked", "--yes", "--by"]
        assert "which owner" in first.run("tactful", *erase, "nobody@fjord.example", code=1)
        assert "Erased." in first.run("tactful", *erase, OWNER)
        first.firm(f"dump {dump}")
        assert words(dump.read_bytes()) == set()
        assert list(said_by_files(first.home, tmp_path / "safe")) == []
        first.lose(program)

    said = second.run("tactful", "restore", str(backup), "--key-file", str(key))
    assert "1 clients were erased again" in said
    with running(second.home, "-m", "tactful", "up", **second.more) as program:
        program.wait_for("Tactful is ready", patience=PATIENCE_SECONDS * 2)
        second.firm(f"dump {dump}")
        assert words(dump.read_bytes()) == set()
        assert list(said_by_files(second.home, tmp_path / "safe-two")) == []
        assert "no such client" in second.run("tactful", *erase, OWNER, code=1)
        second.run("tactful", "contacts", "let-in", "zq9001k@kanari.example", "--by", OWNER)
