"""Migrations run in a process of their own, which alone connects as the owner of the tables."""

import os
import subprocess
import sys

import psycopg
from psycopg.conninfo import conninfo_to_dict

from tactful.config.environment import Environment
from tactful.config.postgres.provision import grant
from tactful.config.trouble import Trouble


def apply(environment: Environment) -> None:
    """Apply what is missing. Raises ``Trouble`` after showing what Django said."""
    _grant_in_own_server(environment)
    command = [sys.executable, "-m", "django", "migrate", "--no-input", "--verbosity", "0"]
    done = subprocess.run(command, env=_owner_environ(environment), check=False)
    if done.returncode != 0:
        raise Trouble("The database could not be brought up to date. What went wrong stands above.")


def _owner_environ(environment: Environment) -> dict[str, str]:
    """Ours, but with the owner's URL as the only one."""
    kept = {name: value for name, value in os.environ.items() if name != "TACTFUL_DATABASE_URL_FILE"}
    return kept | {
        "TACTFUL_HOME": str(environment.home),
        "TACTFUL_DATABASE_URL": environment.owner_database_url,
        "DJANGO_SETTINGS_MODULE": "tactful.config.settings",
    }


def _grant_in_own_server(environment: Environment) -> None:
    """With a server of the operator's own, let the application's role use what the owner will make."""
    if environment.embedded:
        return
    try:
        owner = conninfo_to_dict(environment.owner_database_url).get("user")
        role = conninfo_to_dict(environment.database_url).get("user")
        if role and role != owner:
            grant(environment.owner_database_url, str(role))
    except psycopg.Error as error:
        reason = str(error).strip().splitlines()[0]
        raise Trouble(f"The database server cannot be used: {reason}. Is TACTFUL_DATABASE_URL right?") from error
