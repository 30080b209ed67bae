"""Everything that the operator may say through ``TACTFUL_*``, parsed once and strictly.

Each name may also be given as ``TACTFUL_…_FILE``: a file whose content is the value, for secrets.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import cast

from tactful.config import parse
from tactful.config.firm_file import settings_of
from tactful.config.home import find_home, secret_key
from tactful.config.postgres.places import APP_ROLE, OWNER_ROLE, embedded_url
from tactful.config.trouble import Trouble

PREFIX = "TACTFUL_"


@dataclass(frozen=True, slots=True)
class Environment:
    """The whole configuration from outside. Made by ``load``; never changed afterwards."""

    home: Path
    """The data folder: database, files, secret key. Made by ``load`` with mode 0700."""
    database_url: str
    """libpq URL of the application's role (web and worker)."""
    owner_database_url: str
    """libpq URL of the role that owns the tables (migrations only)."""
    embedded: bool
    """True when no database URL was given, and we launch PostgreSQL ourselves."""
    secret_key: str
    debug: bool
    demo: bool
    host: str
    """Address that the web server binds."""
    port: int
    base_url: str
    """Where people reach us from outside, without a slash at the end."""
    allowed_hosts: tuple[str, ...]
    web_processes: int
    worker_processes: int
    inbound_port: int
    """Loopback port on which the worker takes mail (SMTP and LMTP)."""
    postbox_port: int
    """Loopback port of the demo's postbox, which takes what we send."""
    local_mail_hosts: bool
    """True: a mail server may stand on this machine or in its network. The demo's does."""
    log_level: str
    backup_folder: Path
    """Where nightly backups and the journal of departures are kept; better on another disk."""
    nightly_backups: bool
    """False: somebody else takes care of backups. The demo makes none."""
    metrics_token: str
    """Who gives it may read /metrics from anywhere; without one, only this machine may."""
    warnings: tuple[str, ...] = ()
    """Sentences about names that we do not know."""


PARSERS: dict[str, parse.Parser] = {
    "HOME": parse.folder,
    "DATABASE_URL": parse.database_url,
    "OWNER_DATABASE_URL": parse.database_url,
    "SECRET_KEY": parse.secret,
    "DEBUG": parse.boolean,
    "DEMO": parse.boolean,
    "HOST": parse.text,
    "PORT": parse.port,
    "BASE_URL": parse.web_url,
    "ALLOWED_HOSTS": parse.words,
    "WEB_PROCESSES": parse.count,
    "WORKER_PROCESSES": parse.count,
    "INBOUND_PORT": parse.port,
    "POSTBOX_PORT": parse.port,
    "LOCAL_MAIL_HOSTS": parse.boolean,
    "LOG_LEVEL": parse.log_level,
    "BACKUP_FOLDER": parse.folder,
    "NIGHTLY_BACKUPS": parse.boolean,
    "METRICS_TOKEN": parse.secret,
}


def load(environ: Mapping[str, str] | None = None) -> Environment:
    """Read the environment (``os.environ`` unless given). Makes the home folder and the secret key.

    Raises ``Trouble`` with the name of the variable and what it should look like.
    """
    source = os.environ if environ is None else environ
    given = {name: _parsed(name, raw) for name, raw in _raw_values(source).items()}
    home = cast(Path, given.get("HOME") or find_home(source))
    return _assemble({**settings_of(home), **given}, home, _unknown_names(source))


def _assemble(given: dict[str, object], home: Path, warnings: tuple[str, ...]) -> Environment:
    url = cast(str, given.get("DATABASE_URL", ""))
    port = cast(int, given.get("PORT", 8017))
    base_url = cast(str, given.get("BASE_URL", f"http://localhost:{port}"))
    return Environment(
        home=home,
        database_url=url or embedded_url(home, APP_ROLE),
        owner_database_url=cast(str, given.get("OWNER_DATABASE_URL", url or embedded_url(home, OWNER_ROLE))),
        embedded=not url,
        secret_key=cast(str, given.get("SECRET_KEY") or secret_key(home)),
        debug=cast(bool, given.get("DEBUG", False)),
        demo=cast(bool, given.get("DEMO", False)),
        host=cast(str, given.get("HOST", "127.0.0.1")),
        port=port,
        base_url=base_url,
        allowed_hosts=cast(tuple[str, ...], given.get("ALLOWED_HOSTS", parse.default_hosts(base_url))),
        web_processes=cast(int, given.get("WEB_PROCESSES", 1)),
        worker_processes=cast(int, given.get("WORKER_PROCESSES", 1)),
        inbound_port=cast(int, given.get("INBOUND_PORT", 8025)),
        postbox_port=cast(int, given.get("POSTBOX_PORT", 8026)),
        local_mail_hosts=cast(bool, given.get("LOCAL_MAIL_HOSTS", given.get("DEMO", False))),
        log_level=cast(str, given.get("LOG_LEVEL", "INFO")),
        backup_folder=cast(Path, given.get("BACKUP_FOLDER", home / "backups")),
        nightly_backups=cast(bool, given.get("NIGHTLY_BACKUPS", not given.get("DEMO", False))),
        metrics_token=cast(str, given.get("METRICS_TOKEN", "")),
        warnings=warnings,
    )


def _raw_values(source: Mapping[str, str]) -> dict[str, str]:
    """Values by bare name. An empty value counts as not given, as in ``NAME= command``."""
    values = {}
    for name in PARSERS:
        direct, path = source.get(PREFIX + name, ""), source.get(f"{PREFIX}{name}_FILE", "")
        if direct and path:
            raise Trouble(f"Both {PREFIX}{name} and {PREFIX}{name}_FILE are set. Keep one of them.")
        if direct or path:
            values[name] = direct or _file_content(name, path)
    return values


def _file_content(name: str, path: str) -> str:
    try:
        return Path(path).read_text(encoding="utf-8").rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise Trouble(f"{PREFIX}{name}_FILE names {path}, which cannot be read: {reason}.") from error


def _parsed(name: str, raw: str) -> object:
    try:
        return PARSERS[name](raw)
    except ValueError as error:
        raise Trouble(f"{PREFIX}{name} {error}") from error


def _unknown_names(source: Mapping[str, str]) -> tuple[str, ...]:
    known = [PREFIX + name + ending for name in PARSERS for ending in ("", "_FILE")]
    strangers = sorted(name for name in source if name.startswith(PREFIX) and name not in known)
    return tuple(_about_stranger(name, known) for name in strangers)


def _about_stranger(name: str, known: list[str]) -> str:
    near = get_close_matches(name, known, n=1, cutoff=0.8)
    hint = f" Did you mean {near[0]}?" if near else ""
    return f"{name} is not a setting of Tactful and was ignored.{hint}"
