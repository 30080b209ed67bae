"""Sealing, the recovery key, which backups stay, and troubles with files."""

import errno
import io
import os
import random
import secrets
import tarfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, BinaryIO, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tactful.config.backup import making, recovery, rotation
from tactful.config.backup.archive import Manifest, Packer, members
from tactful.config.backup.sealing import MAGIC, PIECE, TAG, Opener, Sealer, Unreadable, public_of
from tactful.config.environment import load
from tactful.config.tests.processes import environ, tactful
from tactful.config.trouble import Trouble

KEY = bytes(range(32))
HEAD = len(MAGIC) + 32


def sealed(content: bytes) -> bytes:
    out = io.BytesIO()
    sealer = Sealer(out, public_of(KEY))
    for place in range(0, len(content), 50_000):
        sealer.write(content[place : place + 50_000])
    sealer.close()
    return out.getvalue()


def opened(raw: bytes, key: bytes = KEY) -> bytes:
    return Opener(io.BytesIO(raw), recovery_key=key).read()


@pytest.mark.parametrize("size", [0, 1, PIECE - 1, PIECE, PIECE + 1, 3 * PIECE])
def test_what_was_sealed_comes_back(size: int) -> None:
    content = secrets.token_bytes(size)
    assert opened(sealed(content)) == content
    assert size < 100 or content[:50] not in sealed(content)


@pytest.mark.parametrize("place", [HEAD, HEAD + PIECE, HEAD + PIECE + TAG, -1])
def test_one_changed_bit_is_noticed(place: int) -> None:
    raw = bytearray(sealed(b"x" * (2 * PIECE)))
    raw[place] ^= 1
    with pytest.raises(Unreadable):
        opened(bytes(raw))


def test_a_cut_or_shuffled_file_is_noticed() -> None:
    raw = sealed(b"a" * PIECE + b"b" * PIECE + b"c")
    step = PIECE + TAG
    for broken in (raw[: HEAD + step], raw[: HEAD + 2 * step], raw[:HEAD], raw[:10]):
        with pytest.raises(Unreadable):
            assert opened(broken) is None
    first, second = raw[HEAD : HEAD + step], raw[HEAD + step : HEAD + 2 * step]
    with pytest.raises(Unreadable):
        opened(raw[:HEAD] + second + first + raw[HEAD + 2 * step :])


def test_another_key_opens_nothing() -> None:
    with pytest.raises(Unreadable, match="does not open"):
        opened(sealed(b"secret"), bytes(32))


@given(st.binary(min_size=32, max_size=32))
def test_the_key_survives_being_written_down(key: bytes) -> None:
    words = recovery.as_words(key)
    assert recovery.from_words(words.lower().replace("-", " ")) == key
    wrong = ("A" if words[7] != "A" else "B") + words[8:]
    with pytest.raises(Trouble, match="not a recovery key"):
        recovery.from_words(words[:7] + wrong)


def test_the_archive_counts_what_it_holds() -> None:
    out = io.BytesIO()
    packer = Packer(out)
    packer.describe(
        Manifest("2026-11-22T02:00:00+00:00", "1.0.0", 18, ("a.b",), (("t", "SELECT", ""),), "http://x")
    )
    packer.dump(io.BytesIO(b"d" * 9_000_000))
    packer.end()
    found = list(members(io.BytesIO(out.getvalue())))
    assert Manifest.from_json(found[0].content).grants == (("t", "SELECT", ""),)
    assert sum(len(member.content) for member in found[1:]) == 9_000_000
    with pytest.raises(Unreadable):
        list(members(io.BytesIO(out.getvalue().replace(b"dddd", b"dddx", 1))))


DAY = datetime(2026, 11, 22, 2, tzinfo=UTC)


def test_seven_days_and_four_weeks_stay() -> None:
    nights = [DAY - timedelta(days=ago) for ago in range(60)]
    staying = rotation.staying([*nights, DAY - timedelta(hours=1)])
    assert sorted(staying)[-7:] == sorted(nights[:7])
    assert len(staying) == 10  # seven nights, and the Sundays of three weeks before
    assert DAY - timedelta(hours=1) not in staying
    assert DAY - timedelta(days=21) in staying


@pytest.mark.parametrize("seed", range(50))
def test_the_newest_always_stays_and_what_stays_stays_stays(seed: int) -> None:
    dice = random.Random(seed)
    aware = [DAY - timedelta(hours=dice.randrange(9_000)) for _ in range(dice.randrange(60))]
    staying = rotation.staying(aware)
    assert len(staying) <= rotation.DAYS + rotation.WEEKS
    assert not aware or max(aware) in staying
    assert rotation.staying(staying) == staying


