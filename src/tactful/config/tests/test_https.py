"""``tactful up --domain`` and ``tactful service``."""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tactful.config import bodies, https
from tactful.config.environment import load
from tactful.config.service import Service, give, logrotate, unit
from tactful.config.tests.processes import environ, tactful
from tactful.config.trouble import Trouble


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ("post.example.no", "post.example.no"),
        (" Post.Example.NO. ", "post.example.no"),
        ("blåbær.no", "xn--blbr-roah.no"),
    ],
)
def test_a_name_is_taken_as_dns_has_it(given: str, name: str) -> None:
    assert https.domain_of(given) == name


@pytest.mark.parametrize(
    "given", ["", "localhost", "https://x.no", "a b.no", "x.no/y", "10.0.0.1", "x.no {\n}", "-a.no", "a..no"]
)
def test_what_is_no_name_is_a_sentence(given: str) -> None:
    with pytest.raises(Trouble, match="not a domain name"):
        https.domain_of(given)


def test_the_house_behind_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TACTFUL_ALLOWED_HOSTS", raising=False)
    here = https.behind(load(environ(tmp_path, TACTFUL_HOST="0.0.0.0")), "post.example.no")
    assert (here.base_url, here.host) == ("https://post.example.no", "127.0.0.1")
    assert "post.example.no" in here.allowed_hosts
    monkeypatch.setenv("TACTFUL_ALLOWED_HOSTS", "other.no")
    with pytest.raises(Trouble, match="does not name post"):
        https.behind(load(environ(tmp_path, TACTFUL_ALLOWED_HOSTS="other.no")), "post.example.no")


def test_pages_are_secure_behind_it(tmp_path: Path) -> None:
    """Cookies, HSTS and the origin of passkeys follow from the address."""
    code = (
        "from tactful.config import settings as s; print(s.SECURE_HSTS_SECONDS > 0, s.SESSION_COOKIE_SECURE,"
        " s.CSRF_COOKIE_SECURE, s.MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN, s.SECURE_PROXY_SSL_HEADER[1])"
    )
    given = environ(tmp_path, TACTFUL_BASE_URL="https://post.example.no")
    done = subprocess.run([sys.executable, "-c", code], env=given, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["True", "True", "True", "False", "https"]


def test_without_caddy_a_sentence_says_what_to_do(tmp_path: Path) -> None:
    answer = tactful(tmp_path, "up", "--domain", "post.example.no", PATH=str(tmp_path))
    assert answer.code == 2
    assert "needs the program 'caddy'" in answer.errors
    assert "TACTFUL_BASE_URL=https://post.example.no" in answer.errors


def test_caddy_runs_with_our_file_and_dies_with_us(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A stand-in for the program: it says what it was asked, and waits."""
    stand_in(tmp_path, monkeypatch, 'test "$1" = adapt && exit 0\necho "$@"\nexec sleep 600')
    part = https.caddy_part(load(environ(tmp_path / "home")), "post.example.no")
    process = subprocess.Popen(
        [sys.executable, "-m", part.module, *part.arguments],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    file = tmp_path / "home/caddy/Caddyfile"
    assert process.stdout.readline().split() == ["run", "--adapter", "caddyfile", "--config", str(file)]
    text = file.read_text()
    assert "post.example.no {" in text
    assert "reverse_proxy 127.0.0.1:8017" in text
    assert f"max_size {bodies.MOST_OF_ALL}" in text
    assert "\n\tlog" not in text.split("post.example.no")[1]  # addresses hold tokens
    assert "request delete" in text
    assert set(part.environ.values()) == {str(file.parent)}  # what it keeps lies beside the certificates
    process.send_signal(signal.SIGTERM)
    assert process.wait(10) == -signal.SIGTERM
    process.stdout.close()


def test_an_old_caddy_says_so_before_anything_starts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And not again and again beside a house that calls itself ready."""
    stand_in(tmp_path, monkeypatch, "echo 'unrecognized global option: admin' >&2\nexit 1")
    with pytest.raises(Trouble, match=r"Install a newer one\..*unrecognized global option: admin"):
        https.caddy_part(load(environ(tmp_path / "home")), "post.example.no")


@pytest.mark.skipif(not shutil.which("caddy"), reason="There is no caddy on this machine.")
def test_a_real_caddy_takes_our_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Debian 12 has 2.6, which does not know all that newer ones know."""
    monkeypatch.setattr(https, "PORTS", ())
    here = load(environ(tmp_path / "a home"))
    assert https.caddy(here, [("post.example.no", 8100), ("post.other.example", 8102)]).name == "caddy"


def stand_in(folder: Path, monkeypatch: pytest.MonkeyPatch, does: str) -> None:
    fake = folder / "bin/caddy"
    fake.parent.mkdir()
    fake.write_text(f"#!/bin/sh\n{does}\n")
    fake.chmod(0o755)
    monkeypatch.setenv("PATH", f"{fake.parent}:{os.environ['PATH']}")
    monkeypatch.setattr(https, "PORTS", ())


def test_a_taken_port_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("", 0)) as door, pytest.raises(Trouble, match="taken by another web server"):
        https._expect_free(door.getsockname()[1])


def test_the_unit_is_one_that_systemd_takes(tmp_path: Path) -> None:
    home = tmp_path / "a home"
    environment = load(environ(home, TACTFUL_SECRET_KEY="s" * 40))
    text = unit(environment, Service("tactful", "post.example.no"))
    assert "Restart=always" in text
    assert "NoNewPrivileges=yes" in text
    assert "s" * 40 not in text
    assert f'ReadWritePaths="{home}" "{home}/backups"' in text
    assert "copytruncate" in logrotate(environment, Service("tactful"))
    if shutil.which("systemd-analyze"):
        file = tmp_path / "tactful.service"
        file.write_text(text.replace("User=tactful", "User=daemon"))
        done = subprocess.run(
            ["systemd-analyze", "verify", str(file)], capture_output=True, text=True, check=False
        )
        assert [line for line in done.stderr.splitlines() if "tactful.service" in line] == []


def test_the_service_may_read_what_root_has_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever writes the unit is root and makes the secret key by that; and systemd does not start a unit of
    which a folder is missing."""
    environment = load(environ(tmp_path / "home", TACTFUL_BACKUP_FOLDER=str(tmp_path / "other/backups")))
    given: list[Path] = []
    monkeypatch.setattr(os, "chown", lambda path, _uid, _gid: given.append(path))
    owner = pwd.getpwnam("daemon")
    give(environment, owner)
    home = environment.home
    assert given == [home, home / "secret-key", environment.backup_folder]
    assert environment.backup_folder.stat().st_mode & 0o777 == 0o700
    (home / "postgres").mkdir()
    with pytest.raises(Trouble, match=f"belongs to another user.*chown -R daemon {home}"):
        give(environment, owner)


def test_many_firms_are_a_service_too(tmp_path: Path) -> None:
    assert "-m tactful firms up\n" in unit(load(environ(tmp_path)), Service("tactful", firms=True))


def test_root_is_refused(tmp_path: Path) -> None:
    answer = tactful(tmp_path, "service", "install", "--user", "root")
    assert (answer.code, "does not need to be root" in answer.errors) == (2, True)
    assert "no user nobody-here" in tactful(tmp_path, "service", "install", "--user", "nobody-here").errors
