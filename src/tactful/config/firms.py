"""Several firms on one machine: to each a data folder, and in it a database and a key; ports and backups too.

They share the program and nothing else. One supervisor runs them all, one Caddy leads each name to its firm.
"""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from tactful.config import https
from tactful.config.child import Part
from tactful.config.environment import PREFIX, Environment
from tactful.config.home import ensure_home
from tactful.config.trouble import Trouble, disk_trouble

SLUG = re.compile(r"[a-z][a-z0-9-]{1,30}")
FIRST_PORT = 8100
"""Each firm has two: pages on an even number, mail that comes in on the next."""
LAST_PORT = 9998


@dataclass(frozen=True, slots=True)
class Firm:
    """``slug``: how it is called on the command line. ``domain``: as DNS has it."""

    slug: str
    domain: str
    port: int
    home: Path

    @property
    def inbound_port(self) -> int:
        return self.port + 1

    @property
    def base_url(self) -> str:
        return f"https://{self.domain}"

    def environ(self, environment: Environment) -> dict[str, str]:
        """Ours without settings of another house: a database or a key set for all would be shared by all."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
        return kept | {
            "TACTFUL_HOME": str(self.home),
            "TACTFUL_PORT": str(self.port),
            "TACTFUL_INBOUND_PORT": str(self.inbound_port),
            "TACTFUL_BASE_URL": self.base_url,
            "TACTFUL_BACKUP_FOLDER": str(environment.backup_folder / self.slug),
            "TACTFUL_LOG_LEVEL": environment.log_level,
            "TACTFUL_NIGHTLY_BACKUPS": "yes" if environment.nightly_backups else "no",
        }


def add(environment: Environment, slug: str, domain: str) -> Firm:
    """A new firm, with nothing in it yet. Raises ``Trouble``."""
    if not SLUG.fullmatch(slug):
        raise Trouble(f"{slug!r} is no short name for a firm: 2 to 31 letters a to z, digits and hyphens.")
    name = https.domain_of(domain)
    known = list(every(environment))
    for firm in known:
        if slug == firm.slug or name == firm.domain:
            raise Trouble(f"The firm {firm.slug} is here already, at {firm.domain}. Choose another.")
    port = next(
        (port for port in range(FIRST_PORT, LAST_PORT, 2) if port not in {firm.port for firm in known}), 0
    )
    if not port:
        raise Trouble("There is no free port for another firm. Use another machine.")
    firm = Firm(slug, name, port, environment.home / "firms" / slug)
    ensure_home(firm.home)
    _write(firm)
    return firm


def every(environment: Environment) -> Iterator[Firm]:
    """By their short names."""
    for path in sorted((environment.home / "firms").glob("*/firm.json")):
        yield _read(path)


def chosen(environment: Environment, slugs: list[str]) -> list[Firm]:
    """Those named, or all. Raises ``Trouble`` for a name that is none."""
    known = {firm.slug: firm for firm in every(environment)}
    for slug in slugs:
        if slug not in known:
            raise Trouble(f"There is no firm {slug}. 'tactful firms list' names them.")
    return [known[slug] for slug in slugs or known]


def run(environment: Environment, firm: Firm, *command: str) -> "subprocess.CompletedProcess[str]":
    """A command of ours in the house of that firm."""
    return subprocess.run(
        [sys.executable, "-m", "tactful", *command],
        env=firm.environ(environment),
        capture_output=True,
        text=True,
        check=False,
    )


def parts(environment: Environment, firms: list[Firm]) -> Iterator[Part]:
    """Each firm's own supervisor as a part."""
    for firm in firms:
        unset = {name: "" for name in os.environ if name.startswith(PREFIX)}
        yield Part(firm.slug, "tactful", ("up",), unset | _ours(firm.environ(environment)))


def _ours(environ: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in environ.items() if name.startswith(PREFIX)}


def sites(firms: list[Firm]) -> list[tuple[str, int]]:
    """For Caddy: name and port."""
    return [(firm.domain, firm.port) for firm in firms]


def _read(path: Path) -> Firm:
    try:
        body = json.loads(path.read_text(encoding="utf-8"))
        return Firm(body["slug"], body["domain"], int(body["port"]), path.parent)
    except OSError as error:
        raise disk_trouble(error, path) from error
    except (ValueError, KeyError, TypeError) as error:
        raise Trouble(f"{path} is damaged. It holds slug, domain and port of a firm as JSON.") from error


def _write(firm: Firm) -> None:
    body = {name: value for name, value in asdict(firm).items() if name != "home"}
    try:
        (firm.home / "firm.json").write_text(json.dumps(body) + "\n", encoding="utf-8")
    except OSError as error:
        raise disk_trouble(error, firm.home) from error
