"""Several at once, each with a database session of its own."""

from collections.abc import Callable
from threading import Barrier, Thread

from django.db import connection

PATIENCE = 60.0  # seconds


def together(*works: Callable[[], object]) -> None:
    """Run all, started at the same moment. Raises the first failure of any of them."""
    start = Barrier(len(works))
    failures: list[BaseException] = []

    def run(work: Callable[[], object]) -> None:
        try:
            start.wait(PATIENCE)
            work()
        except BaseException as error:  # noqa: BLE001, it is raised below
            failures.append(error)
        finally:
            connection.close()

    threads = [Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
        if thread.is_alive():
            raise TimeoutError("Somebody waits for ever.")
    if failures:
        raise failures[0]
