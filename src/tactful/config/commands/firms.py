"""Several firms on one machine, each with a database, keys, a name and backups of its own."""

import argparse

from tactful.config import firms, https
from tactful.config.backup.making import newest
from tactful.config.child import Part
from tactful.config.environment import Environment
from tactful.config.firm_file import Firm
from tactful.config.house import only_one
from tactful.config.postgres import places, postmaster
from tactful.config.process_tree import Tree
from tactful.config.trouble import Trouble

PATIENCE = 10.0
"""Each part stops a whole house, which takes up to five seconds on an idle machine."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    acts = parser.add_subparsers(dest="act", metavar="ACT", required=True)
    add = acts.add_parser("add", help="another firm")
    add.add_argument("slug", metavar="NAME", help="a short name: letters a to z, digits, hyphens")
    add.add_argument("--domain", required=True, help="where its people find it")
    acts.add_parser("list", help="which there are, whether they run, and their last backups")
    up = acts.add_parser("up", help="run all of them")
    up.add_argument("--no-https", action="store_true", help="a web server of yours leads to their ports")
    for act, what in (
        ("upgrade", "a backup, then the migrations of this release, one firm after the other"),
        ("backup", "a backup of each, now"),
    ):
        acts.add_parser(act, help=what).add_argument("slug", nargs="*", metavar="NAME")


def run(arguments: argparse.Namespace, environment: Environment) -> int:
    if arguments.act == "add":
        return _add(environment, arguments.slug, arguments.domain)
    if arguments.act == "list":
        return _list(environment)
    if arguments.act == "up":
        return _up(environment, secure=not arguments.no_https)
    named = firms.chosen(environment, arguments.slug)
    return max((_each(environment, firm, upgrade=arguments.act == "upgrade") for firm in named), default=0)


def _add(environment: Environment, slug: str, domain: str) -> int:
    firm = firms.add(environment, slug, domain)
    print(f"{firm.slug} lives in {firm.home}, at {firm.base_url}, on port {firm.port} of this machine.")
    print("Start all firms anew with 'tactful firms up'. Then add its owner:")
    print(f"TACTFUL_HOME={firm.home} tactful people add OWNER@EXAMPLE.NO --name NAME --role owner")
    return 0


def _list(environment: Environment) -> int:
    for firm in firms.every(environment):
        last = newest(environment.backup_folder / firm.slug)
        state = "runs" if _runs(firm) else "does not run"
        backup = f"backup of {last[0]:%Y-%m-%d %H:%M} UTC" if last else "no backup yet"
        print(f"{firm.slug:<20} {firm.domain:<32} {firm.port}  {state}, {backup}")
    return 0


def _runs(firm: Firm) -> bool:
    return postmaster.find(places.data_folder(firm.home).resolve()) is not None


def _up(environment: Environment, *, secure: bool) -> int:
    named = firms.chosen(environment, [])
    if not named:
        raise Trouble("There is no firm yet. Add one: tactful firms add NAME --domain post.example.no")
    parts: list[Part] = list(firms.parts(environment, named))
    if secure:
        parts.append(https.caddy(environment, firms.sites(named)))
    with only_one(environment.home):
        say = f"{len(named)} firms are started."
        return Tree(parts, None, _print, _print, lambda: _print(say), patience=PATIENCE).run()


def _each(environment: Environment, firm: Firm, *, upgrade: bool) -> int:
    """1 when this firm needs a person; the others go on."""
    begun = places.data_folder(firm.home).exists()  # before its first start there is nothing to lose
    commands = [("backup", "--rotate")] if begun or not upgrade else []
    for command in [*commands, *([("migrate",)] if upgrade else [])]:
        done = firms.run(environment, firm, *command)
        if done.returncode:
            said = (done.stderr.strip().splitlines() or ["It said nothing."])[-1]
            print(f"{firm.slug}: {command[0]} failed. {said}")
            return 1
    print(f"{firm.slug}: {'up to date' if upgrade else 'backed up'}.")
    return 0


def _print(line: str) -> None:
    print(line, flush=True)
