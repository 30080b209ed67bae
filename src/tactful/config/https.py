"""HTTPS with a certificate by itself, through Caddy in front of us (``tactful up --domain``).

Caddy is the operator's to install; nothing is downloaded. It keeps no list of requests, and what it says of
errors is without the request: addresses hold tokens. Nor does it tell of each live page that somebody leaves.
The file is one that Caddy 2.6 understands, which is Debian 12's.
"""

import errno
import os
import re
import shutil
import socket
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from tactful.config import parse
from tactful.config.child import Part
from tactful.config.environment import Environment
from tactful.config.home import ensure_home
from tactful.config.trouble import Trouble, disk_trouble

PORTS = (80, 443)
LABEL = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)")
MOST_BYTES = (
    115_343_360  # of one request: a client's documents and the form around them, as ``bodies`` has it
)
CADDYFILE = """\
# Written by Tactful at each start. Changes made here are lost.
{{
	admin off
	storage file_system "{storage}"
	log default {{
		exclude http.handlers.reverse_proxy
		format filter {{
			wrap json
			fields {{
				request delete
			}}
		}}
	}}
}}
"""
SITE = """
{domain} {{
	encode gzip
	header ?Strict-Transport-Security "max-age=31536000; includeSubDomains"
	@ours path /metrics
	respond @ours 404
	request_body {{
		max_size {most}
	}}
	reverse_proxy 127.0.0.1:{port}
}}
"""


def domain_of(given: str) -> str:
    """The name as DNS has it. Raises ``Trouble``."""
    try:
        name = given.strip().rstrip(".").lower().encode("idna").decode("ascii")
    except UnicodeError:
        name = ""
    labels = name.split(".")
    if len(labels) < 2 or len(name) > 253 or labels[-1].isdigit() or not all(map(LABEL.fullmatch, labels)):
        raise Trouble(f"{given!r} is not a domain name. It looks like post.example.no, without https://.")
    return name


def behind(environment: Environment, domain: str) -> Environment:
    """The same house under its name: pages, passkeys and cookies are of ``https://domain``, and our own port
    listens on this machine only."""
    if os.environ.get("TACTFUL_ALLOWED_HOSTS") and domain not in environment.allowed_hosts:
        raise Trouble(f"TACTFUL_ALLOWED_HOSTS does not name {domain}. Add it there, or unset the variable.")
    base = f"https://{domain}"
    hosts = tuple(dict.fromkeys((*parse.default_hosts(base), *environment.allowed_hosts)))
    return replace(environment, host="127.0.0.1", base_url=base, allowed_hosts=hosts)


def caddy_part(environment: Environment, domain: str) -> Part:
    """Caddy in front of this house."""
    return caddy(environment, [(domain, environment.port)])


def caddy(environment: Environment, sites: Sequence[tuple[str, int]]) -> Part:
    """Caddy as one of the supervised parts. ``sites``: names, and ports of this machine.

    Raises ``Trouble`` when it is missing or has no ports.
    """
    program = shutil.which("caddy")
    if program is None:
        raise Trouble(
            "HTTPS with a certificate by itself needs the program 'caddy', which is not on this machine. "
            "Install it (Debian and Ubuntu: apt install caddy, then systemctl disable --now caddy), or put "
            f"Tactful behind a web server of yours and set TACTFUL_BASE_URL=https://{sites[0][0]}."
        )
    for port in PORTS:
        _expect_free(port)
    file = write_caddyfile(environment, sites)
    _expect_taken(program, file)
    # What it keeps for itself goes beside the certificates, whoever runs it.
    folders = dict.fromkeys(("HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME"), str(file.parent))
    return Part("caddy", "tactful.config.https", (program, str(file)), folders)


def write_caddyfile(environment: Environment, sites: Sequence[tuple[str, int]]) -> Path:
    folder = environment.home / "caddy"
    try:
        ensure_home(environment.home)
        folder.mkdir(mode=0o700, exist_ok=True)
        file = folder / "Caddyfile"
        storage = str(folder).replace("\\", "\\\\").replace('"', '\\"')
        text = CADDYFILE.format(storage=storage)
        text += "".join(SITE.format(domain=domain, port=port, most=MOST_BYTES) for domain, port in sites)
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise disk_trouble(error, folder) from error
    return file


def _expect_taken(program: str, file: Path) -> None:
    """An old one that does not know all of our file says so now, not again and again beside a ready house."""
    command = [program, "adapt", "--adapter", "caddyfile", "--config", str(file)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        said = (done.stderr.strip().splitlines() or ["It said nothing."])[-1]
        raise Trouble(f"This Caddy ({program}) does not take {file}. Install a newer one. It said: {said}")


def _expect_free(port: int) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as door:
        door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            door.bind(("", port))
        except OSError as error:
            raise _port_trouble(error, port) from error


def _port_trouble(error: OSError, port: int) -> Trouble:
    if error.errno == errno.EADDRINUSE:
        return Trouble(
            f"Port {port} is taken by another web server. Stop that one, or put Tactful behind it and set "
            "TACTFUL_BASE_URL to its https:// address."
        )
    return Trouble(
        f"Port {port} is not open to this user. Run Tactful as a service ('tactful service install'), which "
        "gives it that right alone."
    )


def main() -> None:
    """In the part's own process: become Caddy, so that signals and its end are Caddy's."""
    program, file = sys.argv[1:]
    os.execv(program, [program, "run", "--adapter", "caddyfile", "--config", file])  # noqa: S606, no shell


if __name__ == "__main__":
    main()