@pytest.mark.parametrize(
    ("newest", "now", "due"),
    [
        (None, DAY, True),
        (None, DAY + timedelta(hours=8), False),
        (DAY, DAY + timedelta(hours=10), False),
        (DAY, DAY + timedelta(hours=23), True),
        (DAY, DAY + timedelta(hours=27), True),
    ],
)
def test_once_a_night(newest: datetime | None, now: datetime, due: bool) -> None:
    assert rotation.is_due(newest, DAY, now) is due


@given(st.integers(0, 2_000_000_000))
def test_the_name_tells_the_moment(seconds: int) -> None:
    aware = DAY - timedelta(days=600) + timedelta(seconds=seconds)
    assert rotation.moment_of(rotation.name_of(aware)) == aware


def test_a_full_disk_is_a_sentence_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    environment = load(environ(tmp_path / "home"))
    older = tmp_path / "home/backups/tactful-20261101T020000Z.backup"
    older.parent.mkdir(parents=True)
    older.write_bytes(b"older")

    def describe(*_: Any) -> Any:
        return Manifest(DAY.isoformat(), "1", 18, (), (), ""), DAY

    def no_room(_environment: Any, _manifest: Any, partial: Path) -> Any:
        partial.write_bytes(b"half")
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(making, "_describe", describe)
    monkeypatch.setattr(making, "_write", no_room)
    with pytest.raises(Trouble, match="no room for a backup"):
        making.make(environment)
    assert [path.name for path in older.parent.iterdir()] == [older.name]


def test_a_backup_goes_into_an_empty_folder_only(tmp_path: Path) -> None:
    (tmp_path / "home/postgres").mkdir(parents=True)
    key = tmp_path / "key"
    key.write_text(recovery.as_words(KEY), encoding="ascii")
    answer = tactful(tmp_path / "home", "restore", str(tmp_path / "x.backup"), "--key-file", str(key))
    assert answer.code == 2
    assert "is in use" in answer.errors


def test_a_strange_file_is_refused_before_anything_is_touched(tmp_path: Path) -> None:
    strange = tmp_path / "x.backup"
    strange.write_bytes(b"not ours" * 50)
    key = tmp_path / "key"
    key.write_text(recovery.as_words(KEY), encoding="ascii")
    answer = tactful(tmp_path / "home", "restore", str(strange), "--key-file", str(key))
    assert (answer.code, answer.errors.strip()) == (2, "This is not a backup of Tactful.")
    assert not (tmp_path / "home/postgres").exists()


def test_a_newer_release_is_named(tmp_path: Path) -> None:
    raw = io.BytesIO()
    sealer = Sealer(raw, public_of(KEY))
    packer = Packer(cast(BinaryIO, sealer))
    packer.describe(Manifest(DAY.isoformat(), "9.9.9", 18, ("delivery.9999_later",), (), ""))
    packer.end()
    sealer.close()
    (tmp_path / "x.backup").write_bytes(raw.getvalue())
    key = tmp_path / "key"
    key.write_text(recovery.as_words(KEY), encoding="ascii")
    answer = tactful(tmp_path / "home", "restore", str(tmp_path / "x.backup"), "--key-file", str(key))
    assert answer.code == 2
    assert "Tactful 9.9.9, which is newer" in answer.errors


def test_the_key_leaves_the_machine(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert tactful(tmp_path, "backup", "--show-key").code == 0
    words = capsys.readouterr().out.strip()
    assert public_of(recovery.from_words(words)) == recovery.recipient(tmp_path)
    assert tactful(tmp_path, "backup", "--forget-key").code == 0
    assert tactful(tmp_path, "backup", "--show-key").code == 2
    assert recovery.recipient(tmp_path) == public_of(recovery.from_words(words))


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE, tarfile.DIRTYPE])
def test_an_archive_that_somebody_else_made_leads_nowhere(kind: bytes) -> None:
    """Who has the public half of the key can seal anything to it."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w|") as tar:
        member = tarfile.TarInfo("secret-key")
        member.type, member.linkname = kind, "/etc/passwd"
        tar.addfile(member)
    with pytest.raises(Unreadable, match="what we put into none"):
        list(members(io.BytesIO(out.getvalue())))


def test_nor_does_one_fill_the_memory_or_end_oddly() -> None:
    large = tarfile.TarInfo("files/aa/a")
    large.size = 2**40
    with pytest.raises(Unreadable, match="what we put into none"):
        list(members(io.BytesIO(large.tobuf())))
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w|") as tar:
        end = tarfile.TarInfo("end.json")
        end.size = 2
        tar.addfile(end, io.BytesIO(b"[]"))
    with pytest.raises(Unreadable, match="changed or cut off"):
        list(members(io.BytesIO(out.getvalue())))
