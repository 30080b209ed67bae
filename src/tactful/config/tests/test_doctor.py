"""What the doctor says, with other name servers and certificates than the world's."""

import json
import ssl
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tactful.config.backup import recovery, rotation
from tactful.config.doctor import mail, outside
from tactful.config.doctor.finding import Finding
from tactful.config.environment import load
from tactful.config.tests.processes import environ, tactful
from tactful.foundation.dns import Ask, Kind, NoAnswer

GOOD = {
    "fjord.example": ["google-site-verification=x", "v=spf1 include:_spf.fjord.example -all"],
    "_dmarc.fjord.example": ["v=DMARC1; p=quarantine"],
    "mail._domainkey.fjord.example": ["v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="],
}


def resolver(texts: dict[str, list[str]]) -> Ask:
    def ask(name: str, kind: Kind) -> Sequence[str]:
        assert kind is Kind.TXT
        return texts.get(name, [])

    return ask


def states(findings: Sequence[Finding]) -> dict[str, str]:
    return {each.name: str(each.state) for each in findings}


def records(texts: dict[str, list[str]]) -> dict[str, str]:
    return states(list(mail.domain_records("fjord.example", resolver(texts))))


def test_records_that_are_there_are_well() -> None:
    assert records(GOOD) == {"spf": "ok", "dmarc": "ok", "dkim": "ok"}


def test_what_is_missing_or_doubled_needs_a_person() -> None:
    assert records({}) == {"spf": "look", "dmarc": "look", "dkim": "unknown"}
    twice = GOOD | {"fjord.example": ["v=spf1 -all", "v=spf1 a -all"]}
    assert records(twice)["spf"] == "look"


def test_no_name_server_is_no_bad_record() -> None:
    def nobody(name: str, kind: Kind) -> Sequence[str]:
        raise NoAnswer

    found = list(mail.domain_records("fjord.example", nobody))
    assert states(found) == {"spf": "unknown", "dmarc": "unknown", "dkim": "unknown"}
    assert "no name server answers" in found[0].said


@pytest.mark.parametrize(("days", "state"), [(60, "ok"), (13, "look"), (-1, "look")])
def test_a_certificate_is_renewed_in_time(tmp_path: Path, days: int, state: str) -> None:
    environment = load(environ(tmp_path, TACTFUL_BASE_URL="https://post.fjord.example"))
    asked = []

    def expiry(host: str, port: int) -> datetime:
        asked.append((host, port))
        return outside.machine_moment() + timedelta(days=days)

    (found,) = outside.certificate(environment, expiry)
    assert (str(found.state), asked) == (state, [("post.fjord.example", 443)])


@pytest.mark.parametrize(
    ("error", "state"), [(ssl.SSLCertVerificationError("old"), "look"), (TimeoutError("slow"), "unknown")]
)
def test_a_certificate_that_is_not_seen(tmp_path: Path, error: OSError, state: str) -> None:
    environment = load(environ(tmp_path, TACTFUL_BASE_URL="https://post.fjord.example"))

    def expiry(host: str, port: int) -> datetime:
        if isinstance(error, ssl.SSLCertVerificationError):
            error.verify_message = "certificate has expired"
        raise error

    (found,) = outside.certificate(environment, expiry)
    assert str(found.state) == state


def test_backups_and_their_key(tmp_path: Path) -> None:
    environment = load(environ(tmp_path))
    assert states(list(outside.backups(environment))) == {"backups": "look"}
    environment.backup_folder.mkdir()
    recovery.make(tmp_path)
    (environment.backup_folder / rotation.name_of(outside.machine_moment() - timedelta(hours=3))).write_bytes(
        b"x"
    )
    assert states(list(outside.backups(environment))) == {"backups": "ok", "recovery_key": "look"}
    recovery.forget(tmp_path)
    assert states(list(outside.backups(environment))) == {"backups": "ok", "recovery_key": "ok"}


def test_an_old_backup_is_said(tmp_path: Path) -> None:
    environment = load(environ(tmp_path))
    environment.backup_folder.mkdir()
    (environment.backup_folder / rotation.name_of(datetime(2026, 1, 1, tzinfo=UTC))).write_bytes(b"x")
    (found,) = outside.backups(environment)
    assert "days old" in found.said


def test_programs_read_it_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    answer = tactful(tmp_path, "doctor", "--json", "--offline")
    found = {each["name"]: each["state"] for each in json.loads(capsys.readouterr().out)}
    assert answer.code == 1  # no backup yet
    assert found["backups"] == "look"
    assert found["database"] == "unknown"  # its server does not run, which is no failure
    assert found["program"] == "ok"
    assert set(found.values()) <= {"ok", "look", "unknown"}
