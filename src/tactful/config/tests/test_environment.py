import stat
from pathlib import Path

import pytest

from tactful.config.database import django_database
from tactful.config.environment import load
from tactful.config.trouble import Trouble
from tactful.testing.fixtures import CommittedDatabase


def given(home: Path, **more: str) -> dict[str, str]:
    return {"TACTFUL_HOME": str(home)} | more


def test_defaults(tmp_path: Path) -> None:
    read = load(given(tmp_path))
    assert (read.host, read.port, read.base_url) == ("127.0.0.1", 8017, "http://localhost:8017")
    assert read.embedded
    assert read.database_url.startswith("postgresql://tactful_app@/tactful?host=%2F")
    assert read.owner_database_url.startswith("postgresql://tactful_owner@/tactful?host=%2F")
    assert read.warnings == ()


def test_a_database_of_your_own_serves_both_roles_unless_told_otherwise(tmp_path: Path) -> None:
    url = "postgresql://us@db.example/tactful"
    read = load(given(tmp_path, TACTFUL_DATABASE_URL=url))
    assert (read.embedded, read.database_url, read.owner_database_url) == (False, url, url)
    owner = "postgresql://owner@db.example/tactful"
    assert (
        load(given(tmp_path, TACTFUL_DATABASE_URL=url, TACTFUL_OWNER_DATABASE_URL=owner)).owner_database_url
        == owner
    )


def test_the_secret_key_is_made_once_and_private(tmp_path: Path) -> None:
    first, second = load(given(tmp_path)), load(given(tmp_path))
    assert first.secret_key == second.secret_key
    assert len(first.secret_key) >= 50
    assert stat.S_IMODE((tmp_path / "secret-key").stat().st_mode) == 0o600


def test_a_value_from_a_file(tmp_path: Path) -> None:
    file = tmp_path / "port"
    file.write_text("9001\n", encoding="utf-8")
    assert load(given(tmp_path, TACTFUL_PORT_FILE=str(file))).port == 9001
    with pytest.raises(Trouble, match="Both TACTFUL_PORT and TACTFUL_PORT_FILE are set"):
        load(given(tmp_path, TACTFUL_PORT="1", TACTFUL_PORT_FILE=str(file)))
    with pytest.raises(Trouble, match="cannot be read: No such file"):
        load(given(tmp_path, TACTFUL_PORT_FILE=str(tmp_path / "missing")))


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("PORT", "0", "whole number from 1 to 65535"),
        ("PORT", "8017 ;", "whole number"),
        ("DEBUG", "maybe", "must be yes or no"),
        ("HOME", "relative/path", "full path"),
        ("LOG_LEVEL", "loud", "must be one of DEBUG"),
        ("BASE_URL", "example.org", "https://"),
        ("BASE_URL", "https://example.org/path", "without a path"),
        ("SECRET_KEY", "short", "at least 32 characters"),
        ("DATABASE_URL", "mysql://x", "postgresql://"),
    ],
)
def test_bad_values_are_named(tmp_path: Path, name: str, value: str, words: str) -> None:
    with pytest.raises(Trouble, match=words) as caught:
        load(given(tmp_path) | {f"TACTFUL_{name}": value})
    assert str(caught.value).startswith(f"TACTFUL_{name} ")


def test_secrets_are_not_repeated(tmp_path: Path) -> None:
    for name in ("SECRET_KEY", "DATABASE_URL"):
        with pytest.raises(Trouble) as caught:
            load(given(tmp_path) | {f"TACTFUL_{name}": "hunter2"})
        assert "hunter2" not in str(caught.value)


def test_unknown_names_warn(tmp_path: Path) -> None:
    read = load(given(tmp_path, TACTFUL_PROT="1", TACTFUL_ZZZZZZ="1"))
    assert read.warnings == (
        "TACTFUL_PROT is not a setting of Tactful and was ignored. Did you mean TACTFUL_PORT?",
        "TACTFUL_ZZZZZZ is not a setting of Tactful and was ignored.",
    )


def test_allowed_hosts_follow_the_base_url(tmp_path: Path) -> None:
    read = load(given(tmp_path, TACTFUL_BASE_URL="https://mail.example.org/"))
    assert read.base_url == "https://mail.example.org"
    assert read.allowed_hosts == ("mail.example.org", "localhost", "127.0.0.1", "[::1]")
    assert load(given(tmp_path, TACTFUL_ALLOWED_HOSTS="a.example, b.example")).allowed_hosts == (
        "a.example",
        "b.example",
    )


def test_the_address_of_a_test_s_own_database_is_one_that_we_take(committed_db: CommittedDatabase) -> None:
    read = load({**committed_db.environ, "TACTFUL_SECRET_KEY": "s" * 40})
    for url in (read.database_url, read.owner_database_url):
        assert django_database(url)["NAME"] == committed_db.name


@pytest.mark.parametrize(
    ("more", "allowed"),
    [
        ({}, False),
        ({"DEMO": "yes"}, True),
        ({"LOCAL_MAIL_HOSTS": "yes"}, True),
        ({"DEMO": "yes", "LOCAL_MAIL_HOSTS": "no"}, False),
    ],
)
def test_mail_servers_on_this_machine_are_for_the_demo_unless_said(
    more: dict[str, str], allowed: bool, tmp_path: Path
) -> None:
    environ = {f"TACTFUL_{name}": value for name, value in more.items()}
    assert load({"TACTFUL_HOME": str(tmp_path / "home"), **environ}).local_mail_hosts is allowed


@pytest.mark.parametrize("password", ["ge heim", "ge%zzheim", "geheim@[::1"])
def test_a_mistyped_password_is_not_repeated(tmp_path: Path, password: str) -> None:
    url = f"postgresql://kari:{password}/x"
    with pytest.raises(Trouble, match="TACTFUL_DATABASE_URL cannot be read") as found:
        load(given(tmp_path, TACTFUL_DATABASE_URL=url))
    assert "heim" not in str(found.value)
    assert found.value.__cause__ is None or "heim" not in str(found.value.__cause__)
