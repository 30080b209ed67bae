"""Look at this installation and say what is well and what is not."""

import argparse
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import psycopg

from tactful.config.environment import Environment
from tactful.config.postgres import binaries, cluster, places, postmaster
from tactful.config.release import release
from tactful.config.trouble import Trouble

LEAST_FREE_BYTES = 500_000_000


def add_arguments(parser: argparse.ArgumentParser) -> None:
    del parser


def run(arguments: argparse.Namespace, environment: Environment) -> int:
    """1 when something needs a person."""
    del arguments
    checks: tuple[Callable[[Environment], str], ...] = (_program, _disk, _pages, _postgres, _database)
    well = True
    for check in checks:
        try:
            print(f"ok    {check(environment)}")
        except Trouble as trouble:
            well = False
            print(f"look  {trouble}")
    return 0 if well else 1


def _program(environment: Environment) -> str:
    return f"Tactful {release()} on Python {sys.version.split()[0]}, data in {environment.home}."


def _disk(environment: Environment) -> str:
    free = shutil.disk_usage(environment.home).free
    if free < LEAST_FREE_BYTES:
        raise Trouble(f"Only {free // 1_000_000} MB are free on the disk of {environment.home}. Free some.")
    return f"{free // 1_000_000_000} GB free."


def _pages(environment: Environment) -> str:
    del environment
    if not (Path(__file__).parents[2] / "web/static/build").is_dir():
        raise Trouble("The styles and scripts of the pages are not built. Run bin/setup.")
    return "Styles and scripts of the pages are built."


def _postgres(environment: Environment) -> str:
    if not environment.embedded:
        return "A PostgreSQL of your own is set, so none is launched."
    data = places.data_folder(environment.home).resolve()
    found = binaries.find(cluster.made_by(data))
    pid = postmaster.find(data)
    state = f"runs as process {pid}" if pid else "does not run now; 'tactful up' starts it"
    return f"PostgreSQL {found.major} in {found.folder} {state}."


def _database(environment: Environment) -> str:
    if environment.embedded and not postmaster.find(places.data_folder(environment.home).resolve()):
        return "The database was not asked, for its server does not run."
    try:
        with psycopg.connect(environment.database_url, connect_timeout=5) as connection:
            version = connection.info.server_version // 10_000
    except psycopg.OperationalError as error:
        raise Trouble(f"The database does not answer: {str(error).strip().splitlines()[0]}") from error
    if version < binaries.OLDEST:
        raise Trouble(f"The server is PostgreSQL {version}. Tactful needs {binaries.OLDEST} or newer.")
    return f"The database answers (PostgreSQL {version})."
