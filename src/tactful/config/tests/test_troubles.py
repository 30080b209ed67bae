"""What goes wrong outside becomes one sentence and exit code 2, never a trace."""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tactful.config.house import only_one
from tactful.config.postgres import places
from tactful.config.postgres.account import Account
from tactful.config.postgres.folders import private_folder
from tactful.config.postgres.server import Server
from tactful.config.tests.processes import Answer, tactful, tactful_apart
from tactful.config.trouble import EXIT_CODE, Trouble


def the_sentence(answer: Answer) -> str:
    said = [line for line in answer.errors.splitlines() if line]
    assert answer.code == EXIT_CODE, answer
    assert len(said) == 1, answer
    return said[0]


def test_a_busy_port(home: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        result = tactful_apart(home, "up", TACTFUL_PORT=str(port))
    assert the_sentence(result).startswith(f"Port {port} is taken by another program.")


def test_a_data_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    result = tactful(tmp_path / "file" / "home", "migrate")
    assert "cannot be used: Not a directory" in the_sentence(result)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere; runs as a normal user only")
def test_a_data_folder_that_may_not_be_written(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    assert "Permission denied" in the_sentence(tactful(tmp_path, "migrate"))


def test_a_wrong_variable(tmp_path: Path) -> None:
    result = tactful(tmp_path, "up", TACTFUL_PORT="eighty")
    assert the_sentence(result) == "TACTFUL_PORT must be a whole number from 1 to 65535, not 'eighty'."


def test_a_database_server_that_is_not_there(tmp_path: Path) -> None:
    result = tactful(tmp_path, "migrate", TACTFUL_DATABASE_URL="postgresql://nobody@127.0.0.1:1/none")
    assert the_sentence(result).startswith("The database server cannot be used:")


def test_a_second_supervisor(home: Path) -> None:
    with only_one(home):
        assert "already runs" in the_sentence(tactful_apart(home, "up", TACTFUL_PORT="1024"))


@pytest.mark.parametrize("megabytes", [8, 30])
def test_a_full_disk(tiny_disk: Path, megabytes: int) -> None:
    """8 MB are too few for the database folder, 30 MB for the server's first log files."""
    subprocess.run(["mount", "-o", f"remount,size={megabytes}m", str(tiny_disk)], check=True)
    home = tiny_disk / "home"
    try:
        sentence = the_sentence(tactful(home, "migrate"))
    finally:
        Server(home, print).erase()
    assert "is full. Free some space there and start again." in sentence


@pytest.fixture
def tiny_disk() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="tactful-disk-"))
    mounting = ["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", str(folder)]
    if os.geteuid() != 0 or subprocess.run(mounting, capture_output=True, check=False).returncode != 0:
        folder.rmdir()
        pytest.skip("NOT TESTED: a full disk. It takes root, who may mount a tiny one.")
    folder.chmod(0o755)
    yield folder
    subprocess.run(["umount", str(folder)], check=True)
    folder.rmdir()


def test_a_socket_folder_that_somebody_else_made(tmp_path: Path) -> None:
    ourselves = pwd.getpwuid(os.getuid())
    account = Account("somebody", ourselves.pw_uid + 1, ourselves.pw_gid)
    (tmp_path / "run").mkdir()
    with pytest.raises(Trouble, match="should be a folder of the user 'somebody' and is not"):
        private_folder(tmp_path / "run", account)


def test_a_link_in_the_place_of_the_socket_folder(tmp_path: Path) -> None:
    ourselves = pwd.getpwuid(os.getuid())
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "run").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(Trouble, match="is not"):
        private_folder(tmp_path / "run", Account(ourselves.pw_name, ourselves.pw_uid, ourselves.pw_gid))


def test_a_database_of_a_version_that_is_not_here(tmp_path: Path) -> None:
    data = places.data_folder(tmp_path)
    data.mkdir()
    (data / "PG_VERSION").write_text("9\n", encoding="ascii")
    sentence = the_sentence(tactful(tmp_path, "migrate"))
    assert sentence.startswith("The database was made by PostgreSQL 9, which is not on this machine")
    shutil.rmtree(data)


def test_an_assistant_without_a_key(tmp_path: Path) -> None:
    assert "Set TACTFUL_API_KEY" in the_sentence(tactful(tmp_path, "mcp"))
