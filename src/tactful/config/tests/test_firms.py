"""Several firms on one machine."""

import os
import shutil
import signal
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tactful.config import firms, https
from tactful.config.environment import load
from tactful.config.postgres import places, postmaster
from tactful.config.tests.conftest import throwaway_server
from tactful.config.tests.processes import PATIENCE_SECONDS, environ, running, tactful, wait_until
from tactful.config.tests.test_up import free_port


@pytest.fixture
def machine(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path
    for home in (tmp_path / "firms").glob("*"):
        throwaway_server(home).erase()
    shutil.rmtree(tmp_path / "firms", ignore_errors=True)


def add(home: Path, slug: str) -> int:
    return tactful(home, "firms", "add", slug, "--domain", f"{slug}.example.no").code


def test_each_has_its_own_folder_ports_and_name(machine: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert (add(machine, "fjord"), add(machine, "salong")) == (0, 0)
    first, second = firms.every(load(environ(machine)))
    assert (first.base_url, second.base_url) == ("https://fjord.example.no", "https://salong.example.no")
    assert len({first.port, first.inbound_port, second.port, second.inbound_port}) == 4
    assert first.home != second.home
    capsys.readouterr()
    assert tactful(machine, "firms", "list").code == 0
    listed = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in listed] == ["fjord", "salong"]
    assert "does not run, no backup yet" in listed[0]


@pytest.mark.parametrize(
    ("slug", "domain", "said"),
    [
        ("fjord", "other.example.no", "is here already"),
        ("other", "fjord.example.no", "is here already"),
        ("../x", "x.example.no", "no short name"),
        ("other", "nonsense", "not a domain name"),
    ],
)
def test_what_cannot_be_added_is_said(machine: Path, slug: str, domain: str, said: str) -> None:
    add(machine, "fjord")
    answer = tactful(machine, "firms", "add", slug, "--domain", domain)
    assert (answer.code, said in answer.errors) == (2, True)
    assert len(list(firms.every(load(environ(machine))))) == 1


def test_nothing_set_for_one_house_reaches_all(machine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A database or a key in the environment would be every firm's."""
    add(machine, "fjord")
    environment = load(environ(machine))
    monkeypatch.setenv("TACTFUL_DATABASE_URL", "postgresql://x@y/z")
    monkeypatch.setenv("TACTFUL_SECRET_KEY", "s" * 40)
    (firm,) = firms.every(environment)
    (part,) = firms.parts(environment, [firm])
    seen = load({**os.environ, **part.environ})
    assert (seen.embedded, seen.home, seen.base_url) == (True, firm.home, firm.base_url)
    assert seen.secret_key != "s" * 40
    assert seen.backup_folder == machine / "backups/fjord"
    assert "TACTFUL_DATABASE_URL" not in firms.environ_of(firm, environment)


def test_a_command_in_its_folder_is_the_same_firm(machine: Path, tmp_path: Path) -> None:
    """Else links lead to another house, and the journal of who was erased does not lie beside its backups."""
    far = tmp_path / "far"
    add(machine, "fjord")
    environment = load(environ(machine, TACTFUL_BACKUP_FOLDER=str(far)))
    (firm,) = firms.every(environment)
    assert load(environ(firm.home)).backup_folder == machine / "backups/fjord"
    list(firms.parts(environment, [firm]))  # as 'firms up' does, with another folder than before
    seen = load(environ(firm.home))
    assert (seen.base_url, seen.port, seen.inbound_port) == (firm.base_url, firm.port, firm.inbound_port)
    assert seen.backup_folder == far / "fjord"
    assert "fjord.example.no" in seen.allowed_hosts
    assert load(environ(firm.home, TACTFUL_BASE_URL="http://localhost:1")).base_url == "http://localhost:1"


def test_who_watches_may_watch_each(machine: Path) -> None:
    add(machine, "fjord")
    environment = load(environ(machine, TACTFUL_METRICS_TOKEN="t" * 32))
    (part,) = firms.parts(environment, list(firms.every(environment)))
    assert load({**os.environ, **part.environ}).metrics_token == "t" * 32


def test_one_caddy_leads_each_name_to_its_firm(machine: Path) -> None:
    for slug in ("fjord", "salong"):
        add(machine, slug)
    environment = load(environ(machine))
    named = list(firms.every(environment))
    text = https.write_caddyfile(environment, firms.sites(named)).read_text()
    for firm in named:
        site = text.partition(f"{firm.domain} {{")[2].partition("\n}")[0]
        assert f"reverse_proxy 127.0.0.1:{firm.port}" in site


def test_an_unknown_firm_is_named(machine: Path) -> None:
    answer = tactful(machine, "firms", "backup", "nobody")
    assert (answer.code, "no firm nobody" in answer.errors) == (2, True)
    assert "no firm yet" in tactful(machine, "firms", "up", "--no-https").errors


@pytest.mark.slow
def test_they_run_beside_each_other_and_are_kept_apart(
    machine: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(firms, "FIRST_PORT", free_port() // 2 * 2)
    monkeypatch.setattr(firms, "LAST_PORT", 65_000)
    for slug in ("fjord", "salong"):
        add(machine, slug)
    named = list(firms.every(load(environ(machine))))
    with running(
        machine, "-m", "tactful", "firms", "up", "--no-https", TACTFUL_NIGHTLY_BACKUPS="no"
    ) as program:
        program.wait_for("Tactful is ready", times=2, patience=PATIENCE_SECONDS * 3)
        for firm in named:
            with urllib.request.urlopen(f"http://127.0.0.1:{firm.port}/health", timeout=20) as answer:
                assert answer.read() == b"alive\n"
        capsys.readouterr()
        assert tactful(machine, "firms", "backup", "fjord").code == 0
        assert capsys.readouterr().out.strip() == "fjord: backed up."
        assert [path.parent.name for path in machine.glob("backups/*/*.backup")] == ["fjord"]
        program.process.send_signal(signal.SIGINT)
        assert program.process.wait(timeout=PATIENCE_SECONDS) == 0
    capsys.readouterr()
    assert tactful(machine, "firms", "upgrade", "salong").code == 0
    assert capsys.readouterr().out.strip() == "salong: up to date."
    assert [path.parent.name for path in machine.glob("backups/salong/*.backup")] == ["salong"], (
        "what does not run is backed up before it is changed, too"
    )
    keys = {(firm.home / "secret-key").read_text() for firm in named}
    assert len(keys) == 2
    for firm in named:
        data = places.data_folder(firm.home).resolve()
        wait_until(lambda data=data: postmaster.find(data) is None, "its database is stopped")  # type: ignore[misc]
