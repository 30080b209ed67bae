"""Roles, the database, and who may do what: the application's role owns nothing."""

import psycopg
from psycopg import sql

from tactful.config.postgres.places import APP_ROLE, DATABASE, OWNER_ROLE

GRANTS = (
    "GRANT USAGE ON SCHEMA public TO {role}",
    "ALTER DEFAULT PRIVILEGES GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {role}",
    "ALTER DEFAULT PRIVILEGES GRANT USAGE, SELECT ON SEQUENCES TO {role}",
)
"""Default privileges, not grants on what exists: a migration may revoke some again (append-only tables),
and the next start must not give them back."""


def provision(maintenance_url: str, database_url: str) -> None:
    """Make the application's role and the database if they are missing. Both URLs are the owner's."""
    with psycopg.connect(maintenance_url, autocommit=True) as connection:
        if not _exists(connection, "SELECT 1 FROM pg_roles WHERE rolname = %s", APP_ROLE):
            connection.execute(sql.SQL("CREATE ROLE {} LOGIN").format(sql.Identifier(APP_ROLE)))
        if _exists(connection, "SELECT 1 FROM pg_database WHERE datname = %s", DATABASE):
            return
        name, owner = sql.Identifier(DATABASE), sql.Identifier(OWNER_ROLE)
        connection.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(name, owner))
    grant(database_url, APP_ROLE)


def grant(owner_url: str, role: str) -> None:
    """Let ``role`` read and write the rows of every table that the owner makes from now on.

    One at a time: of two that grant at once PostgreSQL refuses one ("tuple concurrently updated").
    """
    with psycopg.connect(owner_url) as connection:
        connection.execute("SELECT pg_advisory_xact_lock(hashtext('tactful grants'))")
        for statement in GRANTS:
            connection.execute(sql.SQL(statement).format(role=sql.Identifier(role)))


def _exists(connection: "psycopg.Connection[tuple[object, ...]]", query: str, name: str) -> bool:
    return connection.execute(query, [name]).fetchone() is not None
