"""Run as a service of systemd: started with the machine, restarted when it fails."""

import argparse
import pwd
import shutil
import subprocess

from tactful.config import https
from tactful.config.environment import Environment
from tactful.config.service import LOGROTATE_FILE, UNIT_FILE, Service, give, logrotate, unit, write
from tactful.config.trouble import Trouble, disk_trouble


def add_arguments(parser: argparse.ArgumentParser) -> None:
    acts = parser.add_subparsers(dest="act", metavar="ACT", required=True)
    for act, what in (
        ("install", "write the unit and the rule for logs; as root"),
        ("print", "show the unit only"),
    ):
        each = acts.add_parser(act, help=what)
        each.add_argument("--user", required=True, metavar="NAME", help="who runs it; never root")
        runs = each.add_mutually_exclusive_group()
        runs.add_argument("--domain", default="", metavar="NAME", help="as for 'tactful up'")
        runs.add_argument("--firms", action="store_true", help="run 'tactful firms up'")


def run(arguments: argparse.Namespace, environment: Environment) -> int:
    domain = https.domain_of(arguments.domain) if arguments.domain else ""
    service = Service(arguments.user, domain, firms=arguments.firms)
    if arguments.act == "print":
        print(unit(environment, service), end="")
        return 0
    owner = _expect_user(arguments.user)
    try:
        give(environment, owner)
        write(UNIT_FILE, unit(environment, service))
        if LOGROTATE_FILE.parent.is_dir():
            write(LOGROTATE_FILE, logrotate(environment, service))
    except OSError as error:
        raise disk_trouble(error, UNIT_FILE) from error
    if shutil.which("systemctl"):
        subprocess.run(["systemctl", "daemon-reload"], check=False)  # noqa: S607, the system's own
    print(f"Wrote {UNIT_FILE}. The data lie in {environment.home} and belong to {arguments.user}.")
    print("Start it now and with the machine: systemctl enable --now tactful")
    print("See what it says: journalctl -u tactful -f")
    return 0


def _expect_user(name: str) -> pwd.struct_passwd:
    try:
        entry = pwd.getpwnam(name)
    except KeyError as error:
        raise Trouble(
            f"There is no user {name} here. Make one: useradd --system --create-home {name}"
        ) from error
    if entry.pw_uid == 0:
        raise Trouble("Tactful does not need to be root. Name another user.")
    return entry
