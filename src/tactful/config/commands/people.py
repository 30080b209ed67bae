"""Add people who work here, the first owner among them, and help who has lost a password."""

import argparse
import importlib

from tactful.config.environment import Environment
from tactful.config.postgres.server import require_running

ROLES = ("owner", "staff", "read_only", "helper")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    acts = parser.add_subparsers(dest="act", metavar="ACT", required=True)
    add = acts.add_parser("add", help="somebody new; prints their one-time password")
    add.add_argument("email")
    add.add_argument("--name", required=True)
    add.add_argument("--role", choices=ROLES, default="staff")
    add.add_argument("--days", type=int, default=14, help="how long a helper may come in, 1 to 90")
    invite = acts.add_parser("invite", help="a link that lets somebody in once, for a week")
    invite.add_argument("email", nargs="?", default="", help="left out: for the first owner")
    lost = acts.add_parser("password", help="a new one-time password; ends all sessions of that person")
    lost.add_argument("email")


def run(arguments: argparse.Namespace, environment: Environment) -> int:
    require_running(environment)
    # By name: this loads Django, which the other commands do without.
    house = importlib.import_module("tactful.config.shop")
    if arguments.act == "invite":
        return int(house.invite_person(arguments.email))
    if arguments.act == "add":
        return int(house.add_person(arguments.email, arguments.name, arguments.role, arguments.days))
    return int(house.give_new_password(arguments.email))
