"""Several firms on one machine: to each a data folder, and in it a database and a key; ports and backups too.

They share the program and nothing else. One supervisor runs them all, one Caddy leads each name to its firm.
"""

import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import replace

from tactful.config import firm_file, https
from tactful.config.child import Part
from tactful.config.environment import PREFIX, Environment
from tactful.config.firm_file import Firm
from tactful.config.home import ensure_home
from tactful.config.trouble import Trouble

SLUG = re.compile(r"[a-z][a-z0-9-]{1,30}")
FIRST_PORT = 8100
"""Each firm has two: pages on an even number, mail that comes in on the next."""
LAST_PORT = 9998


def environ_of(firm: Firm, environment: Environment) -> dict[str, str]:
    """Ours without settings of another house: a database or a key set for all would be shared by all."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
    return kept | {
        "TACTFUL_HOME": str(firm.home),
        "TACTFUL_PORT": str(firm.port),
        "TACTFUL_INBOUND_PORT": str(firm.inbound_port),
        "TACTFUL_BASE_URL": firm.base_url,
        "TACTFUL_BACKUP_FOLDER": str(environment.backup_folder / firm.slug),
        "TACTFUL_LOG_LEVEL": environment.log_level,
        "TACTFUL_NIGHTLY_BACKUPS": "yes" if environment.nightly_backups else "no",
        "TACTFUL_METRICS_TOKEN": environment.metrics_token,
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
    firm = Firm(slug, name, port, environment.home / "firms" / slug, environment.backup_folder / slug)
    ensure_home(firm.home)
    firm_file.write(firm)
    return firm


def every(environment: Environment) -> Iterator[Firm]:
    """By their short names."""
    for path in sorted((environment.home / "firms").glob("*/firm.json")):
        yield firm_file.read(path)


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
        env=environ_of(firm, environment),
        capture_output=True,
        text=True,
        check=False,
    )


def parts(environment: Environment, firms: list[Firm]) -> Iterator[Part]:
    """Each firm's own supervisor as a part."""
    for firm in firms:
        # A command in its data folder looks for its backups where they are made from now on.
        firm_file.write(replace(firm, backups=environment.backup_folder / firm.slug))
        unset = {name: "" for name in os.environ if name.startswith(PREFIX)}
        yield Part(firm.slug, "tactful", ("up",), unset | _ours(environ_of(firm, environment)))


def _ours(environ: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in environ.items() if name.startswith(PREFIX)}


def sites(firms: list[Firm]) -> list[tuple[str, int]]:
    """For Caddy: name and port."""
    return [(firm.domain, firm.port) for firm in firms]
