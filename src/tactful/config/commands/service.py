"""Run as a service of systemd: started with the machine, restarted when it fails."""

import argparse
import pwd
import shutil
import subprocess

from tactful.config import https
from tactful.config.environment import Environment
from tactful.config.service import LOGROTATE_FILE, UNIT_FILE, Service, logrotate, unit, write
from tactful.config.trouble import Trouble, disk_trouble


def add_arguments(parser: argparse.ArgumentParser) -> None:
    acts = parser.add_subparsers(dest="act", metavar="ACT", required=True)
    for act, what in (
        ("install", "write the unit and the rule for logs; as root"),
        ("print", "show the unit only"),
    ):
        each = acts.add_parser(act, help=what)
        each.add_argument("--user", required=True, metavar="NAME", help="who runs it; never root")
        each.add_argument("--domain", default="", metavar="NAME", help="as for 'tactful up'")


def run(arguments: argparse.Namespace, environment: Environment) -> int:
    domain = https.domain_of(arguments.domain) if arguments.domain else ""
    service = Service(arguments.user, domain)
    if arguments.act == "print":
        print(unit(environment, service), end="")
        return 0
    _expect_user(arguments.user)
    try:
        write(UNIT_FILE, unit(environment, service))
        if LOGROTATE_FILE.parent.is_dir():
            write(LOGROTATE_FILE, logrotate(environment, service))
    except OSError as error:
        raise disk_trouble(error, UNIT_FILE) from error
    if shutil.which("systemctl"):
        subprocess.run(["systemctl", "daemon-reload"], check=False)  # noqa: S607, the system's own
    print(f"Wrote {UNIT_FILE}. {environment.home} must belong to {arguments.user}.")
    print("Start it now and with the machine: systemctl enable --now tactful")
    print("See what it says: journalctl -u tactful -f")
    return 0


def _expect_user(name: str) -> None:
    try:
        entry = pwd.getpwnam(name)
    except KeyError as error:
        raise Trouble(
            f"There is no user {name} here. Make one: useradd --system --create-home {name}"
        ) from error
    if entry.pw_uid == 0:
        raise Trouble("Tactful does not need to be root. Name another user.")
