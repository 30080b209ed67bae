"""Run everything on this machine: embedded database, web and worker; with a domain, HTTPS as well."""

import argparse

from tactful.config import https
from tactful.config.environment import Environment
from tactful.config.house import Plan, run_house


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--domain", metavar="NAME", help="serve https://NAME with a certificate by itself (asks for caddy)"
    )


def run(arguments: argparse.Namespace, environment: Environment) -> int:
    if not arguments.domain:
        return run_house(environment, Plan())
    domain = https.domain_of(arguments.domain)
    here = https.behind(environment, domain)
    return run_house(here, Plan(extra=(https.caddy_part(here, domain),)))
