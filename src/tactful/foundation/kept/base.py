"""Django's own backend for PostgreSQL, which takes its connections from those that the process keeps."""

from typing import Any

from django.db.backends.postgresql import base
from django.db.backends.postgresql.psycopg_any import IsolationLevel

from tactful.foundation.kept import kept


class DatabaseWrapper(base.DatabaseWrapper):
    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        keeper = kept()
        if keeper is None:
            return super().get_new_connection(conn_params)
        self.isolation_level = IsolationLevel.READ_COMMITTED
        opened = super().get_new_connection
        return keeper.take(lambda: opened(conn_params))

    def _close(self) -> None:
        keeper = kept()
        if keeper is None or self.connection is None:
            super()._close()  # type: ignore[misc]
        else:
            keeper.give(self.connection)
            self.connection = None
